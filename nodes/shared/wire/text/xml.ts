import { parseXml as parseDocument, XmlElement as ParsedElement, XmlText } from '@rgrove/parse-xml';

import { invalid, type Invalid } from './invalid';
import type { JsonObject, JsonValue } from './json';
import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';

/** One element. Values are always strings, so that `007` stays `007`. */
export interface XmlElement {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly XmlElement[];
	/** The element's own text, trimmed; empty if it has only child elements. */
	readonly text: string;
}

/** An element for {@link buildXml}. */
export function element(
	name: string,
	content: string | readonly XmlElement[],
	attributes: Readonly<Record<string, string>> = {},
): XmlElement {
	return typeof content === 'string'
		? { name, attributes, children: [], text: content }
		: { name, attributes, children: content, text: '' };
}

/** No reply of a phone system has as many. */
const mostLevels = 50;
const tooDeep = `more than ${mostLevels} levels of elements`;

/** As the key of an object, they would reach its prototype. */
const unsafeNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads an XML document; refuses a document type, more than 50 levels of nesting, and a text that is too long. */
export function parseXml(xml: string, maxCharacters = maxReplyCharacters): XmlElement | Unreadable {
	if (xml.length > maxCharacters) {
		return { kind: 'unreadable', why: `it is longer than ${maxCharacters} characters` };
	}
	// Checked before any parser sees the text: a document type can declare entities that expand without end.
	if (/<!DOCTYPE/i.test(xml))
		return { kind: 'unreadable', why: 'it has a document type declaration' };
	const text = cleaned(xml);
	if (text === '') return { kind: 'unreadable', why: 'it is empty' };
	try {
		// An entity that XML does not know, such as one of HTML, stays as it is: the rest of the reply can be read.
		const { root } = parseDocument(text, { ignoreUndefinedEntities: true });
		if (root === null) throw new Error('no root element');
		return toElement(root);
	} catch (error) {
		return { kind: 'unreadable', why: `it is not well-formed XML (${problemOf(error)})` };
	}
}

/**
 * Removes the XML declaration, which says nothing about a text that is already decoded, and replaces characters that XML
 * forbids, as a decoder does with bytes that it cannot read: neither makes a reply unreadable. Line breaks are
 * normalized here because the parser's time for that grows with the square of their number.
 */
function cleaned(xml: string): string {
	const text = xml
		.replace(/^\s*<\?xml\s[^>]*\?>/, '')
		.replace(notXmlCharacters, replacement)
		.replace(/\r\n?/g, '\n')
		.trim();
	if (!text.includes('&#')) return text;
	return text.replace(/&#(?:x([\dA-Fa-f]+)|(\d+));/g, (reference, hex?: string, decimal = '') => {
		const code = hex === undefined ? parseInt(decimal, 10) : parseInt(hex, 16);
		const isAllowed = code <= 0x10ffff && !notXmlCharacter.test(String.fromCodePoint(code));
		return isAllowed ? reference : replacement;
	});
}

const replacement = '\uFFFD';

/** The parser's message ends with a part of the reply, which can contain secrets, and the name of an element can be long. */
function problemOf(error: unknown): string {
	// The parser calls itself for each level.
	if (error instanceof RangeError) return tooDeep;
	const message = error instanceof Error ? error.message : 'cannot be parsed';
	return message.replace(/ \(line [^]*/, '').slice(0, 100);
}

function toElement({ name, attributes, children }: ParsedElement, level = 1): XmlElement {
	if (level > mostLevels) throw new Error(tooDeep);
	checkName(name);
	const own: Record<string, string> = {};
	for (const key in attributes) {
		checkName(key);
		own[key] = attributes[key] ?? '';
	}
	const elements: XmlElement[] = [];
	let text = '';
	for (const node of children) {
		if (node instanceof ParsedElement) elements.push(toElement(node, level + 1));
		else if (node instanceof XmlText) text += node.text;
	}
	return { name, attributes: own, children: elements, text: text.trim() };
}

function checkName(name: string): void {
	if (unsafeNames.has(name)) throw new Error(`the name ${name} is not allowed`);
}

/** Writes a document with its declaration; `Invalid` if a value contains characters that XML does not allow. */
export function buildXml(root: XmlElement): string | Invalid {
	const xml = `<?xml version="1.0" encoding="UTF-8"?>${write(root)}`;
	return notXmlCharacter.test(xml) ? invalid(...forbiddenCharacters(root)) : xml;
}

/** The first child with this name. */
export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
	return parent?.children.find((candidate) => candidate.name === name);
}

export function childrenNamed(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
	return parent?.children.filter((candidate) => candidate.name === name) ?? [];
}

/** The element's content as JSON: attributes and children become members, repeated children an array, text alone a string. */
export function xmlToJson(node: XmlElement): JsonValue {
	const members: Record<string, JsonValue> = { ...node.attributes };
	const byName = new Map<string, JsonValue[]>();
	for (const one of node.children) {
		const values = byName.get(one.name) ?? [];
		values.push(xmlToJson(one));
		byName.set(one.name, values);
	}
	for (const [name, values] of byName) {
		members[name] = values.length === 1 ? (values[0] ?? null) : values;
	}
	if (Object.keys(members).length === 0) return node.text;
	if (node.text !== '') members['#text'] = node.text;
	return members satisfies JsonObject;
}

function write({ name, attributes, children, text }: XmlElement): string {
	let written = `<${name}`;
	for (const [key, value] of Object.entries(attributes)) written += ` ${key}="${escapeXml(value)}"`;
	return `${written}>${children.map(write).join('')}${escapeXml(text)}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
};

function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

// https://www.w3.org/TR/xml/#charsets: no other character is allowed in a document, not even as a reference.
const notXmlCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const notXmlCharacters = new RegExp(notXmlCharacter, 'gu');

function forbiddenCharacters({ name, attributes, text, children }: XmlElement): string[] {
	const found = notXmlCharacter.exec([...Object.values(attributes), text].join(''))?.[0];
	const own =
		found === undefined
			? []
			: [`The value of ${name} contains the control character ${unicodeName(found)}. Remove it.`];
	return [...own, ...children.flatMap(forbiddenCharacters)];
}

function unicodeName(character: string): string {
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
