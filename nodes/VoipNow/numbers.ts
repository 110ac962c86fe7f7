/** Digits and the `*` of an extended extension number. */
export function plainNumber(number: string): string {
	return number.replace(/[^\d*]/g, '');
}

/** Whether a number is the same for everybody: extended (0003*210) or public. A short one (210) depends on who asks. */
export function isPhone(number: string): boolean {
	return /^\d+\*\d+$/.test(number) || /^\d{7,}$/.test(number);
}

/** Whether a phone of a call is one of these; a short number is that of its extended one. */
export function isAmong(number: string, numbers: readonly string[]): boolean {
	const phone = plainNumber(number);
	return phone !== '' && numbers.map(plainNumber).some((other) => isSame(phone, other));
}

function isSame(one: string, other: string): boolean {
	return one === other || shortOf(one) === other || one === shortOf(other);
}

/** 210 of 0003*210; undefined for any other number. */
function shortOf(number: string): string | undefined {
	return /^\d+\*(\d+)$/.exec(number)?.[1];
}
