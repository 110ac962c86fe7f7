import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';

import type { JsonObject, JsonValue } from './http';
import type { Invalid } from './invalid';
import { maxReplyCharacters } from './limits';
import type { Unreadable } from './unreadable';
import { isRecord } from './values';

/** One element; values are always strings, so that `007` stays `007`. */
export interface XmlElement {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly XmlElement[];
	/** The element's own text, trimmed; empty where it has child elements only. */
	readonly text: string;
}

/** Why a text could not be read as XML. */

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

const nodeNames = { attributes: ':@', text: '#text', declaration: '?xml' } as const;

const shared = {
	preserveOrder: true,
	ignoreAttributes: false,
	attributeNamePrefix: '',
	textNodeName: nodeNames.text,
} as const;

const parser = new XMLParser({
	...shared,
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: false,
	ignoreDeclaration: true,
	ignorePiTags: true,
	// A document type, which could declare more entities, is refused. The second option is what decodes `&#233;`.
	processEntities: true,
	htmlEntities: true,
	maxNestedTags: 50,
});

const builder = new XMLBuilder({ ...shared, processEntities: true, suppressEmptyNode: false });

/** Reads an XML document; refuses a document type, nesting over 50 levels and a text that is too long. */
export function parseXml(xml: string, maxCharacters = maxReplyCharacters): XmlElement | Unreadable {
	if (xml.length > maxCharacters) {
		return { kind: 'unreadable', why: `it is longer than ${maxCharacters} characters` };
	}
	// Checked on the text, before any parser works on it: a document type can declare entities that expand without end.
	if (/<!DOCTYPE/i.test(xml))
		return { kind: 'unreadable', why: 'it has a document type declaration' };
	if (xml.trim() === '') return { kind: 'unreadable', why: 'it is empty' };
	try {
		const validity = XMLValidator.validate(xml);
		if (validity !== true)
			return { kind: 'unreadable', why: `it is not well-formed XML (${validity.err.msg})` };
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

/** Writes a document, declaration included; names a value that holds characters which XML cannot carry. */
export function buildXml(root: XmlElement): string | Invalid {
	const invalid = forbiddenCharacters(root);
	if (invalid.length > 0) return { kind: 'invalid', texts: invalid };
	return '<?xml version="1.0" encoding="UTF-8"?>' + String(builder.build([toNode(root)]));
}

/** The first child with this name. */
export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
	return parent?.children.find((candidate) => candidate.name === name);
}

export function childrenNamed(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
	return parent?.children.filter((candidate) => candidate.name === name) ?? [];
}

/** The element's content as JSON: attributes and children become members, a repeated child an array, a mere text a string. */
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
	if (node.text !== '') members[nodeNames.text] = node.text;
	return members satisfies JsonObject;
}

function elementsOf(nodes: unknown): XmlElement[] {
	if (!Array.isArray(nodes)) return [];
	return nodes.flatMap((node: unknown) => {
		if (!isRecord(node)) return [];
		const name = Object.keys(node).find((key) => key !== nodeNames.attributes);
		if (name === undefined || name === nodeNames.text) return [];
		return [
			{
				name,
				attributes: stringMembers(node[nodeNames.attributes]),
				children: elementsOf(node[name]),
				text: textOf(node[name]).trim(),
			},
		];
	});
}

function textOf(nodes: unknown): string {
	if (!Array.isArray(nodes)) return '';
	return nodes
		.map((node: unknown) => (isRecord(node) ? (node[nodeNames.text] ?? '') : ''))
		.map(String)
		.join('');
}

function stringMembers(value: unknown): Record<string, string> {
	if (!isRecord(value)) return {};
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, String(member)]));
}

function toNode({ name, attributes, children, text }: XmlElement): Record<string, unknown> {
	const content = children.map(toNode);
	if (text !== '') content.push({ [nodeNames.text]: text });
	return { [name]: content, [nodeNames.attributes]: attributes };
}

// https://www.w3.org/TR/xml/#charsets: everything else cannot stand in a document, not even as a reference.
const notXmlCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

function forbiddenCharacters({ name, text, children }: XmlElement): string[] {
	const found = notXmlCharacter.exec(text)?.[0];
	const own =
		found === undefined
			? []
			: [`The value of ${name} contains the control character ${unicodeName(found)}. Remove it.`];
	return [...own, ...children.flatMap(forbiddenCharacters)];
}

function unicodeName(character: string): string {
	return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
