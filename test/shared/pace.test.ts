import type { IExecuteFunctions } from 'n8n-workflow';

import { paceOf } from '../../nodes/shared/calling/pace';
import { n8nStore, nodeOf } from './n8nStore';
import { turnClock } from './turnedClock';

type Store = ReturnType<typeof n8nStore>;

turnClock('2026-11-21T12:00:00.500Z');

/** One execution of a workflow: waits for its turn, calls, and ends. */
function executionOf(
	store: Store,
	{ over = new AbortController().signal, calls = 1, change = {} as object } = {},
) {
	const context = Object.assign(
		store.context(nodeOf('node-1')),
		change,
	) as unknown as IExecuteFunctions;
	const pace = paceOf(context, { intervalSeconds: 1, intervalCounts: 'allExecutions' }, over);
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

test('slots taken by another process are skipped', async () => {
	const store = n8nStore({ workflowId: 'pace 3' });
	const times: number[] = [];
	const began = Date.now();
	const executions = Array.from({ length: 4 }, () => executionOf(store));
	// Processes share no memory: here, the other process is a second instance of the module.
	jest.resetModules();
	const other = jest.requireActual<typeof import('../../nodes/shared/calling/pace')>(
		'../../nodes/shared/calling/pace',
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
