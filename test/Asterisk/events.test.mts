import type { CallEvent, Streamed } from '../../nodes/shared/calling/contract/events.ts';
import { events as asteriskEvents } from '../../nodes/Asterisk/events.ts';
import { callEventsOf, streamedCallsOf } from '../fixtures/fixtures.mts';

const stream = asteriskEvents as Streamed;
const calls = streamedCallsOf('asterisk');

function callNamed(name: string) {
	const call = calls.find((one) => one.name === name);
	if (call === undefined) throw new Error(`There is no call ${name}.`);
	return call;
}

/** The events that one connection reads from these messages, in short. */
function read(messages: readonly string[], next = stream.reader()) {
	return messages.map((message) => next(message)).filter((one) => one !== undefined);
}

function inShort(found: ReturnType<typeof read>): readonly string[] {
	return found.map((one) =>
		one.kind === 'event' ? `${one.event} ${one.callId ?? ''} ${one.legId ?? ''}`.trim() : one.kind,
	);
}

const ended = (found: ReturnType<typeof read>) =>
	found.filter((one): one is CallEvent => one.kind === 'event' && one.event === 'ended');

describe.each(calls.map((call) => [call.title, call] as const))('%s', (_, { messages, events }) => {
	test('is read as it was', () => {
		const found = read(messages) as CallEvent[];
		const sent = messages.map((message) => JSON.parse(message) as unknown);
		expect(found).toEqual(events.map((event) => ({ ...event, response: expect.anything() })));
		for (const { response } of found) expect(sent).toContainEqual(response);
	});

	test('is not reported if the connection was opened later', () => {
		for (const index of messages.keys()) {
			expect(read(messages.slice(index + 1))).toEqual([]);
		}
	});

	test('ends once', () => {
		expect(ended(read(messages))).toHaveLength(1);
	});
});

test('the fixtures show every disposition and every event', () => {
	const found = callEventsOf('asterisk');
	const of = (key: 'event' | 'disposition') => new Set(found.map((event) => event[key]));
	expect(of('event')).toEqual(new Set(stream.names));
	expect(of('disposition')).toEqual(
		new Set(['answered', 'busy', 'no_answer', 'canceled', 'failed', null]),
	);
});

/** The messages of several calls, one of each in turn. */
function interleaved(...all: readonly (readonly string[])[]): string[] {
	const longest = Math.max(...all.map(({ length }) => length));
	return Array.from({ length: longest }).flatMap((_, index) =>
		all.flatMap((messages) => messages.slice(index, index + 1)),
	);
}

test('calls at the same time are kept apart', () => {
	const names = ['incoming', 'missed', 'ringGroup', 'originated', 'originatedSecondBusy'];
	const all = names.map((name) => callNamed(name));
	const found = read(interleaved(...all.map(({ messages }) => messages)));
	const apart = all.flatMap(({ messages }) => inShort(read(messages)));
	expect([...inShort(found)].sort()).toEqual([...apart].sort());
});

test('many calls, one after the other, leave nothing behind: each is read as the first one', () => {
	const { messages, events } = callNamed('originatedLocal');
	const next = stream.reader();
	for (let round = 0; round < 100; round++) {
		expect(read(messages, next)).toHaveLength(events.length);
	}
});

const channel = (id: string, more: object = {}) => ({
	id,
	name: `PJSIP/${id}`,
	state: 'Ring',
	caller: { number: '101', name: 'Reception' },
	dialplan: { exten: '301' },
	...more,
});
const message = (type: string, more: object) =>
	JSON.stringify({ type, timestamp: '2026-11-22T10:00:00.000+0000', ...more });
const created = (id: string, more?: object) =>
	message('ChannelCreated', { channel: channel(id, more) });
const destroyed = (id: string) =>
	message('ChannelDestroyed', { channel: channel(id), cause: 16, cause_txt: 'Normal Clearing' });
const dial = (dialstatus: string, peer: string, caller?: string) =>
	message('Dial', {
		dialstatus,
		peer: channel(peer),
		...(caller === undefined ? {} : { caller: channel(caller) }),
	});
const down = { state: 'Down', caller: { number: '', name: '' } };

test('the name of a caller is there where the caller has one', () => {
	const [event] = ended(read([created('a'), destroyed('a')]));
	expect(event).toMatchObject({ from: '101', to: '301', details: { callerName: 'Reception' } });
});

test('a phone that says several times that it rings, or answers, rings and answers once', () => {
	const begun = [created('a'), created('b', down), dial('', 'b', 'a')];
	const rings = [dial('RINGING', 'b', 'a'), dial('RINGING', 'b', 'a')];
	const answers = [dial('ANSWER', 'b', 'a'), dial('ANSWER', 'b', 'a')];
	expect(inShort(read([...begun, ...rings, ...answers]))).toEqual(['ringing a b', 'answered a b']);
});

test('what comes after the answer does not undo it', () => {
	const found = read([
		...[created('a'), created('b', down), dial('ANSWER', 'b', 'a'), destroyed('b')],
		...[created('c', down), dial('BUSY', 'c', 'a'), destroyed('c'), destroyed('a')],
	]);
	expect(ended(found)).toMatchObject([{ disposition: 'answered', details: { talkSeconds: 0 } }]);
});

test('a phone that rings before its call is said to begin belongs to the call', () => {
	const found = read([created('a'), created('b', down), dial('RINGING', 'b', 'a')]);
	expect(inShort(found)).toEqual(['ringing a b']);
});

test('the caller is gone before the phone', () => {
	const begun = [created('a'), created('b', down), dial('', 'b', 'a'), destroyed('a')];
	expect(inShort(read(begun))).toEqual([]);
	expect(inShort(read([...begun, destroyed('b')]))).toEqual(['ended a']);
	expect(inShort(read([...begun, destroyed('b'), destroyed('b')]))).toEqual(['ended a']);
});

test('a channel that belongs to no call, such as one that records, is none', () => {
	expect(read([created('a', { state: 'Up' }), destroyed('a')])).toEqual([]);
});

test('a phone that is rung by a call that was under way is not reported', () => {
	const found = read([
		...[created('b', down), dial('', 'b', 'a'), dial('RINGING', 'b', 'a')],
		...[dial('ANSWER', 'b', 'a'), destroyed('b'), destroyed('a')],
	]);
	expect(found).toEqual([]);
});

test('an ID can come again', () => {
	const one = [created('a'), destroyed('a')];
	expect(inShort(read([...one, ...one]))).toEqual(['ended a', 'ended a']);
});

test('of too many calls, the first is forgotten, and the latest are known', () => {
	const many = Array.from({ length: 6_000 }, (_, index) => created(`call-${index}`));
	const next = stream.reader();
	read(many, next);
	expect(read([destroyed('call-0')], next)).toEqual([]);
	expect(inShort(read([destroyed('call-5999'), destroyed('call-1000')], next))).toEqual([
		'ended call-5999',
		'ended call-1000',
	]);
});

test.each([
	['nothing', ''],
	['no JSON', 'oops'],
	['half a message', '{"type":"Dial"'],
	['a list', '[]'],
	['no object', 'null'],
	['no type', '{}'],
	['a type that is none', '{"type":{}}'],
	['a Dial without a peer', '{"type":"Dial"}'],
	['a channel that is none', '{"type":"ChannelCreated","channel":7}'],
	['a channel without an ID', '{"type":"ChannelDestroyed","channel":{"name":"PJSIP/101-1"}}'],
	['too long', `{"type":"Dial","peer":"${'x'.repeat(60_000)}"}`],
])('%s is ignored with a reason', (_, text) => {
	expect(read([text])).toEqual([{ kind: 'ignored', why: expect.any(String) }]);
});

test.each(['ChannelVarset', 'DeviceStateChanged', 'NeverHeardOf', 'toString'])(
	'%s is about something else',
	(type) => {
		expect(read([message(type, { channel: channel('a') })])).toEqual([]);
	},
);

test.each([
	['a time that is none', { timestamp: 'soon' }],
	['no cause', { cause: undefined, cause_txt: undefined }],
	['members of other kinds', { cause: 'x', cause_txt: 7, timestamp: [] }],
])('%s is null', (_, more) => {
	const gone = { ...(JSON.parse(destroyed('a')) as object), ...more };
	expect(ended(read([created('a'), JSON.stringify(gone)]))).toMatchObject([{ callId: 'a' }]);
});

test('a connection that another one replaces says so', () => {
	expect(read(['{"type":"ApplicationReplaced","application":"x"}'])).toEqual([
		{ kind: 'replaced' },
	]);
});

describe('whether Asterisk has the connection', () => {
	const answer = (status: number, body: unknown) => {
		const step = stream.ask('n8n-a b');
		if (step.kind !== 'ask') throw new Error('asks nothing');
		expect(step.request).toMatchObject({ method: 'GET', path: '/ari/applications/n8n-a%20b' });
		const next = step.next({ status, headers: {}, body: JSON.stringify(body) });
		return next.kind === 'done' ? next.result : undefined;
	};

	test.each([
		[200, { name: 'n8n-a b', channel_ids: [] }, { kind: 'listening', is: true }],
		[404, { message: 'Application not found' }, { kind: 'listening', is: false }],
		[404, { message: 'Resource not found' }, { kind: 'explanation', status: 'refused' }],
		[401, { message: 'Authentication required' }, { reason: 'unauthorized' }],
		[500, {}, { status: 'unknown', reason: 'server_fault' }],
		[200, { name: 'another' }, { reason: 'unreadable_reply' }],
		[200, [], { reason: 'unreadable_reply' }],
	])('%s %j', (status, body, result) => {
		expect(answer(status, body)).toMatchObject(result);
	});

	test('its address has the name, and no secret', () => {
		expect(stream.path('n8n-a b&c')).toBe('/ari/events?app=n8n-a%20b%26c&subscribeAll=true');
	});
});
