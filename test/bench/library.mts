import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { projectFolder } from '../n8n/paths.mts';
import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { PhoneSystem } from './contests.mts';
import type { Library, LoopTask, LoopTimes } from './libraryLoop.mts';
import { median } from './statistics.mts';
import type { Row } from './table.mts';

const run = promisify(execFile);
const inFlight = [1, 32];
const warmUps = 10;

export interface LibraryOptions {
	readonly calls: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

/** The library against a bare loop over undici that sends the same bytes; both in a process of their own. */
export async function measureLibrary(options: LibraryOptions): Promise<readonly Row[]> {
	const rows: Row[] = [];
	for (const start of [
		startSwitchvoxSubject,
		startIovoxSubject,
		startEnswitchSubject,
		startVoipNowSubject,
	]) {
		const subject = await start();
		try {
			const sent = await requestOf(subject);
			for (const atOnce of inFlight) rows.push(await measureSides(subject, sent, atOnce, options));
		} finally {
			await subject.system.close();
		}
	}
	return rows;
}

interface Subject {
	readonly title: string;
	/** What the library's processor time per call may be of that of the bare loop. */
	readonly atMost: number;
	readonly system: PhoneSystem;
	readonly vendor: string;
	readonly credential: object;
	readonly call: object;
}

const xmlGoal = 1.5;
const jsonGoal = 1.3;
const number = '12025550123';

async function startSwitchvoxSubject(): Promise<Subject> {
	const system = await startSwitchvox({ secondMs: 0 });
	const { url: baseUrl, caCertificate } = system;
	const { username, password } = defaultAccounts.admin;
	return {
		title: 'Switchvox (XML)',
		atMost: xmlGoal,
		system,
		vendor: 'switchvox',
		credential: { baseUrl, caCertificate, username, password, authentication: 'basic' },
		call: { dialFirst: '101', dialSecond: number, accountId: '1106' },
	};
}

async function startIovoxSubject(): Promise<Subject> {
	const system = await startIovox({ tls: true });
	const { url: baseUrl, caCertificate } = system;
	return {
		title: 'IOVOX (XML)',
		atMost: xmlGoal,
		system,
		vendor: 'iovox',
		credential: { environment: 'custom', baseUrl, caCertificate, ...defaultSignIn },
		call: { linkId: 'link123', callDestination: number },
	};
}

async function startEnswitchSubject(): Promise<Subject> {
	const system = await startEnswitch({ secondMs: 1 });
	const { url: baseUrl, caCertificate } = system;
	const { username, password } = enswitchAccounts.agent;
	return {
		title: 'Enswitch (JSON)',
		atMost: jsonGoal,
		system,
		vendor: 'enswitch',
		credential: { baseUrl, caCertificate, username, password },
		call: { snumber: '1234567', cnumber: number },
	};
}

async function startVoipNowSubject(): Promise<Subject> {
	const system = await startVoipNow();
	const { url: baseUrl, caCertificate } = system;
	const { clientId, clientSecret } = defaultApps.user;
	return {
		title: 'VoipNow (JSON)',
		atMost: jsonGoal,
		system,
		vendor: 'voipNow',
		credential: { baseUrl, caCertificate, clientId, clientSecret },
		call: {
			userId: '@me',
			extension: '0003*210',
			source: '0003*210',
			destination: number,
			options: { nonce: '130c5a97-0000-4000-8000-000000000001' },
		},
	};
}

type Recorded = PhoneSystem['requests'][number];

/** What the library sends for the subject's call. */
async function requestOf({ vendor, credential, call, system }: Subject): Promise<LoopTask['sent']> {
	const require = createRequire(import.meta.url);
	const { createClient } = require(join(projectFolder, 'dist', 'index.js')) as Library;
	const agent = new Agent({ allowH2: false, connect: { ca: system.caCertificate } });
	const sent: Dispatcher.DispatchOptions[] = [];
	const dispatcher: Pick<Dispatcher, 'dispatch'> = {
		dispatch(request, handler) {
			sent.push(request);
			return agent.dispatch(request, handler);
		},
	};
	await createClient(vendor, credential, { dispatcher }).originate(call);
	await agent.close();
	const { path = '', headers, body } = sent.at(-1) ?? {};
	return {
		url: system.url + path,
		headers: headers as Record<string, string>,
		body: typeof body === 'string' ? body : '',
	};
}

async function measureSides(
	{ title, atMost, system, vendor, credential, call }: Subject,
	sent: LoopTask['sent'],
	atOnce: number,
	{ repeats, log, ...options }: LibraryOptions,
): Promise<Row> {
	system.reset();
	// One at a time, calls have pauses.
	const calls = atOnce === 1 ? options.calls / 2 : options.calls;
	const { caCertificate } = system;
	const task = { vendor, credential, call, caCertificate, sent, calls, repeats, warmUps, atOnce };
	const { library, bare } = await runLoops(task);
	const kinds = new Set(system.requests.filter(isCall).map(essence));
	if (system.calls.length !== calls * (repeats + warmUps) * 2 || kinds.size !== 1) {
		throw new Error(`${String(system.calls.length)} calls of ${String(kinds.size)} kinds`);
	}
	const [ours, theirs] = [library, bare].map((side) => median(side).toFixed(0));
	log(`${title}, ${String(atOnce)} in flight: ${ours ?? ''} µs, bare undici ${theirs ?? ''} µs`);
	return {
		id: 'd',
		what: `The library's processor time, ${atOnce === 1 ? 'one call' : `${String(atOnce)} calls`} in flight: ${title}`,
		unit: 'µs',
		values: library,
		other: { what: 'bare undici', values: bare },
		goal: { atMost },
	};
}

async function runLoops(task: LoopTask): Promise<LoopTimes> {
	const loop = new URL('libraryLoop.mts', import.meta.url).pathname;
	const { stdout } = await run(process.execPath, [loop, JSON.stringify(task)]);
	return JSON.parse(stdout) as LoopTimes;
}

/** Not for a token. */
function isCall({ path }: Recorded): boolean {
	return !path.startsWith('/oauth/');
}

function essence({ method, path, headers, body }: Recorded): string {
	return JSON.stringify([method, path, Object.entries(headers).sort(), body]);
}
