/** What holds a call back in a real n8n: guards, once keys, and invalid numbers. */
import { runAgent } from './agent.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, resultOf, runNode, startNode, workflowWith } from './context.mts';
import type { NodeTestResult } from './context.mts';
import { packageName } from './paths.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import type { SwitchvoxSetup } from './switchvoxSetup.mts';

let client: N8nClient;
let setup: SwitchvoxSetup;

beforeAll(async () => {
	client = await logInToN8n();
});

beforeEach(async () => {
	setup = await setUpSwitchvox(client);
});

afterEach(async () => {
	await setup.close();
});

const numbers = ['101', '102', '103'];
const items = numbers.map((number) => ({ number }));
const rang = () =>
	setup.pbx.rings.filter(({ party }) => party === 'first').map(({ number }) => number);
const reasons = ({ items: results }: NodeTestResult) =>
	results.map(({ json }) => json.reason ?? json.status);

/** Calls each item's number, with these options. */
const call = (options: object, more: Parameters<SwitchvoxSetup['call']>[1] = {}) =>
	setup.call({ dialFirst: '={{ $json.number }}', options }, { items, ...more });

describe('guards', () => {
	test('lists of destinations, fixed and from an expression', async () => {
		const allowed = await runNode(client, call({ allowedDestinations: ['102', '301'] }));
		expect(reasons(allowed)).toEqual([
			'destination_not_allowed',
			'answered',
			'destination_not_allowed',
		]);
		const list = '={{ ["102", "+1 900"] }}';
		const blocked = await runNode(client, call({ blockedDestinations: list }));
		expect(reasons(blocked)).toEqual(['answered', 'destination_blocked', 'answered']);
		expect(blocked.items[1]?.json).toMatchObject({
			from: '102',
			to: '301',
			callId: null,
			details: { number: '102', entry: '102' },
		});
		expect(rang()).toEqual(['102', '101', '103']);
	});

	test('an expression that gives no list holds all calls back', async () => {
		const blockedDestinations = '={{ $json.noSuchField }}';
		const { error } = await runNode(client, call({ blockedDestinations }));
		expect(error?.message).toBe('Limit: Blocked Numbers is empty. No call was placed.');
		expect(rang()).toEqual([]);
	});

	const day = (days: readonly string[], more: object = {}) => ({
		callingHours: { window: { days, from: '00:00', to: '24:00', ...more } },
	});
	const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
	const todayIn = (timeZone: string) =>
		new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone }).format().toLowerCase();

	test('calling hours', async () => {
		expect(reasons(await runNode(client, call(day(week))))).toEqual(Array(3).fill('answered'));
		const timeZone = 'Pacific/Kiritimati';
		const other = week.filter((name) => name !== todayIn(timeZone));
		const closed = await runNode(client, call(day(other, { timeZone })));
		expect(reasons(closed)).toEqual(Array(3).fill('outside_calling_hours'));
		expect(closed.items[0]?.json.details).toEqual({
			clock: expect.stringMatching(/^[a-z]+day \d\d:\d\d in Pacific\/Kiritimati$/) as string,
		});
		expect(rang()).toEqual(numbers);
	});

	test("without their own time zone, they use the workflow's", async () => {
		// At no time is it the same day in both.
		const zones = ['Pacific/Kiritimati', 'Pacific/Niue'];
		const today = todayIn(zones[0] ?? '');
		for (const timezone of zones) {
			const workflow = { ...workflowWith(call(day([today]))), settings: { timezone } };
			const id = await client.createWorkflow(workflow);
			const result = resultOf(await client.execute(id, 'Start'));
			const expected = timezone === zones[0] ? 'answered' : 'outside_calling_hours';
			expect(reasons(result)).toEqual(Array(3).fill(expected));
		}
	});

	test('no more than Max Calls', async () => {
		expect(reasons(await runNode(client, call({ maxCalls: 2 })))).toEqual([
			'answered',
			'answered',
			'max_calls',
		]);
		expect(rang()).toEqual(numbers.slice(0, 2));
	});
});

describe('Once Key', () => {
	const once = { onceKey: '={{ $json.number }} 2026-11-20' };
	const start = async (workflowId: string) => resultOf(await client.execute(workflowId, 'Start'));

	test('a key is called once in a workflow, across executions', async () => {
		const workflowId = await client.createWorkflow(workflowWith(call(once)));
		expect(reasons(await start(workflowId))).toEqual(Array(3).fill('answered'));
		const again = await start(workflowId);
		expect(reasons(again)).toEqual(Array(3).fill('duplicate'));
		expect(again.items[0]?.json).toMatchObject({
			status: 'skipped',
			details: { onceKey: '101 2026-11-20' },
		});
		expect(rang()).toEqual(numbers);
		const other = await runNode(client, call(once));
		expect(reasons(other)).toEqual(Array(3).fill('answered'));
	});

	test('two items with the same key place one call', async () => {
		const { items: results } = await runNode(
			client,
			call({ onceKey: 'the same', maxConcurrent: 3 }),
		);
		expect(results.map(({ json }) => json.status).sort()).toEqual([
			'answered',
			'skipped',
			'skipped',
		]);
		expect(rang()).toHaveLength(1);
	});

	test('two executions at once with the same keys place each call once', async () => {
		const workflowId = await client.createWorkflow(workflowWith(call(once)));
		const ids = await Promise.all([1, 2, 3, 4].map(() => client.start(workflowId, 'Start')));
		const results = await Promise.all(ids.map(async (id) => resultOf(await client.waitFor(id))));
		expect(results.flatMap(reasons).filter((reason) => reason === 'answered')).toHaveLength(3);
		expect(results.flatMap(reasons).filter((reason) => reason === 'duplicate')).toHaveLength(9);
		expect(rang().sort()).toEqual(numbers);
	});

	test.each([
		['refused', { status: 403 }, ['answered'], []],
		['unknown', 'cutAfterRinging', [], ['unknown']],
	] as const)(
		'after %s (%j) the same key is %j, or fails as %j',
		async (status, fault, ...next) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const workflowId = await client.createWorkflow(
				workflowWith(call(once, { settings, items: [{ number: '101' }] })),
			);
			setup.pbx.fault(fault, { times: 1 });
			const first = await start(workflowId);
			expect(first.failedItems.map(({ json }) => json.status)).toEqual([status]);
			const again = await start(workflowId);
			expect([reasons(again), again.failedItems.map(({ json }) => json.status)]).toEqual(next);
			expect(rang()).toHaveLength(1);
		},
	);

	test('a key is free again when nobody picks up', async () => {
		setup.pbx.setParty('101', 'never');
		const workflowId = await client.createWorkflow(
			workflowWith(call(once, { items: [{ number: '101' }] })),
		);
		expect((await start(workflowId)).error?.message).toContain('could not connect 101');
		await start(workflowId);
		expect(rang()).toEqual(['101', '101']);
	});

	test('a value that another node of the workflow has seen is not a key', async () => {
		const test = call({ onceKey: '={{ $json.number }}' });
		const workflow = workflowWith(test);
		const [trigger, node] = workflow.nodes;
		if (trigger === undefined || node === undefined) throw new Error('no nodes');
		const removeDuplicates = {
			name: 'Remove Duplicates',
			type: 'n8n-nodes-base.removeDuplicates',
			typeVersion: 2,
			position: [100, 0] as const,
			parameters: {
				operation: 'removeItemsSeenInPreviousExecutions',
				dedupeValue: '={{ $json.number }}',
				options: { scope: 'workflow' },
			},
		};
		const link = (to: string) => ({ main: [[{ node: to, type: 'main', index: 0 }]] });
		const workflowId = await client.createWorkflow({
			...workflow,
			nodes: [trigger, removeDuplicates, node],
			connections: {
				[trigger.name]: link('Remove Duplicates'),
				'Remove Duplicates': link(node.name),
			},
		});
		expect(reasons(await start(workflowId))).toEqual(Array(3).fill('answered'));
	});

	test('a workflow inside a node shares the keys of the workflow around it', async () => {
		const { nodes, connections } = workflowWith(call(once));
		const trigger = {
			name: 'Start',
			type: 'n8n-nodes-base.executeWorkflowTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const inner = { nodes: [trigger, ...nodes.slice(1)], connections, name: 'Inside' };
		const outer = workflowWith({
			type: 'switchvox',
			parameters: { source: 'parameter', workflowJson: JSON.stringify(inner) },
			credentials: {},
			items,
		});
		const workflowId = await client.createWorkflow({
			...outer,
			nodes: outer.nodes.map((node) =>
				node.type === `${packageName}.switchvox`
					? { ...node, type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1 }
					: node,
			),
		});
		expect(reasons(await start(workflowId))).toEqual(Array(3).fill('answered'));
		expect(reasons(await start(workflowId))).toEqual(Array(3).fill('duplicate'));
		expect(rang()).toEqual(numbers);
	});
});

describe('numbers', () => {
	test('an impossible number is reported with its item, and the other items go on', async () => {
		const options = { numberFormat: 'e164WithoutPlus', defaultCountry: 'US' };
		const { items: results, failedItems } = await runNode(
			client,
			call(options, {
				items: ['(202) 555-0123', '202 555 01', '101'].map((number) => ({ number })),
				settings: { onError: 'continueErrorOutput' },
			}),
		);
		expect(results.map(({ json }) => json.status)).toEqual(['answered', 'answered']);
		expect(failedItems.map(({ json }) => [json.status, json.message])).toEqual([
			['not_sent', expect.stringContaining('Dial First is "20255501"')],
		]);
	});
});

test('a dry run checks the guards and shows the request as formatted', async () => {
	const options = { dryRun: true, numberFormat: 'e164', defaultCountry: 'US', maxCalls: 2 };
	const { end } = await startNode(
		client,
		call(options, { items: ['202 555 0123', '*97', '101'].map((number) => ({ number })) }),
	);
	const result = await end();
	expect(reasons(result)).toEqual(['dry_run', 'dry_run', 'max_calls']);
	expect(result.items.map(({ json }) => json.from)).toEqual(['+12025550123', '*97', '101']);
	expect(JSON.stringify(result.items[0]?.json.request)).toContain('+12025550123');
	expect(setup.pbx.requests).toEqual([]);
});

describe.each([3.1, 2.2])('as a tool of AI Agent %s', (typeVersion) => {
	/** The model calls these numbers one after the other; returns each answer that it got. */
	const playRaw = async (options: object, ...called: readonly string[]) => {
		const tool = setup.call({
			dialFirst: "={{ $fromAI('number', 'Number to ring', 'string') }}",
			options,
		});
		const { answers } = await runAgent(client, {
			typeVersion,
			tools: [{ ...tool, name: 'Call somebody' }],
			turns: called.map((number) => ({
				calls: [{ name: 'Call_somebody', arguments: { number, calls: 1000, text: '101' } }],
			})),
		});
		return answers;
	};
	const play = async (options: object, ...called: readonly string[]) =>
		(await playRaw(options, ...called)).map((answer) => {
			const [json] = JSON.parse(answer) as Readonly<Record<string, unknown>>[];
			return json?.message;
		});

	test('the model cannot call a number that is not allowed', async () => {
		const messages = await play({ allowedDestinations: ['101', '301'] }, '102', '101');
		expect(messages).toEqual([
			'Not called: 102 is not in Allowed Numbers. Do not try again.',
			expect.stringMatching(/^The call was placed/),
		]);
		expect(rang()).toEqual(['101']);
	});

	test('all its calls of an execution count for Max Calls', async () => {
		const messages = await play({ maxCalls: 2 }, ...numbers);
		expect(messages[2]).toBe('Not called: Max Calls is reached (2). Do not try again.');
		expect(rang()).toEqual(['101', '102']);
	});

	test('a key is called once, whatever the model does', async () => {
		const messages = await play({ onceKey: 'the same' }, '101', '102');
		expect(messages[1]).toMatch(
			/^Not called: the Once Key "the same" was used for a call on [\d-]{10}\. Do not try again\.$/,
		);
		expect(rang()).toEqual(['101']);
	});

	test('the model cannot call an emergency number, however it is written', async () => {
		const called = ['911', '9-1-1', '9911', '*67 911', '112', '101'];
		const messages = await play({}, ...called);
		expect(messages).toEqual([
			...['911', '911', '9911', '*67911', '112'].map(
				(number) =>
					`Not called: ${number} is an emergency number, and an AI agent may call it only if Allowed Numbers names it. Do not try again.`,
			),
			expect.stringMatching(/^The call was placed/),
		]);
		expect(rang()).toEqual(['101']);
	});

	test('but it can when Allowed Numbers names that number', async () => {
		const lists = { allowedDestinations: ['911', '301'] };
		expect(await play(lists, '9911', '911')).toEqual([
			expect.stringContaining('9911 is an emergency number'),
			expect.stringMatching(/^The call was placed/),
		]);
		expect(rang()).toEqual(['911']);
	});

	const fromModel = (key: string, type: string) =>
		`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${key}', \`\`, '${type}') }}`;
	test.each([
		['Limit: Max Calls', { maxCalls: fromModel('calls', 'number') }],
		['Limit: Allowed Numbers', { allowedDestinations: ['301', fromModel('text', 'string')] }],
		['Limit: Once Key', { onceKey: fromModel('text', 'string') }],
	])('a limit is not left to the model: %s', async (label, options) => {
		const [answer] = await playRaw(options, '101');
		expect(answer).toContain(
			`${label} is left to the model. No call was placed. A limit that the model chooses is not a limit: enter it yourself.`,
		);
		expect(setup.pbx.requests).toEqual([]);
	});
});
