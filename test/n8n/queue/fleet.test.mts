/**
 * The package's promise in n8n's queue mode, with real PostgreSQL and Redis, one main and two workers: what callers
 * learn, and how often the phone rings, when executions run at once in two processes and when one of them ends.
 */
import { until } from '../../until.mts';
import { logIn } from '../client.mts';
import type { N8nClient } from '../client.mts';
import { workflow } from '../flow.mts';
import { owner } from '../server.mts';
import { setUpSwitchvox } from '../switchvoxSetup.mts';
import type { SwitchvoxSetup } from '../switchvoxSetup.mts';
import { startFleet } from './fleet.mts';
import type { Fleet } from './fleet.mts';
import { fiction, mostInOneSecond, once, openHook, ringsByNumber, tally } from './hook.mts';
import type { Hook, HookOptions, Told } from './hook.mts';

let fleet: Fleet;
let client: N8nClient;
const setups: SwitchvoxSetup[] = [];

beforeAll(async () => {
	fleet = await startFleet({ installPackage: String(process.env.PACKAGE_UNDER_TEST) });
	client = await logIn(fleet.url, owner);
});

afterAll(async () => {
	await fleet.stop();
	for (const { pbx } of setups) await pbx.close();
});

type BenchOptions = Parameters<typeof setUpSwitchvox>[1];

/** A phone system of the test's own, and a webhook that calls with it. */
async function open(
	options: Partial<HookOptions> = {},
	benchOptions: BenchOptions = {},
): Promise<{ readonly setup: SwitchvoxSetup; readonly hook: Hook }> {
	const setup = await setUpSwitchvox(client, { tls: false, ...benchOptions });
	setups.push(setup);
	return { setup, hook: await openHook({ client, setup, ...options }) };
}

const range = (count: number, from = 0) =>
	Array.from({ length: count }, (_, place) => from + place);
const same = (place: number, count: number) => Array.from({ length: count }, () => place);

/** Calls for these places, all at once. */
async function together({ send }: Hook, places: readonly number[]): Promise<readonly Told[]> {
	return await Promise.all(
		places.map((place) => send({ number: fiction(place), key: `lead ${String(place)}` })),
	);
}

/** Group after group, each at once. */
async function inTurns(hook: Hook, groups: readonly (readonly number[])[]): Promise<Told[]> {
	const answers: Told[] = [];
	for (const places of groups) answers.push(...(await together(hook, places)));
	return answers;
}

/** How many numbers rang once, and how many rang more often. */
function rings(setup: SwitchvoxSetup): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const times of ringsByNumber(setup).values()) {
		const often = times === 1 ? 'once' : `${String(times)} times`;
		counts[often] = (counts[often] ?? 0) + 1;
	}
	return counts;
}

interface Crash {
	readonly setup: SwitchvoxSetup;
	readonly hook: Hook;
	readonly errorWorkflow: string;
	readonly executionId: string;
	/** The answers to the caller whose call was under way, and to one with the same key right after. */
	readonly first: Promise<Told>;
	readonly second: Promise<Told>;
}

let crash: Crash;

/** A call whose phone rings for some seconds; resolves while it does. */
async function ringing(seconds: number, options: Partial<HookOptions> = {}) {
	const opened = await open({ options: once, ...options }, { secondMs: 1000 });
	const { setup, hook } = opened;
	const body = { number: fiction(0), key: 'lead' };
	setup.pbx.setParty(body.number, { answersAfterSeconds: seconds });
	const first = hook.send(body);
	// Reported by the test that awaits it.
	first.catch(() => undefined);
	await until(() => setup.firstRings() > 0);
	const executionId = await hook.execution();
	const worker = await fleet.workerOf(executionId);
	if (worker === undefined) throw new Error('No worker took the execution.');
	return { ...opened, body, first, executionId, worker };
}

test('kill -9 of a worker while the phone rings', async () => {
	const trigger = { name: 'Trigger', type: 'n8n-nodes-base.errorTrigger', parameters: {} };
	const errorWorkflow = await client.createWorkflow(workflow([trigger], []));
	await client.publish(errorWorkflow);
	const { worker, body, ...rest } = await ringing(4, { errorWorkflow });
	await fleet.kill(worker);
	await fleet.addWorker();
	const second = rest.hook.send(body);
	second.catch(() => undefined);
	// n8n needs two minutes to give up the job of a dead worker; the key waits as long as the call may take. Meanwhile the
	// next tests run.
	crash = { ...rest, errorWorkflow, second };
	expect(rest.setup.firstRings()).toBe(1);
});

test('200 simultaneous webhooks: as many rings as executions', async () => {
	const { setup, hook } = await open();
	expect(tally(await together(hook, range(200)))).toEqual({ answered: 200 });
	expect(rings(setup)).toEqual({ once: 200 });
});

describe('Once Key', () => {
	test('30 rounds of 20 equal keys, and one more later', async () => {
		const { setup, hook } = await open({ options: once });
		const answers = await inTurns(
			hook,
			range(30).map((place) => same(place, 20)),
		);
		const rang = rings(setup);
		const later = await inTurns(hook, [range(15), range(15, 15)]);
		expect({ rang, told: tally(answers) }).toEqual({
			rang: { once: 30 },
			told: { answered: 30, duplicate: 570 },
		});
		expect({ rang: rings(setup), told: tally(later) }).toEqual({
			rang: { once: 30 },
			told: { duplicate: 30 },
		});
	});

	test('10 rounds of 20, two keys in each', async () => {
		const { setup, hook } = await open({ options: once });
		const answers = await inTurns(
			hook,
			range(10).map((round) => range(10).flatMap(() => range(2, 2 * round))),
		);
		expect({ rang: rings(setup), told: tally(answers) }).toEqual({
			rang: { once: 20 },
			told: { answered: 20, duplicate: 180 },
		});
	});

	test('200 different keys, 20 at once, and one more later', async () => {
		const { setup, hook } = await open({ options: once });
		const groups = range(10).map((round) => range(20, 20 * round));
		const answers = await inTurns(hook, groups);
		const rang = rings(setup);
		const later = await inTurns(hook, groups);
		expect({ rang, told: tally(answers) }).toEqual({
			rang: { once: 200 },
			told: { answered: 200 },
		});
		expect({ rang: rings(setup), told: tally(later) }).toEqual({
			rang: { once: 200 },
			told: { duplicate: 200 },
		});
	});

	test('the first keys of a workflow', async () => {
		const told: Told[] = [];
		for (const { hook, setup } of await Promise.all(range(6).map(() => open({ options: once })))) {
			told.push(...(await together(hook, [0, 1, 0, 1, 0, 1, 0, 1])));
			expect(rings(setup)).toEqual({ once: 2 });
		}
		expect(tally(told)).toEqual({ answered: 12, duplicate: 36 });
	});
});

test('Digest, nc checked: 100 calls, five at once and one at a time', async () => {
	const { setup, hook } = await open({}, { authentication: 'digest' });
	const groups = [
		...range(10).map((turn) => range(5, 5 * turn)),
		...range(50, 50).map((place) => [place]),
	];
	expect(tally(await inTurns(hook, groups))).toEqual({ answered: 100 });
	expect(rings(setup)).toEqual({ once: 100 });
	expect(setup.pbx.requests.length).toBeLessThanOrEqual(104);
});

test('Interval for all executions: 20 simultaneous webhooks ring one per second', async () => {
	const options = { interval: 1, intervalCounts: 'allExecutions' };
	const { setup, hook } = await open({ options });
	const told = await together(hook, range(20));
	expect(tally(told)).toEqual({ answered: 20 });
	expect(rings(setup)).toEqual({ once: 20 });
	expect(mostInOneSecond(told)).toBeLessThanOrEqual(2);
});

describe('after kill -9', () => {
	test('the same key says that the call may have been placed, and places none', async () => {
		expect(await crash.second).toMatchObject({
			status: 'unknown',
			reason: 'crashed_earlier',
			output: 'error',
		});
		expect(crash.setup.firstRings()).toBe(1);
	});

	test('n8n gives up the execution, starts its error workflow, and runs nothing again', async () => {
		expect((await crash.first).httpStatus).toBe(500);
		const { status, nodes } = await client.waitFor(crash.executionId);
		expect({ status, nodes }).toEqual({ status: 'error', nodes: {} });
		expect(await client.executionsWhen(crash.errorWorkflow, 1)).toHaveLength(1);
		expect(crash.setup.firstRings()).toBe(1);
	});
});

describe('what ends while the phone rings', () => {
	test('a worker that is asked to end: the call is reported, and another worker takes over', async () => {
		const { worker, hook, body, setup, first } = await ringing(3);
		const [told] = await Promise.all([first, fleet.end(worker, 30_000)]);
		expect(tally([told])).toEqual({ answered: 1 });
		expect(tally([await hook.send(body)])).toEqual({ duplicate: 1 });
		expect(setup.firstRings()).toBe(1);
		await fleet.addWorker();
	});

	test('Redis: the call is reported when it is back', async () => {
		const { hook, body, setup, first } = await ringing(3);
		await fleet.redis.restart(1000);
		expect(tally([await first])).toEqual({ answered: 1 });
		expect(tally([await hook.send(body)])).toEqual({ duplicate: 1 });
		expect(setup.firstRings()).toBe(1);
	});

	test('PostgreSQL, and the answer comes meanwhile: n8n loses it, the key does not call again', async () => {
		const { hook, body, setup } = await ringing(4);
		await fleet.postgres.restart(5000);
		await Promise.all([fleet.main, ...fleet.workers].map((n8n) => n8n.ready()));
		expect(tally([await hook.send(body)])).toEqual({ crashed_earlier: 1 });
		expect(setup.firstRings()).toBe(1);
	});
});
