import { cleanNumber } from '../../nodes/shared/number';

test.each([
	['101', '101'],
	['*97', '*97'],
	['0003*210', '0003*210'],
	['+1 (202) 555-0123', '12025550123'],
	['202.555.0123', '2025550123'],
	['(+44) 1632 960123', '441632960123'],
	['+44 (0)1632 960123', '441632960123'],
	['+44(0) 1632 960123', '441632960123'],
	['01632 960123', '01632960123'],
	['202\u2011555\u20110123', '2025550123'],
	['\u202A+1\u00A0202 555 0123\u202C', '12025550123'],
	[' 101#', '101#'],
])('%j is dialled as %s', (entered, dialled) => {
	expect(cleanNumber(entered)).toBe(dialled);
});

test.each([
	'abc',
	'101;102',
	'101,5',
	'1+1',
	'++101',
	'tel:101',
	'101 ext 5',
	'١٢٣',
	'101/102',
	'<101>',
])('%j is refused', (entered) => {
	expect(cleanNumber(entered)).toEqual({
		invalid: [expect.stringContaining(`is "${entered}", which cannot be dialled`)],
	});
});

test('a number as a table writes it is not made longer', () => {
	expect(cleanNumber('12025550123.0')).toEqual({
		invalid: [expect.stringContaining('Take off the .0')],
	});
});

test.each(['', ' ', '()', '+', '\u200B'])('%j is empty', (entered) => {
	expect(cleanNumber(entered)).toEqual({ invalid: [expect.stringContaining('is empty')] });
});
