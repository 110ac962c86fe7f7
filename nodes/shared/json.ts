import type { JsonObject, JsonValue } from './call';
import { maxReplyCharacters, type Unreadable } from './xml';

/**
 * What is not strict JSON and yet means one thing only, after a string, which stays as it is: a string between typographic
 * quotes; an ellipsis for what was left out, with the comma before it; a comma before a closing bracket.
 */
const tokens =
	/"[^"\\]*(?:\\.[^"\\]*)*"|[\u201C-\u201F\u2033]([^\u201C-\u201F\u2033]*)[\u201C-\u201F\u2033]|(?:,\s*)?(?:\.{3}|\u2026)|,(?=\s*[}\]])/gs;

/** Reads JSON, also with the marks and commas of {@link tokens}. What is cut off stays unreadable. */
export function parseJson(json: string): { readonly value: JsonValue } | Unreadable {
	if (json.length > maxReplyCharacters) {
		return { unreadable: `it is longer than ${maxReplyCharacters} characters` };
	}
	const text = json.replace(/^\uFEFF/, '').trim();
	if (text === '') return { unreadable: 'it is empty' };
	// The parser's own message is left out: it cites the text.
	return (
		attempt(() => text) ?? attempt(() => toStrict(text)) ?? { unreadable: 'it is not valid JSON' }
	);
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function attempt(strict: () => string): { readonly value: JsonValue } | undefined {
	try {
		const value: JsonValue = JSON.parse(strict());
		return { value };
	} catch {
		return undefined;
	}
}

function toStrict(text: string): string {
	return text.replace(tokens, (token, quoted: string | undefined) => {
		if (quoted !== undefined) return JSON.stringify(quoted);
		return token.startsWith('"') ? token : '';
	});
}
