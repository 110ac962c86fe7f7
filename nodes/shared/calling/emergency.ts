/**
 * Whether a number reaches emergency services as it is dialed: 112, 911, 999 and 000, also behind one digit for an
 * outside line and behind codes such as *67. Numbers that only one country has, such as 110, are extensions elsewhere. In
 * front of 000, only 0 and 9 are taken for an outside line: 1000 and 2000 are extensions in many companies.
 */
export function isEmergencyNumber(number: string): boolean {
	return /^(?:[*#]+\d{1,3})*[*#]*(?:\d?(?:112|911|999)|[09]?000)[*#]*$/.test(
		number.replace(/[^0-9*#]/g, ''),
	);
}
