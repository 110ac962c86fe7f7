import { checkDestinations } from '../../../../nodes/shared/calling/limits/guards';
import { listMemory, type ListMemory } from '../../../../nodes/shared/calling/limits/listMemory';
import { readItemOptions } from '../../../../nodes/shared/calling/options';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';
import { guardsOf, why } from './entered';

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
