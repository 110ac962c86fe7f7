/** Runs in a process of its own, so that the simulator does not share its thread: prints {@link LoopTimes} as JSON. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';

export interface LoopTask {
	readonly vendor: string;
	readonly credential: object;
	readonly call: object;
	/** PEM. */
	readonly caCertificate: string;
	/** What the library sends for this call. */
	readonly sent: {
		readonly url: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: string;
	};
	readonly calls: number;
	readonly repeats: number;
	/** Repeats that are not measured. */
	readonly warmUps: number;
	/** How many calls are in flight. */
	readonly atOnce: number;
}

/** The processor time of this process for one call, in microseconds: a value for each repeat. */
export interface LoopTimes {
	readonly library: number[];
	readonly bare: number[];
}

interface Side {
	placeCall(): Promise<void>;
	close(): Promise<void>;
}

/** As much of the built package as is needed. */
export interface Library {
	createClient(
		vendor: string,
		credential: object,
		options?: { readonly dispatcher: Pick<Dispatcher, 'dispatch'> },
	): {
		originate(call: object): Promise<{ readonly status: string }>;
		close(): Promise<void>;
	};
}

function librarySide({ vendor, credential, call }: LoopTask): Side {
	const index = join(import.meta.dirname, '..', '..', 'dist', 'index.js');
	const { createClient } = createRequire(import.meta.url)(index) as Library;
	const client = createClient(vendor, credential);
	return {
		placeCall: async () => {
			const { status } = await client.originate(call);
			if (!['answered', 'accepted'].includes(status)) throw new Error(`the call is ${status}`);
		},
		close: () => client.close(),
	};
}

function bareSide({ caCertificate, sent: { url, headers, body } }: LoopTask): Side {
	const dispatcher = new Agent({ allowH2: false, connect: { ca: caCertificate } });
	return {
		placeCall: async () => {
			const response = await request(url, { method: 'POST', headers, body, dispatcher });
			await response.body.text();
			if (response.statusCode > 204) throw new Error(`HTTP ${String(response.statusCode)}`);
		},
		close: () => dispatcher.close(),
	};
}

/**
 * One call at a time has a pause after it, in which the simulator goes to sleep. Without the pause, the side that writes its
 * next request sooner finds the simulator awake, and the system call that writes takes half as long: 31 µs for bare undici,
 * 66 µs if bare undici waits for 60 µs before it writes. That would be counted against the slower side, on top of its own time.
 */
async function placeCalls({ placeCall }: Side, { calls, atOnce }: LoopTask): Promise<void> {
	let left = calls;
	const worker = async () => {
		while (left-- > 0) {
			await placeCall();
			if (atOnce === 1) await pause(1);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

async function measure(side: Side, task: LoopTask): Promise<number> {
	const before = process.cpuUsage();
	await placeCalls(side, task);
	const { user, system } = process.cpuUsage(before);
	return (user + system) / task.calls;
}

/** In turns, in every other repeat in the opposite order. */
async function compare(task: LoopTask): Promise<LoopTimes> {
	const sides = { library: librarySide(task), bare: bareSide(task) };
	const names = ['library', 'bare'] as const;
	const times: LoopTimes = { library: [], bare: [] };
	// Until the compiler is done with both.
	for (let repeat = 0; repeat < task.warmUps; repeat++) {
		for (const name of names) await placeCalls(sides[name], task);
	}
	for (let repeat = 0; repeat < task.repeats; repeat++) {
		for (const name of repeat % 2 === 0 ? names : [...names].reverse()) {
			times[name].push(await measure(sides[name], task));
		}
	}
	await Promise.all(names.map((name) => sides[name].close()));
	return times;
}

console.log(JSON.stringify(await compare(JSON.parse(process.argv[2] ?? '{}') as LoopTask)));
