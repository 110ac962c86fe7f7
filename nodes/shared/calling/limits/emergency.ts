/**
 * Whether a number reaches emergency services when it is dialed: 112, 911, 999 or 000, also after a digit for an outside
 * line and after codes such as *67. Numbers of single countries, such as 110, are not included: elsewhere they are
 * extensions. Before 000, only 0 and 9 count as the digit for an outside line, because 1000 and 2000 are common extensions.
 */
export function isEmergencyNumber(number: string): boolean {
	return /^(?:[*#]+\d{1,3})*[*#]*(?:\d?(?:112|911|999)|[09]?000)[*#]*$/.test(
		number.replace(/[^0-9*#]/g, ''),
	);
}
