import { firstSentence } from './sentences';

/** Input that cannot be sent as it is; each text says what to change. */
export interface Invalid {
	readonly invalid: readonly string[];
}

export function isInvalid(value: object | string): value is Invalid {
	return typeof value === 'object' && 'invalid' in value;
}

/** What is wrong in a sentence, and the rest of it: several texts are a list, each on a line of its own. */
export function headlineOf(
	{ invalid }: Invalid,
	several = 'values',
): { readonly what: string; readonly rest: string } {
	const [only = '', ...more] = invalid;
	if (more.length > 0) {
		const rest = invalid.map((text) => `• ${text}`).join('\n');
		return { what: `${invalid.length} ${several} cannot be used.`, rest };
	}
	const what = firstSentence(only);
	return { what, rest: only.slice(what.length).trim() };
}
