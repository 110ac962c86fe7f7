import type { IExecuteFunctions } from 'n8n-workflow';

import type { RunOptions } from '../../../nodes/shared/calling/options';
import { paceOf } from '../../../nodes/shared/calling/pace';
import { turnClock } from '../turnedClock';
import { n8nStore, nodeOf } from './n8nStore';

type Store = ReturnType<typeof n8nStore>;

turnClock('2026-11-21T12:00:00.500Z');

/** One execution of a workflow: waits for its turn, calls, and ends. */
function executionOf(
	store: Store,
	{
		over = new AbortController().signal,
		calls = 1,
		change = {} as object,
		intervalCounts = 'allExecutions' as RunOptions['intervalCounts'],
	} = {},
) {
	const context = Object.assign(
		store.context(nodeOf('node-1')),
		change,
	) as unknown as IExecuteFunctions;
	const pace = paceOf(context, { intervalSeconds: 1, intervalCounts }, over);
	return async (times: number[]) => {
		for (let call = 0; call < calls; call++) {
			const kept = await pace.turn();
			if (kept !== undefined) return kept;
			if (!over.aborted) times.push(Date.now());
		}
		await pace.close();
		return undefined;
	};
}

/** Each call has its own second, starts at the beginning of it, and no second is left out. */
function expectOneEachSecond(times: readonly number[], began: number): void {
	const first = (Math.floor(began / 1000) + 1) * 1000;
	const sorted = [...times].sort((a, b) => a - b);
	expect(sorted).toEqual(times.map((_, index) => first + index * 1000));
}

test('twenty simultaneous executions start one call per second, and leave no row', async () => {
	const store = n8nStore({ workflowId: 'pace 1' });
	const times: number[] = [];
	const began = Date.now();
	const executions = Array.from({ length: 20 }, () => executionOf(store));
	await Promise.all(executions.map(async (execute) => await execute(times)));
	expect(times).toHaveLength(20);
	expectOneEachSecond(times, began);
	expect(store.count()).toBe(0);
});

test('the calls of a run take turns with those of other runs', async () => {
	const store = n8nStore({ workflowId: 'pace 2' });
	const times: number[] = [];
	const began = Date.now();
	const executions = [3, 1, 3].map((calls) => executionOf(store, { calls }));
	await Promise.all(executions.map(async (execute) => await execute(times)));
	expect(times).toHaveLength(7);
	expectOneEachSecond(times, began);
	expect(store.count()).toBe(0);
});

/** Between these times, n8n is too busy for its timers: they all end at the second one. */
function stall(from: string, to: string): void {
	const timeout = jest.spyOn(AbortSignal, 'timeout');
	const inTime = timeout.getMockImplementation();
	if (inTime === undefined) throw new Error('the clock is not turned');
	timeout.mockImplementation((milliseconds) => {
		const end = new Date(Date.now() + milliseconds).toISOString();
		const isLate = end > from && end < to;
		return inTime(isLate ? Date.parse(to) - Date.now() : milliseconds);
	});
}

const seconds = (times: readonly number[]) => times.map((time) => (time % 60_000) / 1000);

test('executions that wake up late start no two calls in one second', async () => {
	const store = n8nStore({ workflowId: 'pace 5' });
	const times: number[] = [];
	stall('2026-11-21T12:00:01.900Z', '2026-11-21T12:00:04.200Z');
	await Promise.all([1, 2, 3, 4].map(async () => await executionOf(store)(times)));
	// The slots of second 2 and 3 were slept through; the call of second 4 is late, but in time.
	expect(seconds(times)).toEqual([1, 4.2, 5, 6]);
	expect(store.count()).toBe(0);
});

test('after a call that started late, the next one of the run waits for a whole interval', async () => {
	const times: number[] = [];
	stall('2026-11-21T12:00:01.400Z', '2026-11-21T12:00:02.300Z');
	await executionOf(n8nStore(), { calls: 4, intervalCounts: 'thisRun' })(times);
	expect(seconds(times)).toEqual([0.5, 2.3, 3.3, 4.3]);
});

test('slots taken by another process are skipped', async () => {
	const store = n8nStore({ workflowId: 'pace 3' });
	const times: number[] = [];
	const began = Date.now();
	const executions = Array.from({ length: 4 }, () => executionOf(store));
	// Processes share no memory: here, the other process is a second instance of the module.
	jest.resetModules();
	const other = jest.requireActual<typeof import('../../../nodes/shared/calling/pace')>(
		'../../../nodes/shared/calling/pace',
	);
	const foreign = Array.from({ length: 4 }, async () => {
		const context = store.context(nodeOf('node-1')) as IExecuteFunctions;
		const pace = other.paceOf(
			context,
			{ intervalSeconds: 1, intervalCounts: 'allExecutions' },
			new AbortController().signal,
		);
		await pace.turn();
		times.push(Date.now());
		await pace.close();
	});
	await Promise.all([...executions.map(async (execute) => await execute(times)), ...foreign]);
	expect(times).toHaveLength(8);
	expectOneEachSecond(times, began);
	expect(store.count()).toBe(0);
});

test('a canceled execution stops waiting at once, and frees its slot', async () => {
	const store = n8nStore({ workflowId: 'pace 4' });
	const times: number[] = [];
	const controller = new AbortController();
	const waiting = [1, 2, 3, 4, 5].map(
		async (index) =>
			await executionOf(store, { over: index > 2 ? controller.signal : undefined })(times),
	);
	await Promise.all(waiting.slice(0, 1));
	const cancelled = Date.now();
	controller.abort();
	await Promise.all(waiting.slice(2));
	// The store takes all of it.
	expect(Date.now() - cancelled).toBeLessThan(10);
	await executionOf(store)(times);
	await Promise.all(waiting);
	// The slot after the two executions that were not canceled.
	expect(times).toHaveLength(3);
	expect(Math.max(...times) - Math.min(...times)).toBe(2000);
	expect(store.count()).toBe(0);
});

test.each([
	[
		'of a workflow that is not saved',
		{ getWorkflow: () => ({ id: undefined }) },
		{ reason: 'store_unavailable', message: expect.stringContaining('the workflow is not saved') },
	],
	[
		'of an n8n that cannot keep our rows',
		{ getExecuteData: () => ({ node: nodeOf('agent-1', 'Agent') }) },
		{ reason: 'invalid_settings', advice: expect.stringContaining('In This Run') },
	],
])('an execution %s starts no call', async (_, change, expected) => {
	const times: number[] = [];
	const kept = await executionOf(n8nStore(), { change })(times);
	expect(kept).toMatchObject({ status: 'not_sent', ...expected });
	expect(times).toEqual([]);
});
