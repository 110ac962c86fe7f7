/**
 * Runs in a process of its own, with --expose-gc: prints as JSON how many bytes the built node keeps for each call when
 * all calls of an execution have ended, among few items and among many.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ResultBytes {
	readonly amongFew: readonly number[];
	readonly amongMany: readonly number[];
}

interface Node {
	execute(this: object): Promise<readonly (readonly unknown[])[]>;
}

const load = createRequire(import.meta.url);
const file = join(import.meta.dirname, '..', '..', 'dist', 'nodes', 'Iovox', 'Iovox.node.js');
const { Iovox } = load(file) as { Iovox: new () => Node };
const { gc } = globalThis;

/** As much of n8n's context as the node needs; every call is taken. */
function contextWith(items: readonly object[], executionId: string): object {
	const parameters: Readonly<Record<string, unknown>> = {
		linkId: 'link123',
		callDestination: '12025550123',
	};
	return {
		continueOnFail: () => false,
		getCredentials: () =>
			Promise.resolve({
				environment: 'custom',
				baseUrl: 'https://iovox.test',
				username: 'test',
				secureKey: 'test',
			}),
		getContext: () => ({}),
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => executionId,
		getInputData: () => items,
		getMode: () => 'trigger',
		getNode: () => ({ name: 'Node', type: 'iovox', typeVersion: 1, parameters: {} }),
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			parameters[name] ?? fallback,
		getTimezone: () => 'UTC',
		getWorkflow: () => ({ id: 'test', active: true }),
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		helpers: {
			httpRequestWithAuthentication: () =>
				Promise.resolve({ statusCode: 201, headers: {}, body: '' }),
		},
		isToolExecution: () => false,
	};
}

/** What ended calls leave to the collector is let go in steps. */
async function heapUsed(): Promise<number> {
	for (let round = 0; round < 3; round++) {
		gc?.();
		await sleep(20);
	}
	return process.memoryUsage().heapUsed;
}

let executions = 0;

async function bytesEach(count: number): Promise<number> {
	const items = Array.from({ length: count }, (_, item) => ({ json: { item } }));
	const context = contextWith(items, String(executions++));
	const before = await heapUsed();
	const [output = []] = await new Iovox().execute.call(context);
	const bytes = ((await heapUsed()) - before) / count;
	// Also keeps items and output alive until here.
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
