import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';

export interface HostileReply {
	readonly what: string;
	readonly response: HttpResponse;
}

/** A text of at most this many characters. */
type Text = (length: number) => string;

const inside =
	(head: string, unit: string, tail: string): Text =>
	(length) =>
		head + unit.repeat((length - head.length - tail.length) / unit.length) + tail;

const filled = (unit: string): Text => inside('', unit, '');

const nested =
	(open: string, close: string, core = ''): Text =>
	(length) => {
		const levels = (length - core.length) / (open.length + close.length);
		return open.repeat(levels) + core + close.repeat(levels);
	};

const numbered =
	(head: string, member: (index: number) => string, tail: string): Text =>
	(length) => {
		const members: string[] = [];
		let size = head.length + tail.length;
		for (let text = member(0); (size += text.length) <= length; text = member(members.length)) {
			members.push(text);
		}
		return head + members.join('') + tail;
	};

const laughs = `<!DOCTYPE response [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, index) => `<!ENTITY b${String(index)} "${(index === 0 ? '&a;' : `&b${String(index - 1)};`).repeat(10)}">`).join('')}]>`;

/** Texts that cost a careless reader time or memory; none of them proves a call. */
const texts: Readonly<Record<string, Text>> = {
	'XML nested without end': filled('<response>'),
	'XML nested and closed': nested('<a>', '</a>'),
	'XML entities': inside('<response>', '&amp;', '</response>'),
	'XML numeric entities': inside('<response>', '&#x26;', '</response>'),
	'XML entities without an end': inside('<response>', '&amp', '</response>'),
	'XML entities that nobody declared': inside('<response>', '&x;', '</response>'),
	'XML ampersands': inside('<response>', '&', '</response>'),
	'XML entities that expand': inside(`${laughs}<response>`, '&b19;', '</response>'),
	'XML attributes': numbered('<response ', (index) => `a${String(index)}="1" `, '/>'),
	'XML attributes of one name': inside('<response ', 'a="1" ', '/>'),
	'XML attributes without values': inside('<response ', 'a ', '/>'),
	'XML entities in an attribute': inside('<response a="', '&lt;', '"/>'),
	'XML one attribute without an end': inside('<response a="', 'a', ''),
	'XML siblings': inside('<response>', '<a/>', '</response>'),
	'XML siblings of many names': numbered('<response>', (at) => `<a${String(at)}/>`, '</response>'),
	'XML errors without codes': inside('<response><errors>', '<error/>', '</errors></response>'),
	'XML text in pieces': inside('<response>', 'a<b/>', '</response>'),
	'XML one tag without an end': inside('<', 'a', ''),
	'XML tags without an end': filled('<a '),
	'XML opening brackets': filled('<'),
	'XML closing tags': filled('</a>'),
	'XML comment without an end': inside('<response><!--', '-', ''),
	'XML comments': inside('<response>', '<!---->', '</response>'),
	'XML comments without an end': inside('<response>', '<!--', ''),
	'XML CDATA': inside('<response>', '<![CDATA[a]]>', '</response>'),
	'XML CDATA without an end': inside('<response>', '<![CDATA[', ''),
	'XML instructions': inside('<response>', '<?a?>', '</response>'),
	'XML instructions without an end': filled('<?a '),
	'XML document types': filled('<!DOCTYPE a>'),
	'XML blanks in a tag': inside('<response', ' ', '>'),
	'JSON arrays nested without end': filled('['),
	'JSON arrays nested': nested('[', ']'),
	'JSON objects nested': nested('{"a":', '}', '1'),
	'JSON objects nested without end': filled('{"a":'),
	'JSON array of numbers': inside('[', '0,', '0]'),
	'JSON array of empty objects': inside('[', '{},', '{}]'),
	'JSON array of empty objects in responses': inside('{"responses":[', '{},', '{}]}'),
	'JSON refusals without codes': inside('{"responses":[', '{"message":"no"},', '{}]}'),
	'JSON trailing commas': inside('{"responses":[', ',', ']}'),
	'JSON pairs of commas and brackets': inside('{"responses":[', ',]', ']}'),
	'JSON commas and blanks': inside('[', ', ', ']'),
	'JSON blanks before a bracket': inside('[1,', ' ', '!'),
	'JSON members': numbered('{', (index) => `"a${String(index)}":1,`, '"z":1}'),
	'JSON members of one name': inside('{', '"a":1,', '"a":1}'),
	'JSON members without commas': inside('[{', '"a":"1"\n', '}]'),
	'JSON a number of endless digits': inside('{"code":', '1', '}'),
	'JSON a number with a huge exponent': inside('{"code":1e', '9', '}'),
	'JSON a string of escapes': inside('{"code":"', '\\u0000', '"}'),
	'JSON a string of backslashes': inside('{"code":"', '\\\\', '"}'),
	'JSON a string without an end': inside('{"code":"', 'a', ''),
	'JSON quotes': filled('"'),
	'JSON quotes and commas': filled('"",'),
	'JSON typographic quotes': filled('“”'),
	'JSON typographic strings': inside('{“responses”:[', '“a”,', '“”]}'),
	'JSON prototypes': inside('[', '{"__proto__":{"status":"accepted"}},', '{}]'),
	blanks: filled(' '),
	'line ends': filled('\r\n'),
	'zero bytes': filled('\0'),
	'characters that are none': filled('\uFFFD'),
	'one letter': filled('a'),
	colons: filled('a:'),
	'lines of text': filled('error: no\n'),
};

/** Each text in each length, as a success and as a refusal. */
export function hostileReplies(lengths: readonly number[]): readonly HostileReply[] {
	return Object.entries(texts).flatMap(([name, text]) =>
		lengths.flatMap((length) => {
			const body = text(length);
			return [200, 400].map((status) => ({
				what: `${name}, ${String(length)} characters, HTTP ${String(status)}`,
				response: { status, headers: { 'content-type': contentType(name) }, body },
			}));
		}),
	);
}

function contentType(name: string): string {
	if (name.startsWith('XML')) return 'application/xml';
	return name.startsWith('JSON') ? 'application/json' : 'text/plain';
}
