import { enumerate, inOrder } from '../../../../nodes/shared/wire/text/sentences';

test.each([
	[[], ''],
	[['a'], 'a'],
	[['a', 'b'], 'a and b'],
	[['a', 'b', 'c'], 'a, b, and c'],
])('%j as a part of a sentence', (words, text) => {
	expect(enumerate(words)).toBe(text);
	expect(enumerate(words)).toBe(new Intl.ListFormat('en').format(words));
	expect(enumerate(words, 'or')).toBe(
		new Intl.ListFormat('en', { type: 'disjunction' }).format(words),
	);
});

test('labels are sorted as a reader expects, whatever their case', () => {
	const labels = ['Wait Until', 'API Version', 'allow', 'Caller ID', 'Allow'];
	expect([...labels].sort(inOrder)).toEqual(
		[...labels].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), 'en')),
	);
});
