import type { CredentialRef, Execution, N8nClient, WorkflowNode } from './client.mts';
import { flow, startName } from './flow.mts';
import { packageName } from './paths.mts';
import type { Form } from './setup.mts';

/** A node of this package in a row of nodes. */
export interface Step {
	readonly type: string;
	readonly parameters: Form;
	readonly settings?: Pick<
		WorkflowNode,
		'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'
	>;
}

type Credentials = Readonly<Record<string, CredentialRef>>;

/** Starts one node behind the other, with one item; returns the execution's id. */
export async function startChain(
	client: N8nClient,
	credentials: Credentials,
	steps: readonly Step[],
): Promise<string> {
	const nodes = steps.map(({ type, parameters, settings = {} }, index) => ({
		name: String(index),
		type: `${packageName}.${type}`,
		parameters,
		credentials,
		...settings,
	}));
	const edges = nodes.map(
		({ name }, index) => [nodes[index - 1]?.name ?? startName, name] as const,
	);
	const workflowId = await client.createWorkflow(flow([{ customer: 'Ann' }], nodes, edges));
	return await client.start(workflowId, startName);
}

/** Runs them to the end; the one item of each node, of either output. */
export async function runChain(
	client: N8nClient,
	credentials: Credentials,
	steps: readonly Step[],
): Promise<{ readonly execution: Execution; readonly results: readonly (Form | undefined)[] }> {
	const execution = await client.waitFor(await startChain(client, credentials, steps));
	const resultOf = (index: number) =>
		execution.nodes[String(index)]?.at(-1)?.outputs.flat()[0]?.json;
	return { execution, results: steps.map((_, index) => resultOf(index)) };
}
