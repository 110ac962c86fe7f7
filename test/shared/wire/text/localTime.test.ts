import {
	isWithin,
	localSpan,
	readLocalTime,
	writeLocalTime,
	zoneOf,
} from '../../../../nodes/shared/wire/text/localTime';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const hours = (count: number) => count * 3_600_000;
const span = { earliest: at('21T09:29:00'), latest: at('21T09:31:30') };

test.each([
	['2026-11-21 04:30:01', at('21T04:30:01')],
	['2026-02-31 04:30:01', undefined],
	['2026-11-21 25:30:01', undefined],
	['2026-11-21T04:30:01', undefined],
	['21/11/2026 04:30:01', undefined],
	['', undefined],
	[undefined, undefined],
])('%s is %s', (text, time) => {
	expect(readLocalTime(text)).toBe(time);
});

test('a time is written as it is read', () => {
	expect(writeLocalTime(at('21T04:30:01'))).toBe('2026-11-21 04:30:01');
});

test.each([
	['21T04:31:00', -5],
	['21T09:30:10', 0],
	['21T15:15:50', 5.75],
	['21T23:31:20', 14],
	['20T21:31:00', -12],
	// A clock that is wrong by days has no zone.
	['20T09:31:00', undefined],
	['22T09:31:00', undefined],
])('a clock at %s is %s hours from UTC', (local, zone) => {
	const found = zoneOf(at(local), at('21T09:31:00'));
	expect(found === undefined ? undefined : found / hours(1) + 0).toBe(zone);
});

describe('whether a local time is within a span', () => {
	test.each([
		['21T04:29:00', -5, true],
		['21T04:31:30', -5, true],
		['21T04:28:59', -5, false],
		['21T04:31:31', -5, false],
		['21T09:30:00', -5, false],
		['21T15:15:31', undefined, true],
		['21T09:30:00', undefined, true],
		// In no zone: they differ by quarters of an hour.
		['21T15:20:00', undefined, false],
		['21T09:28:59', undefined, false],
		['21T09:31:31', undefined, false],
		// The westernmost zone and the easternmost one.
		['20T21:29:00', undefined, true],
		['20T21:16:00', undefined, false],
		['21T23:31:00', undefined, true],
		['21T23:46:00', undefined, false],
		['20T09:30:00', undefined, false],
		['22T09:30:00', undefined, false],
	])('%s, %s hours from UTC: %s', (local, zone, expected) => {
		expect(isWithin(at(local), span, zone === undefined ? undefined : hours(zone))).toBe(expected);
	});
});

test('a span is in local time, or in that of all zones', () => {
	expect(localSpan(span, hours(-5))).toEqual({
		earliest: at('21T04:29:00'),
		latest: at('21T04:31:30'),
	});
	expect(localSpan(span)).toEqual({ earliest: at('20T21:29:00'), latest: at('21T23:31:30') });
});
