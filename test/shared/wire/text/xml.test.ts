import { isUnreadable } from '../../../../nodes/shared/wire/text/unreadable';
import { maxReplyCharacters } from '../../../../nodes/shared/wire/text/limits';
import { buildXml, element, parseXml, xmlToJson } from '../../../../nodes/shared/wire/text/xml';

const parsed = (xml: string) => {
	const root = parseXml(xml);
	if (isUnreadable(root)) throw new Error(root.why);
	return root;
};

describe('reading', () => {
	test('keeps values as strings', () => {
		expect(parsed('<a b="007"><c>0x10</c><d> 1e3 </d><e>true</e></a>')).toMatchObject({
			attributes: { b: '007' },
			children: [{ text: '0x10' }, { text: '1e3' }, { text: 'true' }],
		});
	});

	test('reads references, CDATA and a declaration', () => {
		const xml =
			'<?xml version="1.0" encoding="UTF-8"?><!-- x --><a>&lt;&amp;&#233;&#xE9;<![CDATA[<&amp;]]></a>';
		expect(parsed(xml).text).toBe('<&éé<&amp;');
	});

	test.each([
		['nothing', '', 'it is empty'],
		['whitespace', ' \n', 'it is empty'],
		['a text', 'hello', 'not well-formed'],
		['an unclosed tag', '<a><b></a>', 'not well-formed'],
		['a truncated tag', '<a b="1', 'not well-formed'],
		['two roots', '<a/><b/>', 'no single root'],
		['a document type', '<!DOCTYPE a><a/>', 'document type'],
		[
			'exploding entities',
			'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
			'document type',
		],
		[
			'an external entity',
			'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
			'document type',
		],
		['a name that would reach a prototype', '<a __proto__="x"/>', 'not well-formed'],
	])('refuses %s', (_, xml, why) => {
		expect(parseXml(xml)).toEqual({ kind: 'unreadable', why: expect.stringContaining(why) });
	});

	test('refuses quickly what is too long or too deep', () => {
		expect(parseXml(`<a>${'x'.repeat(maxReplyCharacters)}</a>`)).toHaveProperty(
			'kind',
			'unreadable',
		);
		expect(parseXml('<a>'.repeat(200) + '</a>'.repeat(200))).toHaveProperty('kind', 'unreadable');
	});

	test('becomes JSON with attributes as members and repeated children as lists', () => {
		const root = parsed('<r m="1"><v>1</v><v>2</v><x><y k="1"/></x><e/></r>');
		expect(xmlToJson(root)).toEqual({ m: '1', v: ['1', '2'], x: { y: { k: '1' } }, e: '' });
	});
});

describe('writing', () => {
	test('keeps markup as text', () => {
		const value = `</v><x a="1">&amp;<![CDATA[x]]> ' "`;
		const xml = buildXml(element('r', [element('v', value)], { a: 'x"<&' }));
		expect(typeof xml).toBe('string');
		const root = parsed(String(xml));
		expect(root.children).toEqual([{ name: 'v', attributes: {}, children: [], text: value }]);
		expect(root.attributes).toEqual({ a: 'x"<&' });
	});

	test.each([
		['\u0000', 'U+0000'],
		['\u001F', 'U+001F'],
		['\uFFFE', 'U+FFFE'],
		['\uD800', 'U+D800'],
	])('refuses %j, which XML cannot carry', (character, name) => {
		expect(buildXml(element('r', [element('v', `a${character}b`)]))).toEqual({
			kind: 'invalid',
			texts: [`The value of v contains the control character ${name}. Remove it.`],
		});
	});

	test('carries everything else', () => {
		const value = 'Zoë 😀 日本';
		expect(parsed(String(buildXml(element('r', value)))).text).toBe(value);
	});
});
