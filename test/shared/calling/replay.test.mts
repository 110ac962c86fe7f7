/** How outcomes are remembered for Retry On Fail, and that the memory ends with the items' data. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { failed, type Outcome } from '../../../nodes/shared/calling/contract/outcome.ts';
import type { Originate, Vendor } from '../../../nodes/shared/calling/contract/vendor.ts';
import { originate } from '../../../nodes/shared/calling/originate.ts';
import { replayOf } from '../../../nodes/shared/calling/replay.ts';
import { commonOptions } from '../../../nodes/shared/form/fields.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Run {
	readonly items: readonly { readonly json: object }[];
	readonly name?: string;
	readonly execution?: string;
	readonly runIndex?: number;
	readonly asTool?: boolean;
}

function contextOf({ items, name = 'Node', execution = '1', runIndex = 0, asTool = false }: Run) {
	return {
		continueOnFail: () => true,
		getCredentials: () => Promise.resolve({ baseUrl: 'https://pbx.example' }),
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => execution,
		getTimezone: () => 'UTC',
		getInputData: () => items,
		getNode: () => ({ name, type: 'tiny', onError: 'continueRegularOutput', parameters: {} }),
		getNodeParameter: (_field: string, _index: number, fallback: unknown) => fallback,
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		helpers: {
			httpRequestWithAuthentication: () =>
				Promise.resolve({ statusCode: 200, headers: {}, body: 'OK' }),
		},
		isToolExecution: () => asTool,
		logger: { info: () => undefined, warn: () => undefined },
	} as unknown as IExecuteFunctions;
}

const settled = (outcome: Outcome, index = 0) => ({
	index,
	parties: {},
	requestedAt: '2026-11-21T09:30:00.000Z',
	httpStatus: 200,
	includeResponse: false,
	includeInput: false,
	replayed: false,
	outcome,
});
const accepted: Outcome = { status: 'accepted', callId: null, details: {} };

describe('an outcome is recalled', () => {
	const item = { json: {} };
	const items = [item, item];
	replayOf(contextOf({ items })).remember(settled(accepted, 1));
	test.each([
		['in the next try', {}, true],
		['with a copy of the item', { items: [{ ...item }, { ...item }] }, true],
		['with a copy of its data', { items: [{ json: {} }, { json: {} }] }, false],
		['in the next run', { runIndex: 1 }, false],
		['in another execution', { execution: '2' }, false],
		['by another node', { name: 'Node 2' }, false],
	])('%s: %j %s', (_when, change, known) => {
		const replay = replayOf(contextOf({ items, ...change }));
		expect(replay.recall(1)).toEqual(
			known ? { ...settled(accepted, 1), replayed: true } : undefined,
		);
		expect(replay.recall(0)).toBeUndefined();
	});
});

test.each([
	['answered', true],
	['skipped', true],
	['max_calls', false],
	['not_connected', true],
	['unknown', true],
	['not_sent', false],
	['refused', false],
] as const)('%s is kept: %s', (status, kept) => {
	const outcomes: Record<string, Outcome> = {
		answered: { status: 'answered', callId: null, details: {} },
		skipped: { status: 'skipped', reason: 'dry_run', details: {}, request: {} },
		max_calls: { status: 'skipped', reason: 'max_calls', details: {} },
	};
	const items = [{ json: {} }];
	replayOf(contextOf({ items })).remember(
		settled(outcomes[status] ?? failed(status as 'unknown', 'vendor_refused', '', '')),
	);
	expect(replayOf(contextOf({ items })).recall(0) !== undefined).toBe(kept);
});

test('tries are counted, even for a tool, whose run index changes', () => {
	const items = [{ json: {} }];
	const tries = (change: Partial<Run>) => replayOf(contextOf({ items, ...change })).tries;
	expect([tries({}), tries({}), tries({ runIndex: 1 }), tries({ runIndex: 1 })]).toEqual([
		1, 2, 1, 2,
	]);
	const tool = { items: [{ json: {} }], asTool: true };
	expect([tries(tool), tries({ ...tool, runIndex: 1 })]).toEqual([1, 2]);
});

test('two thousand executions leave nothing in memory', async () => {
	const outcomes: WeakRef<object>[] = [];
	const originating: Originate<object> = {
		effect: 'rings',
		howToCheck: 'look',
		generic: { ownFields: [], fields: {} },
		fields: [
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: commonOptions,
			},
		],
		read: () => ({}),
		parties: () => ({ from: '100', to: null }),
		numbers: () => [],
		encode: () => ({ method: 'POST', path: '/', headers: {} }),
		decode() {
			const outcome: Outcome = { status: 'accepted', callId: null, details: {} };
			outcomes.push(new WeakRef(outcome));
			return outcome;
		},
		replyTimeoutSeconds: () => 5,
	};
	const vendor: Vendor = {
		id: 'tiny',
		displayName: 'Tiny',
		credentialType: 'tinyApi',
		endpoints: [],
		signIn: { sign: (request) => request },
		operations: { originate: originating },
	};
	const kept = { json: {} };
	const data: WeakRef<object>[] = [];
	for (let execution = 0; execution <= 2000; execution++) {
		const item = execution === 0 ? kept : { json: {} };
		data.push(new WeakRef(item.json));
		await originate(contextOf({ items: [item], execution: String(execution) }), vendor);
	}
	for (let turn = 0; turn < 5; turn++) {
		await nextTurn();
		collectGarbage();
	}
	const left = (list: readonly WeakRef<object>[]) =>
		list.flatMap((reference, execution) => (reference.deref() === undefined ? [] : [execution]));
	expect(outcomes).toHaveLength(2001);
	// Outcomes of data still held are remembered; of the rest, only the last may not have been freed yet.
	expect(left(data).filter((execution) => execution < 2000)).toEqual([0]);
	expect(left(outcomes).filter((execution) => execution < 2000)).toEqual([0]);
	expect(replayOf(contextOf({ items: [kept], execution: '0' })).recall(0)?.replayed).toBe(true);
});
