/** Programs from Debian's packages. They are installed if root runs this on Debian, and must exist elsewhere. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { workFolder } from './paths.mts';
import { Advice, runToEnd, tailOf } from './processes.mts';
import { withProgress } from './progress.mts';

export async function isProgram(path: string): Promise<boolean> {
	return await access(path, constants.X_OK).then(
		() => true,
		() => false,
	);
}

/** The path of the first of these programs that is on the PATH or in one of the extra folders. */
export async function findProgram(
	names: readonly string[],
	besides: readonly string[] = [],
): Promise<string | undefined> {
	const folders = [...(process.env.PATH ?? '').split(delimiter), ...besides];
	for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
		if (await isProgram(path)) return path;
	}
	return undefined;
}

/** Whether packages can be installed here: on Debian, as root. */
export async function canInstall(): Promise<boolean> {
	const isDebian = await access('/etc/debian_version').then(
		() => true,
		() => false,
	);
	return isDebian && process.getuid?.() === 0;
}

/** Installs packages. If it cannot, it throws `howToGetThem` with the installer's output. */
export async function installPackages(
	title: string,
	packages: readonly string[],
	howToGetThem: string,
): Promise<void> {
	await runInstaller('Updating the list of packages', howToGetThem, 'apt-get', 'update');
	const flags = ['install', '-y', '--no-install-recommends'];
	await runInstaller(title, howToGetThem, 'apt-get', ...flags, ...packages);
}

export async function runInstaller(
	title: string,
	howToGetIt: string,
	command: string,
	...args: readonly string[]
): Promise<void> {
	const logFile = join(workFolder, `${command}.log`);
	await withProgress(title, async ({ update }) => {
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		// Two steps of the tests may want to install something at the same time.
		const alone = [join(workFolder, 'installer.lock'), command, ...args];
		const run = { command: 'flock', args: alone, cwd: '/', env, logFile, onLine: update };
		if ((await runToEnd(run)) === 0) return;
		throw new Advice(`${howToGetIt} ${command} did not get it:\n${await tailOf(logFile)}`);
	});
}
