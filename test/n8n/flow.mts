import type { Connection, WorkflowData, WorkflowNode } from './client.mts';

export const startName = 'Start';

export type FlowNode = Omit<WorkflowNode, 'typeVersion' | 'position'> & {
	readonly typeVersion?: number;
};

/** From a node to a node; `output` counts from 0, which is the default. */
export type Edge = readonly [from: string, to: string, output?: number];

/** A workflow of these nodes behind a manual trigger that gives these items. */
export function flow(
	items: readonly object[],
	nodes: readonly FlowNode[],
	edges: readonly Edge[],
): WorkflowData {
	const trigger = { name: startName, type: 'n8n-nodes-base.manualTrigger', parameters: {} };
	return {
		...workflow([trigger, ...nodes], edges),
		pinData: { [startName]: items.map((json) => ({ json })) },
	};
}

/** A workflow that other workflows call; it gets their items unchanged. */
export function calledFlow(nodes: readonly FlowNode[], edges: readonly Edge[]): WorkflowData {
	const trigger = {
		name: startName,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	return workflow([trigger, ...nodes], edges);
}

/** A workflow of any nodes, one of them a trigger. */
export function workflow(nodes: readonly FlowNode[], edges: readonly Edge[]): WorkflowData {
	return {
		name: `Test ${crypto.randomUUID()}`,
		nodes: nodes.map((node, index) => ({
			typeVersion: 1,
			position: [200 * index, 0] as const,
			...node,
		})),
		connections: Object.fromEntries(
			nodes.map(({ name }) => [name, { main: outputsOf(edges.filter(([from]) => from === name)) }]),
		),
	};
}

function outputsOf(edges: readonly Edge[]): Connection[][] {
	const outputs: Connection[][] = [];
	for (const [, node, output = 0] of edges) {
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node, type: 'main', index: 0 });
	}
	return outputs;
}
