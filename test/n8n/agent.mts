import { modelName, startModel } from '../simulators/openAi.mts';
import type { ModelSimulator, Turn } from '../simulators/openAi.mts';
import type { Execution, N8nClient, WorkflowData, WorkflowNode } from './client.mts';
import type { NodeTest } from './context.mts';
import { packageName } from './paths.mts';

export type AgentTool = NodeTest & { readonly name: string };

export interface AgentTest {
	readonly turns: readonly Turn[];
	readonly tools: readonly AgentTool[];
	readonly items?: readonly object[];
	readonly settings?: NodeTest['settings'];
	/** Of the AI Agent node. */
	readonly typeVersion?: number;
	/** Nodes between the agent and its tools, with their connections. */
	readonly change?: (workflow: WorkflowData) => WorkflowData;
	/** Runs while the agent is working. */
	readonly meanwhile?: () => Promise<void>;
}

export interface AgentTestResult {
	readonly execution: Execution;
	/** The answers of the tools, as the model received them. */
	readonly answers: readonly string[];
	readonly model: ModelSimulator;
}

export const agentName = 'Agent';
const triggerName = 'Start';
const modelNode = 'Model';

/** n8n's AI Agent with nodes of this package as its tools; its model is simulated. */
async function agentWorkflow(
	client: N8nClient,
	test: AgentTest,
	model: ModelSimulator,
): Promise<WorkflowData> {
	const openAiApi = await client.createCredential({
		name: `Model ${crypto.randomUUID()}`,
		type: 'openAiApi',
		data: { apiKey: 'simulated', url: model.baseUrl },
	});
	const tools = test.tools.map(
		(tool, index): WorkflowNode => ({
			name: tool.name,
			type: `${packageName}.${tool.type}Tool`,
			typeVersion: 1,
			position: [400 + 200 * index, 200],
			parameters: tool.parameters,
			credentials: tool.credentials,
			...tool.settings,
		}),
	);
	const toAgent = (type: string) => ({ [type]: [[{ node: agentName, type, index: 0 }]] });
	const workflow: WorkflowData = {
		name: `Test of an agent ${crypto.randomUUID()}`,
		nodes: [
			{
				name: triggerName,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				name: agentName,
				type: '@n8n/n8n-nodes-langchain.agent',
				typeVersion: test.typeVersion ?? 3.1,
				position: [300, 0],
				parameters: { promptType: 'define', text: 'Call the customer.', options: {} },
				...test.settings,
			},
			{
				name: modelNode,
				type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
				typeVersion: 1.3,
				position: [200, 200],
				parameters: {
					model: { __rl: true, mode: 'id', value: modelName },
					responsesApiEnabled: false,
					options: { maxRetries: 0 },
				},
				credentials: { openAiApi },
			},
			...tools,
		],
		connections: {
			[triggerName]: { main: [[{ node: agentName, type: 'main', index: 0 }]] },
			[modelNode]: toAgent('ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, toAgent('ai_tool')])),
		},
		pinData: { [triggerName]: (test.items ?? [{}]).map((json) => ({ json })) },
	};
	return test.change?.(workflow) ?? workflow;
}

export async function runAgent(client: N8nClient, test: AgentTest): Promise<AgentTestResult> {
	const model = await startModel({ turns: test.turns });
	try {
		const workflowId = await client.createWorkflow(await agentWorkflow(client, test, model));
		const executionId = await client.start(workflowId, triggerName);
		await test.meanwhile?.();
		const execution = await client.waitFor(executionId);
		return { execution, answers: model.toolAnswers(), model };
	} finally {
		await model.close();
	}
}
