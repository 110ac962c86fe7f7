import type { JsonObject, JsonValue } from './http';
import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';

/**
 * Reads JSON. Values nested deeper than in any API's reply become null. A number that JavaScript would print differently
 * becomes a text, so that an ID keeps its digits.
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
	try {
		const value: unknown = JSON.parse(text);
		return { value: toJsonValue(mayBeInexact.test(text) ? JSON.parse(quoteInexact(text)) : value) };
	} catch {
		// The parser's own message is left out, because it quotes the text.
		return { kind: 'unreadable', why: 'it is not valid JSON' };
	}
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !isJsonList(value);
}

export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
	return Array.isArray(value);
}

/** The member of an object with this name; undefined if there is none, or if the value is not an object. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
	return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A text or a number as a text; undefined for an empty text and for anything else. */
export function textOf(value: JsonValue | undefined): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Found in every number that JavaScript would print differently; strings may contain it, too. */
const mayBeInexact = /\d[.eE]|-0|\d{16}/;

/** A string or a number of a JSON text. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

function quoteInexact(text: string): string {
	return text.replace(stringOrNumber, (found) =>
		found.startsWith('"') || String(Number(found)) === found ? found : `"${found}"`,
	);
}

const deepestLevel = 50;

function toJsonValue(value: unknown, level = 0): JsonValue {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	if (typeof value !== 'object' || value === null || level > deepestLevel) return null;
	if (Array.isArray(value)) return value.map((one) => toJsonValue(one, level + 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [name, toJsonValue(one, level + 1)]),
	);
}
