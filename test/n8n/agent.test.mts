/**
 * The nodes as tools of n8n's AI Agent, its model simulated: what the model reads, and how often phones ring.
 * Agents of version 3 have n8n run the tool as a node; older ones call it as a function.
 */
import { startMessenger } from '../simulators/messenger.mts';
import type { Fault } from '../simulators/switchvox.mts';
import { until } from '../until.mts';
import { agentName, runAgent } from './agent.mts';
import type { AgentTest } from './agent.mts';
import { runChain } from './chain.mts';
import type { CredentialRef, N8nClient, WorkflowData } from './client.mts';
import { logInToN8n } from './context.mts';
import type { NodeTest } from './context.mts';
import { parameters, setUpSwitchvox } from './switchvoxSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const fromModel = {
	dialFirst: "={{ $fromAI('extension', 'Extension that rings first', 'string') }}",
	dialSecond: "={{ $fromAI('number', 'Number to connect it to', 'string') }}",
};
const call = {
	name: 'Call_customer',
	arguments: { extension: '101', number: '301' },
};
const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

interface Scene extends Partial<AgentTest> {
	readonly fault?: Fault;
	/** Of the tool. */
	readonly toolSettings?: NodeTest['settings'];
	readonly toolParameters?: Readonly<Record<string, unknown>>;
	/** Names of the tools, which are copies of each other. */
	readonly names?: readonly string[];
	readonly nobodyAnswers?: true;
}

/** An agent that calls a customer over its own PBX; a fault hits once. */
async function play({
	fault,
	toolSettings = {},
	toolParameters = {},
	names = ['Call customer'],
	nobodyAnswers,
	...test
}: Scene) {
	const { pbx, call: node, firstRings, close } = await setUpSwitchvox(client);
	try {
		if (fault) pbx.fault(fault, { times: 1 });
		if (nobodyAnswers) pbx.setParty('101', 'never');
		const tool = node({ ...fromModel, ...toolParameters }, { settings: toolSettings });
		const result = await runAgent(client, {
			turns: [{ calls: [call] }],
			...test,
			tools: names.map((name) => ({ ...tool, name })),
		});
		return { ...result, rings: firstRings() };
	} finally {
		await close();
	}
}

/** The one answer, as the model reads it. */
function read(answers: readonly string[]): Readonly<Record<string, unknown>> {
	expect(answers).toHaveLength(1);
	const [json] = JSON.parse(answers[0] ?? '') as Record<string, unknown>[];
	return json ?? {};
}

describe.each([3.1, 2.2])('AI Agent %s', (typeVersion) => {
	test('the model fills in the fields, the phone rings once, and the model learns it', async () => {
		const { answers, model, rings, execution } = await play({ typeVersion });
		expect(model.tools()).toEqual([
			expect.objectContaining({
				name: 'Call_customer',
				description: 'Originate a call that rings real phones and can cost money in Switchvox',
				parameters: expect.objectContaining({
					properties: {
						extension: { type: 'string', description: 'Extension that rings first' },
						number: { type: 'string', description: 'Number to connect it to' },
					},
				}) as unknown,
			}),
		]);
		expect(read(answers)).toMatchObject({
			status: 'answered',
			from: '101',
			to: '301',
			message:
				'The call was placed, and the first phone was answered. Do not call again unless you are asked to.',
		});
		expect(answers[0]?.length).toBeLessThan(500);
		expect(rings).toBe(1);
		expect(execution.status).toBe('success');
	});

	const lost =
		'The connection to Switchvox was lost before its answer came (ECONNRESET). The call may have been placed. ' +
		'Before dialing again, check the current calls and the call logs of Switchvox. ' +
		'Check that Switchvox is running, and the network between n8n and it. ' +
		'Report this to the person you work for. Do not call again unless you are asked to.';
	const reported = (text: string) =>
		typeVersion === 3.1
			? { error: text }
			: (expect.objectContaining({ message: text }) as Record<string, unknown>);

	test.each([
		['without Retry On Fail', {}],
		['with Retry On Fail', retryOnFail],
	])(
		'a lost connection, %s: the phone rings once, and the model learns what to do',
		async (_how, toolSettings) => {
			const { answers, rings } = await play({
				typeVersion,
				fault: 'cutAfterRinging',
				toolSettings,
			});
			expect(rings).toBe(1);
			expect(read(answers)).toEqual(reported(lost));
		},
	);

	test('On Error = Continue: the same text, and the whole result', async () => {
		const { answers, rings } = await play({
			typeVersion,
			fault: 'cutAfterRinging',
			toolSettings: { onError: 'continueRegularOutput' },
		});
		expect(rings).toBe(1);
		expect(read(answers)).toMatchObject({ status: 'unknown', message: lost });
	});

	test('nobody answers: the phone rings once, also with Retry On Fail', async () => {
		const { answers, rings } = await play({
			typeVersion,
			nobodyAnswers: true,
			toolSettings: retryOnFail,
		});
		expect(rings).toBe(1);
		expect(answers[0]).toContain('The first phone may have rung.');
		expect(answers[0]).toContain('Do not call again unless you are asked to.');
	});

	test('a refusal: no call was placed', async () => {
		const { answers, rings } = await play({ typeVersion, fault: { status: 403 } });
		expect(rings).toBe(0);
		expect(answers[0]).toContain('Switchvox refused the request (HTTP 403).');
		expect(answers[0]).toContain('No call was placed.');
	});

	test('a refusal, with Retry On Fail: the next try rings', async () => {
		const scene = { typeVersion, fault: { status: 403 }, toolSettings: retryOnFail } as const;
		const { answers, rings } = await play(scene);
		expect(rings).toBe(1);
		expect(read(answers)).toMatchObject({ status: 'answered', replayed: false });
	});

	test('a refusal at every try is reported after the last one', async () => {
		const { answers, rings } = await play({
			typeVersion,
			toolParameters: { accountId: '999999' },
			toolSettings: { ...retryOnFail, maxTries: 2 },
		});
		expect(rings).toBe(0);
		expect(answers[0]).toContain('That account_id is invalid (84711)');
		expect(answers[0]).toContain('No call was placed.');
	});

	test('bad input from the model is reported, and nothing is sent', async () => {
		const wrong = { name: call.name, arguments: { extension: 'Bob', number: '301' } };
		const { answers, rings } = await play({ typeVersion, turns: [{ calls: [wrong] }] });
		expect(rings).toBe(0);
		expect(answers[0]).toContain('No call was placed.');
	});

	test('a dry run rings no phone, and says so', async () => {
		const { answers, rings } = await play({
			typeVersion,
			toolParameters: { options: { dryRun: true } },
		});
		expect(rings).toBe(0);
		expect(read(answers)).toMatchObject({
			status: 'skipped',
			message: 'Not called: this is a dry run. Do not try again.',
		});
	});

	test('each call of the model is a new decision: two in one turn and the same one in the next ring three times', async () => {
		const { answers, rings } = await play({
			typeVersion,
			turns: [{ calls: [call, call] }, { calls: [call] }],
			toolSettings: retryOnFail,
		});
		expect(answers).toHaveLength(3);
		expect(rings).toBe(3);
	});

	test('two copies of the tool are two tools', async () => {
		const names = ['Call customer', 'Call again'];
		const turns = [{ calls: [call, { ...call, name: 'Call_again' }] }];
		const { answers, rings } = await play({ typeVersion, names, turns });
		expect(answers).toHaveLength(2);
		expect(rings).toBe(2);
	});
});

describe.each([3.1, 2.2])('following a call as the tool of AI Agent %s', (typeVersion) => {
	const named = {
		from: "={{ $fromAI('from', 'Extension that rang first', 'string') }}",
		to: "={{ $fromAI('to', 'Number it was connected to', 'string') }}",
		since: "={{ $fromAI('requestedAt', 'requestedAt of the call', 'string') }}",
	};

	/** A call of 101 to 301 is on; then the model uses the tool. */
	async function follow(operation: 'get' | 'hangUp', options: object = {}, isOn = true) {
		const { pbx, stored, close } = await setUpSwitchvox(client, { secondMs: 20 });
		try {
			pbx.setParty('301', { answersAfterSeconds: 0, talksSeconds: 3000 });
			const since = new Date().toISOString();
			if (isOn)
				await runChain(client, { switchvoxApi: stored }, [{ type: 'switchvox', parameters }]);
			const { answers, model, execution } = await runAgent(client, {
				typeVersion,
				turns: [
					{
						calls: [
							{ name: 'The_call', arguments: { from: '101', to: '301', requestedAt: since } },
						],
					},
				],
				tools: [
					{
						name: 'The call',
						type: 'switchvox',
						parameters: { resource: 'call', operation, ...named, options },
						credentials: { switchvoxApi: stored },
					},
				],
			});
			return { answers, model, execution, phases: pbx.live.all().map(({ phase }) => phase) };
		} finally {
			await close();
		}
	}

	test('is she still on the phone? The model gets the state of the call, and a sentence', async () => {
		const { answers, model, phases } = await follow('get');
		expect(model.tools()).toEqual([
			expect.objectContaining({ description: 'Get the state of a call in Switchvox' }),
		]);
		expect(read(answers)).toMatchObject({
			state: 'connected',
			answeredBySecond: true,
			message: 'Both parties are talking.',
		});
		expect(answers[0]?.length).toBeLessThan(700);
		expect(phases).toEqual(['connected']);
	});

	test('there is no such call: that is no failure', async () => {
		const { answers, execution } = await follow('get', {}, false);
		expect(execution.status).toBe('success');
		expect(read(answers)).toMatchObject({
			state: 'not_found',
			message: 'The phone system shows no such call.',
		});
	});

	test('hang up: refused unless the tool has the option', async () => {
		const { answers, phases } = await follow('hangUp');
		expect(answers[0]).toContain(
			'This tool may not end calls. The call was not ended. ' +
				'To allow it, add the option Let AI Agents Hang Up to the tool.',
		);
		expect(phases).toEqual(['connected']);
	});

	test('hang up, with Let AI Agents Hang Up', async () => {
		const { answers, model, phases } = await follow('hangUp', { letAgentHangUp: true });
		expect(model.tools()).toEqual([
			expect.objectContaining({ description: 'Hang up a call in Switchvox' }),
		]);
		expect(read(answers)).toMatchObject({ status: 'hung_up', message: 'The call was ended.' });
		expect(phases).toEqual(['ended']);
	});

	test('hang up a call that is over: the model learns that there is none', async () => {
		const { answers } = await follow('hangUp', { letAgentHangUp: true }, false);
		expect(read(answers)).toMatchObject({
			status: 'not_found',
			message: 'There is no such call to end. It may be over already.',
		});
	});
});

test('AI Agent 3.1, On Error = Stop: the workflow ends with the text, and the model is not asked again', async () => {
	const { execution, model, rings } = await play({
		fault: 'cutAfterRinging',
		toolSettings: { onError: 'stopWorkflow', ...retryOnFail },
	});
	expect(rings).toBe(1);
	expect(model.asked()).toBe(1);
	expect(execution.status).toBe('error');
	expect(execution.error?.message).toContain('The call may have been placed.');
});

test('AI Agent 3.1 gives a model no answer of a tool with an error output: nothing is sent, and the model learns why', async () => {
	const { answers, rings } = await play({ toolSettings: { onError: 'continueErrorOutput' } });
	expect(rings).toBe(0);
	expect(read(answers)).toEqual({
		error:
			'With this setting of On Error, the AI agent would not get the outcome of a call. No call was placed. ' +
			'In the settings of the tool, set On Error to "Continue" or "Stop Workflow".',
	});
});

describe("Retry On Fail of the AI Agent's own node, when its model fails after a call", () => {
	const turns = [{ calls: [call] }, { status: 400 }, { says: 'Done.' }];

	test('On Error = Stop: the agent continues where it was, and the phone rings once', async () => {
		const { rings, execution, model } = await play({ turns, settings: retryOnFail });
		expect(execution.status).toBe('success');
		expect(model.asked()).toBe(3);
		expect(rings).toBe(1);
	});

	// Nothing that n8n passes to a tool distinguishes this from a decision of the model.
	test("On Error = Continue: n8n starts the conversation again, and the model's next call rings", async () => {
		const { rings, model } = await play({
			turns: [{ calls: [call] }, { status: 400 }, { calls: [call] }],
			settings: { ...retryOnFail, onError: 'continueRegularOutput' },
		});
		expect(model.asked()).toBe(4);
		expect(rings).toBe(2);
	});
});

describe('an agent that is the tool of another', () => {
	const withSubAgent = (workflow: WorkflowData): WorkflowData => ({
		...workflow,
		nodes: [
			...workflow.nodes,
			{
				name: 'Assistant',
				type: '@n8n/n8n-nodes-langchain.agentTool',
				typeVersion: 3,
				position: [500, 100],
				parameters: {
					toolDescription: 'Calls customers',
					text: "={{ $fromAI('task', 'What to do', 'string') }}",
					options: {},
				},
			},
		],
		connections: {
			...workflow.connections,
			Model: {
				ai_languageModel: [
					[agentName, 'Assistant'].map((node) => ({ node, type: 'ai_languageModel', index: 0 })),
				],
			},
			'Call customer': { ai_tool: [[{ node: 'Assistant', type: 'ai_tool', index: 0 }]] },
			Assistant: { ai_tool: [[{ node: agentName, type: 'ai_tool', index: 0 }]] },
		},
	});
	const turns = [
		{ calls: [{ name: 'Assistant', arguments: { task: 'Call the customer.' } }] },
		{ calls: [call] },
		{ says: 'Told.' },
	];

	test.each([
		['cutAfterRinging', 'The call may have been placed.'],
		[{ status: 403 }, 'The call was placed, and the first phone was answered.'],
	] as const)(
		'with Retry On Fail, %j: the phone rings once, and the model learns it',
		async (fault, text) => {
			const scene = { fault, turns, toolSettings: retryOnFail, change: withSubAgent };
			const { rings, model } = await play(scene);
			expect(rings).toBe(1);
			expect(model.toolAnswers(2).join()).toContain(text);
		},
	);
});

const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe("n8n's human review, between agent and tool", () => {
	const asked = {
		name: call.name,
		arguments: { toolParameters: call.arguments, hitlParameters: {} },
	};
	const withReview =
		(telegramApi: CredentialRef) =>
		(workflow: WorkflowData): WorkflowData => ({
			...workflow,
			nodes: [
				...workflow.nodes,
				{
					name: 'Review',
					type: 'n8n-nodes-base.telegramHitlTool',
					typeVersion: 1.2,
					position: [500, 100],
					parameters: {
						resource: 'message',
						operation: 'sendAndWait',
						message: '=May I call {{ $tool.parameters.number }}?',
						chatId: '1',
						responseType: 'approval',
						approvalOptions: { values: { approvalType: 'double' } },
						options: { appendAttribution: false },
					},
					credentials: { telegramApi },
				},
			],
			connections: {
				...workflow.connections,
				'Call customer': { ai_tool: [[{ node: 'Review', type: 'ai_tool', index: 0 }]] },
				Review: { ai_tool: [[{ node: agentName, type: 'ai_tool', index: 0 }]] },
			},
		});

	/** A person is asked, sees this, and presses the button. */
	async function review(button: RegExp, scene: Scene) {
		const messenger = await startMessenger();
		try {
			const telegramApi = await client.createCredential({
				name: `Messenger ${crypto.randomUUID()}`,
				type: 'telegramApi',
				data: { accessToken: '1:simulated', baseUrl: messenger.url },
			});
			const result = await play({
				...scene,
				turns: [{ calls: [asked] }],
				change: withReview(telegramApi),
				meanwhile: async () => {
					await until(() => messenger.messages.length > 0);
					const [, url = ''] =
						Object.entries(messenger.buttons()).find(([label]) => button.test(label)) ?? [];
					// The execution is put to sleep after the message, and takes no answer before that. n8n takes none from
					// a program, such as one that previews links.
					const press = async () => await fetch(url, { headers: { 'user-agent': browser } });
					await until(async () => (await press()).ok);
				},
			});
			return { ...result, messages: messenger.messages };
		} finally {
			await messenger.close();
		}
	}

	test('an approved call rings once, even when its answer is lost and Retry On Fail is on', async () => {
		const { answers, rings, messages } = await review(/approve/i, {
			fault: 'cutAfterRinging',
			toolSettings: retryOnFail,
		});
		expect(messages).toEqual(['May I call 301?']);
		expect(rings).toBe(1);
		expect(answers[0]).toContain('The call may have been placed.');
	});

	test('a declined call rings no phone, and the model learns it', async () => {
		const { answers, rings } = await review(/decline|reject|disapprove/i, {});
		expect(rings).toBe(0);
		expect(answers[0]).toContain('rejected');
	});
});
