import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { workFolder } from './paths.mts';

/** Nothing is written outside this folder, not even temporarily. */
export const temporaryFolder = join(workFolder, 'tmp');

/** A cause that the user can fix; only its message is shown. */
export class Advice extends Error {
	override name = 'Advice';
}

export interface Command {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env?: NodeJS.ProcessEnv;
	/** Gets both output streams, from the start. */
	readonly logFile: string;
	readonly onLine?: (line: string) => void;
}

/** Runs a program to its end; returns its exit code, or 127 if it cannot be started. */
export async function runToEnd(command: Command): Promise<number> {
	await mkdir(dirname(command.logFile), { recursive: true });
	await mkdir(temporaryFolder, { recursive: true });
	const log = createWriteStream(command.logFile);
	const child = spawn(command.command, command.args, {
		cwd: command.cwd,
		env: { ...(command.env ?? process.env), TMPDIR: temporaryFolder },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	const release = stopWhenInterrupted(child);
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (data: Buffer) => {
			log.write(data);
			const line = stripVTControlCharacters(data.toString()).trim().split('\n').at(-1);
			if (line) command.onLine?.(line.trim());
		});
	}
	try {
		const [code] = (await once(child, 'close')) as [number | null];
		return code ?? 1;
	} catch (error) {
		log.write(`${command.command}: ${String(error)}\n`);
		return 127;
	} finally {
		release();
		log.end();
		await once(log, 'finish');
	}
}

/** The last lines of a log; empty if there is no log. */
export async function tailOf(file: string, lines = 25): Promise<string> {
	const text = await readFile(file, 'utf8').catch(() => '');
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}

function hasEnded(child: ChildProcess): boolean {
	return child.exitCode !== null || child.signalCode !== null;
}

/** Sends a signal to a process that leads its own group, and to all processes that it started. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// The group is empty.
	}
}

/** Asks a process to end, then kills the rest of its group; the process must be a group leader. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<void> {
	if (!hasEnded(child) && child.pid !== undefined) {
		const ended = once(child, 'exit');
		child.kill('SIGTERM');
		await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
	}
	signalGroup(child, 'SIGKILL');
}

/** Kills a process and its group; the process must be a group leader. */
export async function killProcess(child: ChildProcess): Promise<void> {
	const ended = hasEnded(child) ? undefined : once(child, 'exit');
	signalGroup(child, 'SIGKILL');
	await ended;
}

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const running = new Set<ChildProcess>();

function stopAll(): void {
	for (const child of running) signalGroup(child, 'SIGKILL');
}

/**
 * Ends the process's group when this process exits; returns a function that cancels this. The group gets no signals from
 * the terminal, so without a handler an interrupt would leave it running.
 */
export function stopWhenInterrupted(child: ChildProcess): () => void {
	if (running.size === 0) process.on('exit', stopAll);
	running.add(child);
	return () => {
		running.delete(child);
		if (running.size === 0) process.off('exit', stopAll);
	};
}

/**
 * Handles the signals that end a program: everything that was started is stopped first. The exit code says which signal it
 * was, unless Ctrl-C is the normal way to end this program; it is `byHand` then, called when the signal arrives.
 */
export function onInterrupt(
	end: () => Promise<void>,
	byHand: () => number | undefined = () => undefined,
): void {
	let ending = false;
	for (const signal of Object.keys(exitCodes) as (keyof typeof exitCodes)[]) {
		process.on(signal, () => {
			if (ending) process.exit(exitCodes[signal]);
			ending = true;
			const code = signal === 'SIGINT' ? byHand() : undefined;
			void end().finally(() => process.exit(code ?? exitCodes[signal]));
		});
	}
}

/** Whether some process has this id. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** A subfolder for this process only. Those of earlier processes are removed at the start and not at their end, so that the last log stays readable. */
export async function folderOfThisRun(parent: string): Promise<string> {
	for (const run of await readdir(parent).catch(() => [])) {
		if (isAlive(Number(run))) continue;
		await rm(join(parent, run), { recursive: true, force: true });
	}
	return join(parent, String(process.pid));
}

/** Whether a server could listen there now. Port 0 means any port, and is always free. */
async function listenOnce(port: number): Promise<number | undefined> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => {
			resolve(undefined);
		});
		server.listen(port, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => {
				resolve(typeof address === 'object' ? address?.port : undefined);
			});
		});
	});
}

export async function isPortFree(port: number): Promise<boolean> {
	return (await listenOnce(port)) !== undefined;
}

export async function freePort(): Promise<number> {
	const port = await listenOnce(0);
	if (port === undefined) throw new Advice('No free port on 127.0.0.1.');
	return port;
}
