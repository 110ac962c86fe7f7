import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { packageName, projectFolder, workFolder } from './paths.mts';
import { pnpm } from './pnpm.mts';
import { Advice, runToEnd, tailOf } from './processes.mts';
import { withProgress } from './progress.mts';

/** What the package is made from. */
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

/** The latest change in a file, or in a folder and all below it: a removed file changes its folder. */
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

/**
 * Builds and packs the package, unless the tarball is newer than all sources; returns the tarball's path.
 * With `built`, dist/ is known to be up to date.
 */
export async function packPackage({ built = false } = {}): Promise<string> {
	const tarball = join(workFolder, `${packageName}.tgz`);
	const changes = await Promise.all(sources.map((path) => lastChange(join(projectFolder, path))));
	if (!built && (await lastChange(tarball)) > Math.max(...changes)) return tarball;
	await mkdir(workFolder, { recursive: true });
	if (!built) await runScript('Building the package', 'run', 'build');
	// Renamed when it is whole: another run may be reading the one before.
	const fresh = join(workFolder, `${packageName}-${String(process.pid)}.tgz`);
	await runScript('Packing the package', 'pack', '--out', fresh);
	await rename(fresh, tarball);
	return tarball;
}
