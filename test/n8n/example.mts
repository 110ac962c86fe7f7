import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialRef, WorkflowData, WorkflowNode } from './client.mts';
import { examplesFolder, packageName } from './paths.mts';

/** Credentials of a machine, by credential type. */
export type Credentials = Readonly<Record<string, CredentialRef>>;

/**
 * The one of these credential types that a node takes: those of this package are named after the vendor; webhooks of
 * the examples ask for a header.
 */
function credentialTypeOf(node: WorkflowNode, credentials: Credentials): string | undefined {
	if (node.parameters.authentication === 'headerAuth') return 'httpHeaderAuth';
	if (!node.type.startsWith(`${packageName}.`)) return undefined;
	const vendor = node.parameters.vendor ?? node.type.split('.')[1];
	const names = [`${String(vendor)}Api`, `${String(vendor)}OAuth2Api`];
	return Object.keys(credentials).find((type) => names.includes(type));
}

/** The names of all examples, e.g. "switchvox". */
export async function exampleNames(): Promise<string[]> {
	const files = await readdir(examplesFolder);
	return files
		.filter((file) => file.endsWith('.json'))
		.map((file) => file.slice(0, -'.json'.length))
		.sort();
}

/** An example workflow with credentials put in, as a user does after importing it. */
export async function readExample(name: string, credentials: Credentials): Promise<WorkflowData> {
	const text = await readFile(join(examplesFolder, `${name}.json`), 'utf8');
	const workflow = JSON.parse(text) as WorkflowData;
	const nodes = workflow.nodes.map((node) => {
		const type = credentialTypeOf(node, credentials);
		const credential = type === undefined ? undefined : credentials[type];
		return type && credential ? { ...node, credentials: { [type]: credential } } : node;
	});
	return { ...workflow, nodes };
}

/** The name of the workflow's manual trigger, if it has one. */
export function manualTriggerOf({ nodes }: WorkflowData): string | undefined {
	return nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')?.name;
}
