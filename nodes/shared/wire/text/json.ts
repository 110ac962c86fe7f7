import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
	readonly [key: string]: JsonValue;
}

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
		const value = JSON.parse(text) as JsonValue;
		const exact = mayBeInexact.test(text) ? quoteInexact(text) : text;
		return { value: cutDeep(exact === text ? value : (JSON.parse(exact) as JsonValue)) };
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

/** The members that have a value: neither undefined nor null. */
export function withoutMissing(
	members: Readonly<Record<string, JsonValue | undefined>>,
): JsonObject {
	return Object.fromEntries(
		Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] != null),
	);
}

/** A text or a number as a text; undefined for an empty text and for anything else. */
export function textOf(value: JsonValue | undefined): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Found before and in every number that JavaScript would print differently; strings may contain it, too. */
const mayBeInexact = /(?:^|[[:,\s])(?:-?(?:\d+[.eE]|\d{16})|-0)/;

/** A string or a number of a JSON text. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

function quoteInexact(text: string): string {
	return text.replace(stringOrNumber, (found) =>
		found.startsWith('"') || String(Number(found)) === found ? found : `"${found}"`,
	);
}

const deepestLevel = 50;

/** Changes the value itself, which nobody else has yet. */
function cutDeep(value: JsonValue, level = 0): JsonValue {
	if (typeof value !== 'object' || value === null) return value;
	const members = value as Record<string, JsonValue>;
	for (const name of Object.keys(members)) {
		const inner = members[name];
		if (typeof inner !== 'object' || inner === null) continue;
		if (level < deepestLevel) cutDeep(inner, level + 1);
		else members[name] = null;
	}
	return value;
}
