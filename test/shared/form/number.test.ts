import { getCountries } from 'libphonenumber-js/min';

import { cleanNumber, toDialed } from '../../../nodes/shared/form/number';
import { numberFormats } from '../../../nodes/shared/form/numberOptions';
import { isInvalid } from '../../../nodes/shared/wire/text/invalid';

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
])('%j is dialed as %s', (entered, dialed) => {
	expect(cleanNumber(entered)).toBe(dialed);
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
		kind: 'invalid',
		texts: [expect.stringContaining(`is "${entered}", which cannot be dialed`)],
	});
});

test.each([
	['12025550123.0', 'it ends in .0'],
	['101.00', 'it ends in .00'],
	['2025550123.5', 'it ends in .5'],
	['-5', 'it begins with a minus'],
	['-12025550123', 'it begins with a minus'],
])("%s is a spreadsheet's number format, not a number to dial", (entered, why) => {
	expect(cleanNumber(entered)).toEqual({
		kind: 'invalid',
		texts: [
			`is "${entered}". This looks like a number from a spreadsheet, not a phone number (${why}). Format the column as text.`,
		],
	});
});

test.each(['', ' ', '()', '+', '\u200B'])('%j is empty', (entered) => {
	expect(cleanNumber(entered)).toEqual({
		kind: 'invalid',
		texts: [expect.stringContaining('is empty')],
	});
});

describe('number formats', () => {
	const inBritain = { defaultCountry: 'GB' } as const;
	const inAmerica = { defaultCountry: 'US' } as const;
	const inItaly = { defaultCountry: 'IT' } as const;

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
		['cleaned', '+39 (0)6 12345678', inItaly, '0612345678'],
		['cleaned', '+39 (0)6 12345678', inAmerica, '011390612345678'],
		['cleaned', '+44 (0)1632 960123', inBritain, '01632960123'],
		['cleaned', '+44 1632 960123', inAmerica, '011441632960123'],
		['cleaned', '+1 (202) 555-0123', inAmerica, '12025550123'],
		['cleaned', '(+1) 202 555 0123', inBritain, '0012025550123'],
		// Canada and the United States dial each other as at home.
		['cleaned', '+1 202 555 0123', { defaultCountry: 'CA' }, '12025550123'],
		['cleaned', '+65 6123 4567', inAmerica, '0116561234567'],
		['cleaned', '+65 6123 4567', { keepsPlus: true }, '+6561234567'],
		// Without a + it stays unchanged.
		['cleaned', '65 6123 4567', inAmerica, '6561234567'],
		['cleaned', '202-555-0123', inAmerica, '2025550123'],
		['cleaned', '0044 (0)1632 960123', {}, '00441632960123'],
		['cleaned', '44 (0)1632 960123', {}, '441632960123'],
		['cleaned', '(0)1632 960123', {}, '01632960123'],
		['e164', '+39 (0)6 12345678', {}, '+390612345678'],
		['cleaned', '+44 (0)1632 960123', { keepsPlus: true }, '+441632960123'],
		['asEntered', ' +44 (0)1632 960123 ', {}, '+44 (0)1632 960123'],
	] as const)('%s: %j, %j', (format, entered, rules, expected) => {
		expect(toDialed(entered, { format, ...rules })).toBe(expected);
	});

	test('a + that a phone system does not accept is never just dropped: 6561234567 looks like an American number', () => {
		expect(toDialed('+65 6123 4567', { format: 'cleaned' })).toEqual({
			kind: 'invalid',
			texts: [
				'is "+6561234567", and this phone system does not accept a +. Set the option Default Country to the country it dials from, or choose another Number Format, such as E.164 Without +.',
			],
		});
	});

	test.each([
		['+65 6123 45', inAmerica, 'too few digits'],
		['+101', inAmerica, 'too few digits'],
		['+44*1632', inBritain, 'is not a phone number'],
		['+999 1234567', inBritain, 'country code does not exist'],
		[
			'+44 1632 960123',
			{ defaultCountry: 'BR' },
			'depends on the phone company. Enter the number with',
		],
	] as const)('cleaned: %s, %j cannot be dialed: %s', (entered, rules, why) => {
		expect(toDialed(entered, { format: 'cleaned', ...rules })).toEqual({
			kind: 'invalid',
			texts: [expect.stringContaining(why)],
		});
	});

	test.each(['101', '999', '*97', '0003*210', '*21*2025550123#', '123456'])(
		'%s is not formatted',
		(entered) => {
			for (const format of numberFormats) {
				expect(toDialed(entered, { format, defaultCountry: 'US' })).toBe(entered);
			}
		},
	);

	test.each([
		['202 555 012', inAmerica, 'too few digits'],
		['+1 202 555 01234', {}, 'too many digits'],
		['+999 1234567', {}, 'country code does not exist'],
		['2025550123', {}, 'has no country code. Set the option Default Country'],
		['+12', inAmerica, 'too few digits'],
	])('%j is not a number: %j', (entered, rules, why) => {
		expect(toDialed(entered, { format: 'e164', ...rules })).toEqual({
			kind: 'invalid',
			texts: [expect.stringContaining(why)],
		});
	});

	test('a national number needs a country, and calls abroad need a single prefix', () => {
		const national = (rules: object) =>
			toDialed('+44 1632 960123', { format: 'national', ...rules });
		expect(national({})).toEqual({
			kind: 'invalid',
			texts: [expect.stringContaining('Set the option Default Country')],
		});
		expect(national({ defaultCountry: 'BR' })).toEqual({
			kind: 'invalid',
			texts: [
				expect.stringContaining('in BR the prefix for calls abroad depends on the phone company'),
			],
		});
	});

	test('every country writes every number, or says why not', () => {
		for (const defaultCountry of getCountries()) {
			for (const format of numberFormats) {
				const number = toDialed('+44 1632 960123', { format, defaultCountry });
				if (isInvalid(number)) expect(number.texts[0]).toContain('depends on the phone company');
				else expect(number).toMatch(/960123$|960 ?123$/);
			}
		}
	});

	test.each(['', '1\n2', '\t'])('%j cannot go out as entered', (entered) => {
		expect(toDialed(entered, { format: 'asEntered' })).toHaveProperty('kind', 'invalid');
	});
});
