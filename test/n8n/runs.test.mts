/** Several runs and several nodes in one execution of a real n8n, and its cancellation: which calls are placed. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../simulators/switchvox.mts';
import { until } from '../until.mts';
import type { N8nClient, WorkflowNode } from './client.mts';
import { logInToN8n, startNode } from './context.mts';
import { flow, startName } from './flow.mts';
import type { Edge, FlowNode } from './flow.mts';
import { packageName } from './paths.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import type { SwitchvoxSetup } from './switchvoxSetup.mts';

const numbers = ['101', '102', '103', '104', '105'];
const items = numbers.map((number) => ({ number }));
const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** The node under a name, on this PBX; it rings the number of its item, or of the item that it began as. */
function callNode(
	{ call }: SwitchvoxSetup,
	name: string,
	settings: Partial<WorkflowNode> = {},
): FlowNode {
	const { type, ...test } = call({ dialFirst: `={{ $('${startName}').item.json.number }}` });
	return { ...test, name, type: `${packageName}.${type}`, ...settings };
}

/** Executes a workflow with a PBX of its own; the numbers that rang first, in order. */
async function run(
	build: (setup: SwitchvoxSetup) => {
		readonly nodes: readonly FlowNode[];
		readonly edges: readonly Edge[];
	},
	faulty?: { readonly fault: Fault; readonly after: number },
) {
	const setup = await setUpSwitchvox(client);
	try {
		if (faulty) setup.pbx.fault(faulty.fault, { times: 1, after: faulty.after });
		const { nodes, edges } = build(setup);
		const id = await client.createWorkflow(flow(items, nodes, edges));
		const execution = await client.execute(id, startName);
		const first = setup.pbx.rings.filter(({ party }) => party === 'first');
		return { execution, rang: first.map(({ number }) => number) };
	} finally {
		await setup.close();
	}
}

describe('loops', () => {
	/** Brings the same items to the node twice. */
	const loop = (settings: Partial<WorkflowNode>) => (setup: SwitchvoxSetup) => ({
		nodes: [
			{
				name: 'Twice',
				type: 'n8n-nodes-base.if',
				parameters: {
					conditions: { boolean: [{ value1: '={{ $runIndex < 2 }}', value2: true }] },
				},
			},
			{ name: 'Back', type: 'n8n-nodes-base.noOp', parameters: {} },
			callNode(setup, 'Call', settings),
		],
		edges: [
			[startName, 'Twice'],
			['Twice', 'Call'],
			['Twice', 'Back'],
			['Back', 'Twice'],
		] as const,
	});

	test('a loop that brings the same items again calls again', async () => {
		const { rang, execution } = await run(loop({}));
		expect(execution.status).toBe('success');
		expect(rang).toEqual([...numbers, ...numbers]);
	});

	test('also with Retry On Fail: each pass calls each number once', async () => {
		const { rang, execution } = await run(loop(retryOnFail), { fault: { status: 403 }, after: 7 });
		expect(execution.status).toBe('success');
		expect(rang).toEqual([...numbers, ...numbers]);
	});

	test('Loop Over Items calls each number once, with a call that is tried again, and one that is not', async () => {
		const build = (setup: SwitchvoxSetup) => ({
			nodes: [
				{
					name: 'Loop',
					type: 'n8n-nodes-base.splitInBatches',
					typeVersion: 3,
					parameters: { batchSize: 2, options: {} },
				},
				callNode(setup, 'Call', { ...retryOnFail, onError: 'continueRegularOutput' }),
			],
			edges: [
				[startName, 'Loop'],
				['Loop', 'Call', 1],
				['Call', 'Loop'],
			] as const,
		});
		const { rang, execution } = await run(build, { fault: 'cutAfterRinging', after: 2 });
		expect(rang).toEqual(numbers);
		const statuses = execution.nodes.Call?.flatMap(({ outputs }) =>
			(outputs[0] ?? []).map(({ json }) => json.status),
		);
		expect(statuses).toEqual(['answered', 'answered', 'unknown', 'answered', 'answered']);
	});
});

describe('two copies of the node', () => {
	const copies = (edges: readonly Edge[]) => (setup: SwitchvoxSetup) => ({
		nodes: [callNode(setup, 'Call A', retryOnFail), callNode(setup, 'Call B', retryOnFail)],
		edges,
	});

	test.each([2, 7])(
		'in a chain: a refusal at request %i is tried again, and each node calls each number once',
		async (after) => {
			const chain = copies([
				[startName, 'Call A'],
				['Call A', 'Call B'],
			]);
			const { rang, execution } = await run(chain, { fault: { status: 403 }, after });
			expect(execution.status).toBe('success');
			expect(rang).toEqual([...numbers, ...numbers]);
		},
	);

	test('side by side, with the same items: each calls each number once', async () => {
		const fork = copies([
			[startName, 'Call A'],
			[startName, 'Call B'],
		]);
		const { rang, execution } = await run(fork, { fault: { status: 403 }, after: 3 });
		expect(execution.status).toBe('success');
		expect(rang).toEqual([...numbers, ...numbers]);
	});
});

// It is an execution of its own; nothing distinguishes it from one that calls on purpose.
test('"Retry" in the list of executions calls the same numbers again', async () => {
	const setup = await setUpSwitchvox(client);
	setup.pbx.fault({ status: 403 }, { times: 1, after: 2 });
	const nodes = [callNode(setup, 'Call')];
	const id = await client.createWorkflow(flow(items, nodes, [[startName, 'Call']]));
	const failed = await client.execute(id, startName);
	await client.waitFor(await client.retry(failed.id));
	const first = setup.pbx.rings.filter(({ party }) => party === 'first');
	await setup.close();
	expect(failed.status).toBe('error');
	expect(first.map(({ number }) => number)).toEqual([...numbers.slice(0, 2), ...numbers]);
});

describe('a canceled execution starts no further call', () => {
	const many = Array.from({ length: 400 }, () => ({}));

	test.each([
		['one after the other', {}],
		['several at once', { maxConcurrent: 4 }],
		['while it pauses', { interval: 1 }],
		['while several pause', { interval: 1, maxConcurrent: 4 }],
	])('%s', async (_how, options) => {
		const setup = await setUpSwitchvox(client);
		const settings = { ...retryOnFail, onError: 'continueRegularOutput' } as const;
		const test = setup.call({ options }, { items: many, settings });
		const { executionId, end } = await startNode(client, test);
		await until(() => setup.firstRings() >= 2);
		await client.stop(executionId);
		const { execution } = await end();
		// Calls that were under way then may still ring.
		await pause(500);
		const before = setup.firstRings();
		await pause(1500);
		const rings = setup.firstRings();
		await setup.close();
		expect(execution.status).toBe('canceled');
		expect(rings).toBe(before);
		expect(rings).toBeLessThan(many.length);
	});
});
