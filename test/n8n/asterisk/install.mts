/** Where the real Asterisk and its phones come from. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canInstall, findProgram, installPackages, isProgram, runInstaller } from '../debian.mts';
import { Advice } from '../processes.mts';

const run = promisify(execFile);

/** How an Asterisk is started; `folders` has those that it cannot find itself, by their names in asterisk.conf. */
export interface AsteriskProgram {
	readonly command: string;
	readonly args: readonly string[];
	readonly folders: Readonly<Record<string, string>>;
}

export interface Programs {
	readonly asterisk: AsteriskProgram;
	/** SIPp, which plays most phones. */
	readonly sipp: string;
	/** A phone that registers. */
	readonly baresip: string;
}

type Found = { readonly [Name in keyof Programs]: Programs[Name] | undefined };

const howToGetThem =
	"The tests with a real Asterisk need Asterisk, SIPp and baresip on the PATH, or the path of an Asterisk of one's own in the environment variable ASTERISK: on Debian as root they are brought when they are missing, elsewhere they are the packages asterisk, sip-tester and baresip-core.";

/** It stays after the tests, as packages do. */
const cacheFolder = '/var/cache/n8n-nodes-originate-call';
const broughtFolder = join(cacheFolder, 'asterisk');

/** An installed Asterisk, which knows its folders. */
async function ownAsterisk(): Promise<AsteriskProgram | undefined> {
	const named = process.env.ASTERISK;
	if (named !== undefined && !(await isProgram(named))) {
		throw new Advice(`ASTERISK names "${named}", which is no program. ${howToGetThem}`);
	}
	const command = named ?? (await findProgram(['asterisk'], ['/usr/sbin', '/usr/local/sbin']));
	return command === undefined ? undefined : { command, args: [], folders: {} };
}

/** One that is unpacked but not installed. It runs with the libraries beside it. */
async function broughtAsterisk(): Promise<AsteriskProgram | undefined> {
	const usr = join(broughtFolder, 'usr');
	const machines = await readdir(join(usr, 'lib')).catch(() => []);
	for (const machine of machines) {
		const libraries = join(usr, 'lib', machine);
		const [loader] = (await readdir(libraries).catch(() => [])).filter((name) =>
			/^ld-linux.*\.so\.\d$/.test(name),
		);
		if (loader === undefined) continue;
		return {
			command: join(libraries, loader),
			args: ['--library-path', libraries, join(usr, 'sbin', 'asterisk')],
			folders: {
				astmoddir: join(libraries, 'asterisk', 'modules'),
				astdatadir: join(usr, 'share', 'asterisk'),
			},
		};
	}
	return undefined;
}

/** Debian has Asterisk in its unstable branch only. Unpacked into a folder, it changes nothing else on this system. */
async function bringAsterisk(): Promise<void> {
	const mirror = await mirrorOf();
	await mkdir(cacheFolder, { recursive: true });
	const folder = await mkdtemp(join(cacheFolder, 'bringing-'));
	try {
		await runInstaller(
			'Unpacking Asterisk',
			howToGetThem,
			'mmdebstrap',
			...['--mode=root', '--variant=extract', '--include=asterisk'],
			// An older state of the mirror will do.
			'--aptopt=Acquire::Check-Valid-Until "false"',
			'--aptopt=APT::Install-Recommends "false"',
			...['sid', folder, `deb ${mirror} sid main`],
		);
		await rename(folder, broughtFolder);
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		// Another run can have installed it in the meantime.
		if ((await broughtAsterisk()) === undefined) throw error;
	}
}

/** The mirror of Debian that this machine's packages come from. */
async function mirrorOf(): Promise<string> {
	const format = '$(LABEL)|$(COMPONENT)|$(REPO_URI)';
	const { stdout } = await run('apt-get', [
		...['indextargets', '--format', format, 'Created-By: Packages'],
	]);
	const known = stdout.split('\n').map((line) => line.split('|'));
	const found = known.find(([label, component]) => label === 'Debian' && component === 'main');
	if (found?.[2] === undefined) throw new Advice(howToGetThem);
	return found[2];
}

/** All that the tests need. On Debian, as root, whatever is missing is downloaded. */
export async function ensurePrograms(): Promise<Programs> {
	const there = await lookAround();
	if (isComplete(there)) return there;
	if (!(await canInstall())) throw new Advice(howToGetThem);
	const packages = [
		...(there.sipp === undefined ? ['sip-tester'] : []),
		...(there.baresip === undefined ? ['baresip-core'] : []),
		...(there.asterisk === undefined ? ['mmdebstrap'] : []),
	];
	await installPackages(`Installing ${packages.join(' and ')}`, packages, howToGetThem);
	if (there.asterisk === undefined) await bringAsterisk();
	const all = await lookAround();
	if (isComplete(all)) return all;
	throw new Advice(howToGetThem);
}

/** The programs, as far as they are on this machine. */
async function lookAround(): Promise<Found> {
	return {
		asterisk: (await ownAsterisk()) ?? (await broughtAsterisk()),
		sipp: await findProgram(['sipp']),
		baresip: await findProgram(['baresip']),
	};
}

function isComplete(programs: Found): programs is Programs {
	return Object.values(programs).every((program) => program !== undefined);
}
