/** Whether a value is an object, and neither a list nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is the member of a union that has this tag. */
export function isTagged(value: unknown, kind: string): boolean {
	return isRecord(value) && value.kind === kind;
}

/** An error and its causes, the outermost first: n8n wraps errors at least once. */
export function chain(error: unknown): readonly Readonly<Record<string, unknown>>[] {
	const links: Readonly<Record<string, unknown>>[] = [];
	let next: unknown = error;
	while (isRecord(next) && links.length < 8) {
		links.push(next);
		next = next.cause;
	}
	return links;
}

/** The message of an error, for the inside of parentheses. */
export function reasonOf(error: unknown): string {
	return error instanceof Error && error.message !== '' ? error.message : 'no reason given';
}

/** A text, number or boolean as a text; empty for anything else. */
export function toText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
		? String(value)
		: '';
}
