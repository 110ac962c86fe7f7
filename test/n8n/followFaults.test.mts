/** Every fault on the way while a call is followed or ended, for all vendors: what the workflow gets, and that nothing rings. */
import type { Fault, FaultOptions } from '../simulators/fault.mts';
import { startAsterisk, defaultUsers } from '../simulators/asterisk.mts';
import type { Item, N8nClient } from './client.mts';
import { until } from '../until.mts';
import { logInToN8n, runNode } from './context.mts';
import { setUpEnswitch } from './enswitchSetup.mts';
import { setUpIovox } from './iovoxSetup.mts';
import { type Setup, setUpNode } from './setup.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import { setUpVoipNow } from './voipnowSetup.mts';

// A hanging server is waited for fifteen seconds.
jest.setTimeout(90_000);

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
	{ title: 'no answer', fault: 'hang', status: 'unknown', reason: 'timed_out' },
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

describe.each(systems)('%s', (vendor, setUp) => {
	let setup: Setup<System>;
	/** The result of the node that placed the call: all that the next one gets. */
	let placed: Item['json'];

	beforeAll(async () => {
		const client = await logInToN8n();
		setup = await setUp(client);
		const { items } = await runNode(client, setup.call());
		placed = items[0]?.json ?? {};
		expect(['answered', 'accepted']).toContain(placed.status);
		// IOVOX has one phone of its own.
		await until(() => setup.pbx.rings.length >= (vendor === 'IOVOX' ? 1 : 2));
	});
	afterAll(() => setup.close());

	const run = async (operation: Operation, settings: object = {}) =>
		await runNode(
			await logInToN8n(),
			setup.call(
				{},
				{
					parameters: { resource: 'call', operation },
					items: [placed],
					settings: { onError: 'continueErrorOutput', ...settings },
					limitMs: 60_000,
				},
			),
		);

	const operations: readonly Operation[] = vendor === 'IOVOX' ? ['get'] : ['get', 'hangUp'];
	const table = operations.flatMap((operation) =>
		cases.map((one) => [operation, one.title, one] as const),
	);

	test.each(table)('%s: %s', async (operation, _title, one) => {
		const { pbx } = setup;
		const rings = pbx.rings.length;
		if (one.fault !== undefined) pbx.fault(one.fault, { where: 'follow' });
		await one.prepare?.(pbx);
		try {
			const { items, failedItems } = await run(operation);
			expect(items).toEqual([]);
			const json = failedItems[0]?.json ?? {};
			expect(json).toMatchObject({ status: one.status, reason: one.reason });
			expect(json.message).toContain(words[operation][one.status]);
			expect(json.message).not.toMatch(/No call was placed|may have been placed|dialing again/);
			expect(pbx.rings).toHaveLength(rings);
		} finally {
			pbx.fault(null);
			await pbx.listenAgain();
		}
	});

	test('Retry On Fail looks again, and places nothing', async () => {
		const rings = setup.pbx.rings.length;
		setup.pbx.fault({ status: 502 }, { where: 'follow', times: 1 });
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0, onError: 'stopWorkflow' };
		const { items } = await run('get', retry);
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toHaveProperty('state');
		expect(setup.pbx.rings).toHaveLength(rings);
	});
});
