import { element, escapeXml, parseXml } from './xml.mts';

function parse(text: string | Buffer) {
	return parseXml(Buffer.from(text));
}

describe('parseXml', () => {
	test('gives elements, attributes and text', () => {
		const text = '<?xml version="1.0" encoding="UTF-8"?>\n<a n="1"><b> x </b><b/>y<!-- no --></a>';
		expect(parse(text)).toEqual({
			root: {
				name: 'a',
				attributes: { n: '1' },
				text: 'y',
				children: [
					{ name: 'b', attributes: {}, children: [], text: ' x ' },
					{ name: 'b', attributes: {}, children: [], text: '' },
				],
			},
		});
	});

	test.each([
		['named entities', '<a>&lt;&amp;&gt;&quot;&apos;</a>', `<&>"'`],
		['an entity once only', '<a>&amp;lt;</a>', '&lt;'],
		['numeric entities', '<a>&#252;&#xFC;&#x1F4DE;</a>', 'üü\u{1f4de}'],
		['CDATA', '<a><![CDATA[<&amp;>]]></a>', '<&amp;>'],
		['numbers as text', '<a>007.10</a>', '007.10'],
		['characters beyond ASCII', '<a>Müller 電話</a>', 'Müller 電話'],
	])('reads %s', (_, text, value) => {
		expect(parse(text)).toEqual({ root: expect.objectContaining({ text: value }) as unknown });
	});

	test('reads entities in attributes', () => {
		expect(parse('<a n="&lt;&#65;&quot;"/>')).toEqual({
			root: expect.objectContaining({ attributes: { n: '<A"' } }) as unknown,
		});
	});

	test.each([
		['nothing', ''],
		['plain text', 'hello'],
		['an open element', '<a><b></a>'],
		['overlapping elements', '<a><b></a></b>'],
		['only an end tag', '</a>'],
		['two roots', '<a/><b/>'],
		['text after the root', '<a/>x'],
		['text before the root', 'x<a/>'],
		['a declaration that is not at the start', ' <?xml version="1.0"?><a/>'],
		['an open comment', '<a><!-- </a>'],
		['an open CDATA section', '<a><![CDATA[ </a>'],
		['< in an attribute', '<a n="<"/>'],
		['the end of a CDATA section without its start', '<a>]]></a>'],
		['a name that begins with a digit', '<1/>'],
		['a document type', '<!DOCTYPE a><a/>'],
		['an entity definition', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
		['an unknown entity', '<a>&nbsp;</a>'],
		['a bare ampersand', '<a>Tom & Ann</a>'],
		['a bare ampersand in an attribute', '<a n="Tom & Ann"/>'],
		['an unquoted attribute', '<a n=1/>'],
		['a repeated attribute', '<a n="1" n="2"/>'],
		['an attribute without a value', '<a n/>'],
		['a control character', '<a>\u0007</a>'],
		['a reference to a control character', '<a>&#7;</a>'],
		['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
		['bytes that are not UTF-8', Buffer.from('<a>Müller</a>', 'latin1')],
		['a truncated document', '<a n="1"><b>text</b'],
	])('refuses %s', (_, text) => {
		expect(parse(text)).toEqual({ fault: expect.any(String) as string });
	});
});

test('written XML can be read back', () => {
	const nasty = `<&>"' \t\r\n ü`;
	const written = element('a', { n: nasty, m: 5 }, element('b', {}), escapeXml(nasty));
	expect(parse(written)).toEqual({
		root: {
			name: 'a',
			attributes: { n: nasty, m: '5' },
			text: nasty,
			children: [{ name: 'b', attributes: {}, children: [], text: '' }],
		},
	});
});
