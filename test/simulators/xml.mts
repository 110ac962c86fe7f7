import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlElement {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly XmlElement[];
	/** Its own text without that of its children, entities resolved, not trimmed. */
	readonly text: string;
}

export type XmlResult =
	| { readonly root: XmlElement }
	/** What is wrong with the document. */
	| { readonly fault: string };

const attributesKey = ':@';
const textKey = '#text';
const cdataKey = '#cdata';

const parser = new XMLParser({
	preserveOrder: true,
	ignoreAttributes: false,
	attributeNamePrefix: '',
	trimValues: false,
	parseTagValue: false,
	parseAttributeValue: false,
	// Resolved below, where an unknown entity is a fault instead of plain text.
	processEntities: false,
	textNodeName: textKey,
	cdataPropName: cdataKey,
	ignoreDeclaration: true,
	ignorePiTags: true,
});

/** Strict: UTF-8 only, no document type, no unknown entity, one root element. */
export function parseXml(bytes: Buffer): XmlResult {
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return { fault: 'not UTF-8' };
	}
	const fault = faultOf(text);
	if (fault !== null) return { fault };
	try {
		const nodes = parser.parse(text) as unknown;
		const [root, ...more] = elementsOf(nodes);
		if (!root || more.length > 0) return { fault: 'not one root element' };
		return textOf(nodes).trim() === '' ? { root } : { fault: 'text outside the root element' };
	} catch (error) {
		return { fault: error instanceof Error ? error.message : 'unreadable' };
	}
}

function faultOf(text: string): string | null {
	if (/<!DOCTYPE/i.test(text)) return 'a document type is not allowed';
	// XML 1.0 section 2.2 forbids these characters.
	if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
		return 'forbidden character';
	const encoding = /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1];
	if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) return `encoding ${encoding}`;
	// Neither the validator nor the parser reports this.
	if (!/>\s*$/.test(text)) return 'text outside the root element';
	const verdict = XMLValidator.validate(text);
	return verdict === true ? null : `line ${String(verdict.err.line)}: ${verdict.err.msg}`;
}

function elementsOf(nodes: unknown): XmlElement[] {
	const elements: XmlElement[] = [];
	for (const node of recordsOf(nodes)) {
		const name = Object.keys(node).find((key) => key !== attributesKey);
		if (name === undefined || name === textKey || name === cdataKey) continue;
		const inner = node[name];
		elements.push({
			name,
			attributes: attributesOf(node[attributesKey]),
			children: elementsOf(inner),
			text: textOf(inner),
		});
	}
	return elements;
}

function textOf(nodes: unknown): string {
	let text = '';
	for (const node of recordsOf(nodes)) {
		if (typeof node[textKey] === 'string') text += resolveEntities(node[textKey]);
		// The parser gives a CDATA section as a list of text nodes, in which & is just &.
		for (const part of recordsOf(node[cdataKey])) {
			if (typeof part[textKey] === 'string') text += part[textKey];
		}
	}
	return text;
}

function attributesOf(value: unknown): Record<string, string> {
	const attributes: Record<string, string> = {};
	for (const [name, raw] of Object.entries(isRecord(value) ? value : {})) {
		const text = String(raw);
		if (text.includes('<')) throw new Error(`< in attribute ${name}`);
		attributes[name] = resolveEntities(text);
	}
	return attributes;
}

const namedEntities = new Map([
	['amp', '&'],
	['lt', '<'],
	['gt', '>'],
	['quot', '"'],
	['apos', "'"],
]);

/** Throws at what the validator lets pass: `]]>`, and an ampersand that begins no known entity. */
function resolveEntities(text: string): string {
	if (text.includes(']]>')) throw new Error(']]> outside a CDATA section');
	return text.replace(/&([^;&]*)(;?)/g, (entity, name: string, end: string) => {
		const named = namedEntities.get(name);
		const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
		const code = hex ? parseInt(hex, 16) : parseInt(decimal ?? '', 10);
		const resolved = named ?? (isCharacter(code) ? String.fromCodePoint(code) : undefined);
		if (end === '' || resolved === undefined) throw new Error(`unknown entity ${entity}`);
		return resolved;
	});
}

/** XML 1.0 section 2.2. */
function isCharacter(code: number): boolean {
	if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
	const surrogate = code >= 0xd800 && code <= 0xdfff;
	return code <= 0x10ffff && !surrogate && code !== 0xfffe && code !== 0xffff;
}

function recordsOf(value: unknown): Record<string, unknown>[] {
	return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An element to be written; its children are markup already. */
export function element(
	name: string,
	attributes: Readonly<Record<string, string | number>>,
	...children: readonly string[]
): string {
	const written = Object.entries(attributes)
		.map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
		.join('');
	return `<${name}${written}>${children.join('')}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	'\t': '&#9;',
	'\n': '&#10;',
	'\r': '&#13;',
};

export function escapeXml(text: string): string {
	return text.replace(/[&<>"'\t\n\r]/g, (character) => escapes[character] ?? character);
}
