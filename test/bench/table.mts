import { ratioOf, sampleOf } from './statistics.mts';
import type { Sample } from './statistics.mts';

export type Unit = 'ms' | 'µs' | 's' | 'MB' | 'kB' | 'calls/s' | 'requests';

/** What must hold, of the ratio if there is one, else of the value. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One line of the table. */
export interface Row {
	/** The benchmark it belongs to, a letter. */
	readonly id: string;
	readonly what: string;
	readonly unit: Unit;
	/** This package, one value for each repeat. */
	readonly values: readonly number[];
	/** What it is compared with, measured in the same repeats. */
	readonly other?: { readonly what: string; readonly values: readonly number[] };
	readonly goal?: Goal;
	/** One of the few that a user notices most: they come first, in a table of their own. */
	readonly isMain?: boolean;
}

/** A line with what follows from its values. */
export interface JudgedRow extends Row {
	readonly sample: Sample;
	readonly otherSample?: Sample;
	readonly ratio?: Sample;
	/** Absent without a goal. */
	readonly met?: boolean;
}

export function judge(row: Row): JudgedRow {
	const sample = sampleOf(row.values);
	const ratio = row.other && ratioOf(row.values, row.other.values);
	const otherSample = row.other && sampleOf(row.other.values);
	const judged = (ratio ?? sample).median;
	return {
		...row,
		sample,
		...(otherSample && { otherSample }),
		...(ratio && { ratio }),
		...(row.goal && { met: meets(judged, row.goal) }),
	};
}

function meets(value: number, goal: Goal): boolean {
	return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

const heads = ['', 'This package', 'Compared with', 'Ratio', 'Goal'] as const;

/** The lines that a user notices most in one table, and the rest in another. */
export function renderTables(rows: readonly JudgedRow[]): string {
	const main = rows.filter(({ isMain = false }) => isMain);
	const rest = rows.filter(({ isMain = false }) => !isMain);
	return [main, rest]
		.filter(({ length }) => length > 0)
		.map(renderTable)
		.join('\n\nThe rest:\n\n');
}

/** The lines as a Markdown table: medians, with the lowest and the highest value in brackets. */
export function renderTable(rows: readonly JudgedRow[]): string {
	const cells = rows.map((row) => [
		row.what,
		`${show(row.sample)} ${row.unit}`,
		row.other && row.otherSample ? `${row.other.what}: ${show(row.otherSample)} ${row.unit}` : '',
		row.ratio ? show(row.ratio) : '',
		row.goal ? `${goalText(row.goal)} ${row.met ? '✓' : '✗'}` : '',
	]);
	const widths = heads.map((head, column) =>
		Math.max(3, head.length, ...cells.map((line) => line[column]?.length ?? 0)),
	);
	const line = (texts: readonly string[]) =>
		`| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join(
		'\n',
	);
}

function goalText(goal: Goal): string {
	return 'atMost' in goal ? `≤ ${String(goal.atMost)}` : `≥ ${String(goal.atLeast)}`;
}

/** e.g. `1.92 (1.88–1.97)`; a single value, or values that look the same, alone. */
function show({ median, lowest, highest }: Sample): string {
	const [middle, least, most] = [median, lowest, highest].map(threeDigits);
	return least === most ? (middle ?? '') : `${middle ?? ''} (${least ?? ''}–${most ?? ''})`;
}

/** Three digits that count, and no exponent. */
function threeDigits(value: number): string {
	if (!Number.isFinite(value)) return '?';
	const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
	return value.toFixed(Math.min(decimals, 3));
}

const begin = '<!-- bench -->';
const end = '<!-- /bench -->';

/** Puts a text between the two marks of a document; undefined when they are not there. */
export function replaceBetweenMarks(document: string, text: string): string | undefined {
	const [from, to] = [document.indexOf(begin), document.indexOf(end)];
	if (from < 0 || to < from) return undefined;
	return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
