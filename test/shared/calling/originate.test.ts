import { type IExecuteFunctions, type INode, sleep } from 'n8n-workflow';

import { failed, type Outcome } from '../../../nodes/shared/calling/contract/outcome';
import type { Originate, Vendor } from '../../../nodes/shared/calling/contract/vendor';
import { originate } from '../../../nodes/shared/calling/originate';
import type { HttpRequest } from '../../../nodes/shared/wire/reply/http';
import type { Invalid } from '../../../nodes/shared/wire/text/invalid';
import { turnClock } from '../turnedClock';
import { n8nStore, nodeOf } from './n8nStore';
import { tiny, tinyFields } from './tiny';

turnClock('2026-11-21T12:00:00.500Z');

interface Call {
	readonly to: string;
}

/** The smallest vendor: `to` goes out as the body, and the body that comes back is the status. */
const originating: Originate<Call> = {
	effect: 'rings',
	howToCheck: 'look',
	generic: { ownFields: [], fields: { to: 'to' } },
	fields: tinyFields,
	read: ({ to }): Call | Invalid =>
		to === 'bad' || typeof to === 'object'
			? { kind: 'invalid', texts: ['To is bad.'] }
			: { to: String(to) },
	parties: ({ to }) => ({ from: '100', to }),
	numbers: ({ to }) => [to],
	encode: ({ to }): HttpRequest => ({ method: 'POST', path: '/call', headers: {}, body: to }),
	decode({ body }): Outcome {
		if (body === 'throw') throw new TypeError('a mistake');
		if (body === 'cut') return failed('unknown', 'connection_lost', 'Tiny was cut off.', 'Look.');
		return body === 'accepted'
			? { status: 'accepted', callId: 'id', details: {}, response: { said: body } }
			: failed('refused', 'vendor_refused', `Tiny said ${body}.`, 'Do something.');
	},
	replyTimeoutSeconds: () => 5,
};
const vendor = tiny({ originate: originating });

/** The same vendor, waiting before it rings a phone. */
const delayed = (seconds: number): Vendor => ({
	...vendor,
	operations: { originate: { ...originating, delaySeconds: () => seconds } },
});

type Write = (text: string, data: unknown) => void;

interface Sent {
	readonly to: string;
	readonly at: number;
}

function setUp(
	items: readonly Record<string, unknown>[],
	{
		onError = 'stopWorkflow',
		answer = async () => 'accepted',
		signal = new AbortController().signal,
		baseUrl = 'https://pbx.example',
		credentials = async () => ({ baseUrl }),
		asTool = false,
		type = 'tiny',
		delaySeconds = 0,
		jsonOf = (item) => item,
		logger = { info: () => undefined, warn: () => undefined },
		parameters = {},
	}: {
		onError?: INode['onError'];
		answer?: (to: string) => Promise<string>;
		signal?: AbortSignal;
		baseUrl?: string;
		credentials?: () => Promise<object>;
		asTool?: boolean;
		type?: string;
		delaySeconds?: number;
		/** The item's data; the values of the form stay those of the item. */
		jsonOf?: (item: Readonly<Record<string, unknown>>) => unknown;
		logger?: { info: Write; warn: Write };
		/** As the node is saved. */
		parameters?: INode['parameters'];
	} = {},
) {
	const sent: Sent[] = [];
	let inFlight = 0;
	let mostInFlight = 0;
	// The same objects at every try, as in n8n.
	const input = items.map((item) => ({ json: jsonOf(item) }));
	let runIndex = 0;
	// What n8n keeps for a node during an execution.
	const kept = {};
	const node = { ...nodeOf('node-1', 'Node'), type, onError, parameters };
	let executionId = '1';
	const context = {
		continueOnFail: () => onError !== 'stopWorkflow',
		getCredentials: credentials,
		getExecutionCancelSignal: () => signal,
		getExecutionId: () => executionId,
		getTimezone: () => 'UTC',
		getWorkflow: () => ({ id: 'w1' }),
		isToolExecution: () => asTool,
		getInputData: () => input,
		getWorkflowDataProxy: () => ({ $runIndex: runIndex }),
		getNode: () => ({ ...node }),
		getExecuteData: () => ({ node }),
		getContext: () => kept,
		logger,
		getNodeParameter: (name: string, index: number, fallback: unknown) => {
			const value = items[index]?.[name];
			if (value instanceof Error) throw value;
			return value ?? fallback;
		},
		helpers: {
			...n8nStore().helpersOf(node),
			httpRequestWithAuthentication: async (_: string, { body }: { body: string }) => {
				sent.push({ to: body, at: Date.now() });
				mostInFlight = Math.max(mostInFlight, ++inFlight);
				const text = await answer(body).finally(() => inFlight--);
				return { statusCode: 200, headers: {}, body: text };
			},
		},
	} as unknown as IExecuteFunctions;
	return {
		run: async () => (await originate(context, delayed(delaySeconds)))[0] ?? [],
		sent: () => sent.map(({ to }) => to),
		times: () => sent.map(({ at }) => at),
		mostInFlight: () => mostInFlight,
		nextRun: () => {
			runIndex++;
		},
		nextExecution: () => {
			executionId += '1';
		},
	};
}

const later = async <Value>(milliseconds: number, value: Value) => {
	await sleep(milliseconds);
	return value;
};
const to = (...numbers: string[]) => numbers.map((number) => ({ to: number }));

test('one result for each item, in input order, with its item', async () => {
	const { run, sent } = setUp(to('1', '2'));
	expect(await run()).toEqual(
		['1', '2'].map((number, index) => ({
			json: {
				vendor: 'tiny',
				status: 'accepted',
				reason: null,
				message: 'The call was placed. Whether anybody answers is not known yet.',
				callId: 'id',
				from: '100',
				to: number,
				requestedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
				replayed: false,
				details: {},
				vendorErrors: [],
				httpStatus: 200,
			},
			pairedItem: { item: index },
		})),
	);
	expect(sent()).toEqual(['1', '2']);
});

test('no items, no calls', async () => {
	expect(await setUp([]).run()).toEqual([]);
});

test('the reply is included on request', async () => {
	const [item] = await setUp([{ to: '1', options: { includeResponse: true } }]).run();
	expect(item?.json.response).toEqual({ said: 'accepted' });
});

test('options that are not a collection are refused, even if a dry run was meant', async () => {
	const { run, sent } = setUp([{ to: '1', options: 'dryRun' }]);
	await expect(run()).rejects.toThrow('Options must be a collection.');
	expect(sent()).toEqual([]);
});

test('a credential that n8n cannot provide fails its item, and calls of an earlier try are still reported', async () => {
	let tries = 0;
	const { run, sent } = setUp(to('1', '2'), {
		onError: 'continueRegularOutput',
		credentials: async () => {
			tries += 1;
			if (tries > 1) throw new Error('no credentials set');
			return { baseUrl: 'https://pbx.example' };
		},
		answer: async (number) => (number === '1' ? 'accepted' : 'no'),
	});
	await run();
	const items = await run();
	expect(items.map(({ json }) => json.status)).toEqual(['accepted', 'not_sent']);
	expect(items[1]?.json.message).toContain(
		'n8n could not read the credential (no credentials set).',
	);
	expect(sent()).toEqual(['1', '2']);
});

test('a fault of our own makes its call unknown, and leaves the others alone', async () => {
	const { run } = setUp(to('1', '2', '3'), {
		onError: 'continueRegularOutput',
		answer: async (number) => (number === '2' ? 'throw' : 'accepted'),
	});
	expect((await run()).map(({ json }) => json.status)).toEqual(['accepted', 'unknown', 'accepted']);
});

test('a dry run sends nothing and shows the request', async () => {
	const { run, sent } = setUp([{ to: '1', options: { dryRun: true } }]);
	const [item] = await run();
	expect(item?.json).toMatchObject({
		status: 'skipped',
		reason: 'dry_run',
		callId: null,
		request: { method: 'POST', url: 'https://pbx.example/call', headers: {}, body: '1' },
	});
	expect(sent()).toEqual([]);
});

test('an option that is neither true nor false is not read as false', async () => {
	const { run, sent } = setUp([{ to: '1', options: { dryRun: 'yes' } }]);
	await expect(run()).rejects.toThrow('Dry Run is yes (string)');
	expect(sent()).toEqual([]);
});

describe('On Error = Stop', () => {
	const refuseSecond = { answer: async (number: string) => (number === '2' ? 'no' : 'accepted') };

	test('the first failure ends the run and the error lists what was placed', async () => {
		const { run, sent } = setUp(to('1', '2', '3'), refuseSecond);
		await expect(run()).rejects.toMatchObject({
			message: 'Tiny said no. No call was placed.',
			description:
				'Do something.<br>Other calls of this run: item 0 (100 to 1, accepted). Items not tried: 1.',
			context: {
				itemIndex: 1,
				data: {
					others: [expect.objectContaining({ item: 0, status: 'accepted', callId: 'id' })],
					failed: [expect.objectContaining({ item: 1, status: 'refused' })],
				},
			},
		});
		expect(sent()).toEqual(['1', '2']);
	});

	test('calls in flight end first and are listed', async () => {
		const { run, sent } = setUp(
			[{ to: '1', options: { maxConcurrent: 2 } }, ...to('2', '3', '4')],
			{ answer: async (number) => (number === '2' ? 'no' : await later(30, 'accepted')) },
		);
		await expect(run()).rejects.toMatchObject({
			message: 'Tiny said no. No call was placed.',
			description: expect.stringContaining('item 0 (100 to 1, accepted). Items not tried: 2.'),
		});
		expect(sent()).toEqual(['1', '2']);
	});

	test('another call that may have been placed is listed too', async () => {
		const items = to('1', '2').map((item) => ({ ...item, options: { maxConcurrent: 2 } }));
		const { run } = setUp(items, { answer: async (number) => (number === '1' ? 'no' : 'cut') });
		await expect(run()).rejects.toMatchObject({
			message: 'Tiny said no. No call was placed.',
			description:
				'Do something.<br>Other calls of this run: item 1 (100 to 2, unknown). Every item was tried.',
		});
	});

	test('a call that waits for its turn is not started', async () => {
		const { run, sent } = setUp(
			[{ to: '1', options: { maxConcurrent: 2, interval: 1 } }, ...to('2', '3')],
			{ answer: async () => await later(20, 'no') },
		);
		await expect(run()).rejects.toMatchObject({
			description: 'Do something.<br>No other call of this run was placed. Items not tried: 2.',
		});
		expect(sent()).toEqual(['1']);
	});

	test('an error names at most 20 calls, and its data has all of them', async () => {
		const numbers = Array.from({ length: 30 }, (_, index) => String(index));
		const error: unknown = await setUp([...to(...numbers), { to: 'bad' }])
			.run()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ description: expect.stringContaining('and 10 more') });
		expect(error).toHaveProperty('context.data.others.length', 30);
	});
});

describe('On Error = Continue', () => {
	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s: every item gets its result or its failure',
		async (onError) => {
			const { run, sent } = setUp(to('1', 'bad', '3'), { onError });
			const items = await run();
			expect(items.map(({ json }) => json.status)).toEqual(['accepted', 'not_sent', 'accepted']);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
				{ item: 0 },
				{ item: 1 },
				{ item: 2 },
			]);
			expect(items[1]?.json).toEqual({
				vendor: 'tiny',
				status: 'not_sent',
				reason: 'invalid_input',
				message:
					'To is bad. No call was placed. Correct the value, or the data it comes from, and run it again.',
				callId: null,
				from: null,
				to: 'bad',
				requestedAt: null,
				replayed: false,
				details: {},
				vendorErrors: [],
				httpStatus: null,
			});
			expect(sent()).toEqual(['1', '3']);
			// Not enumerable: run.ts says why.
			expect(items[1]?.error !== undefined).toBe(onError === 'continueErrorOutput');
			expect(Object.keys(items[1] ?? {})).not.toContain('error');
		},
	);

	test('an expression that fails is bad input for its item only', async () => {
		const { run } = setUp([{ to: new Error('no such field') }, { to: '2' }], {
			onError: 'continueRegularOutput',
		});
		expect((await run()).map(({ json }) => [json.status, json.message])).toEqual([
			[
				'not_sent',
				expect.stringContaining('To has an expression that cannot be evaluated (no such field).'),
			],
			['accepted', expect.any(String)],
		]);
	});

	test.each([
		[' +1 202 ', '+1 202'],
		[['1', ' 2'], '1, 2'],
		[{ mode: 'id', value: 7 }, '7'],
		['', null],
		['9'.repeat(101), null],
		[{ value: {} }, null],
		[['1', null], null],
	])('refused input %j is reported as %j', async (entered, told) => {
		const items = [{ to: entered, options: { dryRun: 'maybe' } }];
		const { run } = setUp(items, { onError: 'continueRegularOutput' });
		expect((await run())[0]?.json).toMatchObject({ reason: 'invalid_input', to: told });
	});

	test('a request that certainly was not sent has no time; one that may have been sent has', async () => {
		const lost = (code: string) => async () => {
			throw Object.assign(new Error('lost'), { code });
		};
		const told = async (answer: () => Promise<string>) =>
			(await setUp(to('1'), { onError: 'continueRegularOutput', answer }).run())[0]?.json;
		expect(await told(lost('ECONNREFUSED'))).toMatchObject({ requestedAt: null, httpStatus: null });
		expect(await told(lost('ECONNRESET'))).toMatchObject({
			status: 'unknown',
			requestedAt: expect.any(String),
		});
		expect(await told(async () => 'no')).toMatchObject({
			status: 'refused',
			requestedAt: expect.any(String),
		});
	});

	test('an unusable address is reported for every item', async () => {
		const { run, sent } = setUp(to('1', '2'), { onError: 'continueRegularOutput', baseUrl: '' });
		expect((await run()).map(({ json }) => json.message)).toEqual(
			Array(2).fill(expect.stringMatching(/^Base URL in the credential is empty/)),
		);
		expect(sent()).toEqual([]);
	});
});

describe('pace', () => {
	const numbers = ['1', '2', '3', '4', '5'];

	test('one at a time by default', async () => {
		const { run, mostInFlight } = setUp(to(...numbers), {
			answer: async () => await later(5, 'accepted'),
		});
		await run();
		expect(mostInFlight()).toBe(1);
	});

	test('as many as allowed at once, and results in input order', async () => {
		const { run, mostInFlight } = setUp(
			to(...numbers).map((item) => ({ ...item, options: { maxConcurrent: 3 } })),
			{ answer: async (number) => await later(60 - 10 * Number(number), 'accepted') },
		);
		expect((await run()).map(({ json }) => json.to)).toEqual(numbers);
		expect(mostInFlight()).toBe(3);
	});

	test('calls start one interval apart, even with several at once', async () => {
		const { run, times } = setUp(
			to('1', '2', '3').map((item) => ({ ...item, options: { maxConcurrent: 3, interval: 1 } })),
		);
		await run();
		const [first = 0, second = 0, third = 0] = times();
		expect([second - first, third - second]).toEqual([1000, 1000]);
	});

	test.each([
		[{ maxConcurrent: 0 }, 'Calls at Once is "0"'],
		[{ maxConcurrent: 1.5 }, 'Calls at Once is "1.5"'],
		[{ interval: -1 }, 'Interval (Seconds) is "-1"'],
		[{ intervalCounts: 'always' }, 'Interval Counts is "always"'],
	])('%j is refused before anything is sent', async (options, why) => {
		const { run, sent } = setUp([{ to: '1', options }]);
		await expect(run()).rejects.toThrow(why);
		expect(sent()).toEqual([]);
	});
});

test.each(['thisRun', 'allExecutions'])(
	'a run that stops ends the pauses of its other items (%s)',
	async (intervalCounts) => {
		const options = { maxConcurrent: 2, interval: 2, intervalCounts };
		const { run, sent, times } = setUp(
			to('1', '2', '3').map((item) => ({ ...item, options })),
			{ answer: async () => await later(50, 'no') },
		);
		await expect(run()).rejects.toThrow('Tiny said no.');
		const [began = 0] = times();
		// What is more is the store's.
		expect(Date.now() - began).toBeGreaterThanOrEqual(50);
		expect(Date.now() - began).toBeLessThan(70);
		expect(sent()).toEqual(['1']);
	},
);

test('with Interval Counts, calls start at whole intervals', async () => {
	const options = { maxConcurrent: 2, interval: 1, intervalCounts: 'allExecutions' };
	const { run, times } = setUp(to('1', '2', '3').map((item) => ({ ...item, options })));
	await run();
	const [first = 0] = times();
	expect(first % 1000).toBe(0);
	expect(times()).toEqual([first, first + 1000, first + 2000]);
});

test('a canceled execution starts no further call, even from within a pause', async () => {
	const controller = new AbortController();
	const { run, sent } = setUp(
		to('1', '2', '3').map((item) => ({ ...item, options: { interval: 60 } })),
		{ onError: 'continueRegularOutput', signal: controller.signal },
	);
	const started = Date.now();
	const result = run();
	await later(50, undefined);
	controller.abort();
	const items = await result;
	expect(Date.now() - started).toBe(50);
	expect(sent()).toEqual(['1']);
	expect(items.map(({ json }) => json.status)).toEqual(['accepted', 'not_sent', 'not_sent']);
});

describe('Retry On Fail, which runs the node again on the same items', () => {
	/** Each item fails with its first answer and goes through with its second. */
	const flaky = (first: (to: string) => string) => {
		const seen = new Set<string>();
		return async (number: string) => {
			if (seen.has(number)) return 'accepted';
			seen.add(number);
			return first(number);
		};
	};

	test('placed calls are replayed, and refused ones are tried again', async () => {
		const answer = flaky((number) => (number === '2' ? 'no' : 'accepted'));
		const { run, sent } = setUp(to('1', '2', '3'), { answer });
		await expect(run()).rejects.toThrow('Tiny said no.');
		const items = await run();
		expect(items.map(({ json }) => [json.to, json.status, json.replayed])).toEqual([
			['1', 'accepted', true],
			['2', 'accepted', false],
			['3', 'accepted', false],
		]);
		expect(sent()).toEqual(['1', '2', '2', '3']);
	});

	test.each(['stopWorkflow', 'continueErrorOutput'] as const)(
		'a call that may have rung is not tried again: %s',
		async (onError) => {
			const answer = flaky(() => 'cut');
			const { run, sent } = setUp(to('1'), { onError, answer });
			const statusOf = async () =>
				await run().then(([item]) => [item?.json.status, item?.json.replayed], String);
			const isStopped = onError === 'stopWorkflow';
			const thrown = 'NodeApiError: Tiny was cut off. The call may have been placed.';
			expect(await statusOf()).toEqual(isStopped ? thrown : ['unknown', false]);
			expect(await statusOf()).toEqual(isStopped ? thrown : ['unknown', true]);
			expect(sent()).toEqual(['1']);
		},
	);

	test('the next pass of a loop and the next execution call again', async () => {
		const { run, sent, nextRun, nextExecution } = setUp(to('1'));
		await run();
		nextRun();
		const [again] = await run();
		nextExecution();
		await run();
		expect(again?.json.replayed).toBe(false);
		expect(sent()).toEqual(['1', '1', '1']);
	});

	test('also as an AI tool, where every try has its own run index', async () => {
		const { run, sent, nextRun } = setUp(to('1'), { asTool: true, answer: flaky(() => 'cut') });
		await run().catch(String);
		nextRun();
		await expect(run()).rejects.toThrow('Tiny was cut off.');
		expect(sent()).toEqual(['1']);
	});

	test('a dry run stays a dry run', async () => {
		const { run, sent } = setUp([{ to: '1', options: { dryRun: true } }]);
		await run();
		expect((await run())[0]?.json).toMatchObject({ status: 'skipped', replayed: true });
		expect(sent()).toEqual([]);
	});
});

describe('guards', () => {
	const reasons = (items: readonly { json: Record<string, unknown> }[]) =>
		items.map(({ json }) => json.reason ?? json.status);
	const allowed = { options: { allowedDestinations: ['+1202', '5'] } };

	test('a destination that is not allowed is skipped; the others are called', async () => {
		const numbers = to('12025550123', '13035550123', '5');
		const { run, sent } = setUp(numbers.map((item) => ({ ...item, ...allowed })));
		const items = await run();
		expect(reasons(items)).toEqual(['accepted', 'destination_not_allowed', 'accepted']);
		expect(items[1]?.json).toEqual({
			vendor: 'tiny',
			status: 'skipped',
			reason: 'destination_not_allowed',
			message: 'Not called: 13035550123 is not in Allowed Numbers.',
			callId: null,
			from: '100',
			to: '13035550123',
			requestedAt: null,
			replayed: false,
			details: { number: '13035550123' },
			vendorErrors: [],
			httpStatus: null,
		});
		expect(sent()).toEqual(['12025550123', '5']);
	});

	test('nothing is called outside calling hours, even when they end during a pause', async () => {
		jest.setSystemTime(new Date('2026-11-20T16:59:59.500Z'));
		const window = { days: ['friday'], from: '09:00', to: '17:00', timeZone: 'UTC' };
		const options = { interval: 1, callingHours: { window: [window] } };
		const { run, sent } = setUp(to('1', '2').map((item) => ({ ...item, options })));
		expect(reasons(await run())).toEqual(['accepted', 'outside_calling_hours']);
		expect(sent()).toEqual(['1']);
	});

	test('the time of ringing counts: a call can be delayed into the night, or into the morning', async () => {
		jest.setSystemTime(new Date('2026-11-20T16:59:00Z'));
		const window = { days: ['friday'], from: '09:00', to: '17:00', timeZone: 'UTC' };
		const options = { callingHours: { window: [window] } };
		const rings = async (delaySeconds: number) =>
			reasons(await setUp([{ to: '1', options }], { delaySeconds }).run());
		expect(await rings(0)).toEqual(['accepted']);
		expect(await rings(60)).toEqual(['outside_calling_hours']);
		jest.setSystemTime(new Date('2026-11-20T03:00:00Z'));
		expect(await rings(0)).toEqual(['outside_calling_hours']);
		expect(await rings(6 * 3600)).toEqual(['accepted']);
	});

	test('a dry run names the guard that would have held the call back', async () => {
		const { run } = setUp([{ to: '9', options: { ...allowed.options, dryRun: true } }]);
		expect(reasons(await run())).toEqual(['destination_not_allowed']);
	});

	test('an empty guard holds the call back', async () => {
		const { run, sent } = setUp([{ to: '9', options: { allowedDestinations: [] } }]);
		await expect(run()).rejects.toThrow('Allowed Numbers is empty');
		expect(sent()).toEqual([]);
	});

	const limited = (maxCalls: unknown, ...numbers: string[]) =>
		to(...numbers).map((item) => ({ ...item, options: { maxCalls } }));

	test('no more calls than Max Calls; a call that rang no phone does not count', async () => {
		const answer = async (number: string) => (number === '1' ? 'no' : 'accepted');
		const { run, sent } = setUp(limited(2, '1', 'bad', '3', '4', '5'), {
			onError: 'continueRegularOutput',
			answer,
		});
		const items = await run();
		expect(reasons(items)).toEqual([
			'vendor_refused',
			'invalid_input',
			'accepted',
			'accepted',
			'max_calls',
		]);
		expect(items[4]?.json.details).toEqual({ maxCalls: 2 });
		expect(sent()).toEqual(['1', '3', '4']);
	});

	test('also with several at once, across the tries of a run, and with none allowed', async () => {
		const items = limited(2, '1', '2', '3', '4').map(({ options, ...item }) => ({
			...item,
			options: { ...options, maxConcurrent: 4 },
		}));
		const { run, sent } = setUp(items, { answer: async () => await later(5, 'accepted') });
		await run();
		await run();
		expect(sent()).toEqual(['1', '2']);
		const none = setUp(limited(0, '1'));
		expect(reasons(await none.run())).toEqual(['max_calls']);
	});

	test('a second try has the places that the first left', async () => {
		const seen = new Set<string>();
		const answer = async (number: string) => {
			const first = !seen.has(number);
			seen.add(number);
			return first && number === '2' ? 'no' : 'accepted';
		};
		const { run, sent } = setUp(limited(2, '1', '2', '3'), { answer });
		await expect(run()).rejects.toThrow('Tiny said no.');
		expect(reasons(await run())).toEqual(['accepted', 'accepted', 'max_calls']);
		expect(sent()).toEqual(['1', '2', '2']);
	});

	test('as a tool of an AI agent, all runs of an execution count together', async () => {
		const { run, nextRun, sent } = setUp(limited(1, '1'), { type: 'tinyTool' });
		await run();
		nextRun();
		expect(reasons(await run())).toEqual(['max_calls']);
		expect(sent()).toEqual(['1']);
	});

	test.each([
		['', 'Max Calls is empty'],
		[null, 'Max Calls is empty'],
		[-1, 'Max Calls is "-1"'],
		['many', 'Max Calls is "many"'],
	])('a limit of %j is invalid, and no call is placed', async (maxCalls, why) => {
		const { run, sent } = setUp(limited(maxCalls, '1', '2'));
		await expect(run()).rejects.toThrow(why);
		expect(sent()).toEqual([]);
	});

	test('unreadable options hold all calls back: a limit may be among them', async () => {
		const { run, sent } = setUp([{ to: '1', options: new Error('no such node') }, { to: '2' }], {
			onError: 'continueRegularOutput',
		});
		expect(reasons(await run())).toEqual(['invalid_input', 'invalid_input']);
		expect(sent()).toEqual([]);
	});
});

describe('Once Key', () => {
	const keyed = (...pairs: [string, string][]) =>
		pairs.map(([number, onceKey]) => ({ to: number, options: { onceKey } }));

	test('the same key places one call, in one run and across executions', async () => {
		const { run, sent, nextExecution } = setUp(keyed(['1', 'a'], ['2', 'a'], ['3', 'b']));
		expect((await run()).map(({ json }) => json.reason ?? json.status)).toEqual([
			'accepted',
			'duplicate',
			'accepted',
		]);
		nextExecution();
		const again = await run();
		expect(again.map(({ json }) => json.reason)).toEqual(Array(3).fill('duplicate'));
		expect(again[1]?.json.details).toEqual({
			onceKey: 'a',
			earlierOn: '2026-11-21',
			earlierStatus: 'accepted',
		});
		expect(sent()).toEqual(['1', '3']);
	});

	test('a duplicate does not wait for a turn', async () => {
		const items = keyed(['1', 'a'], ['2', 'a'], ['3', 'a']).map((item) => ({
			...item,
			options: { ...item.options, interval: 3600 },
		}));
		const { run, sent } = setUp(items);
		expect((await run()).map(({ json }) => json.status)).toEqual([
			'accepted',
			'skipped',
			'skipped',
		]);
		expect(sent()).toEqual(['1']);
	});

	test('a duplicate does not use up Max Calls', async () => {
		const items = keyed(['1', 'a'], ['2', 'a'], ['3', 'b']).map((item) => ({
			...item,
			options: { ...item.options, maxCalls: 2 },
		}));
		const { run, sent } = setUp(items);
		await run();
		expect(sent()).toEqual(['1', '3']);
	});

	test('a dry run records no key', async () => {
		const item = { to: '1', options: { onceKey: 'a', dryRun: true } };
		const { run, sent, nextExecution } = setUp([item]);
		await run();
		nextExecution();
		item.options.dryRun = false;
		await run();
		expect(sent()).toEqual(['1']);
	});

	test('Retry On Fail shows a placed call, and not a duplicate of it', async () => {
		const { run, sent } = setUp(keyed(['1', 'a']));
		await run();
		expect((await run())[0]?.json).toMatchObject({ status: 'accepted', replayed: true });
		expect(sent()).toEqual(['1']);
	});
});

describe('an item without a data object', () => {
	test.each([['text'], [7], [null], [undefined], [['a']]])(
		'%j is refused before anything is sent, and no other item calls twice',
		async (json) => {
			const { run, sent } = setUp(to('1', '2', '3'), {
				jsonOf: (item) => (item.to === '2' ? json : item),
				onError: 'continueErrorOutput',
			});
			const outcomes = async () =>
				(await run()).map(({ json: told }) => [told.status, told.reason, told.replayed]);
			const refused = ['not_sent', 'invalid_input', false];
			expect(await outcomes()).toEqual([
				['accepted', null, false],
				refused,
				['accepted', null, false],
			]);
			expect(await outcomes()).toEqual([
				['accepted', null, true],
				refused,
				['accepted', null, true],
			]);
			expect(sent()).toEqual(['1', '3']);
		},
	);

	test('stops a run with On Error = Stop; placed calls are reported and not placed again', async () => {
		const { run, sent } = setUp(to('1', '2'), {
			jsonOf: (item) => (item.to === '2' ? 'text' : item),
		});
		const stopped = {
			message: 'The item has no data object. No call was placed.',
			context: { itemIndex: 1, data: { others: [expect.objectContaining({ to: '1' })] } },
		};
		await expect(run()).rejects.toMatchObject(stopped);
		await expect(run()).rejects.toMatchObject(stopped);
		expect(sent()).toEqual(['1']);
	});
});

describe('the data of the input item', () => {
	const input = { to: '1', name: 'Ann', status: 'new', error: 'from before' };
	const own = { status: 'accepted', to: '1' };

	test('is merged into the result on request; the result wins, and `error` is left out', async () => {
		const options = { includeInputData: true };
		const [item] = await setUp([{ ...input, options }]).run();
		expect(item?.json).toMatchObject({ ...own, name: 'Ann', options });
		expect(item?.json).not.toHaveProperty('error');
	});

	test('is left out by default', async () => {
		const [item] = await setUp([input]).run();
		expect(item?.json).toMatchObject(own);
		expect(item?.json).not.toHaveProperty('name');
	});

	test('is also there for skipped items, and in each try', async () => {
		const options = { includeInputData: true, dryRun: true };
		const { run } = setUp([{ ...input, options }]);
		const told = { status: 'skipped', name: 'Ann' };
		expect((await run())[0]?.json).toMatchObject({ ...told, replayed: false });
		expect((await run())[0]?.json).toMatchObject({ ...told, replayed: true });
	});

	test.each([
		['continueRegularOutput', 'Ann'],
		// There n8n merges it into the result itself.
		['continueErrorOutput', undefined],
	] as const)('of a failure, with On Error = %s: %s', async (onError, name) => {
		const { run } = setUp([{ ...input, to: 'bad' }], { onError });
		const [item] = await run();
		expect(item?.json).toMatchObject({ status: 'not_sent', to: 'bad' });
		expect(item?.json.name).toBe(name);
		expect(item?.json).not.toHaveProperty('error');
	});
});

describe("n8n's log", () => {
	const logged = () => {
		const lines: [string, string, unknown][] = [];
		const write = (level: string) => (text: string, data: unknown) => {
			lines.push([level, text, data]);
		};
		return { lines, logger: { info: write('info'), warn: write('warn') } };
	};

	test('has one line for each call that was or may have been placed, with numbers masked', async () => {
		const { lines, logger } = logged();
		const { run } = setUp(to('12025550123', '2', 'bad', '13035550123'), {
			onError: 'continueRegularOutput',
			answer: async (number) => ({ '2': 'no', '13035550123': 'cut' })[number] ?? 'accepted',
			logger,
		});
		await run();
		await run();
		expect(lines.map(([level, text]) => [level, text])).toEqual([
			[
				'info',
				'Call item 0 (100 to ********123) by tiny: accepted, call ID id: execution 1, node "Node"',
			],
			[
				'info',
				'Call item 3 (100 to ********123) by tiny: unknown, call ID none: execution 1, node "Node"',
			],
		]);
		expect(lines[0]?.[2]).toEqual({
			executionId: '1',
			node: 'Node',
			item: 0,
			vendor: 'tiny',
			status: 'accepted',
			callId: 'id',
			from: '100',
			to: '********123',
		});
	});

	test('has one warning with the list when the execution is canceled', async () => {
		const { lines, logger } = logged();
		const controller = new AbortController();
		const { run } = setUp(to('1', '2', '3'), {
			onError: 'continueRegularOutput',
			signal: controller.signal,
			answer: async (number) => {
				if (number === '2') controller.abort();
				return 'accepted';
			},
			logger,
		});
		await run();
		const warnings = lines.filter(([level]) => level === 'warn');
		expect(warnings).toEqual([
			[
				'warn',
				'The execution was canceled or ran out of time. Calls that were or may have been placed: ' +
					'item 0 (100 to 1) by tiny: accepted, call ID id; item 1 (100 to 2) by tiny: accepted, call ID id: ' +
					'execution 1, node "Node"',
				expect.objectContaining({ calls: [expect.anything(), expect.anything()] }),
			],
		]);
	});

	test('does not lose an outcome when it fails', async () => {
		const fail = () => {
			throw new Error('disk full');
		};
		const { run } = setUp(to('1'), { logger: { info: fail, warn: fail } });
		expect((await run())[0]?.json.status).toBe('accepted');
	});
});

describe('Max Calls with several calls at once', () => {
	const limited = (...numbers: string[]) =>
		to(...numbers).map((item) => ({ ...item, options: { maxCalls: 1, maxConcurrent: 3 } }));
	const reasons = (items: readonly { json: Record<string, unknown> }[]) =>
		items.map(({ json }) => json.reason ?? json.status);

	test('an item waits while a call in flight may free its place', async () => {
		const { run, sent } = setUp(limited('1', '2', '3'), {
			onError: 'continueRegularOutput',
			answer: async (number) => await later(10, number === '1' ? 'no' : 'accepted'),
		});
		expect(reasons(await run())).toEqual(['vendor_refused', 'accepted', 'max_calls']);
		expect(sent()).toEqual(['1', '2']);
	});

	test('the next try checks again for a free place', async () => {
		let answers = 0;
		const { run, sent } = setUp(limited('1', '2', '3'), {
			answer: async () => await later(5, ++answers === 1 ? 'no' : 'accepted'),
		});
		await expect(run()).rejects.toThrow('Tiny said no.');
		expect(reasons(await run())).toEqual(['accepted', 'max_calls', 'max_calls']);
		expect(sent()).toEqual(['1', '1']);
		const again = (await run()).map(({ json }) => [json.reason, json.replayed]);
		expect(again).toEqual([
			[null, true],
			['max_calls', false],
			['max_calls', false],
		]);
	});

	test('a call whose reply we cannot read keeps its place', async () => {
		const broken = limited('1', '2');
		const { run, sent } = setUp(broken, {
			onError: 'continueRegularOutput',
			answer: async (number) => (number === '1' ? 'throw' : 'accepted'),
		});
		expect(reasons(await run())).toEqual(['node_fault', 'max_calls']);
		expect(sent()).toEqual(['1']);
	});

	test('a waiting item is released when the execution is canceled', async () => {
		const controller = new AbortController();
		const { run, sent } = setUp(limited('1', '2'), {
			onError: 'continueRegularOutput',
			signal: controller.signal,
			answer: async () => {
				controller.abort();
				return await later(10, 'no');
			},
		});
		expect(reasons(await run())).toEqual(['vendor_refused', 'canceled']);
		expect(sent()).toEqual(['1']);
	});
});

describe('as a tool of an AI agent', () => {
	const items = (...numbers: string[]) =>
		to(...numbers).map((item) => ({ ...item, options: { maxCalls: 5 } }));

	test('an emergency number is not called; others are', async () => {
		const { run, sent } = setUp(items('911', '101', '9112'), { type: 'tinyTool' });
		const results = await run();
		expect(results.map(({ json }) => json.reason ?? json.status)).toEqual([
			'emergency_number',
			'accepted',
			'emergency_number',
		]);
		expect(sent()).toEqual(['101']);
	});

	test('a workflow may call one itself', async () => {
		const { run, sent } = setUp(items('911'));
		await run();
		expect(sent()).toEqual(['911']);
	});

	test('a limit that is left to the model holds every call back', async () => {
		const { run, sent } = setUp(items('101', '102'), {
			type: 'tinyTool',
			onError: 'continueRegularOutput',
			parameters: { options: { maxCalls: "={{ $fromAI('calls') }}" } },
		});
		const results = await run();
		expect(results.map(({ json }) => [json.status, json.reason, json.message])).toEqual(
			Array(2).fill([
				'not_sent',
				'invalid_settings',
				'Limit: Max Calls is left to the model. No call was placed. A limit that the model chooses is not a limit: enter it yourself.',
			]),
		);
		expect(sent()).toEqual([]);
	});
});
