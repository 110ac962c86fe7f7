/** A trigger of this package in a workflow of its own: it is published, and what comes is counted. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CredentialRef, Execution, N8nClient } from './client.mts';
import { workflow } from './flow.mts';
import type { Edge, FlowNode } from './flow.mts';
import { packageName } from './paths.mts';
import type { Form } from './setup.mts';

export const triggerName = 'Trigger';

/** What comes twice would come within this time. */
const calmMs = 500;

export interface TriggerTest {
	/** e.g. switchvoxTrigger */
	readonly type: string;
	readonly parameters?: Form;
	readonly credentials?: Readonly<Record<string, CredentialRef>>;
	/** What follows the trigger; nothing by default. */
	readonly nodes?: readonly FlowNode[];
	readonly edges?: readonly Edge[];
}

export interface OpenTrigger {
	readonly workflowId: string;
	/** Where the phone system sends its events once the workflow is published; n8n's Production URL. */
	readonly address: string;
	/** While the editor listens for one event; n8n's Test URL. */
	readonly testAddress: string;
	readonly publish: () => Promise<void>;
	readonly unpublish: () => Promise<void>;
	/** The executions, oldest first; waits until this many have ended, and checks that no more come. */
	readonly executions: (count: number) => Promise<readonly Execution[]>;
	/** The trigger's items of those executions. */
	readonly items: (count: number) => Promise<readonly Form[]>;
	readonly close: () => Promise<void>;
}

export async function openTrigger(client: N8nClient, test: TriggerTest): Promise<OpenTrigger> {
	const { type, parameters = {}, credentials, nodes = [], edges = [] } = test;
	const webhookId = crypto.randomUUID();
	const trigger: FlowNode = {
		name: triggerName,
		type: `${packageName}.${type}`,
		webhookId,
		parameters,
		...(credentials && { credentials }),
	};
	const workflowId = await client.createWorkflow(workflow([trigger, ...nodes], edges));
	const executions = async (count: number) => {
		await client.executionsWhen(workflowId, count);
		await pause(calmMs);
		const ids = await client.executionsOf(workflowId);
		if (ids.length !== count) {
			throw new Error(`${String(ids.length)} executions in place of ${String(count)}.`);
		}
		return await Promise.all(ids.reverse().map((id) => client.waitFor(id)));
	};
	return {
		workflowId,
		address: `${client.url}/webhook/${webhookId}/events`,
		testAddress: `${client.url}/webhook-test/${webhookId}/events`,
		publish: () => client.publish(workflowId),
		unpublish: () => client.unpublish(workflowId),
		executions,
		items: async (count) => (await executions(count)).flatMap(itemsOf),
		close: () => client.deleteWorkflow(workflowId),
	};
}

/** What the trigger gave to an execution. */
export function itemsOf({ nodes }: Execution): readonly Form[] {
	return (nodes[triggerName] ?? []).flatMap(({ outputs }) =>
		outputs.flatMap((items) => items.map(({ json }) => json)),
	);
}

/** The values that a trigger's page shows, by their labels. */
export async function readPage(address: string): Promise<Readonly<Record<string, string>>> {
	const response = await fetch(address);
	const page = await response.text();
	if (response.status !== 200) throw new Error(`${String(response.status)}: ${page}`);
	const values = [...page.matchAll(/<dt>(.*?)<\/dt><dd><code>(.*?)<\/code>/gs)];
	return Object.fromEntries(values.map(([, label = '', value = '']) => [label, textOf(value)]));
}

/** As a browser shows it. */
function textOf(html: string): string {
	const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };
	return html.replace(/&(lt|gt|quot|amp);/g, (_, name: string) => characters[name] ?? '');
}
