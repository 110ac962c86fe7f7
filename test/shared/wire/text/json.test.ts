import { parseJson } from '../../../../nodes/shared/wire/text/json';
import { maxReplyCharacters } from '../../../../nodes/shared/wire/text/limits';

const unreadable = (why = 'it is not valid JSON') => ({ kind: 'unreadable', why: why });

test.each([
	['strict JSON', '{"a":[1,"x",null,true]}', { a: [1, 'x', null, true] }],
	['null', 'null', null],
	[
		'a number that JavaScript would change, as text',
		'{"id":12345678901234567890,"call":1381234567.120,"e":1e400,"z":-0,"n":[1,-2.5,0.1]}',
		{ id: '12345678901234567890', call: '1381234567.120', e: '1e400', z: '-0', n: [1, -2.5, 0.1] },
	],
	['whitespace and a byte order mark', '\uFEFF\n {"a":1}\n', { a: 1 }],
	[
		'strings that look like inexact numbers',
		'{"a":"1e400, ]","b":"1.20","c":"-0","d":"\\"12345678901234567890","e":1e2}',
		{ a: '1e400, ]', b: '1.20', c: '-0', d: '"12345678901234567890', e: '1e2' },
	],
])('reads %s', (_, text, value) => {
	expect(parseJson(text)).toEqual({ value });
});

test('drops values that are nested too deeply', () => {
	const deep = parseJson('['.repeat(5000) + ']'.repeat(5000));
	expect(JSON.stringify(deep)).toHaveLength('{"value":}'.length + 2 * 51 + 'null'.length);
});

test.each([
	['a number for a name', '{12345678901234567890:1}', undefined],
	['not a number', '[1.2.30]', undefined],
	['a number with a leading zero', '[007]', undefined],
	['a missing colon', '{"id" "1"}', undefined],
	['a missing value', '{"id":}', undefined],
	['names without quotes', '[{id:"1"}]', undefined],
	['one bracket too many', '[{"id":"1"}]]', undefined],
	['two lists', '[1] [2]', undefined],
	['nothing', '', 'it is empty'],
	['whitespace', ' \n', 'it is empty'],
	['a text', 'hello', undefined],
	['single quotes', "{'a':1}", undefined],
	['one comma too many', '[1,,2]', undefined],
	['something after the end', '{"a":1} x', undefined],
	['two documents', '{"a":1}{"a":1}', undefined],
	['an open string', '{"a":"1', undefined],
	['a comma before a closing bracket', '{"a":[1,2, ]}', undefined],
	['a missing comma', '[{"a":"1"\n"b":"2"}]', undefined],
	['typographic quotes', '{ “a”:”1″ }', undefined],
	['an ellipsis', '{"a":1, ... }', undefined],
	[
		'too much',
		`"${'x'.repeat(maxReplyCharacters)}"`,
		`it is longer than ${maxReplyCharacters} characters`,
	],
])('refuses %s', (_, text, why) => {
	expect(parseJson(text)).toEqual(unreadable(why));
});

test('no truncated document is read', () => {
	const text = '{"a":[{"b":"1"}],"c":{"d":12345678901234567890}}';
	expect(parseJson(text)).toHaveProperty('value');
	for (let length = 0; length < text.length; length++) {
		expect(parseJson(text.slice(0, length))).toHaveProperty('kind', 'unreadable');
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

test('a control character is none of a text', () => {
	expect(parseJson('{ "a\u0000": 1 }')).toEqual(unreadable());
});

test('names of prototypes are names', () => {
	expect(parseJson('{"__proto__":{"polluted":1}}')).toHaveProperty('value');
	expect({}).not.toHaveProperty('polluted');
});
