import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
	CredentialData,
	CredentialRef,
	N8nClient,
	WorkflowData,
	WorkflowNode,
} from './client.mts';
import { examplesFolder, packageName } from './paths.mts';

/** Credentials of a machine, by credential type. */
export type Credentials = Readonly<Record<string, CredentialRef>>;

/**
 * The credential type that a node uses. Those of this package are named after the vendor, and the examples' webhooks ask
 * for a header.
 */
function credentialTypeOf(node: WorkflowNode, credentials: Credentials): string | undefined {
	if (node.parameters.authentication === 'headerAuth') return 'httpHeaderAuth';
	if (!isOurs(node)) return undefined;
	const vendor = node.parameters.vendor ?? node.type.split('.')[1]?.replace(/Trigger$/, '');
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

/** An example workflow with credentials, as a user selects them after importing it. */
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

function isOurs({ type }: WorkflowNode): boolean {
	return type.startsWith(`${packageName}.`);
}

/** The option Dry Run of the nodes that ring phones. */
export function dryRunsOf({ nodes }: Pick<WorkflowData, 'nodes'>): readonly unknown[] {
	return nodes
		.filter((node) => isOurs(node) && rings(node))
		.map(({ parameters }) => optionsOf(parameters).dryRun);
}

function rings({ parameters: { operation } }: WorkflowNode): boolean {
	return operation === 'originate';
}

/** The example after a user has removed the option Dry Run: it rings phones. */
export function withoutDryRun(workflow: WorkflowData): WorkflowData {
	const nodes = workflow.nodes.map((node) => {
		if (!isOurs(node)) return node;
		const options = { ...optionsOf(node.parameters) };
		delete options.dryRun;
		return { ...node, parameters: { ...node.parameters, options } };
	});
	return { ...workflow, nodes };
}

function optionsOf({ options }: WorkflowNode['parameters']): Readonly<Record<string, unknown>> {
	return typeof options === 'object' && options !== null ? { ...options } : {};
}

/** An example in an n8n. */
export interface ImportedExample {
	/** The name of its file, without .json. */
	readonly name: string;
	readonly workflow: WorkflowData;
	readonly id: string;
	/** The manual trigger, if it has one. The other examples wait for an hour, a webhook or a chat. */
	readonly manualTrigger: string | undefined;
}

/** Puts credentials and all examples into an n8n, replacing older ones, ready to ring simulated phones. */
export async function importExamples(
	client: N8nClient,
	credentials: readonly CredentialData[],
): Promise<readonly ImportedExample[]> {
	const refs: Record<string, CredentialRef> = {};
	for (const one of credentials) refs[one.type] = await client.putCredential(one);
	const tags = [await client.putTag('example')];
	const examples: ImportedExample[] = [];
	for (const name of await exampleNames()) {
		const workflow = withoutDryRun(await readExample(name, refs));
		const id = await client.replaceWorkflow({ ...workflow, tags });
		examples.push({ name, workflow, id, manualTrigger: manualTriggerOf(workflow) });
	}
	return examples;
}

/** The name of the workflow's manual trigger, if it has one. */
export function manualTriggerOf({ nodes }: WorkflowData): string | undefined {
	return nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger')?.name;
}
