/**
 * Runs in a process of its own, with --expose-gc: prints as JSON what a list of blocked numbers adds to each item of a run
 * of the built node, and what it takes in memory. Every item is handed a list of its own, as n8n does.
 */
import { loadSource } from '../../scripts/bundling.mts';
import { execute, heapUsed } from './nodeContext.mts';

export interface ListCosts {
	/** Milliseconds an item, where the lists of all items hold the very same texts, as most expressions give them. */
	readonly sameTexts: readonly number[];
	/** Where an expression makes the texts again for each item. */
	readonly freshTexts: readonly number[];
	/** Milliseconds, once a run. */
	readonly reading: readonly number[];
	/** Of what is kept beside the list itself. */
	readonly bytes: number;
}

const [itemCount = 0, entryCount = 0, repeats = 0] = process.argv.slice(2).map(Number);
const items = Array.from({ length: itemCount }, (_, item) => ({ json: { item } }));
let executions = 0;

/** Numbers in the ranges of all area codes, none of them the one that is called. */
function makeList(): string[] {
	return Array.from({ length: entryCount }, (_, entry) =>
		// A text of its own, and no view of another.
		Buffer.from(`+1${String(2_100_000_000 + entry * 7919)}`).toString('latin1'),
	);
}

async function time(optionsOf: (item: number) => object): Promise<number> {
	const started = performance.now();
	const output = await execute(items, String(executions++), optionsOf);
	const [first] = output as readonly { readonly json: { readonly status: string } }[];
	if (first?.json.status !== 'accepted')
		throw new Error(`The call is ${String(first?.json.status)}`);
	return (performance.now() - started) / itemCount;
}

const [first = [], ...others] = [makeList(), makeList(), makeList()];
const optionsWith = (list: readonly string[]) => ({
	defaultCountry: 'US',
	blockedDestinations: [list],
});
const copy = [...first];
const costs = { sameTexts: [], freshTexts: [], reading: [] } as Record<
	'sameTexts' | 'freshTexts' | 'reading',
	number[]
>;
await time(() => ({}));
for (let repeat = 0; repeat < repeats; repeat++) {
	const without = await time(() => ({}));
	costs.sameTexts.push((await time((item) => optionsWith(item === 0 ? first : copy))) - without);
	// The first list is the one that is kept; no other has its texts.
	const fresh = (item: number) => optionsWith((item === 0 ? first : others[item % 2]) ?? []);
	costs.freshTexts.push((await time(fresh)) - without);
}

interface Reading {
	readItemOptions(values: object, timeZone: string): object;
}
const { readItemOptions } = await loadSource<Reading>('nodes/shared/calling/options.ts');
const values = { blockedDestinations: first };
for (let repeat = 0; repeat < repeats; repeat++) {
	const started = performance.now();
	readItemOptions(values, 'UTC');
	costs.reading.push(performance.now() - started);
}
const before = await heapUsed();
const read = readItemOptions(values, 'UTC');
const bytes = (await heapUsed()) - before;
if (!('guards' in read)) throw new Error('The list was refused.');
console.log(JSON.stringify({ ...costs, bytes } satisfies ListCosts));
