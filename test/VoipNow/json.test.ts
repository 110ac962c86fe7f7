import { parseJson } from '../../nodes/VoipNow/json';

test.each([
	['[{"a":"1"\n"b":"2"\n"c":{"d":"e"}\n}]', [{ a: '1', b: '2', c: { d: 'e' } }]],
	['{"a":1 "b":true "c":null "d":[1 2]}', { a: 1, b: true, c: null, d: [1, 2] }],
	['{"a":{"x":"1"} "b":[] "c":"\\"}"}', { a: { x: '1' }, b: [], c: '"}' }],
	['[{"a":"1"} {"a":"2"}]', [{ a: '1' }, { a: '2' }]],
	['{"text":"a \\" b\\" [c] {d}"}', { text: 'a " b" [c] {d}' }],
])('missing commas are put in: %s', (text, expected) => {
	expect(parseJson(text)).toEqual(expected);
});

test.each([
	'',
	'OK',
	'[',
	'[{"id":"1"}',
	'[{"id":"1"',
	'[{"id":"1',
	'{"id" "1"}',
	'{"id":}',
	'{"id":"1",}',
	'[1,,2]',
	"[{'id':'1'}]",
	'[{“id”:“1”}]',
	'[{id:"1"}]',
	'[{"id":"1"}] x',
	'[{"id":"1"}]]',
	'[1] [2]',
	'<html>["1"]</html>',
	'"a\nb"',
])('nothing else is mended: %s', (text) => {
	expect(parseJson(text)).toBeUndefined();
});
