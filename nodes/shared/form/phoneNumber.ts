/** The only importer of libphonenumber-js. */
import {
	type CountryCode,
	getCountryCallingCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	type PhoneNumber,
	validatePhoneNumberLength,
	type ValidatePhoneNumberLengthResult,
} from 'libphonenumber-js/min';

import { invalid, type Invalid, isInvalid } from '../wire/text/invalid';

/** ISO 3166-1, two capital letters. */
export type Country = CountryCode;

/** The country with this two-letter code, in upper or lower case; undefined if there is none. */
export function toCountry(text: string): Country | undefined {
	const code = text.toUpperCase();
	return isSupportedCountry(code) ? code : undefined;
}

/** How a phone number is written for dialing: `e164` begins with `+`, the others have digits only. */
export type PhoneFormat = 'e164' | 'e164WithoutPlus' | 'national';

/**
 * Formats digits that begin with `+` or are a number of `country`; `Invalid` if no such number can exist. In the national
 * format, a number of another country gets the prefix for calls abroad from `country`.
 */
export function formatPhoneNumber(
	number: string,
	format: PhoneFormat,
	country: Country | undefined,
): string | Invalid {
	if (!number.startsWith('+') && country === undefined) {
		return invalid(
			`is "${number}", which has no country code. Set the option Default Country, or begin the number with + and the country code.`,
		);
	}
	const parsed = read(number, country);
	if (isInvalid(parsed)) return parsed;
	switch (format) {
		case 'e164':
			return parsed.number;
		case 'e164WithoutPlus':
			return digitsOf(parsed.number);
		case 'national':
			return asDialedFrom(country, parsed, nationalOf);
	}
}

/**
 * The digits that a phone system in `country` dials for a number with `+` in front: with the national prefix within the
 * country, and with the prefix for calls abroad otherwise. Without a prefix, the digits could be a stranger's number.
 */
export function dialPhoneNumber(number: string, country: Country | undefined): string | Invalid {
	if (country === undefined) {
		return invalid(
			`is "${number}", and this phone system does not accept a +. Set the option Default Country to the country it dials from, or choose another Number Format, such as E.164 Without +.`,
		);
	}
	const parsed = read(number, country);
	return isInvalid(parsed) ? parsed : asDialedFrom(country, parsed, withNationalPrefix);
}

function read(number: string, country: Country | undefined): PhoneNumber | Invalid {
	const parsed = parse(number, country);
	const wrong = validatePhoneNumberLength(number, country);
	return wrong !== undefined || parsed === undefined
		? invalid(`is "${number}", ${reasons[wrong ?? 'NOT_A_NUMBER']}`)
		: parsed;
}

/** The digits of a number in international and national format; undefined if no such number can exist. */
export function formsOf(
	number: string,
	country: Country | undefined,
): { readonly international: string; readonly national: string } | undefined {
	const parsed = parse(number, country);
	if (parsed?.isPossible() !== true) return undefined;
	return {
		international: digitsOf(parsed.number),
		national: digitsOf(parsed.formatNational()),
	};
}

function parse(number: string, country: Country | undefined): PhoneNumber | undefined {
	const options = country === undefined ? {} : { defaultCountry: country };
	return parsePhoneNumberFromString(number, { ...options, extract: false });
}

function asDialedFrom(
	country: Country | undefined,
	number: PhoneNumber,
	atHome: (number: PhoneNumber) => string,
): string | Invalid {
	if (country === undefined) {
		return invalid(
			`is "${number.number}". Set the option Default Country: the national format depends on it.`,
		);
	}
	if (getCountryCallingCode(country) === number.countryCallingCode) return atHome(number);
	// Undefined if each phone company of the country has its own prefix; the library's type leaves that out.
	const abroad: string | undefined = number.format('IDD', { fromCountry: country });
	return abroad === undefined
		? invalid(
				`is "${number.number}", and in ${country} the prefix for calls abroad depends on the phone company. Enter the number with that prefix instead of the +, or choose another Number Format.`,
			)
		: digitsOf(abroad);
}

function nationalOf(number: PhoneNumber): string {
	return digitsOf(number.formatNational());
}

/** North American numbers are written without the 1 that is dialed in front of them; all others are dialed as written. */
function withNationalPrefix(number: PhoneNumber): string {
	return number.countryCallingCode === '1' ? digitsOf(number.number) : nationalOf(number);
}

/** Only the digits of a text. */
export function digitsOf(text: string): string {
	return text.replace(/\D/g, '');
}

const reasons: Readonly<Record<ValidatePhoneNumberLengthResult, string>> = {
	INVALID_COUNTRY: 'whose country code does not exist. Check the digits after the +.',
	NOT_A_NUMBER: 'which is not a phone number. Check its digits.',
	TOO_SHORT: 'which has too few digits for its country. Check whether some are missing.',
	TOO_LONG: 'which has too many digits for its country. Check whether some are repeated.',
	INVALID_LENGTH: 'whose length is not used in its country. Check its digits.',
};
