/** The only importer of libphonenumber-js, which the build bundles into this file. */
import {
	getCountryCallingCode,
	isSupportedCountry,
	parsePhoneNumberFromString,
	validatePhoneNumberLength,
	type CountryCode,
	type PhoneNumber,
	type ValidatePhoneNumberLengthResult,
} from 'libphonenumber-js/min';

import type { Invalid } from './call';

/** ISO 3166-1, two capital letters. */
export type Country = CountryCode;

/** Undefined for what is no country, in whatever letters. */
export function toCountry(text: string): Country | undefined {
	const code = text.toUpperCase();
	return isSupportedCountry(code) ? code : undefined;
}

/** How a phone number is written for dialling: `e164` begins with `+`, the others have digits only. */
export type PhoneFormat = 'e164' | 'e164WithoutPlus' | 'national';

/**
 * Writes a number of digits, with `+` in front or of `country`, in another way; `Invalid` where no such number can
 * exist. Seen from `country`, a national number of another country has the prefix for calls abroad.
 */
export function formatPhoneNumber(
	number: string,
	format: PhoneFormat,
	country: Country | undefined,
): string | Invalid {
	if (!number.startsWith('+') && country === undefined) {
		return invalid(
			`is "${number}", which does not tell its country. Set the option Default Country, or begin the number with + and the country code.`,
		);
	}
	const parsed = parse(number, country);
	const wrong = validatePhoneNumberLength(number, country);
	if (wrong !== undefined || parsed === undefined) {
		return invalid(`is "${number}", ${reasons[wrong ?? 'NOT_A_NUMBER']}`);
	}
	switch (format) {
		case 'e164':
			return parsed.number;
		case 'e164WithoutPlus':
			return digitsOf(parsed.number);
		case 'national':
			return asDialledFrom(country, parsed);
	}
}

/** The digits of a number in international and national form; undefined where no such number can exist. */
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

function asDialledFrom(country: Country | undefined, number: PhoneNumber): string | Invalid {
	if (country === undefined) {
		return invalid(
			`is "${number.number}". Set the option Default Country: without it, nobody knows for which country a national number is.`,
		);
	}
	if (getCountryCallingCode(country) === number.countryCallingCode) {
		return digitsOf(number.formatNational());
	}
	// Undefined for a country in which each phone company has a prefix of its own; its type does not tell.
	const abroad: string | undefined = number.format('IDD', { fromCountry: country });
	return abroad === undefined
		? invalid(
				`is "${number.number}", and calls abroad from ${country} have no one prefix. Choose another Number Format.`,
			)
		: digitsOf(abroad);
}

function digitsOf(formatted: string): string {
	return formatted.replace(/\D/g, '');
}

function invalid(why: string): Invalid {
	return { invalid: [why] };
}

const reasons: Readonly<Record<ValidatePhoneNumberLengthResult, string>> = {
	INVALID_COUNTRY: 'whose country code does not exist. Check the digits behind the +.',
	NOT_A_NUMBER: 'which is no phone number. Check its digits.',
	TOO_SHORT: 'which has too few digits for its country. Check whether some are missing.',
	TOO_LONG: 'which has too many digits for its country. Check whether some are there twice.',
	INVALID_LENGTH: 'which has a number of digits that its country does not use. Check them.',
};
