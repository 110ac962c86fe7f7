import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ListCosts } from './listLoop.mts';
import type { Row } from './table.mts';

export interface ListOptions {
	readonly items: number;
	readonly repeats: number;
}

/** What a do-not-call list of a call centre may have. */
const entries = 100_000;

/** What a long list of blocked numbers adds to each item of a run. What n8n takes to evaluate it is not in it. */
export async function measureLists({ items, repeats }: ListOptions): Promise<readonly Row[]> {
	const script = new URL('listLoop.mts', import.meta.url).pathname;
	const args = ['--expose-gc', script, String(items), String(entries), String(repeats)];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	const { sameTexts, freshTexts, reading, bytes } = JSON.parse(stdout) as ListCosts;
	const list = `A list of ${entries.toLocaleString('en')} blocked numbers`;
	const goal = { atMost: 1 };
	const count = items.toLocaleString('en');
	return [
		{ id: 'g', what: `${list}: for each of ${count} items`, unit: 'ms', values: sameTexts, goal },
		{ id: 'g', what: `${list}, made again for each item`, unit: 'ms', values: freshTexts },
		{ id: 'g', what: `${list}: reading it, once in a run`, unit: 'ms', values: reading },
		{ id: 'g', what: `${list}, in memory`, unit: 'MB', values: [bytes / 1e6] },
	];
}
