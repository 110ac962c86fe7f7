/** The most vendor messages in a text, and the most characters of each; `vendorErrors` has them in full. */
const saidErrors = 5;

const saidCharacters = 500;

/** The first sentence of a vendor's message, without its full stop, for the middle of another sentence. */
export function brief(saying: string): string {
	return firstSentence(saying).replace(/\.$/, '');
}

/** Several messages of a vendor as one text. Each should come from {@link brief}. */
export function listSayings(sayings: readonly string[]): string {
	const said = sayings
		.slice(0, saidErrors)
		.map((text) => (text.length > saidCharacters ? `${text.slice(0, saidCharacters)}…` : text));
	const more = sayings.length - said.length;
	return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** The text up to its first full stop that is outside quotes and has a capital letter after it. */
export function firstSentence(text: string): string {
	return /^(?:"[^"]*"|[^"])*?[.!?](?=\s+\p{Lu})/su.exec(text)?.[0] ?? text;
}

/** `a`, `a and b`, or `a, b, and c`. Intl.ListFormat would add 10 ms to the start of n8n. */
export function enumerate(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
	if (words.length < 3) return words.join(` ${conjunction} `);
	return `${words.slice(0, -1).join(', ')}, ${conjunction} ${words.at(-1)}`;
}

/** Sorts labels of forms. A comparison in a language's own order would add 10 ms to the start of n8n. */
export function inOrder(a: string, b: string): number {
	const [first, second] = [a.toLowerCase(), b.toLowerCase()];
	return first < second ? -1 : Number(first > second);
}
