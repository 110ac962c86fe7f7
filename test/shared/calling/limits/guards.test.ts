import {
	checkCallingHours,
	checkDestinations,
	type Guards,
} from '../../../../nodes/shared/calling/limits/guards';
import { listMemory, type ListMemory } from '../../../../nodes/shared/calling/limits/listMemory';
import { readItemOptions } from '../../../../nodes/shared/calling/options';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';

const guardsOf = (options: Record<string, unknown>, timeZone = 'UTC'): Guards => {
	const read = readItemOptions(options, timeZone);
	if (isInvalid(read)) throw new Error(read.texts.join(' '));
	return read.guards;
};
const why = (options: Record<string, unknown>) => {
	const read = readItemOptions(options, 'UTC');
	return isInvalid(read) ? read.texts.join(' ') : undefined;
};

describe('destinations', () => {
	const reason = (options: Record<string, unknown>, ...numbers: (string | null)[]) =>
		checkDestinations({ numbers, lines: [] }, guardsOf(options))?.reason;

	test('without lists, any number may be called', () => {
		expect(reason({}, '101', null)).toBeUndefined();
	});

	test.each([
		[['+1202', '101'], '12025550123'],
		[['+1202', '101'], '+12025550123'],
		[['101', '1202*'], '12025550123'],
		['101, +1 (202) 555', '12025550123'],
		[[101, '12025550123'], '12025550123'],
		[['101', '001202'], '12025550123'],
	])('%j allows 101 and %s', (allowedDestinations, number) => {
		expect(reason({ allowedDestinations }, '101', number)).toBeUndefined();
	});

	test.each([
		[['+1202'], '101'],
		[['101', '+1202'], '13035550123'],
		[['+44'], '442'],
		[['97'], '*97'],
	])('%j does not allow %s', (allowedDestinations, number) => {
		expect(reason({ allowedDestinations }, number)).toBe('destination_not_allowed');
	});

	test('an extension is not a number in any country', () => {
		expect(reason({ blockedDestinations: ['+44'] }, '442')).toBeUndefined();
		expect(reason({ blockedDestinations: ['44'] }, '442')).toBe('destination_blocked');
	});

	test('with an allow list, a number that the vendor chooses is not allowed', () => {
		expect(reason({ allowedDestinations: ['1'] }, null)).toBe('destination_not_allowed');
		expect(reason({ blockedDestinations: ['1'] }, null)).toBeUndefined();
	});

	const inAmerica = { defaultCountry: 'US' };
	test.each([
		[['+1 202 555 0123'], '12025550123', {}],
		[['12025550123'], '+12025550123', {}],
		[['+1900'], '900 555 0123'.replaceAll(' ', ''), inAmerica],
		[['(202) 555-0123'], '+12025550123', inAmerica],
		[['(202) 555-0123'], '12025550123', inAmerica],
		[['+44'], '011441632960123', inAmerica],
		[['+441632'], '01632960123', { defaultCountry: 'gb' }],
		[['01632'], '+441632960123', { defaultCountry: 'GB' }],
		[['+44'], '00441632960123', {}],
		['1900\n1976, 44', '441632960123', {}],
	])('%j blocks %s, %j', (blockedDestinations, number, more) => {
		expect(reason({ blockedDestinations, ...more }, '101', number)).toBe('destination_blocked');
	});

	test('either party can be blocked, and the result says which and why', () => {
		const guards = guardsOf({ blockedDestinations: ['+1900', '+1 976'] });
		expect(checkDestinations({ numbers: ['19765550123', '101'], lines: [] }, guards)).toEqual({
			status: 'skipped',
			reason: 'destination_blocked',
			details: { number: '19765550123', entry: '+1 976' },
		});
	});

	test.each([
		// Extensions, also VoipNow's, and with leading zeros.
		[['0003*210'], '0003*210', {}],
		[['0012'], '0012', {}],
		[['00'], '0012', {}],
		// As CRMs and spreadsheets write them.
		[['0044 (0)1632 960123'], '441632960123', {}],
		[['+44 1632 960123'], '00441632960123', {}],
		[['+44 1632 960123'], '01632960123', {}],
		[['1632960123'], '01632960123', { defaultCountry: 'GB' }],
		[['(202) 555-0123'], '12025550123', {}],
		[['+1 202 555 0123'], '2025550123', {}],
		[['1900**'], '19005550123', {}],
		// Calls abroad, an outside line, and leading codes.
		[['+44'], '011441632960123', {}],
		[['+1 202 555 0123'], '912025550123', {}],
		[['+1900'], '*6719005550123', {}],
		[['+1900'], '#31#19005550123', {}],
		[['1900'], '*67*19005550123', {}],
	])('%j also blocks %s, %j', (blockedDestinations, number, more) => {
		expect(reason({ blockedDestinations, ...more }, number)).toBe('destination_blocked');
	});

	test.each([
		[['900'], '9005550123', inAmerica],
		[['900'], '19005550123', inAmerica],
		[['202'], '2025550123', {}],
		[['1202'], '12025550123', {}],
		[['(+44)'], '442', {}],
		[['+44'], '4425550', inAmerica],
		[['00'], '2025550123', {}],
		[['+1202'], '*6712025550123', {}],
	])('%j does not allow %s, %j', (allowedDestinations, number, more) => {
		expect(reason({ allowedDestinations, ...more }, number)).toBe('destination_not_allowed');
	});

	test.each([
		[['202*'], '2025550123', {}],
		[['0003*210'], '0003*210', {}],
		[['+1'], '2025550123', inAmerica],
		[['2025550123'], '+12025550123', inAmerica],
		[['*97'], '*97', {}],
	])('%j allows %s, %j', (allowedDestinations, number, more) => {
		expect(reason({ allowedDestinations, ...more }, number)).toBeUndefined();
	});

	test('with a list, a value that is sent as entered must be a number', () => {
		for (const options of [
			{ allowedDestinations: ['1900*'] },
			{ blockedDestinations: ['+1976'] },
		]) {
			expect(reason(options, '1-900-CALLNOW')).toBe('destination_not_allowed');
		}
		expect(reason({}, '1-900-CALLNOW')).toBeUndefined();
	});

	test('of thousands of invalid entries, the text names a few', () => {
		const text = why({ blockedDestinations: Array.from({ length: 10_000 }, () => 'Bob') }) ?? '';
		expect(text).toContain('And 9990 more.');
		expect(text.length).toBeLessThan(5000);
	});

	test('a blank in a list from an expression is not an entry', () => {
		const options = { blockedDestinations: [['+1900', '', null]] };
		expect(reason(options, '19005550123')).toBe('destination_blocked');
		expect(reason({ blockedDestinations: [[]] }, '19005550123')).toBeUndefined();
	});

	test('+44 does not allow an American number of area code 442', () => {
		const lists = { allowedDestinations: ['+44'], ...inAmerica };
		expect(reason(lists, '4425550123')).toBe('destination_not_allowed');
	});

	test('a do-not-call list may be empty', () => {
		expect(reason({ blockedDestinations: [] }, '101')).toBeUndefined();
	});

	test.each([
		[{ allowedDestinations: [] }, 'Allowed Numbers is empty'],
		[{ allowedDestinations: undefined }, 'Allowed Numbers is empty'],
		[{ blockedDestinations: null }, 'Blocked Numbers is empty'],
		[{ blockedDestinations: [''] }, 'Blocked Numbers has an entry that is empty'],
		[{ blockedDestinations: ['+1900', undefined] }, 'has an entry that is empty'],
		[{ allowedDestinations: [[]] }, 'Allowed Numbers is empty'],
		[{ blockedDestinations: '' }, 'Blocked Numbers is empty'],
		[{ defaultCountry: '' }, 'Default Country is empty'],
		[{ defaultCountry: undefined }, 'Default Country is empty'],
		[{ blockedDestinations: ['Bob'] }, 'Blocked Numbers is "Bob", which cannot be dialed'],
		[{ blockedDestinations: ['+'] }, 'Blocked Numbers is empty'],
		[{ blockedDestinations: { a: 1 } }, 'Blocked Numbers contains something that is not a number'],
		[
			{ defaultCountry: 'England' },
			'Default Country is "England". Enter a two-letter country code',
		],
		[{ onceKey: '' }, 'Once Key is empty'],
		[{ onceKey: undefined }, 'Once Key is empty'],
	])('%j is refused: a guard must not fail open', (options, text) => {
		expect(why(options)).toContain(text);
	});
});

describe('telephone lines with letters in their names', () => {
	const kept = (
		options: Record<string, unknown>,
		{ lines = ['front-desk'], numbers = [] as string[], hasLines = true } = {},
	) => {
		const read = readItemOptions(options, 'UTC', { hasLines, memory: listMemory() });
		if (isInvalid(read)) return read.texts.join(' ');
		return checkDestinations({ numbers, lines }, read.guards);
	};
	const notAllowed = (number: string) => ({
		status: 'skipped',
		reason: 'destination_not_allowed',
		details: { number },
	});

	test('Allowed Numbers allows a line only by an entry that is its name', () => {
		expect(kept({})).toBeUndefined();
		expect(kept({ allowedDestinations: ['101', 'front-desk'] })).toBeUndefined();
		for (const entry of ['101', 'front', 'Front-Desk', 'front-desk2', '+1']) {
			expect(kept({ allowedDestinations: [entry] })).toEqual(notAllowed('front-desk'));
		}
	});

	test('a text that may ring any phone is treated as a name', () => {
		const lines = ['a19005550123', 'sip:evil@host.test'];
		expect(kept({ allowedDestinations: ['101', '1900*', 'a*'] }, { lines })).toContain(
			'Allowed Numbers is "a*", which cannot be dialed',
		);
		expect(kept({ allowedDestinations: ['101', '1900*'] }, { lines })).toEqual(
			notAllowed(lines[0] ?? ''),
		);
		expect(kept({ allowedDestinations: ['a19005550123'] }, { lines })).toEqual(
			notAllowed('sip:evil@host.test'),
		);
	});

	test('Blocked Numbers blocks a line by its name, and no other line', () => {
		expect(kept({ blockedDestinations: ['+1900', 'front-desk'] })).toEqual({
			status: 'skipped',
			reason: 'destination_blocked',
			details: { number: 'front-desk', entry: 'front-desk' },
		});
		expect(kept({ blockedDestinations: ['+1900', 'front'] })).toBeUndefined();
	});

	test("a line's name neither allows nor blocks a number", () => {
		const numbers = ['1-900-CALLNOW'];
		for (const name of ['allowedDestinations', 'blockedDestinations']) {
			expect(kept({ [name]: numbers }, { lines: [], numbers })).toEqual(
				notAllowed('1-900-CALLNOW'),
			);
		}
	});

	test.each([
		['blockedDestinations', '12O25550123', true],
		['blockedDestinations', 'tel:101', true],
		['blockedDestinations', '101 ext 5', true],
		['allowedDestinations', '101;102', true],
		['allowedDestinations', 'front-desk', false],
	])('%s: "%s" matches no number, so it is refused', (name, entry, hasLines) => {
		expect(kept({ [name]: [entry] }, { hasLines })).toContain(
			`is "${entry}", which cannot be dialed`,
		);
	});
});

describe('a list is read once per run', () => {
	const readWith = (memory: ListMemory, options: Record<string, unknown>) =>
		readItemOptions(options, 'UTC', { hasLines: false, memory });
	const blockedOf = (read: ReturnType<typeof readWith>) =>
		isInvalid(read) ? read.texts : read.guards.blocked;

	test('as long as its entries are the same, in any array', () => {
		const memory = listMemory();
		const once = blockedOf(readWith(memory, { blockedDestinations: ['+1900', '101'] }));
		expect(blockedOf(readWith(memory, { blockedDestinations: ['+1900', '101'] }))).toBe(once);
		expect(blockedOf(readWith(memory, { blockedDestinations: [['+1900', '101']] }))).not.toBe(once);
		expect(blockedOf(readWith(memory, { blockedDestinations: ['+1900', '102'] }))).not.toBe(once);
		expect(blockedOf(readWith(memory, { blockedDestinations: ['+1900'] }))).not.toBe(once);
		expect(blockedOf(readWith(memory, { blockedDestinations: ['+1900', '101'] }))).toBe(once);
		expect(blockedOf(readWith(listMemory(), { blockedDestinations: ['+1900', '101'] }))).not.toBe(
			once,
		);
	});

	test('a list that has changed is read again', () => {
		const memory = listMemory();
		const blockedDestinations = [['+1900']];
		const once = blockedOf(readWith(memory, { blockedDestinations }));
		blockedDestinations[0]?.push('101');
		expect(blockedOf(readWith(memory, { blockedDestinations }))).not.toBe(once);
	});

	test('an unreadable list is reported every time: it must not fail open', () => {
		const memory = listMemory();
		const none = { a: 1 };
		for (const blockedDestinations of [
			none,
			none,
			[none],
			['Bob'],
			['Bob'],
			'',
			'',
			['+1', ''],
			['+1', ''],
		]) {
			expect(blockedOf(readWith(memory, { blockedDestinations }))).toEqual([
				expect.stringContaining('Limit: Blocked Numbers '),
			]);
		}
	});
});

describe('calling hours', () => {
	const everyDay = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
	const isOpen = (rows: readonly object[], at: string, workflowZone?: string) => {
		const guards = guardsOf({ callingHours: { window: rows } }, workflowZone);
		return checkCallingHours(guards, new Date(at)) === undefined;
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
		expect(checkCallingHours(guards, new Date('2026-11-20T12:05:00Z'))).toEqual({
			status: 'skipped',
			reason: 'outside_calling_hours',
			details: { clock: 'friday 12:05 in Europe/London' },
		});
	});

	test('More Hours use the time zone of the first row', () => {
		const rows = [{ days: ['saturday'], from: '10:00', to: '12:00' }];
		const isOpen = (more: unknown, at: string) =>
			checkCallingHours(
				guardsOf({ callingHours: { window: { ...office, more } } }, 'America/New_York'),
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
