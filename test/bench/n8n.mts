import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logIn } from '../n8n/client.mts';
import type {
	CredentialRef,
	Execution,
	N8nClient,
	WorkflowData,
	WorkflowNode,
} from '../n8n/client.mts';
import { installN8n } from '../n8n/install.mts';
import { packPackage } from '../n8n/pack.mts';
import { workFolder } from '../n8n/paths.mts';
import { owner, startN8n } from '../n8n/server.mts';
import type { N8nServer } from '../n8n/server.mts';
import type { Contestant } from './contests.mts';

export const benchFolder = join(workFolder, 'bench');
const userFolder = join(benchFolder, 'n8n');
export const databaseFile = join(userFolder, '.n8n', 'database.sqlite');
const authorities = join(benchFolder, 'authorities.pem');
const executionLimitMs = 300_000;

/** A real n8n with the packed package in it; it can be restarted without losing its workflows. */
export interface BenchN8n {
	readonly pid: () => number;
	/** A workflow that gives these items to the node, as it is run in {@link execute}. */
	createWorkflow(node: Contestant, items: readonly object[], way: Way): Promise<string>;
	/** The node's own time and items of one execution, all of its runs together. */
	execute(workflowId: string): Promise<NodeWork>;
	restart(): Promise<void>;
	stop(): Promise<void>;
}

/** `once`: all items in one run of the node. `loop`: one item in each run, by n8n's Loop Over Items. */
export type Way = 'once' | 'loop';

export interface NodeWork {
	readonly milliseconds: number;
	readonly items: readonly Readonly<Record<string, unknown>>[];
}

/** `certificates` are trusted by n8n as if a public authority had signed them: neither side needs a setting for them. */
export async function openN8n(
	certificates: readonly string[],
	nodeOptions: readonly string[] = [],
): Promise<BenchN8n> {
	await installN8n();
	const installPackage = await packPackage();
	await rm(userFolder, { recursive: true, force: true });
	const env = { NODE_EXTRA_CA_CERTS: authorities, NODE_OPTIONS: nodeOptions.join(' ') };
	const start = async (): Promise<{ server: N8nServer; client: N8nClient }> => {
		const server = await startN8n({ userFolder, installPackage, env });
		return { server, client: await logIn(server.url, owner) };
	};
	await rm(authorities, { force: true });
	await writeFile(authorities, certificates.join('\n'));
	let running = await start();
	const credentials = new Map<Contestant['credential'], Promise<CredentialRef>>();

	const createCredential = async (credential: Contestant['credential']) =>
		await running.client.createCredential({ ...credential, name: crypto.randomUUID() });

	return {
		pid: () => running.server.pid,
		createWorkflow: async (contestant, items, way) => {
			const { credential } = contestant;
			const created = credentials.get(credential) ?? createCredential(credential);
			credentials.set(credential, created);
			const reference = await created;
			const { type, typeVersion, parameters } = contestant;
			const nodes = [
				node('Start', 'n8n-nodes-base.manualTrigger', 1),
				...(way === 'loop'
					? [node('Loop', 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1, options: {} })]
					: []),
				{
					...node('Node', type, typeVersion, parameters),
					credentials: { [credential.type]: reference },
				},
			];
			return await running.client.createWorkflow({
				name: `Bench ${crypto.randomUUID()}`,
				nodes,
				connections: connectionsOf(way),
				pinData: { Start: items.map((json) => ({ json })) },
			});
		},
		execute: async (workflowId) =>
			workOf(await running.client.execute(workflowId, 'Start', executionLimitMs)),
		restart: async () => {
			await running.server.stop();
			running = await start();
		},
		stop: async () => {
			await running.server.stop();
		},
	};
}

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: WorkflowNode['parameters'] = {},
): WorkflowNode {
	return { name, type, typeVersion, position: [0, 0], parameters };
}

function connectionsOf(way: Way): WorkflowData['connections'] {
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	return way === 'once'
		? { Start: { main: [to('Node')] } }
		: {
				Start: { main: [to('Loop')] },
				// The first output is for the end of the loop.
				Loop: { main: [[], to('Node')] },
				Node: { main: [to('Loop')] },
			};
}

function workOf({ status, error, nodes }: Execution): NodeWork {
	const runs = nodes.Node ?? [];
	const failed = error ?? runs.find((run) => run.error)?.error;
	if (status !== 'success' || failed) {
		throw new Error(`The execution ended as "${status}": ${failed?.message ?? 'no reason given'}`);
	}
	return {
		milliseconds: runs.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
		items: runs.flatMap(({ outputs }) => outputs[0] ?? []).map(({ json }) => json),
	};
}
