import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledFolder, packageName, projectFolder, workFolder } from './paths.mts';
import { pnpm } from './pnpm.mts';
import { Advice, runToEnd, tailOf } from './processes.mts';
import { withProgress } from './progress.mts';

/** The sources of the package. */
const sources = [
	'CHANGELOG.md',
	'LICENSE',
	'README.md',
	'credentials',
	'index.ts',
	'library',
	'nodes',
	'package.json',
	'pnpm-lock.yaml',
	'scripts',
	'tsconfig.json',
];

/** The time of the latest change of a file, or of anything in a folder. A removed file changes its folder. */
async function lastChange(path: string): Promise<number> {
	if (!existsSync(path)) return 0;
	const info = await stat(path);
	if (!info.isDirectory()) return info.mtimeMs;
	const names = await readdir(path);
	const changes = await Promise.all(names.map((name) => lastChange(join(path, name))));
	return Math.max(info.mtimeMs, ...changes);
}

async function runScript(title: string, ...args: readonly string[]): Promise<void> {
	const logFile = join(workFolder, 'pack.log');
	await withProgress(title, async ({ update }) => {
		const command = { ...pnpm(...args), cwd: projectFolder, logFile, onLine: update };
		if ((await runToEnd(command)) === 0) return;
		throw new Advice(`${title}: that did not work.\n${await tailOf(logFile)}`);
	});
}

const lookEveryMs = 200;

/**
 * Two builds at the same time would write the same dist/. SQLite's file lock belongs to the operating system, so it ends
 * with its process, even after a crash.
 */
async function oneAtATime<T>(build: () => Promise<T>): Promise<T> {
	await mkdir(workFolder, { recursive: true });
	const lock = new DatabaseSync(join(workFolder, 'build.lock'));
	const isOurs = () => {
		try {
			lock.exec('BEGIN EXCLUSIVE');
			return true;
		} catch (error) {
			if (error instanceof Error && error.message.includes('locked')) return false;
			throw error;
		}
	};
	try {
		while (!isOurs()) await sleep(lookEveryMs);
		return await build();
	} finally {
		lock.close();
	}
}

/**
 * Builds and packs the package, unless the tarball is newer than all sources; returns the tarball's path.
 * With `built`, dist/ is known to be up to date.
 */
export async function packPackage({ built = false } = {}): Promise<string> {
	return await oneAtATime(() => packAlone(built));
}

async function packAlone(built: boolean): Promise<string> {
	const tarball = join(workFolder, `${packageName}.tgz`);
	const changes = await Promise.all(sources.map((path) => lastChange(join(projectFolder, path))));
	if (!built && (await lastChange(tarball)) > Math.max(...changes)) return tarball;
	// What was compiled of the one before, in the folders of earlier runs, is of no use any more.
	await rm(compiledFolder, { recursive: true, force: true });
	if (!built) await runScript('Building the package', 'run', 'build');
	// Renamed when it is complete, because another run may be reading the previous one.
	const fresh = join(workFolder, `${packageName}-${String(process.pid)}.tgz`);
	await runScript('Packing the package', 'pack', '--out', fresh);
	await rename(fresh, tarball);
	return tarball;
}
