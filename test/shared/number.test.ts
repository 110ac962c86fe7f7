import { getCountries } from 'libphonenumber-js/min';

import { isInvalid } from '../../nodes/shared/call';
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

test.each(['12025550123.0', '2025550123.5', '-5', '-12025550123'])(
	'%s is a quantity of a table, and no number to dial',
	(entered) => {
		expect(cleanNumber(entered)).toEqual({
			invalid: [expect.stringContaining('as a table writes a quantity')],
		});
	},
);

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
		['cleaned', '+39 (0)6 12345678', {}, '390612345678'],
		['cleaned', '0044 (0)1632 960123', {}, '00441632960123'],
		['cleaned', '44 (0)1632 960123', {}, '441632960123'],
		['cleaned', '(0)1632 960123', {}, '01632960123'],
		['e164', '+39 (0)6 12345678', {}, '+390612345678'],
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

	test('a national number needs a country, and calls abroad one prefix', () => {
		const national = (rules: object) =>
			toDialled('+44 1632 960123', { format: 'national', ...rules });
		expect(national({})).toEqual({
			invalid: [expect.stringContaining('Set the option Default Country')],
		});
		expect(national({ defaultCountry: 'BR' })).toEqual({
			invalid: [expect.stringContaining('calls abroad from BR have no one prefix')],
		});
	});

	test('every country writes every number, or says why not', () => {
		for (const defaultCountry of getCountries()) {
			for (const format of numberFormats) {
				const number = toDialled('+44 1632 960123', { format, defaultCountry });
				if (isInvalid(number)) expect(number.invalid[0]).toContain('have no one prefix');
				else expect(number).toMatch(/960123$|960 ?123$/);
			}
		}
	});

	test.each(['', '1\n2', '\t'])('%j cannot go out as entered', (entered) => {
		expect(toDialled(entered, { format: 'asEntered' })).toHaveProperty('invalid');
	});
});
