import { invalid, type Invalid, isInvalid } from '../wire/text/invalid';
import { numberFormats } from './numberOptions';
import { type Country, dialPhoneNumber, formatPhoneNumber } from './phoneNumber';

export interface NumberRules {
	readonly format: (typeof numberFormats)[number];
	/** The country of numbers without a country code. */
	readonly defaultCountry?: Country | undefined;
	/** Whether the vendor takes a leading `+`. If not, a cleaned number is dialed as from `defaultCountry`. */
	readonly keepsPlus?: boolean | undefined;
}

/** In digits: anything longer is a phone number. */
const longestExtension = 6;

/**
 * A number as it is sent. Extensions, feature codes such as `*97` and anything else with `*` or `#` are only cleaned, in
 * every format but `asEntered`.
 */
export function toDialed(
	entered: string,
	{ format, defaultCountry, keepsPlus = false }: NumberRules,
): string | Invalid {
	if (format === 'asEntered') return asEntered(entered);
	const digits = cleanNumber(entered);
	if (isInvalid(digits)) return digits;
	const number = beginsWithPlus(entered) && /^\d+$/.test(digits) ? `+${digits}` : digits;
	if (format === 'cleaned') {
		if (keepsPlus) return number;
		return beginsWithPlus(entered) ? dialPhoneNumber(`+${digits}`, defaultCountry) : digits;
	}
	return !number.startsWith('+') && isInternal(digits)
		? digits
		: formatPhoneNumber(number, format, defaultCountry);
}

/** Whether a cleaned number is an extension or a feature code, and not a phone number. */
export function isInternal(digits: string): boolean {
	return /\D/.test(digits) || digits.length <= longestExtension;
}

/** In digits: shorter numbers may end alike by chance. */
const shortestEnding = 7;

/** Whether one of two numbers, in digits, may be the other with a prefix in front, such as a country code. */
export function endAlike(one: string, other: string): boolean {
	const [short, long] = one.length < other.length ? [one, other] : [other, one];
	return short.length >= shortestEnding && long.endsWith(short);
}

function asEntered(entered: string): string | Invalid {
	const number = entered.trim();
	if (number === '') return invalid('is empty. Enter an extension or a phone number.');
	if (!/\p{Cc}/u.test(number)) return number;
	return invalid('contains a line break or another control character. Remove it.');
}

/** Whether a `+` comes before the first digit, with any marks around it that address books add. */
export function beginsWithPlus(entered: string): boolean {
	return /^[^0-9*#]*\+/.test(entered);
}

/** Spaces and the marks that address books wrap around numbers: direction marks, zero-width characters, no-break spaces. */
const invisible = /[\s\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const separators = /[.()\-\u2010-\u2015\u2212]/gu;

/** Numbers of these countries keep their zero after the country code: Italy, San Marino, Ivory Coast, Gabon, Congo. */
const zeroStays = /^\(?(?:\+|00)(?:39|378|225|241|242)/;

/**
 * Removes the marks that a CRM adds to a number: spaces, dots, dashes, parentheses, a leading `+`, and the `(0)` after a
 * country code, which is not dialed. The rest must be digits, `*` or `#`.
 */
export function cleanNumber(entered: string): string | Invalid {
	if (/^[0-9*#]+$/.test(entered)) return entered;
	const visible = entered.replace(invisible, '');
	const quantity = quantityOf(visible);
	if (quantity !== undefined) {
		return invalid(
			`is "${entered}". This looks like a number from a spreadsheet, not a phone number (${quantity}). Format the column as text.`,
		);
	}
	const cleaned = visible
		.replace('(0)', zeroStays.test(visible) || visible.startsWith('(0)') ? '0' : '')
		.replace(separators, '')
		.replace(/^\+/, '');
	if (/^[0-9*#]+$/.test(cleaned)) return cleaned;
	if (cleaned === '') return invalid('is empty. Enter an extension or a phone number.');
	return invalid(
		`is "${entered}", which cannot be dialed. Use digits, * and # only. Spaces, dots, dashes, parentheses and + are removed for you.`,
	);
}

/** Why a text looks like a quantity from a spreadsheet; undefined if it may be a phone number. */
function quantityOf(text: string): string | undefined {
	if (/^-\d/.test(text)) return 'it begins with a minus';
	const [, fraction] = /^\+?(?:\d+(\.0+)|\d{7,}(\.\d{1,2}))$/.exec(text)?.filter(Boolean) ?? [];
	return fraction === undefined ? undefined : `it ends in ${fraction}`;
}
