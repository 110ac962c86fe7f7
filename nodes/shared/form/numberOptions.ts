/** How numbers are written on their way out; `cleaned` unless the workflow says otherwise. */
export const numberFormats = [
	'asEntered',
	'cleaned',
	'e164',
	'e164WithoutPlus',
	'national',
] as const;
export type NumberFormat = (typeof numberFormats)[number];

/** How the numbers of a call are read: options of every form that are a program's too. */
export type NumberOptions = Readonly<{
	/** `cleaned` when left out. */
	numberFormat?: NumberFormat;
	/** Two letters, e.g. US: the country whose numbers come without a country code. */
	defaultCountry?: string;
}>;
