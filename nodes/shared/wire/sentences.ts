/** How many of a vendor's errors a text has, and how many characters of each; `vendorErrors` has them all. */
const saidErrors = 5;

const saidCharacters = 500;

/** What a vendor said, for the middle of a sentence; without its full stop. Its first sentence has to do. */
export function brief(saying: string): string {
	return firstSentence(saying).replace(/\.$/, '');
}

/** What a vendor said, for a text; each saying as {@link brief} has it. */
export function listSayings(sayings: readonly string[]): string {
	const said = sayings
		.slice(0, saidErrors)
		.map((text) => (text.length > saidCharacters ? `${text.slice(0, saidCharacters)}…` : text));
	const more = sayings.length - said.length;
	return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Up to the first full stop outside of quotes that a capital letter follows. */
export function firstSentence(text: string): string {
	return /^(?:"[^"]*"|[^"])*?[.!?](?=\s+\p{Lu})/su.exec(text)?.[0] ?? text;
}
