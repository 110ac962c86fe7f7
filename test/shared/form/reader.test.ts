import type { INodeProperties } from 'n8n-workflow';

import { type FieldReader, readForm } from '../../../nodes/shared/form/reader';

const field = (name: string, displayName: string, more: Partial<INodeProperties> = {}) =>
	({ name, displayName, type: 'string', default: '', ...more }) as INodeProperties;
const fields = [
	field('number', 'Ring First'),
	field('text', 'Some Text'),
	field('rows', 'Rows', { type: 'fixedCollection' }),
	field('options', 'Options', {
		type: 'collection',
		options: [field('timeout', 'Timeout (Seconds)'), field('flag', 'A Flag')],
	}),
];

const read = <Value>(values: Record<string, unknown>, one: (form: FieldReader) => Value) =>
	readForm(fields, values, (form) => ({ value: one(form) }));

describe('texts', () => {
	test.each([
		['a text', ' x ', 'x'],
		['a number', 101, '101'],
		['a locator', { __rl: true, mode: 'list', value: '1106' }, '1106'],
		['a plain value for a locator', '1106', '1106'],
		['nothing', '', undefined],
		['null', null, undefined],
	])('%s', (_, value, expected) => {
		expect(read({ text: value }, (form) => form.text('text'))).toEqual({ value: expected });
	});

	test.each([
		['a list', ['a'], 'is a list'],
		['an object', { a: 1 }, 'is an object'],
		['a boolean', true, 'is true (boolean)'],
		['not a number', Number.NaN, 'is NaN (number)'],
	])('%s is refused by its label', (_, value, why) => {
		expect(read({ text: value }, (form) => form.requiredText('text'))).toEqual({
			kind: 'invalid',
			texts: [`Some Text ${why}. Enter a single value.`],
		});
	});

	test('a missing required text is refused once', () => {
		expect(read({}, (form) => form.requiredText('text'))).toEqual({
			kind: 'invalid',
			texts: ['Some Text is empty. Enter a value.'],
		});
	});
});

test('numbers are cleaned, and refused by their label', () => {
	expect(read({ number: '1 202-555-0123' }, (form) => form.number('number'))).toEqual({
		value: '12025550123',
	});
	expect(read({ number: 101 }, (form) => form.number('number'))).toEqual({ value: '101' });
	expect(read({ number: 'Bob' }, (form) => form.number('number'))).toEqual({
		kind: 'invalid',
		texts: [expect.stringMatching(/^Ring First is "Bob", which cannot be dialed/)],
	});
	expect(read({ number: [1] }, (form) => form.number('number'))).toEqual({
		kind: 'invalid',
		texts: ['Ring First is a list. Enter a single value.'],
	});
});

describe('an expression that was typed into a fixed field is refused, once', () => {
	const typed = '{{ $json.ticket }}';
	const told = (label: string, text = typed) => ({
		kind: 'invalid',
		texts: [`${label} contains the text "${text}". Switch the field to Expression.`],
	});
	test.each<[string, (form: FieldReader) => unknown, string]>([
		['a text', (form) => form.text('text'), 'Some Text'],
		['a required text', (form) => form.requiredText('text'), 'Some Text'],
		['a choice', (form) => form.oneOf('text', ['a', 'b']), 'Some Text'],
		['a number', (form) => form.number('number'), 'Ring First'],
		[
			'a whole number',
			(form) => form.collection('options').wholeNumber('timeout', { min: 0, max: 999 }),
			'Timeout (Seconds)',
		],
	])('in %s', (_, one, label) => {
		const values = { text: typed, number: ` ${typed} `, options: { timeout: typed } };
		expect(read<unknown>(values, one)).toEqual(told(label));
	});
	test('in an ID', () => {
		const value = { __rl: true, mode: 'id', value: typed };
		expect(read({ text: value }, (form) => form.requiredText('text'))).toEqual(told('Some Text'));
	});
	test('in any entry of a list', () => {
		for (const value of [typed, ['101', typed], `101,${typed}`, [`+1202\n${typed}`]]) {
			expect(read({ text: value }, (form) => form.list('text'))).toEqual(told('Some Text'));
		}
	});
	test('in a row', () => {
		const rows = {
			row: [
				{ name: 'balance', value: 1 },
				{ name: 'ticket', value: typed },
			],
		};
		expect(read({ rows }, (form) => form.rows('rows', 'row'))).toEqual(told('Rows'));
	});
});

test.each([-5, 1.5, Number('12345678901234567890'), Number.NaN])(
	'the number %s is not dialed as another one',
	(value) => {
		expect(read({ number: value }, (form) => form.number('number'))).toEqual({
			kind: 'invalid',
			texts: [expect.stringMatching(/^Ring First is .*Enter the number as text/)],
		});
	},
);

test('rows under another name are refused, not dropped', () => {
	expect(read({ rows: { other: [{ a: 1 }] } }, (form) => form.rows('rows', 'row'))).toEqual({
		kind: 'invalid',
		texts: [expect.stringMatching(/^Rows is an object/)],
	});
});

test('a long value is quoted in part', () => {
	const result = read({ number: 'x'.repeat(100_000) }, (form) => form.number('number'));
	expect(JSON.stringify(result).length).toBeLessThan(600);
});

describe('options', () => {
	const timeout = (value: unknown) =>
		read({ options: { timeout: value } }, (form) =>
			form.collection('options').wholeNumber('timeout', { min: 0, max: 999 }),
		);
	test.each([0, 999, '30', 30])('a whole number: %j', (value) => {
		expect(timeout(value)).toEqual({ value: Number(value) });
	});
	test.each([-1, 1000, 1.5, '1e2', 'x', '0x10'])('refused: %j', (value) => {
		expect(timeout(value)).toEqual({
			kind: 'invalid',
			texts: [`Timeout (Seconds) is "${value}". Enter a whole number from 0 to 999.`],
		});
	});
	test('an option that was never added is undefined', () => {
		expect(timeout(undefined)).toEqual({ value: undefined });
		expect(read({}, (form) => form.collection('options').flag('flag'))).toEqual({
			value: undefined,
		});
	});
	test.each([
		[true, true],
		['true', true],
		[1, true],
		[false, false],
		['false', false],
		['0', false],
		['', undefined],
	])('a flag: %j', (value, expected) => {
		const flag = read({ options: { flag: value } }, (form) =>
			form.collection('options').flag('flag'),
		);
		expect(flag).toEqual({ value: expected });
	});
	test('a flag that is neither true nor false is refused, not read as false', () => {
		expect(
			read({ options: { flag: 'yes' } }, (form) => form.collection('options').flag('flag')),
		).toEqual({ kind: 'invalid', texts: ['A Flag is yes (string). Enter true or false.'] });
	});
});

test('rows', () => {
	const rows = (value: unknown) => read({ rows: value }, (form) => form.rows('rows', 'row'));
	expect(rows({ row: [{ a: 1 }] })).toEqual({ value: [{ a: 1 }] });
	expect(rows({ row: { a: 1 } })).toEqual({ value: [{ a: 1 }] });
	expect(rows({})).toEqual({ value: [] });
	expect(rows(undefined)).toEqual({ value: [] });
	expect(rows([{ a: 1 }])).toEqual({
		kind: 'invalid',
		texts: ['Rows is a list. Add the values one by one in the form.'],
	});
});

test('a refused choice names the valid ones', () => {
	const choice = read({ text: 'c' }, (form) => form.oneOf('text', ['a', 'b']));
	expect(choice).toEqual({ kind: 'invalid', texts: ['Some Text is "c". Choose one of: a, b.'] });
});

test('every wrong field is named', () => {
	expect(
		readForm(fields, { number: '', text: {} }, (form) => ({
			number: form.number('number'),
			text: form.text('text'),
		})),
	).toEqual({
		kind: 'invalid',
		texts: [
			'Ring First is empty. Enter an extension or a phone number.',
			'Some Text is an object. Enter a single value.',
		],
	});
});
