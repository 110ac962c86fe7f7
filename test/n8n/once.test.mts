/** One call for each key, and one call for each interval, whatever executions there are: in one n8n, on SQLite. */
import { until } from '../until.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, resultOf, workflowWith } from './context.mts';
import { fiction, mostInOneSecond, once, openHook, ringsByNumber, tally } from './queue/hook.mts';
import type { Hook } from './queue/hook.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import type { SwitchvoxSetup } from './switchvoxSetup.mts';

let client: N8nClient;
let setup: SwitchvoxSetup;

beforeAll(async () => {
	client = await logInToN8n();
});

beforeEach(async () => {
	setup = await setUpSwitchvox(client);
});

afterEach(async () => {
	await setup.close();
});

const number = fiction(0);
const anyDay = expect.stringMatching(/^20\d\d-[01]\d-[0-3]\d$/) as unknown;
const toldOf = (onceKey: string) => ({ onceKey, earlierOn: anyDay, earlierStatus: 'answered' });
const hookWith = async (options: object): Promise<Hook> =>
	await openHook({ client, setup, options });
const sendAll = async ({ send }: Hook, bodies: readonly Parameters<Hook['send']>[0][]) =>
	await Promise.all(bodies.map(send));

describe('Once Key', () => {
	// In queue mode there are more of both: queue/fleet.test.mts.
	test('10 rounds of 20 webhooks with one key: one call for each', async () => {
		const hook = await hookWith(once);
		for (let round = 1; round <= 10; round++) {
			const body = { number, key: `round ${String(round)}` };
			const told = tally(await sendAll(hook, Array<typeof body>(20).fill(body)));
			expect([round, told]).toEqual([round, { answered: 1, duplicate: 19 }]);
		}
		expect(setup.firstRings()).toBe(10);
	});

	test('60 keys, 20 at once: none is lost', async () => {
		const hook = await hookWith(once);
		const bodies = Array.from({ length: 60 }, (_, index) => ({
			number: fiction(index),
			key: `lead ${String(index)}`,
		}));
		const rounds = Array.from({ length: 3 }, (_, index) =>
			bodies.slice(index * 20, index * 20 + 20),
		);
		for (const round of rounds) {
			expect(tally(await sendAll(hook, round))).toEqual({ answered: 20 });
		}
		for (const round of rounds) {
			const again = await sendAll(hook, round);
			expect(again.map(({ reason, details }) => [reason, details])).toEqual(
				round.map(({ key }) => ['duplicate', toldOf(key)]),
			);
		}
		expect([...ringsByNumber(setup).values()]).toEqual(Array<number>(60).fill(1));
	});

	test('a duplicate is told on which day the call was', async () => {
		const hook = await hookWith(once);
		const days = [new Date(), new Date(Date.now() + 120_000)].map((time) =>
			time.toISOString().slice(0, 10),
		);
		await hook.send({ number, key: 'k' });
		const { details, message } = await hook.send({ number, key: 'k' });
		const { earlierOn } = details as Record<string, unknown>;
		expect(days).toContain(earlierOn);
		expect(message).toBe(
			`Not called: the Once Key "k" was used for a call on ${String(earlierOn)}.`,
		);
	});

	test('an unknown outcome stays unknown, for the same reason', async () => {
		const hook = await hookWith(once);
		setup.pbx.fault('cutAfterRinging', { times: 1 });
		const body = { number, key: 'k' };
		const unknown = { status: 'unknown', reason: 'connection_lost', output: 'error' };
		expect(await hook.send(body)).toMatchObject(unknown);
		const second = await hook.send(body);
		expect(second).toMatchObject(unknown);
		expect(second.message).toContain('an earlier call with this Once Key');
		expect(setup.firstRings()).toBe(1);
	});

	test('a duplicate waits for the call under way, and is told what came of it', async () => {
		const hook = await hookWith({ ...once, timeout: 300 });
		setup.pbx.setParty(number, { answersAfterSeconds: 200 });
		const body = { number, key: 'k' };
		const first = hook.send(body);
		await until(() => setup.firstRings() === 1);
		const second = hook.send(body);
		expect(await first).toMatchObject({ status: 'answered' });
		expect(await second).toMatchObject({ details: { earlierStatus: 'answered' } });
		expect(setup.firstRings()).toBe(1);
	});

	test('keys that the workflow recorded in the former way count', async () => {
		// The store of Remove Duplicates, scope Workflow: the former keys were values of it with a prefix.
		const test = setup.call(
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
			['duplicate', { onceKey: 'old' }],
			['answered', expect.anything()],
		]);
		expect(setup.firstRings()).toBe(1);
	});
});

describe('Interval Counts in all executions', () => {
	const paced = { interval: 1, intervalCounts: 'allExecutions' };
	test('20 webhooks at once: no more than 2 calls in any second', async () => {
		const told = await sendAll(
			await hookWith(paced),
			Array<{ number: string }>(20).fill({ number }),
		);
		expect(tally(told)).toEqual({ answered: 20 });
		expect(setup.firstRings()).toBe(20);
		expect(mostInOneSecond(told)).toBeLessThanOrEqual(2);
	});

	test('a cancelled execution ends its waiting at once', async () => {
		const numbers = ['101', '102', '103'].map((number) => ({ number }));
		const workflow = workflowWith(
			setup.call(
				{ dialFirst: '={{ $json.number }}', options: { ...paced, interval: 3600 } },
				{ items: numbers },
			),
		);
		const workflowId = await client.createWorkflow(workflow);
		const executionId = await client.start(workflowId, 'Start');
		await new Promise((resolve) => setTimeout(resolve, 1000));
		await client.stop(executionId);
		const { execution } = resultOf(await client.waitFor(executionId));
		expect(execution.status).toBe('canceled');
		expect(setup.firstRings()).toBe(0);
	});
});
