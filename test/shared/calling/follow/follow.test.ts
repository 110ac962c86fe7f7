/** Following calls, with a phone system whose every look is written down here, and a clock that is turned. */
import { type IExecuteFunctions, sleep } from 'n8n-workflow';

import { type Sighting, sighting } from '../../../../nodes/shared/calling/contract/callState';
import { type Found, foundAmong } from '../../../../nodes/shared/calling/contract/found';
import { failed, type Outcome } from '../../../../nodes/shared/calling/contract/outcome';
import type {
	Get,
	HangUp,
	Originate,
	Vendor,
} from '../../../../nodes/shared/calling/contract/vendor';
import { execute } from '../../../../nodes/shared/calling/execute';
import { callIdField, getOptions, hangUpOptions } from '../../../../nodes/shared/form/followFields';
import { done } from '../../../../nodes/shared/wire/exchange/conversation';
import { explain } from '../../../../nodes/shared/wire/reply/explanation';
import type { HttpRequest } from '../../../../nodes/shared/wire/reply/http';
import { turnClock } from '../../turnedClock';
import { tiny, tinyFields } from '../tiny';

turnClock('2026-11-21T12:00:00.000Z');

const start = Date.parse('2026-11-21T12:00:00.000Z');
const request = (method: HttpRequest['method'], body: string): HttpRequest => ({
	method,
	path: '/call',
	headers: {},
	body,
});

const originate: Originate<{ to: string }> = {
	effect: 'rings',
	howToCheck: 'look',
	generic: { ownFields: [], fields: { to: 'to' } },
	fields: tinyFields,
	read: ({ to }) => ({ to: String(to) }),
	parties: ({ to }) => ({ from: '100', to }),
	numbers: ({ to }) => [to],
	encode: ({ to }) => request('POST', to),
	decode({ body }): Outcome {
		if (body === 'lost') return failed('unknown', 'timed_out', 'No reply came.', 'Look.');
		if (body === 'refused') return failed('refused', 'vendor_refused', 'Tiny said no.', 'Ask.');
		const status = body === 'answered' ? 'answered' : 'accepted';
		return { status, callId: 'c1', details: {} };
	},
	tag: () => ({ callId: 'c1' }),
	replyTimeoutSeconds: () => 5,
};

const seen = (state: Sighting['state'], more: Partial<Sighting> = {}) =>
	sighting({ state, callId: 'c1', seenIn: 'live', matchedBy: 'id', ...more });

/** What a look shows, by its name. */
const looks: Readonly<Record<string, Found>> = {
	none: foundAmong([]),
	ringing: foundAmong([seen('ringing_first')]),
	second: foundAmong([seen('ringing_second', { answeredByFirst: true })]),
	talking: foundAmong([seen('connected', { answeredByFirst: true, answeredBySecond: true })]),
	record: foundAmong([
		seen('ended', { seenIn: 'record', disposition: 'no_answer', talkSeconds: 0 }),
	]),
	partOfRecord: foundAmong([seen('ended', { seenIn: 'record', answeredByFirst: true })]),
	scheduled: foundAmong([seen('scheduled')]),
	noLiveCalls: { kind: 'none', unread: { list: 'live', why: 'Tiny hides the live calls.' } },
	noRecords: { kind: 'none', unread: { list: 'record', why: 'Tiny hides the records.' } },
	alike: foundAmong([seen('connected', { matchedBy: 'numbers' })]),
	several: foundAmong([
		seen('connected', { callId: 'c1', matchedBy: 'numbers' }),
		seen('connected', { callId: 'c2', matchedBy: 'numbers' }),
	]),
	down: explain('unknown', 'connection_lost', 'The connection broke.', 'Look.'),
	noRight: explain('refused', 'unauthorized', 'Tiny refused the look.', 'Get the right.'),
};

const get: Get<{ callId: string }> = {
	effect: 'reads',
	fields: [callIdField, getOptions],
	read: ({ callId }) =>
		callId === undefined || callId === ''
			? { kind: 'invalid', texts: ['Call ID is empty. Enter a value.'] }
			: { callId: String(callId) },
	look: ({ callId }) => ({
		kind: 'ask',
		request: request('GET', callId),
		next: ({ body }) => done(looks[body] ?? foundAmong([])),
	}),
	pollSeconds: 2,
	recordLagSeconds: 60,
};

const hangUp: HangUp<{ callId: string }> = {
	effect: 'ends',
	fields: [callIdField, hangUpOptions],
	read: get.read,
	end: ({ callId }) => ({
		kind: 'ask',
		request: request('DELETE', callId),
		next: ({ body }) =>
			done(
				body === 'ok' || body === 'none'
					? {
							kind: 'ending',
							outcome: { status: body === 'ok' ? 'hung_up' : 'not_found', callId, details: {} },
						}
					: explain('unknown', 'server_fault', 'Tiny is ill.', 'Wait.'),
			),
	}),
};

const vendor = tiny({ originate, get, hangUp });

interface Asked {
	readonly method: string;
	/** Seconds since the start. */
	readonly at: number;
}

type Form = Readonly<Record<string, unknown>>;

/** Runs a node; `answer` is what the phone system says to a request at this second. */
function setUp(
	items: readonly Form[],
	answer: (method: string, second: number) => string,
	{
		signal,
		type = 'tiny',
		node = {},
		of = vendor,
	}: Partial<{
		signal: AbortSignal;
		type: string;
		node: object;
		of: Vendor;
	}> = {},
) {
	const asked: Asked[] = [];
	const log: string[] = [];
	const data = items.map(() => ({ json: { callId: 'c1' } }));
	const context = {
		continueOnFail: () => true,
		getCredentials: async () => ({ baseUrl: 'https://pbx.example' }),
		getExecutionCancelSignal: () => signal,
		getExecutionId: () => '7',
		getInputData: () => data,
		getNode: () => ({ name: 'Node', type, onError: 'continueRegularOutput', ...node }),
		getNodeParameter: (name: string, index: number, fallback: unknown) =>
			items[index]?.[name] ?? fallback,
		getTimezone: () => 'UTC',
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		helpers: {
			async httpRequestWithAuthentication(_type: string, { method }: { method: string }) {
				const at = (Date.now() - start) / 1000;
				asked.push({ method, at });
				return { statusCode: 200, headers: {}, body: answer(method, at) };
			},
		},
		logger: {
			info: (text: string) => log.push(`${String((Date.now() - start) / 1000)} ${text}`),
			warn: () => undefined,
		},
	} as unknown as IExecuteFunctions;
	const run = async () => (await execute(context, of))[0]?.map(({ json }) => json) ?? [];
	return { run, asked, log };
}

const times = (asked: readonly Asked[], method: string) =>
	asked.filter((one) => one.method === method).map(({ at }) => at);

const getForm = (options: object = {}) => ({ operation: 'get', callId: 'c1', options });
const callForm = (options: object = {}) => ({ operation: 'originate', to: '101', options });

/** The look at each second: the last entry that has begun. */
const script = (entries: Readonly<Record<number, string>>) => (second: number) =>
	Object.entries(entries)
		.filter(([from]) => Number(from) <= second)
		.map(([, look]) => look)
		.at(-1) ?? 'none';

describe('Get', () => {
	test.each([
		['ringing', { state: 'ringing_first', answeredByFirst: null, seenIn: 'live' }],
		['record', { state: 'ended', disposition: 'no_answer', talkSeconds: 0, seenIn: 'record' }],
		['none', { state: 'not_found', callId: 'c1', seenIn: null, matchedBy: null }],
		['several', { state: 'unknown', matchedBy: 'numbers' }],
	])('looks once: %s', async (look, state) => {
		const { run, asked } = setUp([getForm()], () => look);
		const [json] = await run();
		expect(json).toMatchObject({ vendor: 'tiny', timedOut: false, ...state });
		expect(json).toHaveProperty('checkedAt', '2026-11-21T12:00:00.000Z');
		expect(asked).toHaveLength(1);
	});

	test('several calls are candidates', async () => {
		const [json] = await setUp([getForm()], () => 'several').run();
		expect(json?.details).toMatchObject({ candidates: [{ callId: 'c1' }, { callId: 'c2' }] });
		expect(json?.message).toMatch(/^2 calls match/);
	});

	test.each([
		['noRight', { status: 'refused', reason: 'unauthorized' }],
		['down', { status: 'unknown', reason: 'connection_lost' }],
	])('a look that fails is a failure with its own words: %s', async (look, failure) => {
		const [json] = await setUp([getForm()], () => look).run();
		expect(json).toMatchObject({ vendor: 'tiny', callId: 'c1', ...failure });
		expect(json?.message).toContain('The state of the call is not known.');
		expect(json?.message).not.toMatch(/No call was placed|may have been placed/);
	});

	test('an ID that is missing is refused before anything is sent', async () => {
		const { run, asked } = setUp([{ ...getForm(), callId: '' }], () => 'ringing');
		expect(await run()).toMatchObject([{ status: 'not_sent', reason: 'invalid_input' }]);
		expect(asked).toHaveLength(0);
	});

	test('Retry On Fail looks again', async () => {
		const looked = ['down', 'ringing'];
		const { run, asked } = setUp([getForm()], () => looked.shift() ?? 'none');
		expect(await run()).toMatchObject([{ status: 'unknown' }]);
		expect(await run()).toMatchObject([{ state: 'ringing_first' }]);
		expect(asked).toHaveLength(2);
	});

	test('waits, and asks every two seconds', async () => {
		const { run, asked } = setUp([getForm({ waitUntil: 'connected' })], (_, second) =>
			script({ 0: 'ringing', 5: 'second', 9: 'talking' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'connected', timedOut: false }]);
		expect(times(asked, 'GET')).toEqual([0, 2, 4, 6, 8, 10]);
	});

	test('a call that is not there yet is waited for', async () => {
		const { run } = setUp([getForm({ waitUntil: 'firstAnswered' })], (_, second) =>
			script({ 6: 'second' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'ringing_second', answeredByFirst: true }]);
	});

	test('a record keeps what was seen while the call lived', async () => {
		const { run } = setUp([getForm({ waitUntil: 'ended' })], (_, second) =>
			script({ 0: 'second', 3: 'none', 30: 'record' })(second),
		);
		expect(await run()).toMatchObject([
			{ state: 'ended', answeredByFirst: true, disposition: 'no_answer', seenIn: 'record' },
		]);
	});

	test.each([
		['second', { disposition: null }],
		['talking', { disposition: 'answered' }],
	])('gone without a record, after %s: ended a minute later', async (look, known) => {
		const { run, asked } = setUp([getForm({ waitUntil: 'ended' })], (_, second) =>
			script({ 0: look, 3: 'none' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'ended', seenIn: 'live', ...known }]);
		expect(times(asked, 'GET').at(-1)).toBe(64);
	});

	test('a record that does not show who answered: what was seen before counts', async () => {
		const { run } = setUp([getForm({ waitUntil: 'ended' })], (_, second) =>
			script({ 0: 'talking', 3: 'partOfRecord' })(second),
		);
		expect(await run()).toMatchObject([
			{ state: 'ended', answeredBySecond: true, disposition: 'answered', seenIn: 'record' },
		]);
	});

	test('a list that may not be read is named', async () => {
		const [json] = await setUp([getForm()], () => 'noLiveCalls').run();
		expect(json).toMatchObject({
			state: 'not_found',
			details: { notRead: 'Tiny hides the live calls.' },
		});
	});

	test('without the live calls, only a record ends the wait', async () => {
		const { run, asked } = setUp([getForm({ waitUntil: 'ended' })], (_, second) =>
			script({ 0: 'talking', 3: 'noLiveCalls', 120: 'record' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'ended', seenIn: 'record' }]);
		expect(times(asked, 'GET').at(-1)).toBe(120);
	});

	test('without the records, a call that is gone has ended', async () => {
		const { run } = setUp([getForm({ waitUntil: 'ended' })], (_, second) =>
			script({ 0: 'talking', 3: 'noRecords' })(second),
		);
		expect(await run()).toMatchObject([
			{
				state: 'ended',
				disposition: 'answered',
				details: { notRead: 'Tiny hides the records.' },
			},
		]);
	});

	test('a scheduled call that is not shown has not ended', async () => {
		const { run } = setUp([getForm({ waitUntil: 'ended', waitAtMost: 200 })], (_, second) =>
			script({ 0: 'scheduled', 3: 'none', 150: 'record' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'ended', seenIn: 'record' }]);
	});

	test('a wait that runs out has the last state', async () => {
		const { run, asked } = setUp([getForm({ waitUntil: 'ended', waitAtMost: 5 })], () => 'talking');
		expect(await run()).toMatchObject([{ state: 'connected', timedOut: true }]);
		expect(times(asked, 'GET')).toEqual([0, 2, 4, 5]);
	});

	test('a look that fails for the moment does not end the wait', async () => {
		const { run } = setUp([getForm({ waitUntil: 'connected' })], (_, second) =>
			script({ 0: 'ringing', 2: 'down', 8: 'talking' })(second),
		);
		expect(await run()).toMatchObject([{ state: 'connected' }]);
	});

	test('a right that is missing ends it', async () => {
		const { run, asked } = setUp([getForm({ waitUntil: 'ended' })], () => 'noRight');
		expect(await run()).toMatchObject([{ status: 'refused', reason: 'unauthorized' }]);
		expect(asked).toHaveLength(1);
	});

	test('a canceled execution ends it at once', async () => {
		const stop = new AbortController();
		const { run, asked } = setUp(
			[getForm({ waitUntil: 'ended' })],
			(_, second) => {
				if (second >= 4) stop.abort();
				return 'ringing';
			},
			{ signal: stop.signal },
		);
		expect(await run()).toMatchObject([{ state: 'ringing_first', timedOut: true }]);
		expect(times(asked, 'GET')).toEqual([0, 2, 4]);
	});

	test('a canceled execution ends it between two looks, and nothing more is sent', async () => {
		const stop = new AbortController();
		const { run, asked } = setUp([getForm({ waitUntil: 'ended' })], () => 'ringing', {
			signal: stop.signal,
		});
		void sleep(5000).then(() => {
			stop.abort();
		});
		expect(await run()).toMatchObject([{ state: 'ringing_first', timedOut: true }]);
		expect(times(asked, 'GET')).toEqual([0, 2, 4]);
		expect(Date.now() - start).toBeLessThan(6000);
	});

	test('Wait: At Most alone is refused: it would do nothing', async () => {
		const { run, asked } = setUp([getForm({ waitAtMost: 5 })], () => 'ringing');
		expect(await run()).toMatchObject([
			{ reason: 'invalid_input', message: expect.stringContaining('Wait: Until') },
		]);
		expect(asked).toHaveLength(0);
	});
});

describe('Originate that waits', () => {
	const calls = (body: string, look: (second: number) => string) => (method: string, at: number) =>
		method === 'POST' ? body : look(at);

	test('has the call in its result, and is logged before the wait', async () => {
		const { run, asked, log } = setUp(
			[callForm({ waitUntil: 'ended' })],
			calls('accepted', script({ 0: 'ringing', 4: 'record' })),
		);
		expect(await run()).toMatchObject([
			{
				status: 'accepted',
				callId: 'c1',
				call: { callId: 'c1', state: 'ended', disposition: 'no_answer', to: '101' },
			},
		]);
		expect(times(asked, 'POST')).toEqual([0]);
		expect(log).toEqual([expect.stringMatching(/^0 Call /)]);
	});

	test('does not look if the reply has shown what it waits for', async () => {
		const { run, asked } = setUp(
			[callForm({ waitUntil: 'firstAnswered' })],
			calls('answered', () => 'none'),
		);
		expect(await run()).toMatchObject([
			{
				call: { state: 'ringing_second', answeredByFirst: true, seenIn: 'reply', timedOut: false },
			},
		]);
		expect(times(asked, 'GET')).toEqual([]);
	});

	test('what the reply proved stays known', async () => {
		const { run } = setUp(
			[callForm({ waitUntil: 'ended' })],
			calls('answered', script({ 2: 'record' })),
		);
		expect(await run()).toMatchObject([{ call: { answeredByFirst: true, state: 'ended' } }]);
	});

	test('one call after the other, unless more may be in progress', async () => {
		const ring = calls('accepted', () => 'ringing');
		const options = { waitUntil: 'ended', waitAtMost: 10 };
		const one = setUp([callForm(options), callForm(options)], ring);
		await one.run();
		expect(times(one.asked, 'POST')).toEqual([0, 10]);
		const both = { ...options, maxConcurrent: 2 };
		const two = setUp([callForm(both), callForm(both)], ring);
		const before = (Date.now() - start) / 1000;
		await two.run();
		expect(times(two.asked, 'POST')).toEqual([before, before]);
	});

	test.each(['noRight', 'down'])(
		'the call stays placed if it cannot be followed: %s',
		async (look) => {
			const { run } = setUp(
				[callForm({ waitUntil: 'ended', waitAtMost: 3 })],
				calls('accepted', () => look),
			);
			expect(await run()).toMatchObject([
				{
					status: 'accepted',
					call: { state: 'unknown', details: { notFollowed: expect.any(String) } },
				},
			]);
		},
	);

	test('a call that was not placed is not followed', async () => {
		const { run, asked } = setUp(
			[callForm({ waitUntil: 'ended' })],
			calls('refused', () => 'ringing'),
		);
		expect(await run()).toMatchObject([{ status: 'refused' }]);
		expect(times(asked, 'GET')).toEqual([]);
	});
});

describe('Look up if unknown', () => {
	const lost = (look: (second: number) => string) => (method: string, at: number) =>
		method === 'POST' ? 'lost' : look(at);

	test.each([
		['ringing', 'accepted'],
		['second', 'answered'],
	])('found for certain, %s: %s', async (look, status) => {
		const { run, asked } = setUp([callForm()], lost(script({ 1: look })));
		expect(await run()).toMatchObject([{ status, callId: 'c1', details: { foundBy: 'id' } }]);
		expect(times(asked, 'GET')).toEqual([0, 2]);
		expect(times(asked, 'POST')).toHaveLength(1);
	});

	test.each(['alike', 'several'])('%s: only candidates', async (look) => {
		const [json] = await setUp(
			[callForm()],
			lost(() => look),
		).run();
		expect(json).toMatchObject({ status: 'unknown', reason: 'timed_out' });
		expect(json?.details).toHaveProperty('candidates.0.callId', 'c1');
	});

	test('not found: three looks, and it stays unknown', async () => {
		const { run, asked } = setUp(
			[callForm()],
			lost(() => 'none'),
		);
		expect(await run()).toMatchObject([{ status: 'unknown', callId: 'c1' }]);
		expect(times(asked, 'GET')).toEqual([0, 2, 5]);
	});

	test('turned off, nothing is asked', async () => {
		const { run, asked } = setUp(
			[callForm({ lookUpUnknown: false })],
			lost(() => 'ringing'),
		);
		expect(await run()).toMatchObject([{ status: 'unknown', callId: 'c1' }]);
		expect(times(asked, 'GET')).toEqual([]);
	});

	test('without a tag, it is off unless turned on', async () => {
		const tagless: Originate<{ to: string }> = { ...originate };
		Reflect.deleteProperty(tagless, 'tag');
		const of = { ...vendor, operations: { ...vendor.operations, originate: tagless } };
		const off = setUp(
			[callForm()],
			lost(() => 'ringing'),
			{ of },
		);
		await off.run();
		expect(times(off.asked, 'GET')).toEqual([]);
	});

	test('found and waited for', async () => {
		const { run } = setUp(
			[callForm({ waitUntil: 'ended' })],
			lost(script({ 0: 'ringing', 10: 'record' })),
		);
		expect(await run()).toMatchObject([
			{ status: 'accepted', details: { foundBy: 'id' }, call: { state: 'ended' } },
		]);
	});
});

describe('Hang Up', () => {
	const form = (options: object = {}) => ({ operation: 'hangUp', callId: 'c1', options });

	test.each([
		['ok', 'hung_up'],
		['none', 'not_found'],
	])('%s: %s', async (body, status) => {
		const { run, asked } = setUp([form()], () => body);
		expect(await run()).toMatchObject([{ vendor: 'tiny', status, reason: null, callId: 'c1' }]);
		expect(asked).toHaveLength(1);
	});

	test('a failure says whether the call may have been ended', async () => {
		const [json] = await setUp([form()], () => 'ill').run();
		expect(json).toMatchObject({ status: 'unknown', reason: 'server_fault' });
		expect(json?.message).toContain('The call may have been ended.');
	});

	test('Retry On Fail does not end a call again', async () => {
		const answers = ['ok', 'ill', 'ok'];
		const { run, asked } = setUp([form(), form()], () => answers.shift() ?? 'none');
		expect(await run()).toMatchObject([{ status: 'hung_up' }, { status: 'unknown' }]);
		expect(await run()).toMatchObject([
			{ status: 'hung_up', replayed: true },
			{ status: 'hung_up', replayed: false },
		]);
		expect(asked).toHaveLength(3);
	});

	test('an AI agent may not, unless its tool says so', async () => {
		const tool = { type: 'tinyTool' };
		const no = setUp([form()], () => 'ok', tool);
		expect(await no.run()).toMatchObject([{ status: 'not_sent', reason: 'invalid_settings' }]);
		expect(no.asked).toHaveLength(0);
		const yes = setUp([form({ letAgentHangUp: true })], () => 'ok', tool);
		expect(await yes.run()).toMatchObject([{ status: 'hung_up' }]);
	});

	test('a phone system that lacks it says so', async () => {
		const of = { ...vendor, operations: { originate } };
		const { run, asked } = setUp([form()], () => 'ok', { of });
		expect(await run()).toMatchObject([
			{
				status: 'not_sent',
				message: expect.stringContaining('Tiny does not let other programs end a call.'),
			},
		]);
		expect(asked).toHaveLength(0);
	});
});
