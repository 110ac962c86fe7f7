/** One call for each key, and one call for each interval, whatever executions there are: in one n8n, on SQLite. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../until.mts';
import type { N8nClient } from './client.mts';
import { logIn } from './client.mts';
import { logInToN8n, resultOf, workflowWith } from './context.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { owner, startN8n } from './server.mts';
import type { N8nServer } from './server.mts';
import { openBench } from './switchvoxBench.mts';
import type { Bench } from './switchvoxBench.mts';
import { publishWebhook } from './webhook.mts';
import type { Webhook } from './webhook.mts';

jest.setTimeout(300_000);

let client: N8nClient;
let bench: Bench;

beforeAll(async () => {
	client = await logInToN8n();
});

beforeEach(async () => {
	bench = await openBench(client);
});

afterEach(async () => {
	await bench.close();
});

const once = { onceKey: '={{ $json.body.key }}' };
const webhookOf = async (options: object): Promise<Webhook> =>
	await publishWebhook(client, bench.call({ options }));
const sendAll = async ({ send }: Webhook, keys: readonly string[]) =>
	await Promise.all(keys.map(async (key) => ({ key, ...(await send({ key })) })));
const byStatus = (results: readonly Readonly<Record<string, unknown>>[]) =>
	Map.groupBy(results, ({ status, reason }) => String(reason ?? status));

describe('Once Key', () => {
	test('30 rounds of 20 webhooks with one key: one call for each', async () => {
		const webhook = await webhookOf(once);
		for (let round = 1; round <= 30; round++) {
			const results = await sendAll(webhook, Array<string>(20).fill(`round ${String(round)}`));
			const counts = Object.fromEntries(
				[...byStatus(results)].map(([status, some]) => [status, some.length]),
			);
			expect([round, counts]).toEqual([round, { answered: 1, duplicate: 19 }]);
		}
		expect(bench.firstRings()).toBe(30);
	});

	test('200 keys, 20 at once: none is lost', async () => {
		const webhook = await webhookOf(once);
		const keys = Array.from({ length: 200 }, (_, index) => `lead ${String(index)}`);
		const rounds = Array.from({ length: 10 }, (_, index) =>
			keys.slice(index * 20, index * 20 + 20),
		);
		for (const round of rounds) {
			expect([...byStatus(await sendAll(webhook, round)).keys()]).toEqual(['answered']);
		}
		for (const round of rounds) {
			const again = await sendAll(webhook, round);
			expect(again.map(({ key, reason, details }) => [key, reason, details])).toEqual(
				round.map((key) => [key, 'duplicate', { onceKey: key, earlierStatus: 'answered' }]),
			);
		}
		expect(bench.firstRings()).toBe(200);
	});

	test('an unknown outcome stays unknown, for the same reason', async () => {
		const webhook = await webhookOf(once);
		bench.pbx.fault('cutAfterRinging', { times: 1 });
		const first = await webhook.send({ key: 'k' });
		const second = await webhook.send({ key: 'k' });
		expect(first).toMatchObject({ status: 'unknown', reason: 'connection_lost' });
		expect(second).toMatchObject({ status: 'unknown', reason: 'connection_lost' });
		expect(second.message).toContain('an earlier call with this Once Key');
		expect(bench.firstRings()).toBe(1);
	});

	test('a duplicate waits for the call under way, and is told what came of it', async () => {
		const webhook = await webhookOf({ ...once, timeout: 5 });
		bench.pbx.setParty('101', { answersAfterSeconds: 200 });
		const first = webhook.send({ key: 'k' });
		await until(() => bench.firstRings() === 1);
		const second = webhook.send({ key: 'k' });
		expect(await first).toMatchObject({ status: 'answered' });
		expect(await second).toMatchObject({ details: { earlierStatus: 'answered' } });
		expect(bench.firstRings()).toBe(1);
	});

	test('keys that the workflow recorded in the former way count', async () => {
		// The store of Remove Duplicates, scope Workflow: the former keys were values of it with a prefix.
		const test = bench.call(
			{ options: { onceKey: '={{ $json.key }}' } },
			{ items: ['old', 'new'].map((key) => ({ key })) },
		);
		const workflow = workflowWith(test);
		const [trigger, node] = workflow.nodes;
		if (trigger === undefined || node === undefined) throw new Error('no nodes');
		const record = {
			name: 'Record',
			type: 'n8n-nodes-base.removeDuplicates',
			typeVersion: 2,
			position: [100, 0] as const,
			parameters: {
				operation: 'removeItemsSeenInPreviousExecutions',
				dedupeValue: "={{ $json.key === 'old' ? 'originate-call old' : 'something else' }}",
				options: { scope: 'workflow' },
			},
		};
		const link = (to: string) => ({ main: [[{ node: to, type: 'main', index: 0 }]] });
		const workflowId = await client.createWorkflow({
			...workflow,
			nodes: [trigger, record, node],
			connections: { [trigger.name]: link('Record'), Record: link(node.name) },
		});
		const { items } = resultOf(await client.execute(workflowId, trigger.name));
		expect(items.map(({ json }) => [json.reason ?? json.status, json.details])).toEqual([
			['duplicate', { onceKey: 'old', earlierStatus: null }],
			['answered', expect.anything()],
		]);
		expect(bench.firstRings()).toBe(1);
	});
});

describe('Interval Counts in all executions', () => {
	const paced = { interval: 1, intervalCounts: 'allExecutions' };
	const gaps = (times: readonly number[]) =>
		times.slice(2).map((time, index) => time - (times[index] ?? 0));

	test('20 webhooks at once: no more than 2 calls in any second', async () => {
		const results = await sendAll(await webhookOf(paced), Array<string>(20).fill(''));
		expect([...byStatus(results).keys()]).toEqual(['answered']);
		const times = bench.pbx.rings
			.filter(({ party }) => party === 'first')
			.map(({ at }) => at.getTime());
		expect(times).toHaveLength(20);
		expect(Math.min(...gaps(times))).toBeGreaterThan(1000);
	});

	test('a cancelled execution ends its waiting at once', async () => {
		const numbers = ['101', '102', '103'].map((number) => ({ number }));
		const workflow = workflowWith(
			bench.call(
				{ dialFirst: '={{ $json.number }}', options: { ...paced, interval: 3600 } },
				{ items: numbers },
			),
		);
		const workflowId = await client.createWorkflow(workflow);
		const executionId = await client.start(workflowId, 'Start');
		await new Promise((resolve) => setTimeout(resolve, 1000));
		await client.stop(executionId);
		const { execution } = resultOf(await client.waitFor(executionId, 5000));
		expect(execution.status).toBe('canceled');
		expect(bench.firstRings()).toBe(0);
	});
});

test('n8n is killed while the phone rings: the key says that nothing is known, and rings nobody', async () => {
	const userFolder = join(workFolder, 'test', String(process.pid), 'crash');
	const installPackage = await packPackage();
	let n8n: N8nServer | undefined = await startN8n({ userFolder, installPackage });
	try {
		const own = await logIn(n8n.url, owner);
		const ownBench = await openBench(own);
		try {
			ownBench.pbx.fault('hangAfterRinging', { times: 1 });
			const webhook = await publishWebhook(
				own,
				ownBench.call({ options: { ...once, timeout: 1 } }),
			);
			const cut = webhook.send({ key: 'k' }).catch(() => 'cut');
			await until(() => ownBench.firstRings() === 1);
			process.kill(n8n.pid, 'SIGKILL');
			expect(await cut).toBe('cut');
			await n8n.stop();

			n8n = await startN8n({ userFolder, installPackage, port: n8n.port });
			const crashed = {
				status: 'unknown',
				reason: 'crashed_earlier',
				message: expect.stringContaining('may have been placed') as string,
			};
			expect(await webhook.send({ key: 'k' })).toMatchObject(crashed);
			const again = performance.now();
			expect(await webhook.send({ key: 'k' })).toMatchObject(crashed);
			expect(performance.now() - again).toBeLessThan(10_000);
			expect(ownBench.firstRings()).toBe(1);
			expect(await webhook.send({ key: 'other' })).toMatchObject({ status: 'answered' });
			expect(ownBench.firstRings()).toBe(2);
		} finally {
			await ownBench.pbx.close();
		}
	} finally {
		await n8n.stop();
		await rm(userFolder, { recursive: true, force: true });
	}
});
