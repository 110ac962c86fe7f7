import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Node {
	execute(this: object): Promise<readonly (readonly unknown[])[]>;
}

const dist = join(import.meta.dirname, '..', '..', 'dist');

/** A file of the built package, by its path below dist. */
export function built<Module>(path: string): Module {
	return createRequire(import.meta.url)(join(dist, path)) as Module;
}

/** The built node of IOVOX, whose calls are taken; `optionsOf` gives an item's options. */
export async function execute(
	items: readonly object[],
	executionId: string,
	optionsOf: (item: number) => object = () => ({}),
): Promise<readonly unknown[]> {
	const { Iovox } = built<{ Iovox: new () => Node }>('nodes/Iovox/Iovox.node.js');
	const context = contextWith(items, executionId, optionsOf);
	const [output = []] = await new Iovox().execute.call(context);
	if (output.length !== items.length) throw new Error(`${String(output.length)} results`);
	return output;
}

/** As much of n8n's context as the node needs. */
function contextWith(
	items: readonly object[],
	executionId: string,
	optionsOf: (item: number) => object,
): object {
	const parameters: Readonly<Record<string, unknown>> = {
		linkId: 'link123',
		callDestination: '12025550123',
	};
	const node = { id: 'node-1', name: 'Node', type: 'iovox', typeVersion: 1, parameters: {} };
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
		getExecuteData: () => ({ node }),
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => executionId,
		getInputData: () => items,
		getMode: () => 'trigger',
		getNode: () => node,
		getNodeParameter: (name: string, item: number, fallback: unknown) =>
			name === 'options' ? optionsOf(item) : (parameters[name] ?? fallback),
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
export async function heapUsed(): Promise<number> {
	for (let round = 0; round < 3; round++) {
		globalThis.gc?.();
		await sleep(20);
	}
	return process.memoryUsage().heapUsed;
}
