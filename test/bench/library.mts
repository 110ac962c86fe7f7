import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { PhoneSystem } from './contests.mts';
import type { LoopTask, LoopTimes } from './libraryLoop.mts';
import type { Row } from './table.mts';

const run = promisify(execFile);
const inFlight = [1, 32];

export interface LibraryOptions {
	readonly calls: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

/** The library against a bare loop over undici that sends the same bytes; both in a process of their own. */
export async function measureLibrary(options: LibraryOptions): Promise<readonly Row[]> {
	const rows: Row[] = [];
	for (const start of [startXml, startForm]) {
		const { title, system, sides } = await start();
		try {
			for (const atOnce of inFlight) {
				rows.push(await measureSides(title, system, { ...sides, atOnce, ...options }, options.log));
			}
		} finally {
			await system.close();
		}
	}
	return rows;
}

interface Subject {
	readonly title: string;
	readonly system: PhoneSystem;
	readonly sides: Omit<LoopTask, 'calls' | 'repeats' | 'atOnce'>;
}

async function startXml(): Promise<Subject> {
	const system = await startSwitchvox({ secondMs: 0 });
	const { url: baseUrl, caCertificate } = system;
	const { username, password } = defaultAccounts.admin;
	const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
	return {
		title: 'Switchvox (XML)',
		system,
		sides: {
			vendor: 'switchvox',
			credential: { baseUrl, caCertificate, username, password, authentication: 'basic' },
			call: { dialFirst: '101', dialSecond: '12025550123', accountId: '1106' },
			caCertificate,
			url: `${baseUrl}/xml`,
			headers: {
				'Content-Type': 'application/xml',
				Accept: 'application/xml',
				Authorization: authorization,
			},
			body: '<?xml version="1.0" encoding="UTF-8"?><request method="switchvox.call"><parameters><dial_first>101</dial_first><dial_second>12025550123</dial_second><dial_as_account_id>1106</dial_as_account_id></parameters></request>',
		},
	};
}

async function startForm(): Promise<Subject> {
	const system = await startEnswitch({ secondMs: 1 });
	const { url: baseUrl, caCertificate } = system;
	const { username, password } = enswitchAccounts.agent;
	const form = new URLSearchParams({ stype: 'phone', snumber: '1234567', ctype: '' });
	form.set('cnumber', '12025550123');
	form.set('auth_username', username);
	form.set('auth_password', password);
	return {
		title: 'Enswitch (JSON)',
		system,
		sides: {
			vendor: 'enswitch',
			credential: { baseUrl, caCertificate, username, password },
			call: { snumber: '1234567', cnumber: '12025550123' },
			caCertificate,
			url: `${baseUrl}/api/json/calls/make/`,
			headers: {
				'Content-Type': 'application/x-www-form-urlencoded',
				Accept: 'application/json',
			},
			body: form.toString(),
		},
	};
}

async function measureSides(
	title: string,
	system: PhoneSystem,
	task: LoopTask,
	log: LibraryOptions['log'],
): Promise<Row> {
	system.reset();
	const { calls, repeats, atOnce } = task;
	const { library, bare, libraryProcessor, bareProcessor } = await runLoops(task);
	const kinds = new Set(system.requests.map(essence));
	if (system.calls.length !== calls * (repeats + 1) * 2 || kinds.size !== 1) {
		throw new Error(`${String(system.calls.length)} calls of ${String(kinds.size)} kinds`);
	}
	log(
		`${title}, ${String(atOnce)} in flight: processor time per call ${libraryProcessor.toFixed(3)} ms, bare ${bareProcessor.toFixed(3)} ms`,
	);
	return {
		id: 'd',
		what: `The library, ${atOnce === 1 ? 'one call' : `${String(atOnce)} calls`} in flight: ${title}`,
		unit: 'calls/s',
		values: library,
		other: { what: 'bare undici', values: bare },
		goal: { atLeast: 0.85 },
	};
}

async function runLoops(task: LoopTask): Promise<LoopTimes> {
	const loop = new URL('libraryLoop.mts', import.meta.url).pathname;
	const { stdout } = await run(process.execPath, [loop, JSON.stringify(task)]);
	return JSON.parse(stdout) as LoopTimes;
}

type Recorded = PhoneSystem['requests'][number];

function essence({ method, path, headers, body }: Recorded): string {
	return JSON.stringify([method, path, Object.entries(headers).sort(), body]);
}
