/** Runs in a process of its own, so that the simulator does not share its memory: prints {@link WaitingUse} as JSON. */
import { setTimeout as pause } from 'node:timers/promises';
import { built, heapUsed } from './nodeContext.mts';

export interface WaitingTask {
	readonly credential: object;
	readonly calls: number;
}

export interface WaitingUse {
	/** What all waiting calls add to the memory. */
	readonly kilobytes: number;
	readonly processorMs: number;
}

interface Client {
	originate(
		call: object,
		options?: object,
	): Promise<{ readonly call?: { readonly state: string } }>;
	close(): Promise<void>;
}

const { credential, calls } = JSON.parse(process.argv[2] ?? '') as WaitingTask;
const { createClient } = built<{ createClient(vendor: string, credential: object): Client }>(
	'index.js',
);
const client = createClient('voipNow', credential);
const call = (index: number) => ({
	source: '0003*210',
	destination: `1202555${String(1000 + index)}`,
});
// Signs in, and loads what it loads once.
await client.originate(call(calls), { dryRun: true });
const before = await heapUsed();
const start = process.cpuUsage();
const waiting = Promise.all(
	Array.from({ length: calls }, (_, index) =>
		client.originate(call(index), { waitUntil: 'ended', waitAtMost: 300 }),
	),
);
await pause(10_000);
const kilobytes = ((await heapUsed()) - before) / 1000;
const ended = await waiting;
const { user, system } = process.cpuUsage(start);
await client.close();
if (ended.some(({ call: state }) => state?.state !== 'ended'))
	throw new Error('a call is not over');
process.stdout.write(JSON.stringify({ kilobytes, processorMs: (user + system) / 1000 }));
