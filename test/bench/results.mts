/**
 * Runs in a process of its own, with --expose-gc: prints as JSON how many bytes the built node keeps for each call when
 * all calls of an execution have ended, among few items and among many.
 */
import { execute, heapUsed } from './nodeContext.mts';

export interface ResultBytes {
	readonly amongFew: readonly number[];
	readonly amongMany: readonly number[];
}

let executions = 0;

async function bytesEach(count: number): Promise<number> {
	const items = Array.from({ length: count }, (_, item) => ({ json: { item } }));
	const before = await heapUsed();
	const output = await execute(items, String(executions++));
	const bytes = ((await heapUsed()) - before) / count;
	// Keeps items and output alive until here.
	if (output.length !== items.length) throw new Error(`${String(output.length)} results`);
	return bytes;
}

const [few = 0, repeats = 0] = process.argv.slice(2).map(Number);
await bytesEach(few);
const bytes: { amongFew: number[]; amongMany: number[] } = { amongFew: [], amongMany: [] };
for (let repeat = 0; repeat < repeats; repeat++) {
	bytes.amongFew.push(await bytesEach(few));
	bytes.amongMany.push(await bytesEach(few * 10));
}
console.log(JSON.stringify(bytes satisfies ResultBytes));
