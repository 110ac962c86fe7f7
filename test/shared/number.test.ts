import { cleanNumber, numberFormats, toDialled } from '../../nodes/shared/number';

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

describe('number formats', () => {
	const inBritain = { defaultCountry: 'GB' } as const;
	const inAmerica = { defaultCountry: 'US' } as const;

	test.each([
		['e164', '01632 960123', inBritain, '+441632960123'],
		['e164', '+44 (0)1632 960123', {}, '+441632960123'],
		['e164', '(+1) 202-555-0123', inBritain, '+12025550123'],
		['e164', '0044 1632 960123', inBritain, '+441632960123'],
		['e164', '011 44 1632 960123', inAmerica, '+441632960123'],
		['e164WithoutPlus', '(202) 555-0123', inAmerica, '12025550123'],
		['e164WithoutPlus', '1 202 555 0123', inAmerica, '12025550123'],
		['national', '+44 1632 960123', inBritain, '01632960123'],
		['national', '+1 202 555 0123', inAmerica, '2025550123'],
		['national', '+1 202 555 0123', inBritain, '0012025550123'],
		['national', '+44 1632 960123', inAmerica, '011441632960123'],
		['national', '+44 1632 960123', {}, '01632960123'],
		['cleaned', '+44 (0)1632 960123', {}, '441632960123'],
		['cleaned', '+44 (0)1632 960123', { keepsPlus: true }, '+441632960123'],
		['asEntered', ' +44 (0)1632 960123 ', {}, '+44 (0)1632 960123'],
	] as const)('%s: %j, %j', (format, entered, rules, expected) => {
		expect(toDialled(entered, { format, ...rules })).toBe(expected);
	});

	test.each(['101', '999', '*97', '0003*210', '*21*2025550123#', '123456'])(
		'%s is nothing to format',
		(entered) => {
			for (const format of numberFormats) {
				expect(toDialled(entered, { format, defaultCountry: 'US' })).toBe(entered);
			}
		},
	);

	test.each([
		['202 555 012', inAmerica, 'too few digits'],
		['+1 202 555 01234', {}, 'too many digits'],
		['+999 1234567', {}, 'country code does not exist'],
		['2025550123', {}, 'does not tell its country. Set the option Default Country'],
		['+12', inAmerica, 'too few digits'],
	])('%j is no number: %j', (entered, rules, why) => {
		expect(toDialled(entered, { format: 'e164', ...rules })).toEqual({
			invalid: [expect.stringContaining(why)],
		});
	});

	test.each(['', '1\n2', '\t'])('%j cannot go out as entered', (entered) => {
		expect(toDialled(entered, { format: 'asEntered' })).toHaveProperty('invalid');
	});
});
