import fc from 'fast-check';

import { isInvalid } from '../../nodes/shared/wire/text/invalid';
import type { JsonObject } from '../../nodes/shared/wire/text/json';
import { maxReplyCharacters } from '../../nodes/shared/wire/text/limits';
import { isAmong, isPhone } from '../../nodes/VoipNow/numbers';
import { liveCall, matchLive, matchRecord, recordedCall } from '../../nodes/VoipNow/phoneCall';
import type { VoipNowReference } from '../../nodes/VoipNow/reference';
import { encodeRecords, pageSize } from '../../nodes/VoipNow/request';
import { voipNow } from '../../nodes/VoipNow/vendor';

const { get, hangUp } = voipNow.operations;
if (get === undefined || hangUp === undefined) throw new Error('VoipNow has both');

describe('a DELETE', () => {
	/** Paths with more, or with fewer parts, would mean other calls. */
	const isOneCall = (path: string) =>
		/^\/uapi\/phoneCalls\/[^/]+\/[^/]+\/[^/]+$/.test(
			new URL(path, 'https://voipnow.test').pathname,
		);

	const texts = fc.oneof(
		fc.string(),
		fc.string({ unit: fc.constantFrom('.', '/', '%2e', '%2F', '?', '#', 'a', '\\', ' ', '*') }),
	);

	test.each(['callId', 'userId', 'extension'])('names one call, whatever %s is', (name) => {
		const check = (text: string) => {
			const form = { callId: '7d280cc4feae3255a497', userId: '12', extension: '210', [name]: text };
			const reference = hangUp.read({ nonce: '', options: {}, ...form });
			if (isInvalid(reference)) return;
			const step = hangUp.end(reference);
			if (step.kind !== 'ask') throw new Error('nothing is asked');
			expect(step.request.method).toBe('DELETE');
			expect([text, isOneCall(step.request.path)]).toEqual([text, true]);
		};
		fc.assert(fc.property(texts, check), { numRuns: 2000 });
		for (const text of ['.', '..', '%2e%2e', 'a/..', '', ' ']) check(text);
	});

	test('names one call, whatever ID VoipNow gives the call with the nonce', () => {
		const reference = hangUp.read({ callId: '', nonce: 'n', options: {} });
		if (isInvalid(reference)) throw new Error(reference.texts.join(' '));
		const check = (id: string) => {
			const list = hangUp.end(reference);
			if (list.kind !== 'ask') throw new Error('nothing is asked');
			const body = JSON.stringify({ entry: [{ id, nonce: 'n', phoneCallView: [] }] });
			const step = list.next({ status: 200, headers: {}, body });
			if (step.kind === 'ask') expect([id, isOneCall(step.request.path)]).toEqual([id, true]);
		};
		fc.assert(fc.property(texts, check), { numRuns: 2000 });
		for (const id of ['.', '..', '', ' ', 'a/..']) check(id);
	});
});

test('numbers are compared by digits, and a short one with its extended one', () => {
	const same: readonly [string, string][] = [
		['12025550123', '+1 (202) 555-0123'],
		['0003*210', '210'],
		['210', '0003*210'],
		['0003*210', '0003*210'],
	];
	for (const [one, other] of same) expect([one, isAmong(one, [other])]).toEqual([one, true]);
	const others: readonly [string, string][] = [
		['0003*210', '0004*210'],
		['0003*210', '10'],
		['12025550123', '2025550123'],
		['0003210', '0003*210'],
		['', ''],
		['+', ''],
	];
	for (const [one, other] of others) expect([one, isAmong(one, [other])]).toEqual([one, false]);
});

test('only a number that is the same for everybody is a filter', () => {
	expect(['0003*210', '12025550123', '5354353'].map(isPhone)).toEqual([true, true, true]);
	expect(['210', '', '*97', '911'].map(isPhone)).toEqual([false, false, false, false]);
});

const reference: VoipNowReference = {
	userId: '12',
	from: ['0003*210'],
	to: ['12025550123'],
	since: new Date('2026-11-21T09:30:00Z'),
};

test('call records are asked for around the time of the call, in any zone', () => {
	const { path } = encodeRecords(reference, 40);
	const query = new URL(path, 'https://voipnow.test').searchParams;
	expect(Object.fromEntries(query)).toEqual({
		count: '25',
		startIndex: '40',
		source: '0003*210',
		destination: '12025550123',
		saveStartDate: '2026-11-20T09:30:00',
		saveEndDate: '2026-11-23T09:30:00',
	});
	const many = { ...reference, from: ['0003*210', '0003*211'], to: ['+12025550123'] };
	expect(encodeRecords(many, 0).path).not.toMatch(/source|destination/);
});

const view = { source: '0003*210', destination: '12025550123', disposition: 0 };
const record = (published: string | null, more: JsonObject = {}): JsonObject => ({
	id: 'aa',
	...(published === null ? {} : { published }),
	phoneCallView: [view],
	...more,
});

test.each([
	['2026-11-21T09:29:00Z', 'numbers'],
	['2026-11-21T09:28:59Z', undefined],
	['2026-11-21T12:29:30+03:00', 'numbers'],
	['2026-11-21T04:29:30-0500', 'numbers'],
	['2026-11-21T09:30:00+03:00', undefined],
	['2026-11-21T09:30:00', undefined],
	['soon', undefined],
	[null, undefined],
])('a record of %s is matched by %s', (published, matchedBy) => {
	expect(matchRecord(record(published), reference)).toBe(matchedBy);
});

test('source, destination and time have to fit, all of them, and in one view', () => {
	const published = '2026-11-21T09:30:00Z';
	const fits = (more: Partial<VoipNowReference>) =>
		matchRecord(record(published), { ...reference, ...more });
	expect(fits({ from: [] })).toBeUndefined();
	expect(fits({ to: [] })).toBeUndefined();
	expect(fits({ since: undefined })).toBeUndefined();
	expect(fits({ from: ['0003*211', '210'] })).toBe('numbers');
	const crossed = [
		{ source: '0003*210', destination: '0003*211' },
		{ source: '0003*212', destination: '12025550123' },
	];
	expect(matchRecord(record(published, { phoneCallView: crossed }), reference)).toBeUndefined();
});

test('with an ID, numbers and time do not matter; with a nonce, numbers of live calls do not', () => {
	const old = record('2020-01-01T00:00:00Z', { nonce: 'n' });
	expect(matchRecord(old, { ...reference, callId: 'aa' })).toBe('id');
	expect(matchRecord(old, { ...reference, callId: 'bb' })).toBeUndefined();
	const now = record('2026-11-21T09:30:00Z', { nonce: 'other' });
	expect(matchLive(now, { ...reference, nonce: 'n' })).toBeUndefined();
	expect(matchLive(now, { ...reference, nonce: 'other' })).toBe('tag');
});

test('views that are no views, and statuses that are none, show nothing', () => {
	for (const phoneCallView of [null, 'x', [null, 1], [{ status: '5.5' }], [{ status: -1 }], []]) {
		const seen = liveCall({ id: 'aa', phoneCallView }, 'id', reference);
		expect(seen).toMatchObject({ state: 'unknown', answeredByFirst: null, from: null });
		expect(recordedCall({ id: 'aa', phoneCallView }, 'id', reference)).toMatchObject({
			state: 'ended',
			disposition: null,
			talkSeconds: null,
		});
	}
});

test.each([
	[42, 42],
	['42', 42],
	['0', 0],
	['00:42', null],
	[-1, null],
	[null, null],
])('a duration of %j is %j seconds of talk, of an answered call only', (duration, talkSeconds) => {
	const of = (disposition: number) =>
		recordedCall(
			record(null, { phoneCallView: [{ ...view, duration, disposition }] }),
			'id',
			reference,
		);
	expect(of(0).talkSeconds).toBe(talkSeconds);
	expect(of(3).talkSeconds).toBeNull();
});

test('a page of calls with eight phones each can be read', () => {
	const phone = {
		id: '00',
		extension: '0003*210',
		source: ['0003*211', '0003*210'],
		destination: ['12025550123'],
		flow: 4,
		status: 3,
		ringing: '2026-11-21T09:30:00Z',
		callerID: 'John Doe <3332222>',
	};
	const call = {
		id: 'b817d2618fe6f1804333',
		nonce: '130c5a97-0000-4000-8000-000000000001',
		extension: '0003*210',
		ownerId: '53tete535',
		ownerName: '53tete535',
		published: '2026-11-21T09:30:00Z',
		answered: '2026-11-21T09:30:05Z',
		phoneCallView: Array.from({ length: 8 }, () => phone),
		links: {
			self: 'https://voipnow.example/uapi/phoneCalls/@me/0003*210/b817d2618fe6f1804333',
		},
	};
	const entry = Array.from({ length: pageSize }, () => call);
	expect(JSON.stringify({ entry, totalResults: 100 }).length).toBeLessThan(maxReplyCharacters);
});
