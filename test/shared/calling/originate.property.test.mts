/**
 * Random sequences of calls, tries, loops, executions and cancellations: no phone rings twice in a run, as many phones ring
 * as Max Calls allows and no more, and no placed call is missing from the results or the error that
 * the workflow gets last.
 */
import fc from 'fast-check';
import type { IExecuteFunctions, INode } from 'n8n-workflow';
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { failed, type Outcome } from '../../../nodes/shared/calling/contract/outcome.ts';
import type { Originate } from '../../../nodes/shared/calling/contract/vendor.ts';
import { originate } from '../../../nodes/shared/calling/originate.ts';
import { tiny, tinyFields } from './tiny.ts';

// The same courses each time, so that a failure can be repeated; another FUZZ_SEED makes others.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

interface Call {
	readonly to: string;
}

const originating: Originate<Call> = {
	effect: 'rings',
	howToCheck: 'look',
	generic: { ownFields: [], fields: {} },
	fields: tinyFields,
	read: ({ to }) =>
		to === 'bad' ? { kind: 'invalid', texts: ['To is bad.'] } : { to: String(to) },
	parties: ({ to }) => ({ from: '100', to }),
	numbers: ({ to }) => [to],
	encode: ({ to }) => ({ method: 'POST', path: '/', headers: {}, body: to }),
	decode({ body }): Outcome {
		const call = { callId: null, details: {} };
		switch (body) {
			case 'answered':
			case 'accepted':
			case 'scheduled':
				return { status: body, ...call };
			case 'refused':
			case 'not_connected':
			case 'unknown':
				return failed(body, 'vendor_refused', `Tiny: ${body}.`, 'Look.');
			default:
				throw new TypeError('a mistake of the decoder');
		}
	},
	replyTimeoutSeconds: () => 5,
};
const vendor = tiny({ originate: originating });

/** How one attempt to call ends, and whether the phone rings. */
const answers = [
	{ reply: 'answered', rings: true, reported: 'answered' },
	{ reply: 'accepted', rings: true, reported: 'accepted' },
	{ reply: 'scheduled', rings: true, reported: 'scheduled' },
	{ reply: 'refused', rings: false, reported: 'refused' },
	{ reply: 'not_connected', rings: true, reported: 'not_connected' },
	{ reply: 'unknown', rings: true, reported: 'unknown' },
	{ reply: 'unknown', rings: false, reported: 'unknown' },
	{ reply: 'mistake', rings: true, reported: 'unknown' },
	{ reply: 'ECONNRESET', rings: true, reported: 'unknown' },
	{ reply: 'ECONNABORTED', rings: false, reported: 'unknown' },
	{ reply: 'ECONNREFUSED', rings: false, reported: 'not_sent' },
] as const;

type Answer = (typeof answers)[number];

interface Item {
	readonly bad: boolean;
	/** One for each attempt; the last holds for all that follow. */
	readonly script: readonly Answer[];
	/** How many turns of the event loop an answer takes. */
	readonly turns: number;
}

type Step = 'try' | 'loop' | 'execution' | 'canceled try';

interface Course {
	readonly items: readonly Item[];
	/** Whether all items have the same data object. */
	readonly sameData: boolean;
	readonly onError: NonNullable<INode['onError']>;
	readonly maxConcurrent: number;
	/** 7 is more than any course has items. */
	readonly maxCalls: number;
	readonly steps: readonly Step[];
	/** A canceled try is canceled after this many attempts. */
	readonly cancelAfter: number;
}

const courses: fc.Arbitrary<Course> = fc.record({
	items: fc.array(
		fc.record({
			bad: fc.nat({ max: 5 }).map((roll) => roll === 0),
			script: fc.array(fc.constantFrom(...answers), { minLength: 1, maxLength: 3 }),
			turns: fc.nat({ max: 4 }),
		}),
		{ minLength: 1, maxLength: 7 },
	),
	sameData: fc.boolean(),
	onError: fc.constantFrom('stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'),
	maxConcurrent: fc.integer({ min: 1, max: 5 }),
	maxCalls: fc.constantFrom(0, 1, 2, 3, 7, 7, 7),
	steps: fc.array(fc.constantFrom<Step>('try', 'try', 'loop', 'execution', 'canceled try'), {
		minLength: 1,
		maxLength: 6,
	}),
	cancelAfter: fc.nat({ max: 6 }),
});

/** What a workflow gets to know about an item. */
interface Report {
	readonly index: number;
	readonly status: unknown;
	readonly reason: unknown;
	readonly replayed: unknown;
}

/** The world in which a sequence runs. */
function stage({ items, sameData, onError, maxConcurrent, maxCalls, cancelAfter }: Course) {
	const shared = {};
	const input = items.map(() => ({ json: sameData ? shared : {} }));
	const attempts = items.map(() => 0);
	let runIndex = 0;
	let executionId = 1;
	let inFlight = 0;
	let mostInFlight = 0;
	/** In this run: how often each phone rang, and how each last attempt ended. */
	let rings = items.map(() => 0);
	let last = new Map<number, Answer>();
	/** In this try. */
	let sent: number[] = [];
	let sentWhenCanceled = 0;
	let controller = new AbortController();

	const answer = async (body: string) => {
		const index = Number(body);
		const item = items[index];
		const script = item?.script ?? [];
		const now = script[Math.min(attempts[index] ?? 0, script.length - 1)];
		if (item === undefined || now === undefined) throw new Error(`no item ${body}`);
		attempts[index] = (attempts[index] ?? 0) + 1;
		sent.push(index);
		if (controller.signal.aborted) sentWhenCanceled += 1;
		if (now.rings) rings[index] = (rings[index] ?? 0) + 1;
		last.set(index, now);
		mostInFlight = Math.max(mostInFlight, ++inFlight);
		// A cancellation comes from outside: between two turns of the event loop.
		if (canceling && sent.length >= cancelAfter) setImmediate(() => controller.abort());
		for (let turn = 0; turn < item.turns; turn++) await nextTurn();
		inFlight -= 1;
		if (now.reply.startsWith('E')) throw Object.assign(new Error('lost'), { code: now.reply });
		return { statusCode: 200, headers: {}, body: now.reply };
	};
	let canceling = false;

	const context = {
		continueOnFail: () => onError !== 'stopWorkflow',
		getCredentials: () => Promise.resolve({ baseUrl: 'https://pbx.example' }),
		getExecutionCancelSignal: () => controller.signal,
		getExecutionId: () => String(executionId),
		getTimezone: () => 'UTC',
		isToolExecution: () => false,
		logger: { info: () => undefined, warn: () => undefined },
		getInputData: () => input,
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		getNode: () => ({ name: 'Node', type: 'tiny', onError, parameters: {} }),
		getNodeParameter: (name: string, index: number, fallback: unknown) => {
			if (name === 'to') return items[index]?.bad ? 'bad' : String(index);
			return name === 'options' ? { maxConcurrent, maxCalls } : fallback;
		},
		helpers: {
			httpRequestWithAuthentication: async (_: string, { body }: { body: string }) =>
				await answer(body),
		},
	} as unknown as IExecuteFunctions;

	const forget = () => {
		rings = items.map(() => 0);
		last = new Map();
	};
	return {
		nextRun: () => {
			runIndex += 1;
			forget();
		},
		nextExecution: () => {
			executionId += 1;
			runIndex = 0;
			forget();
		},
		/** One try: what the workflow learns, and whether from an error. */
		async run(canceled: boolean): Promise<{ reported: readonly Report[]; threw: boolean }> {
			controller = new AbortController();
			canceling = canceled;
			sent = [];
			if (canceled && cancelAfter === 0) controller.abort();
			try {
				const [output = []] = await originate(context, vendor);
				const reported = output.map(({ json, pairedItem }) => ({
					index: (pairedItem as { item: number }).item,
					status: json.status,
					reason: json.reason,
					replayed: json.replayed,
				}));
				return { reported, threw: false };
			} catch (error) {
				const { data } = (error as { context: { data: Record<string, unknown[]> } }).context;
				const reported = [...(data.failed ?? []), ...(data.others ?? [])].map((entry) => {
					const { item, status, reason, replayed } = entry as Record<string, unknown>;
					return { index: Number(item), status, reason, replayed };
				});
				return { reported, threw: true };
			}
		},
		rings: () => rings,
		last: () => last,
		sent: () => sent,
		sentWhenCanceled: () => sentWhenCanceled,
		mostInFlight: () => mostInFlight,
	};
}

// Node's assertions are much faster than jest's, which counts in thousands of courses.
async function play(course: Course): Promise<void> {
	const { items, onError, maxConcurrent, maxCalls, steps } = course;
	const world = stage(course);
	for (const step of steps) {
		if (step === 'loop') world.nextRun();
		if (step === 'execution') world.nextExecution();
		const before = new Map(world.last());
		const { reported, threw } = await world.run(step === 'canceled try');
		const statusOf = new Map(reported.map(({ index, status }) => [index, status]));

		// No phone rings twice in a run, and no call with a final outcome is sent again.
		assert.deepEqual(
			world.rings().filter((count) => count > 1),
			[],
		);
		assert.equal(new Set(world.sent()).size, world.sent().length);
		for (const index of world.sent()) {
			const earlier = before.get(index)?.reported ?? 'refused';
			assert.ok(['refused', 'not_sent'].includes(earlier), `sent again after ${earlier}`);
		}
		// Everything that happened in this run is reported correctly, in whichever try it happened.
		for (const [index, { reported: status }] of world.last()) {
			const settled = status !== 'refused' && status !== 'not_sent';
			const reportedStatus = statusOf.get(index);
			if (settled || world.sent().includes(index)) {
				assert.deepEqual([index, reportedStatus], [index, status]);
			}
		}
		// Nothing is reported that did not happen.
		for (const { index, status, replayed } of reported) {
			const attempt = world.last().get(index);
			if (attempt === undefined) assert.ok(['not_sent', 'skipped'].includes(String(status)));
			if (replayed === true) assert.ok(!world.sent().includes(index));
		}
		// A place is refused only when all are used up for good, by calls that rang or may have.
		const used = [...world.last().values()].filter(({ reported: status }) =>
			usesPlace(status),
		).length;
		assert.ok(used <= maxCalls);
		for (const { status, reason } of reported) {
			if (status === 'skipped') assert.deepEqual([reason, used], ['max_calls', maxCalls]);
		}
		assert.equal(
			threw,
			onError === 'stopWorkflow' && reported.some(({ status }) => failures.has(String(status))),
		);
		if (!threw) {
			assert.deepEqual(
				reported.map(({ index }) => index),
				items.map((_, index) => index),
			);
		}
		assert.ok(world.mostInFlight() <= maxConcurrent);
		assert.equal(world.sentWhenCanceled(), 0);
	}
}

const usesPlace = (status: string) => status !== 'refused' && status !== 'not_sent';

const failures = new Set(['not_sent', 'refused', 'not_connected', 'unknown']);

test('no phone rings twice in a run, and no call is lost', async () => {
	await fc.assert(fc.asyncProperty(courses, play), { numRuns: 3000 });
});

test('each pass of a loop calls every number once', async () => {
	const loops = courses.map(
		(course): Course => ({
			...course,
			onError: 'continueRegularOutput',
			maxCalls: 7,
			steps: ['try', 'try', 'loop', 'try', 'execution', 'try'],
			items: course.items.map((item) => ({ ...item, bad: false, script: [answers[0]] })),
		}),
	);
	await fc.assert(
		fc.asyncProperty(loops, async (course) => {
			const world = stage(course);
			const everybody = course.items.map(() => 1);
			for (const step of course.steps) {
				if (step === 'loop') world.nextRun();
				if (step === 'execution') world.nextExecution();
				const again = world.last().size > 0;
				await world.run(false);
				assert.deepEqual(world.rings(), everybody);
				assert.equal(world.sent().length, again ? 0 : course.items.length);
			}
		}),
		{ numRuns: 200 },
	);
});
