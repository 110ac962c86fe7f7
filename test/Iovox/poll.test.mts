/** The IOVOX Trigger against the simulated IOVOX: every call that ends starts the workflow once, whatever happens meanwhile. */
import fc from 'fast-check';

import { events } from '../../nodes/Iovox/events.ts';
import { iovox as vendor } from '../../nodes/Iovox/vendor.ts';
import { poll } from '../../nodes/shared/trigger/poll.ts';
import { type N8nPolls, n8nPolls } from '../n8nPolls.mts';
import { createHandClock } from '../simulators/clock.mts';
import type { HandClock } from '../simulators/clock.mts';
import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import type { IovoxOptions, IovoxSimulator, PartyBehaviour } from '../simulators/iovox.mts';

let clock: HandClock;
let iovox: IovoxSimulator;
let n8n: N8nPolls;
/** n8n's clock minus the true one. */
let skewHours = 0;

const hour = 3600;
const day = 24 * hour;

async function setUp(options: IovoxOptions = {}, parameters = {}): Promise<void> {
	clock = createHandClock(Date.UTC(2026, 9, 23, 12));
	iovox = await startIovox({ clock, talkSeconds: 30, recordAfterSeconds: 5, ...options });
	skewHours = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => clock.date() + skewHours * hour * 1000);
	n8n = n8nPolls((context) => poll(context, vendor, events), {
		credential: { environment: 'custom', baseUrl: iovox.url, ...defaultSignIn },
		headers: { username: defaultSignIn.username, securekey: defaultSignIn.secureKey },
		parameters,
	});
}

afterEach(async () => {
	jest.restoreAllMocks();
	await iovox.close();
});

/** A call from outside; gives the ID of its record. */
const call = (behaviour: PartyBehaviour = { answersAfterSeconds: 2, talksSeconds: 30 }): string => {
	const destination = `4416329600${String(10 + (iovox.live.all().length % 90))}`;
	iovox.setParty(destination, behaviour);
	return iovox.take({ destination }).id;
};

/** The same, with its record. */
const endedCall = (behaviour?: PartyBehaviour): string => {
	const id = call(behaviour);
	clock.turn(60);
	return id;
};

test('what has ended before does not start the workflow, what ends later does', async () => {
	await setUp();
	endedCall();
	const going = call({ answersAfterSeconds: 2, talksSeconds: 300 });
	await n8n.publish();
	await n8n.poll();
	expect(n8n.executions).toEqual([]);
	clock.turn(300);
	const missed = endedCall('never');
	await n8n.poll();
	await n8n.poll();
	expect(n8n.executions).toMatchObject([
		[
			{ vendor: 'iovox', event: 'ended', callId: going, disposition: 'answered', at: null },
			{ callId: missed, disposition: 'no_answer', direction: 'in', from: '441632960123' },
		],
	]);
	expect(n8n.executions[0]?.[0]).toMatchObject({
		receivedAt: expect.stringMatching(/Z$/),
		details: { talkSeconds: 300, recording: going, voxNumber: '441632960777' },
		response: { id: going },
	});
});

test('the first call of an account that has none', async () => {
	await setUp();
	await n8n.publish();
	await n8n.poll();
	const first = endedCall();
	await n8n.poll();
	await n8n.poll();
	expect(n8n.calls()).toEqual([first]);
});

test('without Include Response, the record is left out', async () => {
	await setUp({}, { options: { includeResponse: false } });
	await n8n.publish();
	endedCall();
	await n8n.poll();
	expect(n8n.executions[0]?.[0]).not.toHaveProperty('response');
});

test('calls that end while n8n is down start the workflow when it is there again', async () => {
	await setUp();
	endedCall();
	await n8n.publish();
	// A poll that finds nothing is not saved.
	await n8n.poll();
	const first = endedCall();
	await n8n.restart();
	expect(n8n.calls()).toEqual([first]);
	await n8n.restart();
	clock.turn(20 * day);
	const others = [endedCall(), endedCall()];
	await n8n.restart();
	await n8n.poll();
	expect(n8n.calls()).toEqual([first, ...others]);
});

test('calls that end while the workflow is not published do not', async () => {
	await setUp();
	await n8n.publish();
	const first = endedCall();
	await n8n.poll();
	n8n.unpublish();
	endedCall();
	await n8n.publish();
	await n8n.poll();
	const last = endedCall();
	await n8n.poll();
	await n8n.restart();
	expect(n8n.calls()).toEqual([first, last]);
});

test('another version of a published workflow goes on where the one before was', async () => {
	await setUp();
	await n8n.publish();
	const missed = endedCall();
	await n8n.update({ options: { includeResponse: false } });
	expect(n8n.calls()).toEqual([missed]);
});

test.each<[string, () => Promise<void>]>([
	['link', () => n8n.update({ linkId: 'link-alarm' })],
	['account', () => n8n.update({}, 'c2')],
])('with another %s, it begins anew', async (_what, change) => {
	await setUp({}, { linkId: 'link123' });
	await n8n.publish();
	iovox.take({ linkId: 'link-alarm' });
	endedCall();
	await change();
	expect(n8n.calls()).toEqual([]);
	const ids = ['link-alarm', 'link123'].map((linkId) => iovox.take({ linkId }).id);
	clock.turn(60);
	await n8n.poll();
	expect(ids).toEqual(expect.arrayContaining(n8n.calls()));
	expect(n8n.calls()).toHaveLength(1);
});

test.each([false, true])('a link, with filters that are ignored: %s', async (ignoresFilters) => {
	await setUp({ ignoresFilters }, { linkId: 'link-alarm' });
	await n8n.publish();
	endedCall();
	const { id } = iovox.take({ linkId: 'link-alarm' });
	clock.turn(60);
	await n8n.poll();
	expect(n8n.calls()).toEqual([id]);
});

test('several calls that began in the same second, with records at different times', async () => {
	await setUp();
	await n8n.publish();
	const [late, early, latest] = [3600, 10, 7200].map((talksSeconds) =>
		call({ answersAfterSeconds: 1, talksSeconds }),
	);
	clock.turn(60);
	await n8n.poll();
	clock.turn(3600);
	await n8n.poll();
	clock.turn(3600);
	await n8n.restart();
	expect(n8n.executions.map((items) => items.map(({ callId }) => callId))).toEqual([
		[early],
		[late],
		[latest],
	]);
});

test('a call of 20 hours among many short ones', async () => {
	await setUp();
	await n8n.publish();
	const long = call({ answersAfterSeconds: 1, talksSeconds: 20 * hour });
	const short: string[] = [];
	for (let hours = 0; hours < 23; hours++) {
		short.push(endedCall());
		clock.turn(hour - 60);
		await n8n.poll();
	}
	expect([...n8n.calls()].sort()).toEqual([long, ...short].sort());
});

test('a record that is there before the end, and one that changes after it', async () => {
	await setUp({ recordsLiveCalls: true, recordingAfterSeconds: 600 });
	const before = call();
	await n8n.publish();
	await n8n.poll();
	expect(n8n.executions).toEqual([]);
	const next = call({ answersAfterSeconds: 1, talksSeconds: 90 });
	clock.turn(60);
	await n8n.poll();
	clock.turn(60);
	await n8n.poll();
	clock.turn(600);
	await n8n.poll();
	expect(n8n.calls()).toEqual([before, next]);
	expect(n8n.executions[1]?.[0]).not.toHaveProperty('details.recording');
});

describe('a poll that fails', () => {
	const page = 500;

	test('in the middle: nothing is lost, nothing comes twice', async () => {
		await setUp();
		await n8n.publish();
		const ids = Array.from({ length: 3 * page + 7 }, () => {
			clock.turn(1);
			return call();
		});
		clock.turn(60);
		for (const fault of [{ status: 500 }, 'cut', 'truncated', 'html', 'empty'] as const) {
			iovox.fault(fault, { where: 'follow', after: 2, times: 1 });
			await n8n.poll();
		}
		expect([n8n.executions.length, n8n.failures.length]).toEqual([0, 5]);
		expect(n8n.failures[0]).toMatchObject({
			message: expect.stringMatching(
				/^IOVOX answered with HTTP 500.*\. The next poll reads the same call records again\.$/,
			),
		});
		iovox.fault(null);
		await n8n.restart();
		await n8n.poll();
		expect(n8n.executions).toHaveLength(1);
		expect(n8n.calls()).toEqual(ids);
	});

	test('at the publication: n8n refuses it, and nothing is stored', async () => {
		await setUp({ addressAllowed: false });
		await expect(n8n.publish()).rejects.toMatchObject({
			message: expect.stringMatching(
				/\(HTTP 401\).* No event will start the workflow\. .*API Settings/,
			),
		});
		expect(n8n.savedCharacters()).toBe('{}'.length);
	});

	test('more records than a poll can read', async () => {
		await setUp();
		await n8n.publish();
		const id = endedCall();
		await n8n.poll();
		const known = {
			id,
			call_start: '2026-10-23 13:00:00',
			call_result: 'ANSWERED',
		};
		const body = JSON.stringify({ response: { total_pages: '1000', results: { result: known } } });
		iovox.fault({ body }, { where: 'follow' });
		const before = iovox.requests.length;
		await n8n.poll();
		expect(iovox.requests.length - before).toBe(90);
		const what = 'IOVOX has more than 45000 call records to read.';
		expect(n8n.failures).toMatchObject([
			{ message: `${what} The next poll reads the same call records again.` },
		]);
		n8n.unpublish();
		await expect(n8n.publish()).rejects.toMatchObject({
			message: `${what} No event will start the workflow. Choose fewer calls in the trigger, such as those of one link.`,
		});
	});

	test('while it is unpublished, counts for nothing', async () => {
		await setUp();
		await n8n.publish();
		const release = n8n.holdRequests();
		endedCall();
		const polled = n8n.poll();
		n8n.unpublish();
		release();
		await polled;
		expect(n8n.executions).toEqual([]);
	});
});

test('records that cannot be read are in the log, and the others start the workflow', async () => {
	await setUp();
	await n8n.publish();
	const records = [
		{ id: '7', call_start: '2026-10-23 13:00:00', call_result: 'ANSWERED' },
		{ id: '8', call_start: 'yesterday', call_result: 'ANSWERED' },
	];
	const body = JSON.stringify({ response: { total_pages: '1', results: { result: records } } });
	iovox.fault({ body }, { where: 'follow' });
	await n8n.poll();
	expect(n8n.calls()).toEqual(['7']);
	expect(n8n.warnings).toEqual([
		'IOVOX Trigger could not read 1 of the call records: node "Trigger"',
	]);
});

test('two polls at the same time: each call once', async () => {
	await setUp();
	await n8n.publish();
	endedCall();
	const release = n8n.holdRequests();
	const polls = [n8n.poll(), n8n.poll()];
	await Promise.resolve();
	release();
	await Promise.all(polls);
	expect(n8n.calls()).toHaveLength(1);
});

test('a test in the editor shows the latest ended calls, and changes nothing', async () => {
	await setUp({ recordsLiveCalls: true });
	await expect(n8n.test()).rejects.toMatchObject({
		message: 'IOVOX has no call record to show.',
		description: expect.stringContaining('Test again'),
	});
	const ids = Array.from({ length: 7 }, () => endedCall());
	await n8n.publish();
	const next = endedCall();
	call();
	expect((await n8n.test()).map(({ callId }) => callId)).toEqual([...ids.slice(-3), next]);
	await n8n.poll();
	expect(n8n.calls()).toEqual([next]);
});

test('after days without n8n, the state keeps the latest records only', async () => {
	await setUp();
	await n8n.publish();
	const ids = Array.from({ length: 1_200 }, () => {
		clock.turn(180);
		return call();
	});
	clock.turn(60);
	await n8n.restart();
	await n8n.poll();
	expect(n8n.executions).toHaveLength(1);
	expect(n8n.calls()).toEqual(ids);
	clock.turn(5 * day);
	const before = n8n.savedCharacters();
	endedCall();
	await n8n.poll();
	expect([before > 10_000, n8n.savedCharacters() < 500]).toEqual([true, true]);
});

/** Summer time begins or ends in the middle of the three days. */
const summerTime = (before: number, after: number) => (moment: number) =>
	moment < Date.UTC(2026, 9, 25, 1) ? before : after;

describe.each<[string, IovoxOptions, { skew?: number; longest?: number }?]>([
	['UTC', { zoneHours: 0 }],
	['summer time begins', { zoneHours: summerTime(0, 1) }],
	['summer time ends', { zoneHours: summerTime(1, 0) }],
	['far in the east', { zoneHours: 14 }],
	['far in the west', { zoneHours: -12 }],
	['a clock 30 hours ahead', { zoneHours: 30 }],
	['a clock 100 hours behind', { zoneHours: -100 }],
	['n8n’s clock is 20 hours ahead', {}, { skew: 20 }],
	['n8n’s clock is 20 hours behind', {}, { skew: -20 }],
	['a clock that is put forward by 14 hours', { zoneHours: summerTime(-4, 10) }, { longest: 8 }],
	['a clock that is put back by 3 hours', { zoneHours: summerTime(2, -1) }],
	['records after 2 hours', { recordAfterSeconds: 2 * hour }],
	['records of calls that go on', { recordsLiveCalls: true }],
	['filters that are ignored', { ignoresFilters: true }],
])('%s', (_title, options, { skew = 0, longest = 16 } = {}) => {
	test('every call once, over restarts, lost replies and calls of all lengths', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.record({
						pause: fc.constantFrom(0, 1, 59, 600, 4 * hour),
						talks: fc.constantFrom(0, 5, 5, 5, 70, 2 * hour, longest * hour),
						then: fc.constantFrom('poll', 'poll', 'poll', 'nothing', 'restart', 'fault'),
					}),
					{ minLength: 20, maxLength: 40 },
				),
				fc.boolean(),
				async (steps, hasOld) => {
					await setUp(options);
					skewHours = skew;
					if (hasOld) endedCall();
					clock.turn(3 * hour);
					await n8n.publish();
					const ids: string[] = [];
					for (const { pause, talks, then } of steps) {
						ids.push(call(talks === 0 ? 'busy' : { answersAfterSeconds: 1, talksSeconds: talks }));
						clock.turn(pause);
						iovox.fault(then === 'fault' ? 'cut' : null, { where: 'follow', times: 1 });
						if (then === 'restart') await n8n.restart();
						else if (then !== 'nothing') await n8n.poll();
					}
					for (let hours = 0; hours < 20; hours++) {
						clock.turn(hour);
						await n8n.poll();
					}
					const calls = [...n8n.calls()];
					await iovox.close();
					expect(calls.sort()).toEqual(ids.sort());
				},
			),
			{ numRuns: 5, endOnFailure: true },
		);
	});
});

test('IOVOX moves to another zone, and shows its records in that one', async () => {
	for (const [before, after] of [
		[-8, 10],
		[10, 1],
	] as const) {
		let zone: number = before;
		await setUp({ zoneHours: () => zone });
		await n8n.publish();
		const ids: string[] = [];
		for (let hours = 0; hours < 60; hours++) {
			ids.push(endedCall());
			clock.turn(hour - 60);
			await n8n.poll();
		}
		zone = after;
		for (let hours = 0; hours < 30; hours++) {
			await n8n.poll();
			ids.push(endedCall());
			clock.turn(hour - 60);
		}
		await n8n.poll();
		expect([...n8n.calls()].sort()).toEqual(ids.sort());
		await iovox.close();
	}
});
