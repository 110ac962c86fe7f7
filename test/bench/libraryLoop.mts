/** Runs in a process of its own, so that the simulator does not share its thread: prints calls per second as JSON. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { interleave } from './statistics.mts';

export interface LoopTask {
	readonly vendor: string;
	readonly credential: object;
	readonly call: object;
	/** PEM. */
	readonly caCertificate: string;
	/** What the library sends for this call. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly calls: number;
	readonly repeats: number;
	/** How many calls are in flight. */
	readonly atOnce: number;
}

/** Calls per second, a value for each repeat; and milliseconds of this process for one call. */
export interface LoopTimes {
	readonly library: readonly number[];
	readonly bare: readonly number[];
	readonly libraryProcessor: number;
	readonly bareProcessor: number;
}

interface Side {
	placeCall(): Promise<void>;
	close(): Promise<void>;
}

interface Library {
	createClient(
		vendor: string,
		credential: object,
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

function bareSide({ caCertificate, url, headers, body }: LoopTask): Side {
	const dispatcher = new Agent({ allowH2: false, connect: { ca: caCertificate } });
	return {
		placeCall: async () => {
			const sent = { method: 'POST' as const, headers, body, dispatcher };
			const response = await request(url, sent);
			await response.body.text();
			if (response.statusCode !== 200) throw new Error(`HTTP ${String(response.statusCode)}`);
		},
		close: () => dispatcher.close(),
	};
}

/** Places calls and gives how many a second brings. */
async function pace({ placeCall }: Side, { calls, atOnce }: LoopTask): Promise<number> {
	let left = calls;
	const worker = async () => {
		while (left-- > 0) await placeCall();
	};
	const started = performance.now();
	await Promise.all(Array.from({ length: atOnce }, worker));
	return (calls * 1000) / (performance.now() - started);
}

async function compare(task: LoopTask): Promise<LoopTimes> {
	const sides = { library: librarySide(task), bare: bareSide(task) };
	const spent = { library: 0, bare: 0 };
	const measured = (name: keyof typeof sides) => async () => {
		const before = process.cpuUsage();
		const callsPerSecond = await pace(sides[name], task);
		const { user, system } = process.cpuUsage(before);
		spent[name] += (user + system) / 1000;
		return callsPerSecond;
	};
	await pace(sides.library, task);
	await pace(sides.bare, task);
	const values = await interleave(task.repeats, {
		library: measured('library'),
		bare: measured('bare'),
	});
	await Promise.all([sides.library.close(), sides.bare.close()]);
	const all = task.calls * task.repeats;
	return {
		...values,
		libraryProcessor: spent.library / all,
		bareProcessor: spent.bare / all,
	};
}

console.log(JSON.stringify(await compare(JSON.parse(process.argv[2] ?? '{}') as LoopTask)));
