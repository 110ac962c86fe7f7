import type { CallEvent } from '../../../nodes/shared/calling/contract/events';
import { eventMemory } from '../../../nodes/shared/trigger/memory';

const time = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString();

function eventOf(event: CallEvent['event'], changes: Partial<CallEvent> = {}): CallEvent {
	return {
		kind: 'event',
		event,
		callId: 'call',
		legId: null,
		from: null,
		to: null,
		direction: null,
		disposition: null,
		at: null,
		details: { vendorEvent: event },
		response: null,
		...changes,
	};
}

/** The moments of n8n's clock, a second apart. */
function play(...events: readonly CallEvent[]): readonly (CallEvent | undefined)[] {
	const memory = eventMemory();
	return events.map((event, index) => memory.note(event, time(index)));
}

describe('what comes twice', () => {
	test('is recognized by call, leg, word and moment', () => {
		const first = eventOf('ringing', { legId: 'a', at: time(1) });
		const others = [
			{ ...first, callId: 'other' },
			{ ...first, legId: 'b' },
			{ ...first, at: time(2) },
			{ ...first, details: { vendorEvent: 'routed' } },
		];
		expect(play(first, first, ...others, first)).toEqual([first, undefined, ...others, undefined]);
	});

	test('is recognized without moment and leg', () => {
		const event = eventOf('answered');
		expect(play(event, event)).toEqual([event, undefined]);
	});

	test('may say more than the first time', () => {
		const event = eventOf('ended');
		expect(
			play(event, { ...event, disposition: 'busy', response: { more: 1 } })[1],
		).toBeUndefined();
	});

	test('is passed on if it does not say which call it belongs to', () => {
		const event = eventOf('ended', { callId: null });
		expect(play(event, event)).toEqual([event, event]);
	});
});

describe('an answer', () => {
	test('makes the end of its call answered, by the clock of the phone system', () => {
		const [, ended] = play(
			eventOf('answered', { at: time(10) }),
			eventOf('ended', { at: time(72) }),
		);
		expect(ended).toMatchObject({
			disposition: 'answered',
			details: { vendorEvent: 'ended', talkSeconds: 62 },
		});
	});

	test.each([
		[null, time(72)],
		[time(10), null],
	])('is measured by the clock of n8n if the phone system is silent: %j, %j', (answer, end) => {
		const [, ended] = play(eventOf('answered', { at: answer }), eventOf('ended', { at: end }));
		expect(ended?.details.talkSeconds).toBe(1);
	});

	test('never lasts less than nothing', () => {
		const [, ended] = play(
			eventOf('answered', { at: time(10) }),
			eventOf('ended', { at: time(9) }),
		);
		expect(ended?.details.talkSeconds).toBe(0);
	});

	test.each(['busy', 'no_answer', 'failed', 'canceled'] as const)(
		'does not change that the call ended as %s',
		(disposition) => {
			const end = eventOf('ended', { disposition });
			expect(play(eventOf('answered'), end)[1]).toEqual(end);
		},
	);

	test('does not change the seconds that the phone system gives', () => {
		const end = eventOf('ended', { details: { vendorEvent: 'end', talkSeconds: 5 } });
		expect(play(eventOf('answered'), end)[1]?.details.talkSeconds).toBe(5);
	});

	test.each<[string | null, string | null, boolean]>([
		['a', 'a', true],
		['a', 'b', false],
		['a', null, true],
		[null, 'a', true],
	])('of the leg %s counts for the end of the leg %s: %s', (answered, ended, counts) => {
		const [, end] = play(
			eventOf('answered', { legId: answered }),
			eventOf('ended', { legId: ended }),
		);
		expect(end?.disposition).toBe(counts ? 'answered' : null);
	});

	test('counts for its own call only', () => {
		const [, end] = play(eventOf('answered'), eventOf('ended', { callId: 'other' }));
		expect(end?.disposition).toBeNull();
	});

	test('that was not seen leaves the end as it is', () => {
		const end = eventOf('ended');
		expect(play(eventOf('ringing'), end)[1]).toEqual(end);
	});
});

describe('what comes after the end of its call', () => {
	test('says so', () => {
		const [, answered] = play(eventOf('ended'), eventOf('answered'));
		expect(answered?.details).toEqual({ vendorEvent: 'answered', late: true });
	});

	test.each<[string | null, string | null, boolean]>([
		['a', 'a', true],
		['a', 'b', false],
		[null, 'a', true],
		// Other legs may still be there.
		['a', null, false],
	])('the end of the leg %s, then the leg %s: %s', (ended, next, isLate) => {
		const [, late] = play(eventOf('ended', { legId: ended }), eventOf('answered', { legId: next }));
		expect(late?.details.late === true).toBe(isLate);
	});

	test('is not late if it is another end', () => {
		const [, end] = play(eventOf('ended', { at: time(1) }), eventOf('ended', { at: time(2) }));
		expect(end?.details).not.toHaveProperty('late');
	});
});

describe('the memory is bounded', () => {
	test('it keeps the thousand calls that had events last', () => {
		const memory = eventMemory();
		const ring = (callId: string) => memory.note(eventOf('ringing', { callId }), time(0));
		ring('first');
		ring('second');
		for (let call = 0; call < 998; call++) ring(String(call));
		expect(ring('first')).toBeUndefined();
		ring('one more');
		expect(ring('first')).toBeUndefined();
		expect(ring('second')).toBeDefined();
	});

	test('it forgets a call twelve hours after its last event: a phone system can give an ID again', () => {
		const memory = eventMemory();
		const hours = (count: number) => time(count * 3_600);
		const ring = eventOf('ringing');
		memory.note(ring, hours(0));
		memory.note(eventOf('answered'), hours(11));
		expect(memory.note(ring, hours(22))).toBeUndefined();
		expect(memory.note(ring, hours(35))).toEqual(ring);
		expect(memory.note(eventOf('ended'), hours(36))?.disposition).toBeNull();
	});

	test('it keeps a hundred events of a call, and passes on the others', () => {
		const memory = eventMemory();
		const note = (second: number) =>
			memory.note(eventOf('other', { legId: String(second), at: time(second) }), time(0));
		for (let second = 0; second < 100; second++) note(second);
		expect(note(0)).toBeUndefined();
		expect(note(100)).toBeDefined();
		expect(note(100)).toBeDefined();
	});

	test.each([{ callId: 'x'.repeat(201) }, { legId: 'x'.repeat(201) }])(
		'it keeps no long text: %#',
		(changes) => {
			const event = eventOf('ended', changes);
			expect(play(event, event)).toEqual([event, event]);
		},
	);

	test('it keeps no long word', () => {
		const event = eventOf('other', { details: { vendorEvent: 'x'.repeat(201) } });
		expect(play(event, event)).toEqual([event, event]);
	});
});
