import type { N8nClient } from './client.mts';
import type { NodeTest } from './context.mts';
import { packageName } from './paths.mts';

const answerLimitMs = 300_000;

/** A workflow whose webhook hands its JSON to one node of this package, and answers with what that makes of it. */
export interface Webhook {
	readonly workflowId: string;
	/** The json of the first item; a failure has its outcome in it too. */
	readonly send: (body: object) => Promise<Readonly<Record<string, unknown>>>;
}

/** Field values find the webhook's JSON in `$json.body`. */
export async function publishWebhook(client: N8nClient, test: NodeTest): Promise<Webhook> {
	const path = `test-${crypto.randomUUID()}`;
	const workflowId = await client.createWorkflow({
		name: `Webhook of ${test.type} ${path}`,
		nodes: [
			{
				...{ webhookId: crypto.randomUUID() },
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2.1,
				position: [0, 0],
				parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', options: {} },
			},
			{
				name: 'Call',
				type: `${packageName}.${test.type}`,
				typeVersion: 1,
				position: [200, 0],
				parameters: test.parameters,
				credentials: test.credentials,
				onError: 'continueRegularOutput',
				...test.settings,
			},
		],
		connections: { Webhook: { main: [[{ node: 'Call', type: 'main', index: 0 }]] } },
	});
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
			const text = await response.text();
			if (!response.ok) throw new Error(`HTTP ${String(response.status)}: ${text}`);
			return JSON.parse(text) as Record<string, unknown>;
		},
	};
}
