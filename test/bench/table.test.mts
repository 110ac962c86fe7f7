import { judge, renderTable, renderTables, replaceBetweenMarks } from './table.mts';
import type { Row } from './table.mts';

const row: Row = {
	id: 'a',
	what: 'A call',
	unit: 'ms',
	values: [1, 2, 3],
	other: { what: 'another node', values: [2, 4, 5] },
	goal: { atMost: 0.5 },
};

test('a goal is for the ratio where there is one, else for the value', () => {
	expect(judge(row).met).toBe(true);
	expect(judge({ ...row, goal: { atMost: 0.49 } }).met).toBe(false);
	expect(judge({ ...row, goal: { atLeast: 0.5 } }).met).toBe(true);
	expect(judge({ ...row, other: undefined }).met).toBe(false);
	expect(judge({ ...row, other: undefined, goal: { atMost: 2 } }).met).toBe(true);
	expect(judge({ ...row, goal: undefined }).met).toBeUndefined();
});

test('what was not measured meets no goal', () => {
	expect(judge({ ...row, values: [], other: undefined }).met).toBe(false);
});

test('the table has medians with their spread, and three digits that count', () => {
	const size: Row = { id: 'f', what: 'Size', unit: 'kB', values: [126.4567], goal: { atMost: 99 } };
	const lines = renderTable([judge(row), judge(size)])
		.split('\n')
		.map((line) => line.split(/ *\| */).slice(1, -1));
	expect(lines).toEqual([
		['', 'This package', 'Compared with', 'Ratio', 'Goal'],
		lines[1]?.map((text) => '-'.repeat(text.length)),
		[
			'A call',
			'2.00 (1.00–3.00) ms',
			'another node: 4.00 (2.00–5.00) ms',
			'0.500 (0.500–0.600)',
			'≤ 0.5 ✓',
		],
		['Size', '126 kB', '', '', '≤ 99 ✗'],
	]);
});

test('what a user notices most is in a table of its own, and comes first', () => {
	const detail: Row = { ...row, what: 'A detail' };
	const main: Row = { ...row, what: 'The call', isMain: true };
	const tables = renderTables([judge(detail), judge(main)]).split('The rest:');
	expect(tables.map((table) => /A detail|The call/g.exec(table)?.[0])).toEqual([
		'The call',
		'A detail',
	]);
	expect(renderTables([judge(detail)])).toBe(renderTable([judge(detail)]));
});

test('a table takes the place of the one before, and nothing else of the document', () => {
	const document = 'Before\n\n<!-- bench -->\n\nold\n\n<!-- /bench -->\n\nAfter\n';
	expect(replaceBetweenMarks(document, 'new')).toBe(document.replace('old', 'new'));
	expect(replaceBetweenMarks('no marks', 'new')).toBeUndefined();
});
