/** Every fault on the way while a call is followed or ended, for all vendors: what the workflow gets, and that nothing rings. */
import type { Fault, FaultOptions } from '../simulators/fault.mts';
import { startAsterisk, defaultUsers } from '../simulators/asterisk.mts';
import type { N8nClient } from './client.mts';
import { until } from '../until.mts';
import { logInToN8n, runNode } from './context.mts';
import type { NodeTestResult } from './context.mts';
import { setUpEnswitch } from './enswitchSetup.mts';
import { setUpIovox } from './iovoxSetup.mts';
import { type Setup, setUpNode } from './setup.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import { setUpVoipNow } from './voipnowSetup.mts';

interface System {
	readonly rings: readonly unknown[];
	fault(fault: Fault | null, options?: FaultOptions): void;
	refuse(): Promise<void>;
	listenAgain(): Promise<void>;
	close(): Promise<void>;
}

async function setUpAsterisk(client: N8nClient): Promise<Setup<System>> {
	const pbx = await startAsterisk({ secondMs: 1000 });
	const node = {
		type: 'asterisk',
		credentialType: 'asteriskApi',
		parameters: {
			resource: 'call',
			operation: 'originate',
			endpoint: { __rl: true, mode: 'id', value: 'PJSIP/101' },
			extension: '301',
			context: 'from-internal',
			variables: {},
			options: {},
		},
	};
	const { url: baseUrl, caCertificate } = pbx;
	return await setUpNode(client, pbx, node, { baseUrl, caCertificate, ...defaultUsers.n8n });
}

/** Talks last long enough for all cases. */
const slow = { secondMs: 1000 };

const systems: readonly (readonly [string, (client: N8nClient) => Promise<Setup<System>>])[] = [
	['Asterisk', setUpAsterisk],
	['Switchvox', (client) => setUpSwitchvox(client, slow)],
	['Enswitch', (client) => setUpEnswitch(client, slow)],
	['VoipNow', (client) => setUpVoipNow(client, slow)],
	['IOVOX', (client) => setUpIovox(client)],
];

interface Case {
	readonly title: string;
	readonly fault?: Fault;
	readonly prepare?: (pbx: System) => Promise<void>;
	readonly status: 'not_sent' | 'refused' | 'unknown';
	readonly reason: string;
}

const cases: readonly Case[] = [
	{ title: 'the connection is cut', fault: 'cut', status: 'unknown', reason: 'connection_lost' },
	{ title: 'HTTP 500', fault: { status: 500 }, status: 'unknown', reason: 'server_fault' },
	{ title: 'HTTP 502', fault: { status: 502 }, status: 'unknown', reason: 'server_fault' },
	{ title: 'HTTP 429', fault: { status: 429 }, status: 'refused', reason: 'rate_limited' },
	{ title: 'a web page', fault: 'html', status: 'unknown', reason: 'unreadable_reply' },
	{ title: 'random bytes', fault: 'garbage', status: 'unknown', reason: 'unreadable_reply' },
	{
		title: 'a redirect to another server',
		fault: { status: 307, redirect: 'https://other.example/' },
		status: 'not_sent',
		reason: 'redirected',
	},
	{
		title: 'connection refused',
		prepare: (pbx) => pbx.refuse(),
		status: 'not_sent',
		reason: 'connection_refused',
	},
];

/** What each operation says of its call, and never says. */
const words = {
	get: {
		not_sent: 'The state of the call is not known.',
		refused: 'The state of the call is not known.',
		unknown: 'The state of the call is not known.',
	},
	hangUp: {
		not_sent: 'The call was not ended.',
		refused: 'The call was not ended.',
		unknown: 'The call may have been ended.',
	},
} as const;

type Operation = keyof typeof words;

interface Placed {
	readonly setup: Setup<System>;
	/** Runs a node that gets the result of the one that placed the call, and nothing else. */
	run(operation: Operation, settings?: object): Promise<NodeTestResult>;
}

/** Places a call, to be followed or ended. */
async function place(
	vendor: string,
	setUp: (client: N8nClient) => Promise<Setup<System>>,
): Promise<Placed> {
	const client = await logInToN8n();
	const setup = await setUp(client);
	const { items } = await runNode(client, setup.call());
	const result = items[0]?.json ?? {};
	expect(['answered', 'accepted']).toContain(result.status);
	// IOVOX has one phone of its own.
	await until(() => setup.pbx.rings.length >= (vendor === 'IOVOX' ? 1 : 2));
	return {
		setup,
		run: async (operation, settings = {}) =>
			await runNode(
				client,
				setup.call(
					{},
					{
						parameters: { resource: 'call', operation },
						items: [result],
						settings: { onError: 'continueErrorOutput', ...settings },
						limitMs: 60_000,
					},
				),
			),
	};
}

const operationsOf = (vendor: string): readonly Operation[] =>
	vendor === 'IOVOX' ? ['get'] : ['get', 'hangUp'];

function check(
	operation: Operation,
	{ status, reason }: Pick<Case, 'status' | 'reason'>,
	{ items, failedItems }: NodeTestResult,
): void {
	expect(items).toEqual([]);
	const json = failedItems[0]?.json ?? {};
	expect(json).toMatchObject({ status, reason });
	expect(json.message).toContain(words[operation][status]);
	expect(json.message).not.toMatch(/No call was placed|may have been placed|dialing again/);
}

describe.each(systems)('%s', (vendor, setUp) => {
	let placed: Placed;

	beforeAll(async () => {
		placed = await place(vendor, setUp);
	});
	afterAll(() => placed.setup.close());

	const table = operationsOf(vendor).flatMap((operation) =>
		cases.map((one) => [operation, one.title, one] as const),
	);

	test.each(table)('%s: %s', async (operation, _title, one) => {
		const { pbx } = placed.setup;
		const rings = pbx.rings.length;
		if (one.fault !== undefined) pbx.fault(one.fault, { where: 'follow' });
		await one.prepare?.(pbx);
		try {
			check(operation, one, await placed.run(operation));
			expect(pbx.rings).toHaveLength(rings);
		} finally {
			pbx.fault(null);
			await pbx.listenAgain();
		}
	});

	test('Retry On Fail looks again, and places nothing', async () => {
		const { pbx } = placed.setup;
		const rings = pbx.rings.length;
		pbx.fault({ status: 502 }, { where: 'follow', times: 1 });
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0, onError: 'stopWorkflow' };
		const { items } = await placed.run('get', retry);
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toHaveProperty('state');
		expect(pbx.rings).toHaveLength(rings);
	});
});

test('no answer, whatever the vendor and the operation', async () => {
	await Promise.all(
		systems.map(async ([vendor, setUp]) => {
			const { setup, run } = await place(vendor, setUp);
			setup.pbx.fault('hang', { where: 'follow' });
			const timedOut = { status: 'unknown', reason: 'timed_out' } as const;
			const ended = await Promise.all(
				operationsOf(vendor).map(async (operation) => [operation, await run(operation)] as const),
			);
			await setup.close();
			for (const [operation, result] of ended) check(operation, timedOut, result);
		}),
	);
});
