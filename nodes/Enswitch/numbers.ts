/** Whether two numbers have the same digits, however they are written. Names of telephone lines must be the same text. */
export function isSameNumber(one: string | undefined, other: string | undefined): boolean {
	if (one === undefined || other === undefined) return false;
	return (
		one === other || (isDialable(one) && isDialable(other) && digitsOf(one) === digitsOf(other))
	);
}

/** In digits: shorter numbers may end alike by chance. */
const shortestEnding = 7;

/** Whether one number may be the other with a prefix in front, such as the country code that a dial plan adds. */
export function isSimilarNumber(one: string | undefined, other: string | undefined): boolean {
	if (one === undefined || other === undefined || !isDialable(one) || !isDialable(other))
		return false;
	const [short = '', long = ''] = [digitsOf(one), digitsOf(other)].sort(
		(a, b) => a.length - b.length,
	);
	return short.length >= shortestEnding && long.endsWith(short);
}

function isDialable(number: string): boolean {
	return /\d/.test(number) && !/\p{L}/u.test(number);
}

function digitsOf(number: string): string {
	return number.replace(/[^\d*#]/g, '');
}
