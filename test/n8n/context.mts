import { logIn } from './client.mts';
import type {
	CredentialRef,
	Execution,
	Item,
	N8nClient,
	StoredError,
	WorkflowData,
	WorkflowNode,
} from './client.mts';
import { packageName } from './paths.mts';
import { owner } from './server.mts';

/** The one address that the network policy of the n8n under test blocks. */
export const blockedAddress = '127.0.0.2';

const triggerName = 'Start';
const nodeName = 'Node';

interface Started {
	readonly url: string;
	readonly logFile: string;
}

/** The n8n that jest's global setup started for this worker. */
function n8nOfWorker(): Started {
	const { N8N_UNDER_TEST: all, JEST_WORKER_ID: worker } = process.env;
	if (all === undefined) throw new Error('Run these tests as the jest project "n8n".');
	const started = (JSON.parse(all) as Started[])[Number(worker) - 1];
	if (started === undefined) throw new Error(`There is no n8n for worker ${String(worker)}.`);
	return started;
}

/** The address of that n8n. */
export function n8nUrl(): string {
	return n8nOfWorker().url;
}

/** The log of that n8n. */
export function n8nLogFile(): string {
	return n8nOfWorker().logFile;
}

export async function logInToN8n(): Promise<N8nClient> {
	return await logIn(n8nUrl(), owner);
}

/** One node of this package, after a trigger that gives it items. */
export interface NodeTest {
	/** e.g. switchvox */
	readonly type: string;
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credentials: Readonly<Record<string, CredentialRef>>;
	/** The json of each input item; one empty item by default. */
	readonly items?: readonly object[];
	readonly settings?: Pick<
		WorkflowNode,
		'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'executeOnce' | 'alwaysOutputData'
	>;
	readonly limitMs?: number;
}

export interface NodeTestResult {
	readonly execution: Execution;
	/** Items of the regular output, of the last run. */
	readonly items: readonly Item[];
	/** Items of the error output. */
	readonly failedItems: readonly Item[];
	/** The error that the node threw. */
	readonly error?: StoredError;
}

export function workflowWith(test: NodeTest): WorkflowData {
	const items = (test.items ?? [{}]).map((json) => ({ json }));
	return {
		name: `Test of ${test.type} ${crypto.randomUUID()}`,
		nodes: [
			{
				name: triggerName,
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				name: nodeName,
				type: `${packageName}.${test.type}`,
				typeVersion: 1,
				position: [200, 0],
				parameters: test.parameters,
				credentials: test.credentials,
				...test.settings,
			},
		],
		connections: { [triggerName]: { main: [[{ node: nodeName, type: 'main', index: 0 }]] } },
		pinData: { [triggerName]: items },
	};
}

/** The result of the node under test in an execution of {@link workflowWith}. */
export function resultOf(execution: Execution): NodeTestResult {
	const run = execution.nodes[nodeName]?.at(-1);
	return {
		execution,
		items: run?.outputs[0] ?? [],
		failedItems: run?.outputs[1] ?? [],
		error: run?.error ?? execution.error,
	};
}

/** Starts the node in a new workflow; returns the execution's id and a function that waits for its end. */
export async function startNode(
	client: N8nClient,
	test: NodeTest,
): Promise<{ readonly executionId: string; readonly end: () => Promise<NodeTestResult> }> {
	const workflowId = await client.createWorkflow(workflowWith(test));
	const executionId = await client.start(workflowId, triggerName);
	const end = async (): Promise<NodeTestResult> =>
		resultOf(await client.waitFor(executionId, test.limitMs));
	return { executionId, end };
}

/** Runs the node in a new workflow, to its end. */
export async function runNode(client: N8nClient, test: NodeTest): Promise<NodeTestResult> {
	const { end } = await startNode(client, test);
	return await end();
}

/** The texts of the error pane, without the sentence that no call was placed. */
export function saidOf({ message, description = '' }: Partial<StoredError> = {}): string {
	const below = String(description ?? '')
		.replaceAll('<br>', '\n')
		.replaceAll('&lt;', '<')
		.replaceAll('&amp;', '&');
	return `${String(message)} ${below}`.replace(' No call was placed.', '');
}
