import { type X2jOptions, XMLParser, XMLValidator } from 'fast-xml-parser';

import { invalid, type Invalid } from './invalid';
import type { JsonObject, JsonValue } from './json';
import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';
import { isRecord } from './values';

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

const attributesKey = ':@';
const textKey = '#text';

const entities: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
};

/** The references that XML defines without a document type; any other stays unchanged. */
const references = /&(?:#(\d+)|#x([\dA-Fa-f]+)|(amp|lt|gt|quot|apos));/g;

function resolveReferences(text: string): string {
	if (!text.includes('&')) return text;
	return text.replace(references, (reference, decimal?: string, hex?: string, name = '') => {
		if (decimal === undefined && hex === undefined) return entities[name] ?? reference;
		const code = parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
		const character = code <= 0x10ffff ? String.fromCodePoint(code) : '';
		return notXmlCharacter.test(character) ? '' : character;
	});
}

const parserOptions: X2jOptions = {
	preserveOrder: true,
	ignoreAttributes: false,
	attributeNamePrefix: '',
	textNodeName: textKey,
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: false,
	ignoreDeclaration: true,
	ignorePiTags: true,
	jPath: false,
	maxNestedTags: 50,
	// Without this, the parser makes a decoder for every document, with all entities of HTML.
	entityDecoder: {
		decode: resolveReferences,
		reset: () => undefined,
		setXmlVersion: () => undefined,
		setExternalEntities: () => undefined,
		addInputEntities: () => undefined,
	},
};

/** Made when the first reply is read, which is when the library is loaded. */
let parser: XMLParser | undefined;

/** Reads an XML document; refuses a document type, more than 50 levels of nesting, and a text that is too long. */
export function parseXml(xml: string, maxCharacters = maxReplyCharacters): XmlElement | Unreadable {
	if (xml.length > maxCharacters) {
		return { kind: 'unreadable', why: `it is longer than ${maxCharacters} characters` };
	}
	// Checked before any parser sees the text: a document type can declare entities that expand without end.
	if (/<!DOCTYPE/i.test(xml))
		return { kind: 'unreadable', why: 'it has a document type declaration' };
	if (xml.trim() === '') return { kind: 'unreadable', why: 'it is empty' };
	try {
		const validity = XMLValidator.validate(xml);
		if (validity !== true)
			return { kind: 'unreadable', why: `it is not well-formed XML (${validity.err.msg})` };
		parser ??= new XMLParser(parserOptions);
		const nodes: unknown = parser.parse(xml);
		const roots = elementsOf(nodes);
		const [root] = roots;
		if (root === undefined || roots.length > 1)
			return { kind: 'unreadable', why: 'it has no single root element' };
		return root;
	} catch (error) {
		return {
			kind: 'unreadable',
			why: `it is not well-formed XML (${error instanceof Error ? error.message : 'cannot be parsed'})`,
		};
	}
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
	if (node.text !== '') members[textKey] = node.text;
	return members satisfies JsonObject;
}

/** Reads the parser's nodes: each is an object with the element's name as a key, and with its attributes. */
function elementsOf(nodes: unknown): XmlElement[] {
	const elements: XmlElement[] = [];
	for (const node of recordsOf(nodes)) {
		const name = nameOf(node);
		if (name === undefined || name === textKey) continue;
		elements.push({
			name,
			attributes: stringMembers(node[attributesKey]),
			children: elementsOf(node[name]),
			text: textOf(node[name]).trim(),
		});
	}
	return elements;
}

function nameOf(node: Readonly<Record<string, unknown>>): string | undefined {
	for (const key in node) if (key !== attributesKey) return key;
	return undefined;
}

function textOf(nodes: unknown): string {
	let text = '';
	for (const node of recordsOf(nodes)) text += String(node[textKey] ?? '');
	return text;
}

function stringMembers(value: unknown): Record<string, string> {
	const members: Record<string, string> = {};
	if (isRecord(value)) for (const name in value) members[name] = String(value[name]);
	return members;
}

function recordsOf(nodes: unknown): readonly Readonly<Record<string, unknown>>[] {
	return Array.isArray(nodes) ? nodes.filter(isRecord) : [];
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
