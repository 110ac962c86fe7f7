import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { logIn } from '../n8n/client.mts';
import type { N8nClient } from '../n8n/client.mts';
import { workflow } from '../n8n/flow.mts';
import type { Edge, FlowNode } from '../n8n/flow.mts';
import { installN8n } from '../n8n/install.mts';
import { packPackage } from '../n8n/pack.mts';
import { startFleet } from '../n8n/queue/fleet.mts';
import { owner, startN8n } from '../n8n/server.mts';
import { openTrigger, triggerName } from '../n8n/trigger.mts';
import { benchFolder } from './n8n.mts';
import type { Row } from './table.mts';

interface Options {
	/** How many events arrive at once, and how many one after the other. A fifth as many arrive with pauses. */
	readonly events: number;
	readonly log: (line: string) => void;
}

const atOnce = 20;
const calmMs = 2000;
/** Between the calls of an office. */
const pauseMs = 200;

/** Unless told otherwise, n8n prepares its expressions for each event of a node that is not its own Webhook. */
const settings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	'one process': {},
	'one process, expressions prepared when needed': { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
};

interface Follower {
	readonly what: string;
	readonly nodes: readonly FlowNode[];
	readonly edges: readonly Edge[];
}

const manyItems = 'return Array.from({ length: 200 }, (_, index) => ({ json: { index } }))';

/** What a workflow does with an event. */
const followers: readonly Follower[] = [
	{
		what: 'is over at once',
		nodes: [node('Next', 'noOp')],
		edges: [[triggerName, 'Next']],
	},
	{
		what: 'waits for 5 s',
		nodes: [{ ...node('Next', 'wait', { amount: 5, unit: 'seconds' }), typeVersion: 1.1 }],
		edges: [[triggerName, 'Next']],
	},
	{
		what: 'loops 200 times',
		nodes: [
			{ ...node('Many', 'code', { jsCode: manyItems }), typeVersion: 2 },
			{ ...node('Loop', 'splitInBatches', { options: {} }), typeVersion: 3 },
			node('Next', 'noOp'),
		],
		edges: [
			[triggerName, 'Many'],
			['Many', 'Loop'],
			['Loop', 'Next', 1],
			['Next', 'Loop'],
		],
	},
];

function node(name: string, type: string, parameters: FlowNode['parameters'] = {}): FlowNode {
	return { name, type: `n8n-nodes-base.${type}`, parameters };
}

/** How long Enswitch, which routes no call before, waits for the reply to an event, whatever the workflow does with it. */
export async function measureTriggers(options: Options): Promise<readonly Row[]> {
	await installN8n();
	const installPackage = await packPackage();
	const rows: Row[] = [];
	for (const [mode, env] of Object.entries(settings)) {
		const userFolder = join(benchFolder, 'triggers');
		await rm(userFolder, { recursive: true, force: true });
		const single = await startN8n({ userFolder, installPackage, env });
		try {
			rows.push(...(await measureIn(mode, single.url, options)));
		} finally {
			await single.stop();
		}
	}
	const fleet = await startFleet({ installPackage });
	try {
		rows.push(...(await measureIn('queue mode', fleet.url, options)));
	} finally {
		await fleet.stop();
	}
	return rows;
}

async function measureIn(mode: string, url: string, options: Options): Promise<readonly Row[]> {
	const client = await logIn(url, owner);
	const rows: Row[] = [];
	for (const follower of followers) rows.push(...(await measure(mode, client, follower, options)));
	return rows;
}

async function measure(
	mode: string,
	client: N8nClient,
	{ what, nodes, edges }: Follower,
	{ events, log }: Options,
): Promise<readonly Row[]> {
	const trigger = await openTrigger(client, { type: 'enswitchTrigger', nodes, edges });
	await trigger.publish();
	const webhook = await openWebhook(client, nodes, edges);
	const ours = { address: trigger.address, ...nothingYet() };
	const theirs = { address: webhook.address, ...nothingYet() };
	const both = [ours, theirs];
	const run = `${what}, ${mode}`;
	let sent = 0;
	for (let warmUp = 0; warmUp < 30; warmUp++) {
		for (const { address } of both) await post(address, sent++);
	}
	while (ours.calm.length < events / 5) {
		for (const { address, calm } of both) {
			await pause(pauseMs);
			calm.push(await post(address, sent++));
		}
	}
	while (ours.single.length < events / 2) {
		for (const { address, single } of both) single.push(await post(address, sent++));
	}
	while (ours.together.length < events / 2) {
		for (const { address, together } of both) {
			const some = Array.from({ length: atOnce }, () => post(address, sent++));
			together.push(...(await Promise.all(some)));
			// What the others have started must not count.
			await pause(calmMs);
		}
	}
	await trigger.close();
	await client.deleteWorkflow(webhook.workflowId);
	log(`${run}, with pauses: ${summaryOf(ours.calm)}; Webhook node: ${summaryOf(theirs.calm)}`);
	log(`${run}: ${summaryOf(ours.single)}; Webhook node: ${summaryOf(theirs.single)}`);
	log(`${run}, at once: ${summaryOf(ours.together)}; Webhook node: ${summaryOf(theirs.together)}`);
	const other = "n8n's Webhook node";
	return [
		{
			id: 'j',
			what: `Reply to an event after a pause, the workflow ${run}`,
			unit: 'ms',
			values: ours.calm,
			other: { what: other, values: theirs.calm },
		},
		{
			id: 'j',
			what: `Reply to an event, the workflow ${run}`,
			unit: 'ms',
			values: ours.single,
			other: { what: other, values: theirs.single },
		},
		{
			id: 'j',
			what: `Reply to one of ${String(atOnce)} events at once, the workflow ${run}`,
			unit: 'ms',
			values: ours.together,
			other: { what: other, values: theirs.together },
		},
	];
}

function nothingYet() {
	return { calm: [] as number[], single: [] as number[], together: [] as number[] };
}

/** The same workflow behind n8n's own node, which replies at once, too. */
async function openWebhook(client: N8nClient, nodes: readonly FlowNode[], edges: readonly Edge[]) {
	const path = crypto.randomUUID();
	const webhook: FlowNode = {
		name: triggerName,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2.1,
		webhookId: path,
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
	};
	const workflowId = await client.createWorkflow(workflow([webhook, ...nodes], edges));
	await client.publish(workflowId);
	return { workflowId, address: `${client.url}/webhook/${path}` };
}

function summaryOf(values: readonly number[]): string {
	const sorted = [...values].sort((one, other) => one - other);
	const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(1);
	return `median ${at(0.5)}, 95 % ${at(0.95)}, slowest ${at(1)} ms`;
}

/** Milliseconds until the whole reply is there. Each event comes over a connection of its own. */
async function post(address: string, number: number): Promise<number> {
	const body = new URLSearchParams({
		class: 'call',
		event: 'start',
		timestamp: `${String(1_234_567_890 + number)}.123456`,
		callid: `1234567890.${String(number)}`,
		uniqueid: `1234567891.${String(number)}`,
		direction: 'in',
		snumber: '2125550142',
		cnumber: '2125550100',
	}).toString();
	const headers = {
		'content-type': 'application/x-www-form-urlencoded',
		'content-length': body.length,
	};
	const started = performance.now();
	const status = await new Promise<number | undefined>((resolve, reject) => {
		const sending = request(address, { method: 'POST', agent: false, headers }, (response) => {
			response.resume().once('end', () => {
				resolve(response.statusCode);
			});
		});
		sending.once('error', reject).end(body);
	});
	if (status !== 200) throw new Error(`An event was answered with ${String(status)}.`);
	return performance.now() - started;
}
