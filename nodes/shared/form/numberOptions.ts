/** The formats in which numbers can be sent. */
export const numberFormats = [
	'asEntered',
	'cleaned',
	'e164',
	'e164WithoutPlus',
	'national',
] as const;
export type NumberFormat = (typeof numberFormats)[number];

/** The options for numbers, which programs have too. */
export type NumberOptions = Readonly<{
	/** `cleaned` unless given. */
	numberFormat?: NumberFormat;
	/** Two letters, such as US: the country of numbers without a country code. */
	defaultCountry?: string;
}>;
