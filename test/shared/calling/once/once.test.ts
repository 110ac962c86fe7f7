import { type IExecuteFunctions, sleep } from 'n8n-workflow';

import {
	failed,
	type Failed,
	type Outcome,
} from '../../../../nodes/shared/calling/contract/outcome';
import { openOnceKey } from '../../../../nodes/shared/calling/once/once';
import { messageOf } from '../../../../nodes/shared/calling/report/message';
import { turnClock } from '../../turnedClock';
import { n8nStore, nodeOf } from '../n8nStore';

type Store = ReturnType<typeof n8nStore>;

/** One execution on a store, and the call that it would place. */
function executionOf(
	store: Store,
	{
		send = async (): Promise<Outcome> => accepted,
		ready = async (): Promise<Outcome | undefined> => undefined,
		replySeconds = 0,
		controller = new AbortController(),
		node = nodeOf('node-1'),
		change = (context: IExecuteFunctions) => context,
	} = {},
) {
	const { signal } = controller;
	const context = change(store.context(node) as IExecuteFunctions);
	const attempt = {
		ready: jest.fn(async () => (signal.aborted ? notStarted : await ready())),
		send: jest.fn(send),
	};
	/** The steps of a call that concern its key. */
	const place = async (name?: string): Promise<Outcome> => {
		const key = await openOnceKey(context, name, { replySeconds, howToCheck: 'look' });
		for (;;) {
			const kept = (await key.wait(signal)) ?? (await attempt.ready());
			if (kept !== undefined) return kept;
			const reserved = await key.reserve();
			if (reserved === 'reserved') return await key.record(await attempt.send());
			if (reserved !== 'taken') return reserved;
		}
	};
	return { attempt, place };
}

const notStarted = failed('not_sent', 'canceled', 'The run is over.', 'Run it again.');
const accepted: Outcome = { status: 'accepted', callId: null, details: {} };
const failedWith = (status: Failed['status'], reason: Failed['reason'] = 'vendor_refused') =>
	failed(status, reason, 'What happened.', 'What to do.');
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const duplicate = (onceKey: string, earlierStatus = 'accepted', time = Date.now()) => ({
	status: 'skipped',
	reason: 'duplicate',
	details: { onceKey, earlierOn: dayOf(time), earlierStatus },
});
/** Of a key that was stored the old way, nothing else is known. */
const formerDuplicate = (onceKey: string) => ({
	...duplicate(onceKey),
	details: { onceKey },
});

/** When each test begins. */
const noon = '2026-11-21T12:00:00Z';

turnClock(noon);

test('the second call with a key is skipped, and says how the first ended', async () => {
	const { attempt, place } = executionOf(n8nStore());
	expect(await place('ticket 7')).toBe(accepted);
	expect(await place('ticket 7')).toEqual(duplicate('ticket 7'));
	expect(await place('ticket 8')).toBe(accepted);
	expect(await place()).toBe(accepted);
	expect(attempt.send).toHaveBeenCalledTimes(3);
	// No call waits longer than it has to.
	expect(attempt.ready).toHaveBeenCalledTimes(3);
});

test.each(['answered', 'accepted', 'scheduled'] as const)(
	'%s is reported as the earlier status',
	async (status) => {
		const send = async (): Promise<Outcome> => ({ status, callId: 'c1', details: {} });
		const { place } = executionOf(n8nStore(), { send });
		await place('k');
		expect(await place('k')).toEqual(duplicate('k', status));
	},
);

test.each(['not_sent', 'refused', 'not_connected'] as const)(
	'after %s, the key is free and no row is left',
	async (status) => {
		const store = n8nStore();
		const outcome = failedWith(status);
		const { attempt, place } = executionOf(store, { send: async () => outcome });
		expect(await place('k')).toBe(outcome);
		expect(store.count()).toBe(0);
		await place('k');
		expect(attempt.send).toHaveBeenCalledTimes(2);
	},
);

test.each(['timed_out', 'connection_lost', 'node_fault'] as const)(
	'after an unknown outcome (%s), it stays unknown for the same reason',
	async (reason) => {
		const outcome = failedWith('unknown', reason);
		const { attempt, place } = executionOf(n8nStore(), { send: async () => outcome });
		expect(await place('k')).toBe(outcome);
		expect(await place('k')).toMatchObject({
			status: 'unknown',
			reason,
			message: `The outcome of an earlier call with this Once Key is not known (${dayOf(Date.now())}). The call may have been placed.`,
			advice: 'Before dialing again, look. Then use another key.',
			details: { onceKey: 'k', earlierOn: dayOf(Date.now()) },
		});
		expect(attempt.send).toHaveBeenCalledTimes(1);
	},
);

test('among many executions at once, each key places one call and no key is lost', async () => {
	const store = n8nStore();
	const sent: string[] = [];
	const keys = Array.from({ length: 60 }, (_, index) => `k${index % 10}`);
	// Each with its own node, as executions have.
	const outcomes = await Promise.all(
		keys.map(async (key) => {
			const send = async () => {
				sent.push(key);
				await sleep(5);
				return accepted;
			};
			return await executionOf(store, { send, replySeconds: 60, node: nodeOf('n') }).place(key);
		}),
	);
	expect([...sent].sort()).toEqual([...new Set(keys)].sort());
	expect(outcomes.filter((outcome) => outcome === accepted)).toHaveLength(10);
	expect(outcomes.filter(({ status }) => status === 'skipped')).toHaveLength(50);
	expect(store.shared()).toEqual([]);
	for (const key of new Set(keys)) {
		expect(await executionOf(store).place(key)).toEqual(duplicate(key));
	}
});

test('simultaneous items of one node do not see a wrong node ID, and it is restored', async () => {
	const store = n8nStore();
	const node = nodeOf('node-1');
	const { attempt, place } = executionOf(store, { node });
	const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
	expect(await Promise.all(keys.map(place))).toEqual(keys.map(() => accepted));
	expect(await Promise.all(keys.map(place))).toEqual(keys.map((key) => duplicate(key)));
	expect(attempt.send).toHaveBeenCalledTimes(30);
	// A claim, a day and an ending for each; the rows of the trial are gone.
	expect(store.count()).toBe(90);
	expect(node.id).toBe('node-1');
});

test('the key is claimed when the call is sent, not during the pause before it', async () => {
	const store = n8nStore();
	const counts: number[] = [];
	const { place } = executionOf(store, {
		ready: async () => {
			counts.push(store.count());
			return undefined;
		},
		send: async () => {
			counts.push(store.count());
			return accepted;
		},
	});
	await place('k');
	expect([...counts, store.count()]).toEqual([0, 1, 3]);
});

test('a call that is held back when its turn comes does not use its key', async () => {
	const store = n8nStore();
	const closed: Outcome = { status: 'skipped', reason: 'outside_calling_hours', details: {} };
	const { attempt, place } = executionOf(store, { ready: async () => closed });
	expect(await place('k')).toBe(closed);
	expect(attempt.send).not.toHaveBeenCalled();
	expect(store.count()).toBe(0);
});

describe('while another call with the key is under way', () => {
	/** A call that ends on command. */
	const underWay = async (store: Store) => {
		let end: (outcome: Outcome) => void = () => undefined;
		let began: () => void = () => undefined;
		const sending = new Promise<void>((resolve) => {
			began = resolve;
		});
		const { place } = executionOf(store, {
			send: async () => {
				began();
				return await new Promise<Outcome>((resolve) => {
					end = resolve;
				});
			},
		});
		const outcome = place('k');
		await sending;
		return {
			end: async (ending: Outcome) => {
				end(ending);
				return await outcome;
			},
		};
	};

	test.each([
		[accepted, duplicate('k', 'accepted', Date.parse(noon)), 0],
		[failedWith('unknown', 'timed_out'), { status: 'unknown', reason: 'timed_out' }, 0],
		[failedWith('refused'), accepted, 1],
	])('it waits for that call to end: %j', async (ending, expected, calls) => {
		const store = n8nStore();
		const { end } = await underWay(store);
		const { attempt, place } = executionOf(store, { replySeconds: 60 });
		const second = place('k');
		await sleep(50);
		await end(ending);
		expect(await second).toMatchObject(expected);
		expect(attempt.send).toHaveBeenCalledTimes(calls);
	});

	test('it waits no longer than that call may take; then the outcome is unknown', async () => {
		const store = n8nStore();
		const { end } = await underWay(store);
		const { attempt, place } = executionOf(store, { replySeconds: 10 });
		const began = Date.now();
		const crashed = {
			status: 'unknown',
			reason: 'crashed_earlier',
			message: expect.stringContaining('may have been placed'),
		};
		expect(await place('k')).toMatchObject(crashed);
		const waited = (Date.now() - began) / 1000;
		// Ten seconds and a margin of fifteen; the rest is the store's.
		expect(waited).toBeGreaterThanOrEqual(25);
		expect(waited).toBeLessThan(25.1);
		// The next one knows at once.
		const again = Date.now();
		expect(await place('k')).toMatchObject(crashed);
		expect((Date.now() - again) / 1000).toBeLessThan(0.1);
		expect(attempt.send).not.toHaveBeenCalled();
		// The first call was only slow: its final outcome counts.
		await end(accepted);
		expect(await place('k')).toEqual(duplicate('k'));
	});

	test('a slow call that is finally refused frees its key', async () => {
		const store = n8nStore();
		const { end } = await underWay(store);
		const { place } = executionOf(store);
		expect(await place('k')).toMatchObject({ reason: 'crashed_earlier' });
		await end(failedWith('refused'));
		expect(await place('k')).toBe(accepted);
	});

	test('a canceled execution stops waiting at once', async () => {
		const store = n8nStore();
		const { end } = await underWay(store);
		const controller = new AbortController();
		const { attempt, place } = executionOf(store, { replySeconds: 3600, controller });
		const second = place('k');
		await sleep(100);
		const cancelled = Date.now();
		controller.abort();
		expect(await second).toBe(notStarted);
		expect(Date.now() - cancelled).toBeLessThan(10);
		expect(attempt.send).not.toHaveBeenCalled();
		await end(accepted);
	});
});

test('a call whose end was never recorded is unknown, not a duplicate', async () => {
	const store = n8nStore();
	const crash = executionOf(store, { send: async () => await Promise.reject(new Error('killed')) });
	await expect(crash.place('k')).rejects.toThrow('killed');
	const { attempt, place } = executionOf(store);
	expect(await place('k')).toMatchObject({ status: 'unknown', reason: 'crashed_earlier' });
	expect(attempt.send).not.toHaveBeenCalled();
});

describe('keys that were stored the old way', () => {
	test('count, and are looked up once', async () => {
		const store = n8nStore();
		store.record('originate-call old', 'of Remove Duplicates');
		const shared = store.shared();
		const { attempt, place } = executionOf(store);
		expect(await place('old')).toEqual(formerDuplicate('old'));
		expect(await place('old')).toEqual(formerDuplicate('old'));
		expect(await place('of Remove Duplicates')).toBe(accepted);
		expect(attempt.send).toHaveBeenCalledTimes(1);
		expect(store.shared()).toEqual(shared);
	});

	test('a refused call adds nothing to them', async () => {
		const store = n8nStore();
		store.record('originate-call old');
		const { attempt, place } = executionOf(store, { send: async () => failedWith('refused') });
		await Promise.all(['a', 'b', 'c'].map(place));
		await Promise.all(['a', 'b', 'c'].map(place));
		expect(attempt.send).toHaveBeenCalledTimes(6);
		expect(store.shared()).toHaveLength(1);
	});
});

describe('a faulty store', () => {
	const helpers = (context: IExecuteFunctions) => context.helpers;
	const silent = async () => await new Promise<never>(() => undefined);
	/** The fault hits accesses for keys; the trial of the store works. */
	const after = async (store: Store, change: (context: IExecuteFunctions) => void) => {
		await executionOf(store).place('before');
		return executionOf(store, {
			change: (context) => {
				change(context);
				return context;
			},
		});
	};

	test.each([
		['throws', async () => await Promise.reject(new Error('database is locked')), 'is locked'],
		['does not answer', silent, "n8n's store did not answer within 10 seconds"],
	])('that %s when the key is claimed: nothing is placed', async (_, access, why) => {
		const { attempt, place } = await after(n8nStore(), (context) => {
			helpers(context).checkProcessedAndRecord = access;
		});
		expect(await place('k')).toMatchObject({
			status: 'not_sent',
			reason: 'store_unavailable',
			message: expect.stringContaining(why),
			advice: expect.stringContaining('save it first'),
		});
		expect(attempt.send).not.toHaveBeenCalled();
	});

	test('that never answers does not block other workflows', async () => {
		const { attempt, place } = executionOf(n8nStore(), {
			change: (context) => {
				helpers(context).getProcessedDataCount = silent;
				return context;
			},
		});
		const other = n8nStore({ workflowId: 'w2' });
		const [first, second] = await Promise.all([place('k'), executionOf(other).place('k')]);
		expect(first).toMatchObject({ status: 'not_sent', reason: 'store_unavailable' });
		expect(second).toBe(accepted);
		expect(attempt.send).not.toHaveBeenCalled();
	});

	test('a key that is claimed too late is free again', async () => {
		const store = n8nStore();
		await executionOf(store).place('before');
		const rows = store.count();
		const { place } = executionOf(store, {
			change: (context) => {
				const { checkProcessedAndRecord } = helpers(context);
				helpers(context).checkProcessedAndRecord = async (...of) => {
					const checked = await checkProcessedAndRecord(...of);
					await sleep(11_000);
					return checked;
				};
				return context;
			},
		});
		expect(await place('k')).toMatchObject({ reason: 'store_unavailable' });
		await sleep(2000);
		expect(store.count()).toBe(rows);
		expect(await executionOf(store).place('k')).toBe(accepted);
	});

	test('when the ending cannot be written, the key is unknown later, never free', async () => {
		const store = n8nStore();
		const { place } = await after(store, (context) => {
			const { checkProcessedAndRecord } = helpers(context);
			helpers(context).checkProcessedAndRecord = async (entries, ...of) =>
				entries.length > 1
					? await Promise.reject(new Error('gone'))
					: await checkProcessedAndRecord(entries, ...of);
		});
		expect(await place('k')).toBe(accepted);
		expect(await executionOf(store).place('k')).toMatchObject({
			status: 'unknown',
			reason: 'crashed_earlier',
		});
	});

	test('a key that cannot be released is reported', async () => {
		const store = n8nStore();
		await executionOf(store).place('before');
		const { place } = executionOf(store, {
			send: async () => failedWith('refused'),
			change: (context) => {
				helpers(context).clearAllProcessedItems = async () =>
					await Promise.reject(new Error('gone'));
				return context;
			},
		});
		expect(await place('k')).toMatchObject({
			status: 'refused',
			advice: 'What to do. n8n could not free the Once Key (gone): use another key to call again.',
		});
	});

	test('an unsaved workflow cannot keep a key: nothing is placed', async () => {
		const { attempt, place } = executionOf(n8nStore({ workflowId: undefined }), {
			change: (context) =>
				Object.assign(context, { getWorkflow: () => ({ id: undefined, active: false }) }),
		});
		expect(await place('k')).toMatchObject({
			status: 'not_sent',
			message: expect.stringContaining('(the workflow is not saved). No call was placed.'),
		});
		expect(attempt.send).not.toHaveBeenCalled();
	});
});

describe('the node whose ID is read', () => {
	test("is the context's own where an agent calls the node as a function", async () => {
		const store = n8nStore();
		const agent = nodeOf('agent-1', 'Agent');
		const node = nodeOf('node-1');
		const { place } = executionOf(store, {
			node,
			change: (context) =>
				Object.assign(context, { getExecuteData: () => ({ node: agent }), node }),
		});
		expect(await place('k')).toBe(accepted);
		expect(await place('k')).toEqual(duplicate('k'));
		expect([agent.id, node.id]).toEqual(['agent-1', 'node-1']);
		expect(store.shared()).toEqual([]);
	});

	test.each([
		[
			'is nowhere to be found',
			(context: IExecuteFunctions) =>
				Object.assign(context, { getExecuteData: () => ({ node: nodeOf('agent-1', 'Agent') }) }),
		],
		[
			'is a copy in this n8n',
			(context: IExecuteFunctions, store: Store) =>
				Object.assign(context, { helpers: store.helpersOf(nodeOf('node-1')) }),
		],
	])('%s: keys are stored the old way', async (_, change) => {
		const store = n8nStore();
		const execution = (outcome: Outcome) =>
			executionOf(store, {
				send: async () => outcome,
				change: (context) => change(context, store) as IExecuteFunctions,
			});
		const { attempt, place } = execution(accepted);
		expect(await place('k')).toBe(accepted);
		expect(await place('k')).toEqual(formerDuplicate('k'));
		const keys = Array.from({ length: 30 }, (_element, index) => `k${index % 10}`);
		await Promise.all(keys.map(place));
		expect(attempt.send).toHaveBeenCalledTimes(11);
		const refused = execution(failedWith('refused'));
		await refused.place('r');
		await refused.place('r');
		expect(refused.attempt.send).toHaveBeenCalledTimes(2);
		expect(store.shared()).toHaveLength(11);
		expect(store.count()).toBe(1);
	});
});

test('the size of the store does not matter to a call', async () => {
	const store = n8nStore();
	const { place } = executionOf(store);
	await place('first');
	const before = { ...store.accesses };
	await place('k');
	expect(store.accesses.writes - before.writes).toBe(3);
	expect(store.accesses.reads - before.reads).toBe(5);
});

describe('the day of the call', () => {
	const now = Date.UTC(2026, 10, 21, 23, 59, 59);
	const day = 86_400_000;
	const at = (time: number) => jest.setSystemTime(time);

	test.each([0, 1, 2, 3, 4, 5, 6, 7, 30, 31, 80, 84])('%d days later it is told', async (days) => {
		const store = n8nStore();
		at(now);
		await executionOf(store).place('k');
		at(now + days * day);
		const outcome = await executionOf(store).place('k');
		expect(outcome).toEqual(duplicate('k', 'accepted', now));
		expect(messageOf(outcome)).toBe(
			'Not called: the Once Key "k" was used for a call on 2026-11-21.',
		);
	});

	test('a quarter of a year later it is not known, and the key still counts', async () => {
		const store = n8nStore();
		at(now);
		await executionOf(store).place('k');
		at(now + 91 * day);
		const before = { ...store.accesses };
		const outcome = await executionOf(store).place('k');
		expect(outcome).toMatchObject({ details: { onceKey: 'k', earlierStatus: 'accepted' } });
		expect(outcome).not.toHaveProperty('details.earlierOn');
		expect(messageOf(outcome)).toBe('Not called: the Once Key "k" was used for a call before.');
		// The trial of the store, the key, its ending, and thirteen weeks.
		expect(store.accesses).toEqual({ ...before, reads: before.reads + 2 + 13 });
	});

	test('is not taken for that of a key with a longer name', async () => {
		const store = n8nStore();
		const { place } = executionOf(store);
		const keys = ['k', 'week 1 k', `week ${String(Math.floor(now / day / 7))} k`];
		for (const key of keys) expect(await place(key)).toBe(accepted);
	});

	test.each([0, 1])('that cannot be written (%d) takes nothing from the key', async (ending) => {
		const store = n8nStore();
		const faulty = executionOf(store, {
			send: async () => (ending === 0 ? accepted : failedWith('unknown', 'timed_out')),
			change: (context) => {
				const { checkProcessedAndRecord } = context.helpers;
				let calls = 0;
				// The trial of the store has two, then come the claim and the day, which is tried twice.
				context.helpers.checkProcessedAndRecord = async (...of) =>
					[4, 5].includes(++calls)
						? await Promise.reject(new Error('database is locked'))
						: await checkProcessedAndRecord(...of);
				return context;
			},
		});
		await faulty.place('k');
		const outcome = await executionOf(store).place('k');
		expect(outcome).toMatchObject(
			ending === 0
				? { reason: 'duplicate', details: { onceKey: 'k', earlierStatus: 'accepted' } }
				: { status: 'unknown', reason: 'timed_out', details: { onceKey: 'k' } },
		);
		expect(outcome).not.toHaveProperty('details.earlierOn');
	});

	test('that cannot be read leaves the duplicate one', async () => {
		const store = n8nStore();
		await executionOf(store).place('k');
		const { attempt, place } = executionOf(store, {
			change: (context) => {
				const { getProcessedDataCount } = context.helpers;
				let calls = 0;
				context.helpers.getProcessedDataCount = async (...of) =>
					++calls > 2
						? await Promise.reject(new Error('database is locked'))
						: await getProcessedDataCount(...of);
				return context;
			},
		});
		expect(await place('k')).toEqual({
			...duplicate('k'),
			details: { onceKey: 'k', earlierStatus: 'accepted' },
		});
		expect(attempt.send).not.toHaveBeenCalled();
	});
});
