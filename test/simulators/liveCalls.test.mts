import { createHandClock } from './clock.mts';
import type { HandClock } from './clock.mts';
import { createLiveCalls } from './liveCalls.mts';
import type { CallRequest, LiveCall, LiveCalls, PartyBehaviour } from './liveCalls.mts';

interface Tags {
	readonly note: string;
}

const start = Date.UTC(2026, 10, 21, 12);
const answersAfter = 2;

let clock: HandClock;
let calls: LiveCalls<Tags>;
let rings: string[];

beforeEach(() => {
	rings = [];
	clock = createHandClock(start);
	calls = createLiveCalls<Tags>({
		clock,
		answersAfterSeconds: answersAfter,
		talkSeconds: 30,
		keep: 3,
		rang: (_, party, { number }) => {
			rings.push(`${party} ${number}`);
		},
	});
});

const leg = (...numbers: string[]) => ({
	phones: numbers.map((number) => ({ number })),
	ringSeconds: 25,
});

function place(changes: Partial<CallRequest<Tags>> = {}): LiveCall<Tags> {
	const request = { id: 'a', first: leg('101'), second: leg('102'), tags: { note: 'x' } };
	return calls.place({ ...request, ...changes });
}

/** Seconds since the call was placed. */
const at = (moment: number | null) => (moment === null ? null : (moment - start) / 1000);

test('a call rings, is answered, rings the other side, talks and ends', () => {
	const call = place({ startAfterSeconds: 1, secondAfterSeconds: 0.5 });
	const phases: [number, string][] = [];
	for (let second = 0; second < 36; second += 0.5, clock.turn(0.5)) {
		if (phases.at(-1)?.[1] !== call.phase) phases.push([second, call.phase]);
	}
	expect(phases).toEqual([
		[0, 'scheduled'],
		[1, 'ringing_first'],
		[3, 'answered_first'],
		[3.5, 'ringing_second'],
		[5.5, 'connected'],
		[35.5, 'ended'],
	]);
	expect(rings).toEqual(['first 101', 'second 102']);
	expect(call).toMatchObject({ disposition: 'answered', endedBy: 'second', tags: { note: 'x' } });
	expect(
		[call.first, call.second].map((one) => [one?.disposition, at(one?.answeredAt ?? null)]),
	).toEqual([
		['answered', 3],
		['answered', 5.5],
	]);
	expect([at(call.connectedAt), at(call.endedAt)]).toEqual([5.5, 35.5]);
});

test('with people who pick up at once, both phones have rung before place returns', () => {
	calls.setParty('101', { answersAfterSeconds: 0 });
	calls.setParty('102', { answersAfterSeconds: 0 });
	expect(place().phase).toBe('connected');
	expect(rings).toEqual(['first 101', 'second 102']);
});

describe.each(['first', 'second'] as const)('the %s party', (party) => {
	test.each<[PartyBehaviour, string, number, boolean]>([
		['never', 'no_answer', 25, true],
		['busy', 'busy', 0, false],
		['offline', 'failed', 0, false],
		['rejects', 'rejected', 1, true],
		[{ rejectsAfterSeconds: 4 }, 'rejected', 4, true],
		[{ answersAfterSeconds: 26 }, 'no_answer', 25, true],
		['byHand', 'no_answer', 25, true],
	])('%j: %s after %i seconds', (behaviour, disposition, seconds, hasRung) => {
		calls.setParty(party === 'first' ? '101' : '102', behaviour);
		const call = place();
		clock.turn(100);
		const before = party === 'first' ? 0 : answersAfter;
		expect([call.phase, call.disposition, at(call.endedAt)]).toEqual([
			'ended',
			disposition,
			before + seconds,
		]);
		expect(call[party]?.disposition).toBe(disposition);
		expect(call[party]?.phones[0]?.ringingAt !== null).toBe(hasRung);
		expect(call.first.disposition).toBe(party === 'first' ? disposition : 'answered');
		if (party === 'first')
			expect(call.second).toMatchObject({ startedAt: null, disposition: null });
	});
});

test('all phones of a leg ring, and the first that picks up has the call', () => {
	calls.setParty('201', 'busy');
	calls.setParty('202', { answersAfterSeconds: 5 });
	calls.setParty('203', { answersAfterSeconds: 3 });
	const call = place({ first: leg('201', '202', '203', '203') });
	expect(rings).toEqual(['first 202', 'first 203']);
	clock.turn(3);
	expect(call.first.phones.map(({ disposition }) => disposition)).toEqual([
		'busy',
		'canceled',
		'answered',
	]);
	expect([call.phase, call.first.answeredBy]).toEqual(['ringing_second', '203']);
});

test('a leg rings on until its last phone was turned down', () => {
	calls.setParty('201', 'rejects');
	calls.setParty('202', 'never');
	const call = place({ first: leg('201', '202') });
	clock.turn(10);
	expect(call.phase).toBe('ringing_first');
	expect(calls.reject('a', 'first')).toBe(true);
	expect(call).toMatchObject({ phase: 'ended', disposition: 'rejected', endedBy: 'first' });
});

test('a phone that was turned down by hand does not pick up later', () => {
	calls.setParty('201', { answersAfterSeconds: 5 });
	calls.setParty('202', 'never');
	const call = place({ first: leg('201', '202') });
	expect(calls.reject('a', 'first', '201')).toBe(true);
	clock.turn(10);
	expect(call.phase).toBe('ringing_first');
});

test('a call never runs backwards, also when what was due comes late', () => {
	let seconds = 0;
	const late = createLiveCalls<Tags>({ clock: { ...clock, seconds: () => seconds } });
	late.setParty('102', 'byHand');
	const call = late.place({ id: 'a', first: leg('101'), second: leg('102'), tags: { note: '' } });
	seconds = 4;
	late.pickUp('a', 'second');
	seconds = 3;
	late.hangUp('a');
	expect([at(call.connectedAt), at(call.endedAt)]).toEqual([4, 4]);
});

test('a phone behaves as it was told by the number that was requested, too', () => {
	calls.setParty('101', 'busy');
	const phones = [{ number: '9101', requested: '101' }];
	expect(place({ first: { phones, ringSeconds: 25 } }).disposition).toBe('busy');
});

describe('who talks how long', () => {
	test.each<[PartyBehaviour, PartyBehaviour, number, string]>([
		['answers', 'answers', 30, 'second'],
		[{ answersAfterSeconds: 2, talksSeconds: 7 }, 'answers', 7, 'first'],
		['answers', { answersAfterSeconds: 2, talksSeconds: 60 }, 60, 'second'],
		[
			{ answersAfterSeconds: 2, talksSeconds: 9 },
			{ answersAfterSeconds: 2, talksSeconds: 8 },
			8,
			'second',
		],
		['answers', { answersAfterSeconds: 2, talksSeconds: Infinity }, 90, 'system'],
	])('%j with %j: %i seconds, ended by the %s', (first, second, seconds, by) => {
		calls.setParty('101', first);
		calls.setParty('102', second);
		const call = place({ longestTalkSeconds: 90 });
		clock.turn(200);
		expect([at(call.connectedAt), at(call.endedAt), call.endedBy]).toEqual([4, 4 + seconds, by]);
	});
});

describe('by hand', () => {
	beforeEach(() => {
		calls.setParty('101', 'byHand');
		calls.setParty('102', 'byHand');
	});

	test('phones are picked up, and people talk until somebody hangs up', () => {
		const call = place();
		clock.turn(10);
		expect(calls.pickUp('a', 'second')).toBe(false);
		expect(calls.pickUp('a', 'first', '999')).toBe(false);
		expect(calls.pickUp('a', 'first')).toBe(true);
		expect(calls.pickUp('a', 'first')).toBe(false);
		clock.turn(10);
		expect(calls.pickUp('a', 'second', '102')).toBe(true);
		clock.turn(3600);
		expect(call.phase).toBe('connected');
		expect(calls.hangUp('a', 'first')).toBe(true);
		expect(calls.hangUp('a')).toBe(false);
		expect(call).toMatchObject({ phase: 'ended', endedBy: 'first', disposition: 'answered' });
		expect(at(call.endedAt)).toBe(3620);
	});

	test('a call is turned down', () => {
		const call = place();
		expect([calls.reject('a', 'first'), call.disposition]).toEqual([true, 'rejected']);
		expect([calls.reject('a', 'first'), calls.reject('b', 'first')]).toEqual([false, false]);
	});

	test.each([
		['before it rings', {}, 0, [null, null]],
		['while the first phone rings', {}, 1, ['canceled', null]],
		['while the second phone rings', { 101: 'answers' }, 4, ['answered', 'canceled']],
	] as const)('a call is hung up %s', (_, behaviours, seconds, dispositions) => {
		for (const [number, behaviour] of Object.entries(behaviours)) calls.setParty(number, behaviour);
		const call = place({ startAfterSeconds: 1 });
		clock.turn(seconds);
		expect(calls.hangUp('a')).toBe(true);
		const heard = rings.length;
		clock.turn(100);
		expect([rings.length, call.disposition, call.endedBy]).toEqual([heard, 'canceled', 'request']);
		expect([call.first.disposition, call.second?.disposition]).toEqual(dispositions);
		expect(at(call.endedAt)).toBe(seconds);
	});
});

test('a call of one party is connected when that picks up', () => {
	const call = calls.place({ id: 'a', first: leg('101'), tags: { note: '' } });
	clock.turn(2);
	expect([call.phase, at(call.connectedAt)]).toEqual(['connected', 2]);
	clock.turn(30);
	expect(call).toMatchObject({ phase: 'ended', disposition: 'answered', second: null });
});

test('a listener gets each change as a copy that is plain data', () => {
	const seen: LiveCall<Tags>[] = [];
	const stop = calls.onChange((call) => {
		if (call !== null) seen.push(call);
	});
	place({ startAfterSeconds: 1 });
	clock.turn(100);
	expect(seen.map(({ phase }) => phase)).toEqual([
		'scheduled',
		'ringing_first',
		'answered_first',
		'ringing_second',
		'connected',
		'ended',
	]);
	expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
	stop();
	place({ id: 'b' });
	expect(seen).toHaveLength(6);
});

test('a snapshot does not change any more', () => {
	place();
	const [before] = calls.snapshot();
	clock.turn(100);
	expect([before?.phase, calls.snapshot()[0]?.phase]).toEqual(['ringing_first', 'ended']);
	expect(calls.all()).toEqual(calls.snapshot());
});

test('of ended calls the last are kept, and of live ones all', () => {
	calls.setParty('103', 'never');
	place({ id: 'live', first: { ...leg('103'), ringSeconds: 1e6 } });
	for (const id of ['a', 'b', 'c', 'd', 'e']) {
		place({ id });
		clock.turn(100);
	}
	expect(calls.all().map(({ id }) => id)).toEqual(['live', 'c', 'd', 'e']);
	expect(calls.find('a')).toBeUndefined();
});

test('an ID that comes again is a call of its own, and not the first to be forgotten', () => {
	place();
	clock.turn(100);
	calls.setParty('101', 'never');
	expect(place({ first: { ...leg('101'), ringSeconds: 1e6 } }).phase).toBe('ringing_first');
	calls.setParty('101', 'answers');
	for (const id of ['b', 'c', 'd', 'e']) {
		place({ id });
		clock.turn(100);
	}
	expect(calls.find('a')?.phase).toBe('ringing_first');
});

test('phones that were told nothing do what all others do', () => {
	calls.setParty('102', 'answers');
	calls.setOthers('byHand');
	const call = place();
	clock.turn(10);
	expect([call.phase, calls.partyOf('101'), calls.partyOf('102')]).toEqual([
		'ringing_first',
		'byHand',
		'answers',
	]);
	calls.reset();
	expect(calls.partyOf('101')).toBe('answers');
});

test('what is waited for comes, or is forgotten', async () => {
	place();
	const answered = calls.until('a', ({ first }) => first.answeredAt !== null);
	const ended = calls.until('a', ({ phase }) => phase === 'ended');
	const forgotten = expect(ended).rejects.toThrow('forgotten');
	clock.turn(2);
	expect((await answered).first.answeredBy).toBe('101');
	calls.reset();
	await forgotten;
	await expect(calls.until('a', () => true)).rejects.toThrow('forgotten');
});

test('who waits for a change sees the call as it was then, whatever came right after it', async () => {
	place();
	const began = calls.until('a', ({ phase }) => phase === 'ringing_first');
	clock.turn(600);
	expect(calls.find('a')?.phase).toBe('ended');
	expect(await began).toMatchObject({ phase: 'ringing_first', disposition: null });
});

test('idle waits for what rings by itself, and for nothing else', async () => {
	await calls.idle();
	place();
	let isIdle = false;
	const idle = calls.idle().then(() => {
		isIdle = true;
	});
	await Promise.resolve();
	expect(isIdle).toBe(false);
	clock.turn(2);
	await idle;
	expect(rings).toEqual(['first 101', 'second 102']);
	calls.setParty('101', 'never');
	place({ id: 'b' });
	await calls.idle();
});

test('a reset forgets calls and behaviour, and tells listeners', () => {
	const heard: unknown[] = [];
	calls.setParty('101', 'busy');
	calls.setParty('102', 'busy');
	calls.setParty('101', 'never');
	place();
	calls.onChange((call) => heard.push(call));
	calls.reset();
	clock.turn(100);
	expect([heard, calls.all(), calls.partyOf('102')]).toEqual([[null], [], 'answers']);
});
