import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledFolder, n8nFolder, packageName } from './paths.mts';
import {
	Advice,
	freePort,
	isPortFree,
	killProcess,
	runToEnd,
	stopProcess,
	stopWhenInterrupted,
	tailOf,
	temporaryFolder,
} from './processes.mts';

/** The one account of an n8n that this file starts; it listens on loopback only. */
export const owner = {
	email: 'demo@example.test',
	password: 'Originate-1',
	firstName: 'Demo',
	lastName: 'Owner',
} as const;

/** The bcrypt hash of the password above, because n8n accepts the owner's password in the environment only as a hash. */
const ownerPasswordHash = '$2a$10$iEzkuLtuYbq2TAAFe2VbGehBI2VP6MP/Mcs58P1RPHAFEgCiLFCuW';

/** The environment of an n8n whose workflows have no Code node: it starts no process that runs their code. */
export const withoutCode = {
	N8N_RUNNERS_MODE: 'external',
	N8N_RUNNERS_AUTH_TOKEN: 'nobody',
} as const;

/** The same, where nobody opens n8n in a browser: it starts in half of the time. */
export const withoutEditor = { ...withoutCode, N8N_DISABLE_UI: 'true' } as const;

const startLimitMs = 300_000;
const stopGraceMs = 10_000;

/** A packed community package. */
export interface PackedPackage {
	readonly name: string;
	/** The path of its tarball. */
	readonly tarball: string;
}

export interface N8nOptions {
	/** Holds n8n's database and settings; kept between starts. */
	readonly userFolder: string;
	/** By default a free one. */
	readonly port?: number;
	/** n8n's command; `start` by default. At its address, a worker answers only questions about its health. */
	readonly command?:
		| readonly ['start' | 'webhook']
		| readonly ['worker', ...flags: readonly string[]];
	/** The folder where n8n is installed; by default the version that this project pins. */
	readonly installation?: string;
	/** Path of the packed package, which is installed as a community package; or packages, which are all that there are. */
	readonly installPackage: string | readonly PackedPackage[];
	readonly env?: Readonly<Record<string, string>>;
	readonly log?: (line: string) => void;
}

export interface N8nServer {
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	readonly logFile: string;
	/** Waits until it answers again, after something that it needs was unavailable. */
	readonly ready: () => Promise<void>;
	/** Ends n8n and all its processes; n8n has this time to end by itself. */
	readonly stop: (graceMs?: number) => Promise<void>;
	/** Kills n8n as a crash would, without warning. */
	readonly kill: () => Promise<void>;
}

async function fileOr(file: string, otherwise: string): Promise<string> {
	return await readFile(file, 'utf8').catch(() => otherwise);
}

const nodesOf = (userFolder: string) => join(userFolder, '.n8n', 'nodes');

async function installCommunityPackages({ userFolder, installPackage }: N8nOptions): Promise<void> {
	if (typeof installPackage === 'string') {
		const whole = { name: packageName, tarball: installPackage };
		await installCommunityPackage(userFolder, whole);
		return;
	}
	await rm(nodesOf(userFolder), { recursive: true, force: true });
	for (const one of installPackage) await installCommunityPackage(userFolder, one);
}

/** Puts a packed package where n8n looks for community packages. */
async function installCommunityPackage(
	userFolder: string,
	{ name, tarball }: PackedPackage,
): Promise<void> {
	const nodes = nodesOf(userFolder);
	const folder = join(nodes, 'node_modules', name);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const code = await runToEnd({
		command: 'tar',
		args: ['-xzf', tarball, '--strip-components=1', '-C', folder],
		cwd: userFolder,
		logFile: join(userFolder, 'unpack.log'),
	});
	if (code !== 0) {
		throw new Advice(
			`Could not unpack ${tarball}:\n${await tailOf(join(userFolder, 'unpack.log'))}`,
		);
	}
	const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
		version: string;
	};
	const manifest = join(nodes, 'package.json');
	const installed = JSON.parse(await fileOr(manifest, '{}')) as { dependencies?: object };
	const dependencies = { ...installed.dependencies, [name]: version };
	await writeFile(
		manifest,
		JSON.stringify({ name: 'installed-nodes', private: true, dependencies }, null, 2),
	);
}

/** n8n's settings: loopback only, one owner, and no contact with n8n's own services. */
function environment(
	options: N8nOptions,
	port: number,
	brokerPort: number,
): Record<string, string> {
	return {
		N8N_USER_FOLDER: options.userFolder,
		HOME: options.userFolder,
		TMPDIR: temporaryFolder,
		// n8n's modules are compiled once, not at each start.
		NODE_COMPILE_CACHE: compiledFolder,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${String(port)}`,
		N8N_WEBHOOK_URL: `http://127.0.0.1:${String(port)}`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
		N8N_INSTANCE_OWNER_EMAIL: owner.email,
		N8N_INSTANCE_OWNER_PASSWORD_HASH: ownerPasswordHash,
		N8N_INSTANCE_OWNER_FIRST_NAME: owner.firstName,
		N8N_INSTANCE_OWNER_LAST_NAME: owner.lastName,
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_REINSTALL_MISSING_PACKAGES: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_AI_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry',
		N8N_LOG_LEVEL: 'info',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
		...options.env,
	};
}

/** Variables that n8n must not inherit: settings of the machine's owner and of the test runner. */
function inherited(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!/^(N8N_|DB_|PG|EXECUTIONS_|OFFLOAD_|QUEUE_|WEBHOOK_URL$|NODE_OPTIONS$|NODE_ENV$|JEST_)/.test(
					name,
				),
		),
	);
}

async function isReady(url: string): Promise<boolean> {
	try {
		const response = await fetch(`${url}/healthz/readiness`, { signal: AbortSignal.timeout(5000) });
		return response.ok;
	} catch {
		return false;
	}
}

/** The child leads its own process group, so that its task runner can be ended with it. */
async function spawnN8n(options: N8nOptions, port: number, logFile: string): Promise<ChildProcess> {
	const { command = ['start'], installation = n8nFolder } = options;
	const main = join(installation, 'node_modules', 'n8n', 'bin', 'n8n');
	if (!existsSync(main)) throw new Advice(`n8n is not installed in ${installation}.`);
	const log = await open(logFile, 'w');
	const child = spawn(
		process.execPath,
		['--import', join(n8nFolder, 'endWithParent.mts'), main, ...command],
		{
			cwd: options.userFolder,
			env: { ...inherited(), ...environment(options, port, await freePort()) },
			stdio: ['ignore', log.fd, log.fd, 'ipc'],
			detached: true,
		},
	);
	await log.close();
	return child;
}

/** Waits until n8n answers at this address; undefined if it does, otherwise the reason why not. */
async function waitUntilReady(child: ChildProcess, url: string): Promise<string | undefined> {
	const ended = once(child, 'exit');
	const started = Date.now();
	while (!(await isReady(url))) {
		if (child.exitCode !== null) return `n8n ended with exit code ${String(child.exitCode)}`;
		if (child.signalCode !== null) return `n8n was ended by ${child.signalCode}`;
		if (Date.now() - started > startLimitMs) {
			return `n8n was not ready after ${String(startLimitMs / 1000)} s`;
		}
		await Promise.race([sleep(200), ended]);
	}
	return undefined;
}

/** Starts the installed n8n with the packed package in it; resolves when it answers. */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const port = options.port ?? (await freePort());
	if (!(await isPortFree(port))) {
		throw new Advice(`Port ${String(port)} on 127.0.0.1 is taken by another program.`);
	}
	await mkdir(options.userFolder, { recursive: true });
	await mkdir(temporaryFolder, { recursive: true });
	await installCommunityPackages(options);

	const url = `http://127.0.0.1:${String(port)}`;
	const logFile = join(options.userFolder, 'n8n.log');
	const child = await spawnN8n(options, port, logFile);
	const release = stopWhenInterrupted(child);
	const stop = async (graceMs = stopGraceMs): Promise<void> => {
		await stopProcess(child, graceMs);
		release();
	};
	const kill = async (): Promise<void> => {
		await killProcess(child);
		release();
	};
	const ready = async (): Promise<void> => {
		const trouble = await waitUntilReady(child, url);
		if (trouble === undefined) return;
		await stop();
		throw new Advice(`${trouble}. The end of ${logFile}:\n${await tailOf(logFile)}`);
	};
	options.log?.(`n8n starts on ${url}, its log is ${logFile}`);
	await ready();
	return { url, port, pid: Number(child.pid), logFile, ready, stop, kill };
}
