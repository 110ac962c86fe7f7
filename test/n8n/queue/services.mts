/** PostgreSQL and Redis of this test's own: on loopback, on free ports, in folders of their own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, open, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '../debian.mts';
import { n8nFolder } from '../paths.mts';
import { Advice, freePort, stopProcess, stopWhenInterrupted, tailOf } from '../processes.mts';

const run = promisify(execFile);
const startLimitMs = 30_000;
const stopGraceMs = 20_000;

export interface Service {
	readonly port: number;
	/** Ends it, and starts it again with what it has stored, on the same port. */
	readonly restart: (pauseMs?: number) => Promise<void>;
	readonly stop: () => Promise<void>;
}

/** Debian keeps PostgreSQL's programs off the PATH, by version. */
async function postgresFolders(): Promise<readonly string[]> {
	const debian = '/usr/lib/postgresql';
	const versions = await readdir(debian).catch(() => []);
	const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
	return newestFirst.map((version) => join(debian, version, 'bin'));
}

const needed = { initdb: 'PostgreSQL', postgres: 'PostgreSQL', 'redis-server': 'Redis' } as const;

export type Programs = Readonly<Record<keyof typeof needed, string>>;

/** Where the programs are; says how to get those that are missing. */
export async function findPrograms(): Promise<Programs> {
	const found: Record<string, string> = {};
	const missing = new Set<string>();
	for (const [name, product] of Object.entries(needed)) {
		const path = await findProgram([name], await postgresFolders());
		if (path === undefined) missing.add(product);
		else found[name] = path;
	}
	if (missing.size === 0) return found as Programs;
	throw new Advice(
		`The tests in queue mode need ${[...missing].join(' and ')} on this machine: on Debian "apt-get install postgresql redis-server" as root, elsewhere from postgresql.org and redis.io.`,
	);
}

interface Account {
	readonly uid: number;
	readonly gid: number;
}

export interface Program {
	readonly command: string;
	readonly args: readonly string[];
	/** Who runs it; the current user when left out. */
	readonly account?: Account;
	readonly port: number;
	/** Whether it can be used; when it listens on its port, unless given. */
	readonly isReady?: () => Promise<boolean>;
	readonly logFile: string;
}

async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

/** Starts a program, waits until it is ready, and returns how to stop it. */
export async function start({
	command,
	args,
	account,
	port,
	isReady = () => isListening(port),
	logFile,
}: Program): Promise<() => Promise<void>> {
	const log = await open(logFile, 'a');
	const child = spawn(
		process.execPath,
		[
			...['--import', join(n8nFolder, 'endWithParent.mts')],
			...[
				join(import.meta.dirname, 'service.mts'),
				JSON.stringify(account ?? {}),
				command,
				...args,
			],
		],
		{ cwd: '/', stdio: ['ignore', log.fd, log.fd, 'ipc'], detached: true },
	);
	await log.close();
	const release = stopWhenInterrupted(child);
	const stop = async (): Promise<void> => {
		await stopProcess(child, stopGraceMs);
		release();
	};
	const started = Date.now();
	while (!(await isReady())) {
		if (child.exitCode !== null || Date.now() - started > startLimitMs) {
			await stop();
			throw new Advice(
				`${command} did not start. The end of ${logFile}:\n${await tailOf(logFile)}`,
			);
		}
		await sleep(50);
	}
	return stop;
}

/** The same, as a service that can be started again. */
export async function serve(program: Program): Promise<Service> {
	let stop = await start(program);
	return {
		port: program.port,
		restart: async (pauseMs = 0) => {
			await stop();
			await sleep(pauseMs);
			stop = await start(program);
		},
		stop: () => stop(),
	};
}

/** PostgreSQL does not run as root; Debian's package brings a user for it. */
async function postgresAccount(): Promise<Account | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
	try {
		return { uid: await idOf('-u'), gid: await idOf('-g') };
	} catch {
		throw new Advice(
			'PostgreSQL does not run as root, and this machine has no user "postgres": run the tests as another user.',
		);
	}
}

/** An empty database; its superuser is `n8n`, who needs no password. */
export async function startPostgres(
	{ initdb, postgres }: Programs,
	folder: string,
): Promise<Service> {
	const account = await postgresAccount();
	const data = join(folder, 'postgres');
	await mkdir(data, { recursive: true, mode: 0o700 });
	if (account !== undefined) await chown(data, account.uid, account.gid);
	const made = [
		'--pgdata',
		data,
		'--username=n8n',
		'--auth=trust',
		'--encoding=UTF8',
		'--locale=C',
	];
	await run(initdb, made, { cwd: '/', ...account });
	const port = await freePort();
	const settings = {
		listen_addresses: '127.0.0.1',
		port: String(port),
		unix_socket_directories: '',
		// What it has written down survives its restart, if not the machine's: quicker on a slow disk.
		synchronous_commit: 'off',
	};
	const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	const logFile = join(folder, 'postgres.log');
	return await serve({ command: postgres, args: ['-D', data, ...flags], account, port, logFile });
}

/** Stores its data on disk, so that it survives a restart. */
export async function startRedis(
	{ 'redis-server': command }: Programs,
	folder: string,
): Promise<Service> {
	const data = join(folder, 'redis');
	await mkdir(data, { recursive: true });
	const port = await freePort();
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data];
	return await serve({
		command,
		args: [...args, '--appendonly', 'yes', '--save', ''],
		port,
		logFile: join(folder, 'redis.log'),
	});
}
