import type { N8nClient, WorkflowNode } from '../client.mts';
import { workflow } from '../flow.mts';
import type { Edge, FlowNode } from '../flow.mts';
import { packageName } from '../paths.mts';
import type { SwitchvoxSetup } from '../switchvoxSetup.mts';

/** n8n gives up the job of a dead worker after 120 s, and only then answers. */
const answerLimitMs = 200_000;

/** The answer to the webhook's caller: the node's result, or n8n's own text. */
export interface Told {
	readonly httpStatus: number;
	readonly status?: string;
	readonly reason?: string;
	readonly message?: string;
	readonly requestedAt?: string | null;
	/** The output of the node: `regular` or `error`; null if it did not get that far. */
	readonly output: string | null;
	readonly [key: string]: unknown;
}

/** A published workflow: a webhook that calls the number in its body, and answers with the outcome. */
export interface Hook {
	readonly workflowId: string;
	readonly send: (body: { readonly number: string; readonly key?: string }) => Promise<Told>;
	/** The id of the latest execution, once there is one. */
	readonly execution: () => Promise<string>;
}

export interface HookOptions {
	readonly client: N8nClient;
	readonly setup: SwitchvoxSetup;
	/** Options of the node. */
	readonly options?: object;
	readonly node?: Pick<WorkflowNode, 'onError' | 'retryOnFail'>;
	/** The workflow that n8n starts when this one ends badly. */
	readonly errorWorkflow?: string;
}

/** The options of a call that is placed once for the key in the webhook's body. */
export const once = { onceKey: '={{ $json.body.key }}' };

const hookName = 'Webhook';
const nodeName = 'Call';
const outputHeader = 'x-output';

const edges: readonly Edge[] = [
	[hookName, nodeName],
	[nodeName, 'Told'],
	[nodeName, 'Failed', 1],
];

/**
 * The answer is that of a node. A webhook that answers with the last node's data waits for the end of the job, which n8n's
 * main misses when it is busy at that moment: the caller then gets no answer at all.
 */
function answer(name: string, output: string): FlowNode {
	const responseHeaders = { entries: [{ name: outputHeader, value: output }] };
	return {
		name,
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.1,
		parameters: { respondWith: 'firstIncomingItem', options: { responseHeaders } },
	};
}

export async function openHook(options: HookOptions): Promise<Hook> {
	const { client, setup, node, errorWorkflow } = options;
	const path = crypto.randomUUID();
	const call = setup.call({
		dialFirst: '={{ $json.body.number }}',
		// As a list's entry n8n would match it with a regular expression, for 250 ms at most, and fail the execution of a
		// machine that is busier than that.
		accountId: '1106',
		options: { timeout: 5, ...options.options },
	});
	const nodes: readonly FlowNode[] = [
		{
			name: hookName,
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'responseNode' },
		},
		{
			name: nodeName,
			type: `${packageName}.${call.type}`,
			parameters: call.parameters,
			credentials: call.credentials,
			onError: 'continueErrorOutput',
			...node,
		},
		answer('Told', 'regular'),
		answer('Failed', 'error'),
	];
	const data = workflow(nodes, edges);
	const settings = errorWorkflow === undefined ? {} : { errorWorkflow };
	const workflowId = await client.createWorkflow({ ...data, settings });
	await client.publish(workflowId);
	return {
		workflowId,
		send: async (body) => {
			const response = await fetch(`${client.url}/webhook/${path}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(answerLimitMs),
			});
			const answer = JSON.parse((await response.text()) || '{}') as object;
			const output = response.headers.get(outputHeader);
			return { ...answer, output, httpStatus: response.status };
		},
		execution: async () => {
			const [id = ''] = await client.executionsWhen(workflowId, 1);
			return id;
		},
	};
}

/** How often each answer was given: a call's reason or status, else n8n's words. */
export function tally(answers: readonly Told[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const { httpStatus, reason, status, message } of answers) {
		const answer = reason ?? status ?? `HTTP ${String(httpStatus)}: ${String(message)}`;
		counts[answer] = (counts[answer] ?? 0) + 1;
	}
	return counts;
}

/** The most calls that n8n sent within a second. When they arrive depends on how busy the machine is, too. */
export function mostInOneSecond(answers: readonly Told[]): number {
	const sent = answers.map(({ requestedAt }) => Date.parse(requestedAt ?? ''));
	if (sent.some(Number.isNaN)) throw new Error('a call was not sent');
	return Math.max(
		...sent.map((from) => sent.filter((at) => at >= from && at - from < 1000).length),
	);
}

/** A number for each place, out of those that are kept for fiction. */
export function fiction(place: number): string {
	const area = 201 + Math.floor(place / 100);
	return `${String(area)}55501${String(place % 100).padStart(2, '0')}`;
}

/** How often each number rang. */
export function ringsByNumber({ pbx }: SwitchvoxSetup): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const { number, party } of pbx.rings) {
		if (party === 'first') counts.set(number, (counts.get(number) ?? 0) + 1);
	}
	return counts;
}
