import type { JsonObject, JsonValue } from './http';
import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';

/**
 * Reads JSON, also with the slips of the vendors' documents, each of which means one thing only: typographic quotes, an
 * ellipsis for what was left out, a comma before a closing bracket; and, in a text without these, missing commas. What is
 * cut off stays unreadable. What lies deeper than any answer of an API becomes null. A number that JavaScript would write
 * differently stays the text that came, so that an ID keeps its digits.
 */
export function parseJson(
	json: string,
	maxCharacters = maxReplyCharacters,
): { readonly value: JsonValue } | Unreadable {
	if (json.length > maxCharacters) {
		return { kind: 'unreadable', why: `it is longer than ${maxCharacters} characters` };
	}
	const text = json.replace(/^\uFEFF/, '').trim();
	if (text === '') return { kind: 'unreadable', why: 'it is empty' };
	// The parser's own message is left out: it cites the text.
	return (
		attempt(() => text) ??
		attempt(() => toStrict(text)) ??
		attempt(() => withCommas(text)) ?? { kind: 'unreadable', why: 'it is not valid JSON' }
	);
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !isJsonList(value);
}

export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
	return Array.isArray(value);
}

/** An object's member; undefined for what is no object, or has none of this name. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
	return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A text or a number, as a text; undefined for anything else, and for an empty text. */
export function textOf(value: JsonValue | undefined): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function attempt(strict: () => string): { readonly value: JsonValue } | undefined {
	try {
		const text = strict();
		const exact = quoteInexact(text);
		// What was quoted could stand where no number may.
		if (exact !== text) JSON.parse(text);
		const value: unknown = JSON.parse(exact);
		return { value: toJsonValue(value, 0) };
	} catch {
		return undefined;
	}
}

/** A string, which stays as it is, also without its end; else a number. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d[\d.eE+-]*/gs;

function quoteInexact(text: string): string {
	return text.replace(stringOrNumber, (found) =>
		found.startsWith('"') || String(Number(found)) === found ? found : `"${found}"`,
	);
}

const deepestLevel = 50;

function toJsonValue(value: unknown, level: number): JsonValue {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	if (typeof value !== 'object' || value === null || level > deepestLevel) return null;
	if (Array.isArray(value)) return value.map((one) => toJsonValue(one, level + 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [name, toJsonValue(one, level + 1)]),
	);
}

/** A string, which stays as it is; then what is not strict JSON: see {@link parseJson}. */
const slips =
	/"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[\u201C-\u201F\u2033]([^\u201C-\u201F\u2033]*)[\u201C-\u201F\u2033]|(?:,\s*)?(?:\.{3}|\u2026)|,(?=\s*[}\]])/gs;

function toStrict(text: string): string {
	return text.replace(slips, (slip, quoted: string | undefined) => {
		// A control character stays, and makes the text unreadable, as between the quotes of JSON.
		if (quoted !== undefined) return /\p{Cc}/u.test(quoted) ? slip : JSON.stringify(quoted);
		return slip.startsWith('"') ? slip : '';
	});
}

const token = /\s*("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[[\]{}:,])\s*/y;
const endsValue = /["\]}0-9el]$/;
const beginsValue = /^["[{0-9tfn-]/;

/** Empty where something stands in the text that is no part of JSON. */
function withCommas(text: string): string {
	const tokens: string[] = [];
	token.lastIndex = 0;
	let at = 0;
	while (at < text.length) {
		const [, found] = token.exec(text) ?? [];
		if (found === undefined) return '';
		const previous = tokens.at(-1) ?? '';
		if (endsValue.test(previous) && beginsValue.test(found)) tokens.push(',');
		tokens.push(found);
		at = token.lastIndex;
	}
	return tokens.join('');
}
