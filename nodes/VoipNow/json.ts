import type { JsonValue } from '../shared/call';

const token = /\s*("(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[[\]{}:,])\s*/y;
const endsValue = /["\]}0-9el]$/;
const beginsValue = /^["[{0-9tfn-]/;

/**
 * Reads JSON, also where commas between members are missing, as in the documented replies. Nothing else is mended: a text
 * that ends early still does. Gives undefined for what is no JSON.
 */
export function parseJson(text: string): JsonValue | undefined {
	return parseStrictly(text) ?? parseStrictly(withCommas(text) ?? '');
}

function parseStrictly(text: string): JsonValue | undefined {
	try {
		const parsed: JsonValue = JSON.parse(text);
		return parsed;
	} catch {
		return undefined;
	}
}

/** Undefined where something stands in the text that is no part of JSON. */
function withCommas(text: string): string | undefined {
	const tokens: string[] = [];
	token.lastIndex = 0;
	let at = 0;
	while (at < text.length) {
		const [, found] = token.exec(text) ?? [];
		if (found === undefined) return undefined;
		const previous = tokens.at(-1) ?? '';
		if (endsValue.test(previous) && beginsValue.test(found)) tokens.push(',');
		tokens.push(found);
		at = token.lastIndex;
	}
	return tokens.join('');
}

/** An object's member; undefined for what is no object, or has none of this name. */
export function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
	if (typeof value !== 'object' || value === null || isList(value)) return undefined;
	return Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
	return Array.isArray(value);
}

/** A text or a number, as a text; undefined for anything else, and for an empty text. */
export function textOf(value: JsonValue | undefined): string | undefined {
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : undefined;
}
