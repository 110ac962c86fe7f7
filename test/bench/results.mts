/**
 * Runs in a process of its own, with --expose-gc: prints how many bytes the built node keeps for each of so many calls when
 * all calls of an execution have ended. A second execution would find what the first has made room for.
 */
import { execute, heapUsed } from './nodeContext.mts';

const warmUpItems = 1000;

async function bytesEach(count: number, executionId: string): Promise<number> {
	const items = Array.from({ length: count }, (_, item) => ({ json: { item } }));
	const before = await heapUsed();
	const output = await execute(items, executionId);
	const bytes = ((await heapUsed()) - before) / count;
	// Keeps items and output alive until here.
	if (output.length !== items.length) throw new Error(`${String(output.length)} results`);
	return bytes;
}

await bytesEach(warmUpItems, 'warm-up');
console.log(await bytesEach(Number(process.argv[2]), 'measured'));
