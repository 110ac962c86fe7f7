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

	test('replaces characters that XML forbids, and references to them', () => {
		expect(parsed('<a b="x\u0007">y\u0000&#0;&#x1F;&#x110000;</a>')).toMatchObject({
			attributes: { b: 'x\uFFFD' },
			text: 'y\uFFFD\uFFFD\uFFFD\uFFFD',
		});
	});

	test('leaves entities of HTML unchanged', () => {
		expect(parsed('<a b="&nbsp;">&copy;</a>')).toMatchObject({
			attributes: { b: '&nbsp;' },
			text: '&copy;',
		});
	});

	test.each([
		['a byte order mark', '\uFEFF<?xml version="1.0"?><a/>'],
		['space before the declaration', '\r\n <?xml version="1.0"?>\r\n<a/>\r\n'],
		['a declaration with an error', '<?xml version=1.0 encoding=utf8?><a/>'],
		['comments and instructions', '<!-- - --><?b c?><a/><!-- -->'],
	])('reads a document with %s', (_, xml) => {
		expect(parsed(xml).name).toBe('a');
	});

	test('normalizes line breaks', () => {
		expect(parsed('<a>1\r\n2\r3\n4&#13;5</a>').text).toBe('1\n2\n3\n4\r5');
	});

	test('explains shortly what is wrong, without the text of the reply', () => {
		expect(parseXml('<a>\n<b>secret</a>')).toHaveProperty(
			'why',
			'it is not well-formed XML (Missing end tag for element b)',
		);
		const { why } = parseXml(`<${'a'.repeat(40_000)}`) as { readonly why: string };
		expect(why.length).toBeLessThan(150);
	});

	test.each([
		['nothing', '', 'it is empty'],
		['whitespace', ' \n', 'it is empty'],
		['a text', 'hello', 'not well-formed'],
		['an unclosed tag', '<a><b></a>', 'not well-formed'],
		['a truncated tag', '<a b="1', 'not well-formed'],
		['two roots', '<a/><b/>', 'not well-formed'],
		['a text after the root', '<a/>b', 'not well-formed'],
		['a bare ampersand', '<a>b & c</a>', 'not well-formed'],
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
		['an attribute that would reach a prototype', '<a __proto__="x"/>', 'not well-formed'],
		['an element that would reach a prototype', '<a><__proto__/></a>', 'not well-formed'],
	])('refuses %s', (_, xml, why) => {
		expect(parseXml(xml)).toEqual({ kind: 'unreadable', why: expect.stringContaining(why) });
	});

	test('refuses quickly what is too long or too deep', () => {
		expect(parseXml(`<a>${'x'.repeat(maxReplyCharacters)}</a>`)).toHaveProperty(
			'kind',
			'unreadable',
		);
		const why = 'it is not well-formed XML (more than 50 levels of elements)';
		expect(parseXml('<a>'.repeat(200) + '</a>'.repeat(200))).toHaveProperty('why', why);
		expect(parseXml('<a>'.repeat(300_000), 1_000_000)).toHaveProperty('why', why);
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
