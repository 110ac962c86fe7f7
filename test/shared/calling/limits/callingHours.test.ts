import { checkCallingHours } from '../../../../nodes/shared/calling/limits/callingHours';
import { guardsOf, why } from './entered';

describe('calling hours', () => {
	const everyDay = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
	const isOpen = (rows: readonly object[], at: string, workflowZone?: string) => {
		const guards = guardsOf({ callingHours: { window: rows } }, workflowZone);
		return checkCallingHours(guards.callingHours, new Date(at)) === undefined;
	};
	const office = {
		days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
		from: '09:00',
		to: '17:30',
		timeZone: 'Europe/London',
	};

	// 2026-11-20 is a Friday.
	test.each([
		['2026-11-20T08:59:59Z', false],
		['2026-11-20T09:00:00Z', true],
		['2026-11-20T17:29:59Z', true],
		['2026-11-20T17:30:00Z', false],
		['2026-11-21T12:00:00Z', false],
	])('office hours at %s: %s', (at, expected) => {
		expect(isOpen([office], at)).toBe(expected);
	});

	// Britain's clocks go forward on 2026-03-29 and back on 2026-10-25, both at 01:00 UTC.
	test.each([
		['2026-03-27T08:30:00Z', false],
		['2026-03-30T08:30:00Z', true],
		['2026-10-23T08:30:00Z', true],
		['2026-10-26T08:30:00Z', false],
	])('the local time counts, in summer and winter: %s, %s', (at, expected) => {
		expect(isOpen([office], at)).toBe(expected);
	});

	const night = { days: ['friday'], from: '22:00', to: '06:00', timeZone: 'UTC' };
	test.each([
		['2026-11-20T21:59:00Z', false],
		['2026-11-20T22:00:00Z', true],
		['2026-11-21T05:59:00Z', true],
		['2026-11-21T06:00:00Z', false],
		['2026-11-20T03:00:00Z', false],
		['2026-11-21T23:00:00Z', false],
	])('a night window that begins on Friday, at %s: %s', (at, expected) => {
		expect(isOpen([night], at)).toBe(expected);
	});

	test.each([
		// On 2026-03-29 there is no 01:30 in London, and on 2026-10-25 there are two.
		['2026-03-29T00:59:00Z', true],
		['2026-03-29T01:00:00Z', false],
		['2026-10-25T00:30:00Z', true],
		['2026-10-25T01:30:00Z', true],
		['2026-10-25T02:00:00Z', false],
	])('a night when the clocks change, at %s: %s', (at, expected) => {
		const row = { days: everyDay, from: '23:00', to: '02:00', timeZone: 'Europe/London' };
		expect(isOpen([row], at)).toBe(expected);
	});

	test('the whole day, and midnight', () => {
		const row = { days: ['friday'], from: '00:00', to: '24:00', timeZone: 'UTC' };
		expect(isOpen([row], '2026-11-20T00:00:00Z')).toBe(true);
		expect(isOpen([row], '2026-11-20T23:59:59Z')).toBe(true);
		expect(isOpen([row], '2026-11-21T00:00:00Z')).toBe(false);
	});

	test('the time zone is the workflow’s unless a row has its own', () => {
		const row = { days: everyDay, from: '9:00', to: '10:00', timeZone: '' };
		expect(isOpen([row], '2026-11-20T14:30:00Z', 'America/New_York')).toBe(true);
		expect(isOpen([row], '2026-11-20T09:30:00Z', 'America/New_York')).toBe(false);
	});

	test('the time must match one of several rows; otherwise the result says what time it is', () => {
		const rows = [
			{ ...office, from: '09:00', to: '12:00' },
			{ ...office, from: '13:00', to: '17:00' },
		];
		expect(isOpen(rows, '2026-11-20T11:00:00Z')).toBe(true);
		expect(isOpen(rows, '2026-11-20T14:00:00Z')).toBe(true);
		const guards = guardsOf({ callingHours: { window: rows } });
		expect(checkCallingHours(guards.callingHours, new Date('2026-11-20T12:05:00Z'))).toEqual({
			status: 'skipped',
			reason: 'outside_calling_hours',
			details: { clock: 'friday 12:05 in Europe/London' },
		});
	});

	test('More Hours use the time zone of the first row', () => {
		const rows = [{ days: ['saturday'], from: '10:00', to: '12:00' }];
		const isOpen = (more: unknown, at: string) =>
			checkCallingHours(
				guardsOf({ callingHours: { window: { ...office, more } } }, 'America/New_York')
					.callingHours,
				new Date(at),
			) === undefined;
		const friday = '2026-11-20T09:30:00Z';
		const saturday = '2026-11-21T10:30:00Z';
		expect([isOpen({ window: rows }, friday), isOpen({ window: rows }, saturday)]).toEqual([
			true,
			true,
		]);
		expect(isOpen({ window: rows }, '2026-11-21T15:30:00Z')).toBe(false);
		for (const none of [{}, { window: [] }, undefined]) {
			expect([isOpen(none, friday), isOpen(none, saturday)]).toEqual([true, false]);
		}
		expect(why({ callingHours: { window: { ...office, more: { window: [{}] } } } })).toContain(
			'needs at least one day',
		);
	});

	test.each([
		[{}, 'Calling Hours is empty'],
		[undefined, 'Calling Hours is empty'],
		['always', 'Calling Hours is always (string)'],
		[{ window: [{ ...office, days: [] }] }, 'needs at least one day'],
		[{ window: [{ ...office, days: ['Montag'] }] }, 'needs at least one day'],
		[{ window: [{ ...office, from: '9' }] }, 'is from "9" to "17:30". Enter two times'],
		[{ window: [{ ...office, to: '24:01' }] }, 'Enter two times'],
		[{ window: [{ ...office, from: '17:30' }] }, 'Enter two times'],
		[{ window: [{ ...office, timeZone: 'London' }] }, 'time zone "London", which does not exist'],
		[{ window: [{ ...office, timeZone: undefined }] }, 'time zone "undefined", which does not'],
	])('%j is refused', (callingHours, text) => {
		expect(why({ callingHours })).toContain(text);
	});
});
