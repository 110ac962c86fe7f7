import { firstSentence } from './sentences';
import { isTagged } from './values';

/** Input that cannot be sent; each text says what to change. */
export interface Invalid {
	readonly kind: 'invalid';
	readonly texts: readonly string[];
}

export function invalid(...texts: readonly string[]): Invalid {
	return { kind: 'invalid', texts };
}

export function isInvalid(value: object | string | undefined): value is Invalid {
	return isTagged(value, 'invalid');
}

/** The first sentence of a single text, and the rest of it. Several texts become a list below a headline. */
export function headlineOf(
	{ texts }: Invalid,
	several = 'values',
): { readonly what: string; readonly rest: string } {
	const [only = '', ...more] = texts;
	if (more.length > 0) {
		const rest = texts.map((text) => `• ${text}`).join('\n');
		return { what: `${texts.length} ${several} cannot be used.`, rest };
	}
	const what = firstSentence(only);
	return { what, rest: only.slice(what.length).trim() };
}
