import { endAlike } from '../shared/form/number';

/** Whether two numbers have the same digits, however they are written. Names of telephone lines must be the same text. */
export function isSameNumber(one: string | undefined, other: string | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return (
		one === other || (isDialable(one) && isDialable(other) && digitsOf(one) === digitsOf(other))
	);
}

/** Whether one number may be the other with a prefix in front, such as the country code that a dial plan adds. */
export function isSimilarNumber(one: string | undefined, other: string | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return isDialable(one) && isDialable(other) && endAlike(digitsOf(one), digitsOf(other));
}

function isDialable(number: string): boolean {
	return /\d/.test(number) && !/\p{L}/u.test(number);
}

function digitsOf(number: string): string {
	return number.replace(/[^\d*#]/g, '');
}
