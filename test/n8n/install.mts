import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { n8nFolder, workFolder } from './paths.mts';
import { installEnvironment, pnpm } from './pnpm.mts';
import { Advice, runToEnd, tailOf } from './processes.mts';
import { withProgress } from './progress.mts';

const neededBytes = 3e9;
const logFile = join(workFolder, 'install.log');

/** A workspace with n8n as its dependency. */
export interface Installation {
	readonly folder: string;
	/** The files that determine what is installed. */
	readonly saidBy: readonly string[];
	readonly flags: readonly string[];
}

const pinned: Installation = {
	folder: n8nFolder,
	saidBy: ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml'],
	flags: ['--frozen-lockfile'],
};

/** A hash that changes if the installed tree has to: it covers those files and Node's binary interface. */
async function wantedState({ folder, saidBy }: Installation): Promise<string> {
	const hash = createHash('sha256').update(process.versions.modules);
	for (const file of saidBy) hash.update(await readFile(join(folder, file)));
	return hash.digest('hex');
}

async function checkDiskSpace({ folder }: Installation): Promise<void> {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	if (free >= neededBytes) return;
	throw new Advice(
		`n8n needs about ${String(neededBytes / 1e9)} GB in ${folder}, only ${(free / 1e9).toFixed(1)} GB are free. Free some space and start again.`,
	);
}

const causes: readonly { readonly pattern: RegExp; readonly advice: string }[] = [
	{
		pattern: /ENOSPC|no space left/i,
		advice: 'The disk is full. Free about 3 GB and start again.',
	},
	{
		pattern: /ERR_PNPM_\w*FETCH|error sending request|dns error/,
		advice:
			'The package registry cannot be reached. Check the network, and the proxy settings of npm, and start again.',
	},
	{
		pattern: /gyp ERR!|\bmake: |g\+\+: not found/,
		advice:
			'sqlite3 could not be compiled. It needs Python, make, a C++ compiler and the headers of Node; on Debian and Ubuntu: apt-get install -y python3 make g++',
	},
];

async function failure(): Promise<Advice> {
	const text = await tailOf(logFile, 400);
	const cause = causes.find(({ pattern }) => pattern.test(text));
	const tail = text.split('\n').slice(-15).join('\n');
	return new Advice(
		`The end of ${logFile}:\n${tail}\n\nn8n could not be installed. ${cause?.advice ?? ''}`,
	);
}

/** Whether sqlite3's compiled part exists. pnpm does not repeat a build that has failed. */
async function hasSqlite({ folder }: Installation): Promise<boolean> {
	const store = join(folder, 'node_modules', '.pnpm');
	const folders = await readdir(store).catch(() => []);
	return folders
		.filter((name) => name.startsWith('sqlite3@'))
		.some((name) =>
			existsSync(
				join(store, name, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node'),
			),
		);
}

async function runPnpm(
	{ folder }: Installation,
	title: string,
	...args: readonly string[]
): Promise<void> {
	await withProgress(title, async ({ update }) => {
		const code = await runToEnd({
			...pnpm(...args),
			cwd: folder,
			env: installEnvironment(),
			logFile,
			onLine: update,
		});
		if (code !== 0) throw await failure();
	});
}

/** Installs n8n there, unless it is installed already. */
export async function installN8n(installation = pinned): Promise<void> {
	const { folder, flags } = installation;
	const stampFile = join(folder, 'node_modules', '.installed');
	const wanted = await wantedState(installation);
	const installed = await readFile(stampFile, 'utf8').catch(() => '');
	if (installed === wanted) return;
	if (!existsSync(join(folder, 'node_modules', 'n8n'))) await checkDiskSpace(installation);
	await mkdir(workFolder, { recursive: true });
	await runPnpm(
		installation,
		'Installing n8n (about 1,900 packages, 2 GB)',
		'install',
		...flags,
		'--reporter=append-only',
	);
	if (!(await hasSqlite(installation))) {
		await runPnpm(installation, 'Compiling sqlite3', 'rebuild', 'sqlite3', 'isolated-vm');
	}
	if (!(await hasSqlite(installation))) throw await failure();
	await writeFile(stampFile, wanted);
}
