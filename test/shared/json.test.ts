import { parseJson } from '../../nodes/shared/wire/json';
import { maxReplyCharacters } from '../../nodes/shared/wire/limits';

const unreadable = (why = 'it is not valid JSON') => ({ kind: 'unreadable', why: why });

test.each([
	['strict JSON', '{"a":[1,"x",null,true]}', { a: [1, 'x', null, true] }],
	['null', 'null', null],
	[
		'a number that JavaScript would change as the text it is',
		'{"id":12345678901234567890,"call":1381234567.120,"e":1e400,"z":-0,"n":[1,-2.5,0.1],}',
		{ id: '12345678901234567890', call: '1381234567.120', e: '1e400', z: '-0', n: [1, -2.5, 0.1] },
	],
	['white space and a byte order mark', '\uFEFF\n {"a":1}\n', { a: 1 }],
	['commas before closing brackets', '{"a":[1,2, ],"b":{},\n}', { a: [1, 2], b: {} }],
	[
		'typographic quotes, in any pairing',
		'{ “a”:”1″, ”b″ : ““ , "c":“x, ]”, }',
		{ a: '1', b: '', c: 'x, ]' },
	],
	['a straight quote inside typographic ones', '{“a”:“say "hi" \\”}', { a: 'say "hi" \\' }],
	['ellipses', '{"a":[{"b":1, ... }, {"b":2, …},...]}', { a: [{ b: 1 }, { b: 2 }] }],
	['an ellipsis alone', '{"a":{...},"b":[ … ]}', { a: {}, b: [] }],
	[
		'strings that look like any of that',
		'{"a":"1, ]","b":"...","c":"“x”","d":"\\"...,}", }',
		{ a: '1, ]', b: '...', c: '“x”', d: '"...,}' },
	],
])('reads %s', (_, text, value) => {
	expect(parseJson(text)).toEqual({ value });
});

test.each([
	['[{"a":"1"\n"b":"2"\n"c":{"d":"e"}\n}]', [{ a: '1', b: '2', c: { d: 'e' } }]],
	['{"a":1 "b":true "c":null "d":[1 2]}', { a: 1, b: true, c: null, d: [1, 2] }],
	['{"a":{"x":"1"} "b":[] "c":"\\"}"}', { a: { x: '1' }, b: [], c: '"}' }],
	['[{"a":"1"} {"a":"2"}]', [{ a: '1' }, { a: '2' }]],
	['{"text":"a \\" b\\" [c] {d}" "x":1}', { text: 'a " b" [c] {d}', x: 1 }],
])('puts in missing commas: %s', (text, value) => {
	expect(parseJson(text)).toEqual({ value });
});

test('drops what lies too deep', () => {
	const deep = parseJson('['.repeat(5000) + ']'.repeat(5000));
	expect(JSON.stringify(deep)).toHaveLength('{"value":}'.length + 2 * 51 + 'null'.length);
});

test.each([
	['a number for a name', '{12345678901234567890:1}', undefined],
	['a number that is none', '[1.2.30]', undefined],
	['a number with a zero ahead', '[007]', undefined],
	['a colon that is missing', '{"id" "1"}', undefined],
	['a value that is missing', '{"id":}', undefined],
	['names without quotes', '[{id:"1"}]', undefined],
	['a bracket too many', '[{"id":"1"}]]', undefined],
	['two lists', '[1] [2]', undefined],
	['nothing', '', 'it is empty'],
	['white space', ' \n', 'it is empty'],
	['a text', 'hello', undefined],
	['single quotes', "{'a':1}", undefined],
	['a comma too many', '[1,,2]', undefined],
	['something behind', '{"a":1} x', undefined],
	['two documents', '{"a":1}{"a":1}', undefined],
	['an open string', '{"a":"1', undefined],
	['an open typographic string', '{“a”:”1', undefined],
	[
		'too much',
		`"${'x'.repeat(maxReplyCharacters)}"`,
		`it is longer than ${maxReplyCharacters} characters`,
	],
])('refuses %s', (_, text, why) => {
	expect(parseJson(text)).toEqual(unreadable(why));
});

test('no cut of a document is read, be it strict or not', () => {
	for (const text of [
		'{"a":[{"b":"1"}],"c":{"d":2}}',
		'{"a":[{"b":"1"}] "c":{"d":2}}',
		'{ “a”:[ { “b”:”1″, ... }, ], }',
	]) {
		expect(parseJson(text)).toHaveProperty('value');
		for (let length = 0; length < text.length; length++) {
			expect(parseJson(text.slice(0, length))).toHaveProperty('kind', 'unreadable');
		}
	}
});

test('hostile texts are unreadable', () => {
	for (const part of [
		',',
		', ',
		'"',
		'"a":"\\"',
		'\\"',
		'“',
		'.',
		'[',
		'{"a":',
		'\\',
		' ',
		',\n',
	]) {
		const text = `{${part.repeat((maxReplyCharacters - 2) / part.length)}`;
		expect(parseJson(text)).toEqual(unreadable());
	}
});

test('a control character is none of a text, between whatever quotes', () => {
	expect(parseJson('{ \u201Ca\u0000\u201D: 1 }')).toEqual(unreadable());
	expect(parseJson('{ "a\u0000": 1 }')).toEqual(unreadable());
});

test('names of prototypes are names', () => {
	expect(parseJson('{"__proto__":{"polluted":1},}')).toHaveProperty('value');
	expect({}).not.toHaveProperty('polluted');
});
