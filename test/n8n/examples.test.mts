/** Every workflow of `examples/` in a real n8n, as a user has it after importing it and choosing credentials. */
import { defaultUsers as asteriskUsers, startAsterisk } from '../simulators/asterisk.mts';
import { defaultAccounts as enswitchAccounts, startEnswitch } from '../simulators/enswitch.mts';
import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import { modelName, startModel } from '../simulators/openAi.mts';
import type { Turn } from '../simulators/openAi.mts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import { setUpAsterisk } from './asteriskSetup.mts';
import { openChat } from './chat.mts';
import type {
	CredentialRef,
	Execution,
	Item,
	N8nClient,
	WorkflowData,
	WorkflowNode,
} from './client.mts';
import { logInToN8n } from './context.mts';
import {
	dryRunsOf,
	exampleNames,
	manualTriggerOf,
	readExample,
	withoutDryRun,
} from './example.mts';
import { setUpEnswitch } from './enswitchSetup.mts';
import type { Credentials } from './example.mts';
import type { Form } from './setup.mts';
import { setUpVoipNow } from './voipnowSetup.mts';

/** So that a simulated second of ringing takes hardly any time. */
const secondMs = 10;

type Change = (workflow: WorkflowData) => WorkflowData;

let client: N8nClient;
let pbx: SwitchvoxSimulator;
let switchvox: Credentials;

beforeAll(async () => {
	client = await logInToN8n();
	pbx = await startSwitchvox({ secondMs });
	const { username, password } = defaultAccounts.admin;
	const { url: baseUrl, caCertificate } = pbx;
	const data = { baseUrl, username, password, authentication: 'auto', caCertificate };
	const name = 'Switchvox of the examples';
	switchvox = {
		switchvoxApi: await client.putCredential({ name, type: 'switchvoxApi', data }),
	};
});

beforeEach(() => {
	pbx.reset();
});

afterAll(async () => {
	await pbx.close();
});

const imported = new Set<string>();

/** Imports an example without its option Dry Run; changes are those that a test makes to it. */
async function importExample(name: string, credentials: Credentials, ...changes: Change[]) {
	imported.add(name);
	return await importShipped(name, credentials, withoutDryRun, ...changes);
}

/** Imports an example as it is shipped, but for these changes. */
async function importShipped(name: string, credentials: Credentials, ...changes: Change[]) {
	const original = await readExample(name, credentials);
	const workflow = changes.reduce((changed, change) => change(changed), original);
	const id = await client.createWorkflow(workflow);
	const trigger = manualTriggerOf(workflow);
	return { id, workflow, execute: () => client.execute(id, trigger ?? '') };
}

function changeNode(name: string, change: (node: WorkflowNode) => Partial<WorkflowNode>): Change {
	return (workflow) => {
		if (!workflow.nodes.some((node) => node.name === name)) throw new Error(`No node "${name}".`);
		const nodes = workflow.nodes.map((node) =>
			node.name === name ? { ...node, ...change(node) } : node,
		);
		return { ...workflow, nodes };
	};
}

/** Puts options in place of those that a node of this package has. */
function withOptions(name: string, changed: object): Change {
	return changeNode(name, ({ parameters }) => ({
		parameters: { ...parameters, options: { ...Object(parameters.options), ...changed } },
	}));
}

/** The items of a node's first output, from all its runs. */
function itemsOf(execution: Execution, node: string): readonly Item[] {
	return execution.nodes[node]?.flatMap(({ outputs }) => outputs[0] ?? []) ?? [];
}

function jsonOf(execution: Execution, node: string): readonly Item['json'][] {
	return itemsOf(execution, node).map(({ json }) => json);
}

function namesOf(execution: Execution, node: string): readonly unknown[] {
	return jsonOf(execution, node).map(({ name }) => name);
}

/** Numbers that rang first, in the order of the ringing. */
const rangFirst = () =>
	pbx.rings.filter(({ party }) => party === 'first').map(({ number }) => number);

const rangOf = ({ rings }: { readonly rings: readonly { readonly number: string }[] }) =>
	rings.map(({ number }) => number);

const rang = () => rangOf(pbx);

const anyText = expect.any(String) as unknown;
const anyRequest = expect.objectContaining({ method: 'POST' }) as unknown;
const containing = (text: string) => expect.stringContaining(text) as unknown;

interface Box {
	readonly name: string;
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

function isNote({ type }: WorkflowNode): boolean {
	return type === 'n8n-nodes-base.stickyNote';
}

function notesOf({ nodes }: WorkflowData): string {
	return nodes
		.filter(isNote)
		.map(({ parameters }) => String(parameters.content))
		.join('\n\n');
}

/** What a node takes up on the canvas, with its name below. */
function boxOf(node: WorkflowNode): Box {
	const { name, type, parameters } = node;
	const [left, top] = node.position;
	const isWide = /\.agent$|HitlTool$/.test(type);
	const width = isNote(node) ? Number(parameters.width) : isWide ? 240 : 96;
	const height = isNote(node) ? Number(parameters.height) : 150;
	return { name, left, right: left + width, top, bottom: top + height };
}

function overlap(one: Box, other: Box): boolean {
	const beside = one.right <= other.left || other.right <= one.left;
	const below = one.bottom <= other.top || other.bottom <= one.top;
	return !beside && !below;
}

describe('the files', () => {
	test('none names a credential, a path or an account of some machine', async () => {
		for (const name of await exampleNames()) {
			const workflow = await readExample(name, {});
			const known = ['name', 'nodes', 'connections', 'settings', 'pinData'];
			expect(Object.keys(workflow)).toEqual(known);
			expect(workflow.nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
			expect(JSON.stringify(workflow)).not.toMatch(/https?:|\/(home|root|tmp|Users)\//);
		}
	});

	test('each has a note that tells what to set and that it rings phones', async () => {
		for (const name of await exampleNames()) {
			const notes = notesOf(await readExample(name, {}));
			expect(notes).toMatch(/before the first run/i);
			expect(notes).toMatch(/credential/);
			expect(notes).toMatch(/real phones?/);
			expect(notes).toMatch(/cost money/);
		}
	});

	test('in each, Dry Run is on wherever a phone could ring, and a note says so', async () => {
		for (const name of await exampleNames()) {
			const workflow = await readExample(name, {});
			const dryRuns = dryRunsOf(workflow);
			expect(dryRuns).toEqual(dryRuns.map(() => true));
			if (dryRuns.length === 0) {
				expect(notesOf(workflow)).toContain('It rings no phone');
				continue;
			}
			expect(dryRunsOf(withoutDryRun(workflow))).toEqual(dryRuns.map(() => undefined));
			expect(notesOf(workflow)).toMatch(
				/comes with \*Dry Run\* on, so nothing rings.* remove the option\. From then on it rings/s,
			);
		}
	});

	test('none has the address of a trigger: whoever imports it gets one that nobody else knows', async () => {
		for (const name of await exampleNames()) {
			const { nodes } = await readExample(name, {});
			const triggers = nodes.filter(({ type }) => /originate-call\..*Trigger$/.test(type));
			expect(triggers.filter((node) => 'webhookId' in node)).toEqual([]);
		}
	});

	test('phone numbers are from ranges for fiction', async () => {
		for (const name of await exampleNames()) {
			const text = JSON.stringify(await readExample(name, {})).replace(
				/[0-9a-f]+(-[0-9a-f]+){4}/g,
				'',
			);
			const numbers = text.match(/\+?\(?\d[\d ().-]{8,}\d/g) ?? [];
			const digits = numbers.map((number) => number.replace(/\D/g, ''));
			expect(digits.filter((number) => !/^(1?20255501\d\d|441632960\d{3})$/.test(number))).toEqual(
				[],
			);
		}
	});

	test('nodes and notes do not cover each other', async () => {
		for (const name of await exampleNames()) {
			const { nodes } = await readExample(name, {});
			const boxes = nodes.map(boxOf);
			const covered = boxes.flatMap((one, index) =>
				boxes.slice(index + 1).filter((other) => overlap(one, other)),
			);
			expect(covered).toEqual([]);
		}
	});

	test('each can be read when it fits the canvas', async () => {
		// The canvas of a window of 1440 by 900, of which n8n leaves a margin.
		const canvas = { width: 1340, height: 740 };
		for (const name of await exampleNames()) {
			const { nodes } = await readExample(name, {});
			const boxes = nodes.map(boxOf);
			const width =
				Math.max(...boxes.map(({ right }) => right)) - Math.min(...boxes.map(({ left }) => left));
			const height =
				Math.max(...boxes.map(({ bottom }) => bottom)) - Math.min(...boxes.map(({ top }) => top));
			const zoom = Math.min(canvas.width / width, canvas.height / height);
			expect([name, zoom >= 0.7]).toEqual([name, true]);
		}
	});

	test("nodes have the versions that n8n's editor adds", async () => {
		const types = await client.nodeTypes();
		const newest = new Map<string, number>();
		for (const { name, version, defaultVersion } of types) {
			const known = newest.get(name) ?? 0;
			const versions = [version].flat();
			newest.set(name, Math.max(known, Number(defaultVersion ?? 0), ...versions));
		}
		for (const name of await exampleNames()) {
			const { nodes } = await readExample(name, {});
			const versions = nodes.map(({ type, typeVersion }) => [type, typeVersion]);
			expect(versions).toEqual(nodes.map(({ type }) => [type, newest.get(type)]));
		}
	});
});

describe('as shipped, nothing rings', () => {
	const byHand = ['switchvox', 'originateCall', 'onCallAlert', 'bulkCalls', 'clearUpUnknown'];

	test.each([...byHand, 'leadResults'])('%s, executed by hand', async (name) => {
		const { execute } = await importShipped(name, switchvox);
		const execution = await execute();
		expect(execution.status).toBe('success');
		const told = Object.values(execution.nodes)
			.flatMap((runs) => runs.flatMap(({ outputs }) => outputs.flat()))
			.map(({ json }) => json);
		expect(told).toContainEqual(
			expect.objectContaining({ status: 'skipped', reason: 'dry_run', request: anyRequest }),
		);
		expect(pbx.requests).toEqual([]);
	});
});

const requestedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;

test('switchvox: rings 101, connects it to 301, and tells the next node', async () => {
	const { execute } = await importExample('switchvox', switchvox);
	const execution = await execute();
	expect(execution.status).toBe('success');
	expect(rang()).toEqual(['101', '301']);
	expect(jsonOf(execution, 'Summary')).toEqual([
		{ summary: 'Call from 101 to 301: answered', status: 'answered', requestedAt },
	]);
});

test('originateCall: calls whom it can, and hands on whom it cannot', async () => {
	const { execute } = await importExample('originateCall', switchvox);
	const execution = await execute();
	expect(execution.error).toBeUndefined();
	expect(jsonOf(execution, 'Placed or Skipped')).toEqual([
		{ summary: 'Ann: answered' },
		{ summary: 'Cleo: answered' },
	]);
	expect(jsonOf(execution, 'Failed or Unknown')).toEqual([
		{
			summary: expect.stringMatching(/^Bob: not_sent\. .*Then Connect To is "ask Bob"/) as unknown,
		},
	]);
	expect(pbx.calls).toHaveLength(2);
});

test('iovox: calls a number by the rules of a link, and tells the next node', async () => {
	const iovox = await startIovox();
	try {
		const iovoxApi = await client.putCredential({
			name: 'IOVOX of the examples',
			type: 'iovoxApi',
			data: { environment: 'custom', baseUrl: iovox.url, ...defaultSignIn },
		});
		const shipped = await importShipped('iovox', { iovoxApi });
		expect(jsonOf(await shipped.execute(), 'IOVOX')).toMatchObject([{ reason: 'dry_run' }]);
		expect(iovox.requests).toEqual([]);

		const { execute } = await importExample('iovox', { iovoxApi });
		const execution = await execute();
		expect(execution.status).toBe('success');
		expect(iovox.rings.map(({ number, keys }) => [number, keys])).toEqual([
			['441632960001', ',,1'],
		]);
		expect(iovox.calls[0]?.variables.first_name).toBe('Ann');
		expect(jsonOf(execution, 'Summary')).toEqual([
			{ summary: 'Call to 441632960001,,1 by link123: accepted', status: 'accepted', requestedAt },
		]);
	} finally {
		await iovox.close();
	}
});

test('asterisk: rings a phone, calls the number, and tells the next node', async () => {
	const asterisk = await startAsterisk({ secondMs });
	try {
		const { url: baseUrl, caCertificate } = asterisk;
		const asteriskApi = await client.putCredential({
			name: 'Asterisk of the examples',
			type: 'asteriskApi',
			data: { baseUrl, ...asteriskUsers.n8n, caCertificate },
		});
		const shipped = await importShipped('asterisk', { asteriskApi });
		expect(jsonOf(await shipped.execute(), 'Asterisk')).toMatchObject([{ reason: 'dry_run' }]);
		expect(asterisk.requests).toEqual([]);

		const { execute } = await importExample('asterisk', { asteriskApi });
		const execution = await execute();
		await asterisk.idle();
		expect(execution.status).toBe('success');
		expect(asterisk.rings.map(({ number }) => number)).toEqual(['101', '12025550123']);
		expect(jsonOf(execution, 'Summary')).toEqual([
			{
				summary: 'Call from PJSIP/101 to 12025550123: accepted',
				status: 'accepted',
				requestedAt,
				callId: asterisk.calls[0]?.id,
			},
		]);
	} finally {
		await asterisk.close();
	}
});

test('enswitch: rings a line, calls the number, and tells the next node', async () => {
	const enswitch = await startEnswitch({ secondMs });
	try {
		const { username, password } = enswitchAccounts.agent;
		const { url: baseUrl, caCertificate } = enswitch;
		const enswitchApi = await client.putCredential({
			name: 'Enswitch of the examples',
			type: 'enswitchApi',
			data: { baseUrl, username, password, caCertificate },
		});
		const shipped = await importShipped('enswitch', { enswitchApi });
		expect(jsonOf(await shipped.execute(), 'Enswitch')).toMatchObject([{ reason: 'dry_run' }]);
		expect(enswitch.requests).toEqual([]);

		const { execute } = await importExample('enswitch', { enswitchApi });
		const execution = await execute();
		await enswitch.idle();
		expect(execution.status).toBe('success');
		expect(enswitch.rings.map(({ number }) => number)).toEqual(['1234567', '12025550123']);
		expect(jsonOf(execution, 'Summary')).toEqual([
			{
				summary: 'Call from 1234567 to 12025550123: accepted',
				status: 'accepted',
				requestedAt,
				callId: '1234567890.123456',
			},
		]);
	} finally {
		await enswitch.close();
	}
});

test('voipnow: rings 0003*210, calls the number, and tells the next node', async () => {
	const { clientId, clientSecret } = defaultApps.user;
	const voipNow = await startVoipNow({ tls: false });
	try {
		const voipNowOAuth2Api = await client.putCredential({
			name: 'VoipNow of the examples',
			type: 'voipNowOAuth2Api',
			data: { baseUrl: voipNow.url, grantType: 'clientCredentials', clientId, clientSecret },
		});
		const shipped = await importShipped('voipnow', { voipNowOAuth2Api });
		expect(jsonOf(await shipped.execute(), 'VoipNow')).toMatchObject([{ reason: 'dry_run' }]);
		expect(voipNow.requests).toEqual([]);

		const { execute } = await importExample('voipnow', { voipNowOAuth2Api });
		const execution = await execute();
		expect(execution.error).toBeUndefined();
		expect(voipNow.rings.map(({ number, party }) => [number, party])).toEqual([
			['0003*210', 'source'],
			['+12025550123', 'destination'],
		]);
		expect(jsonOf(execution, 'Summary')).toEqual([
			{
				summary: 'Call from 0003*210 to +12025550123: accepted',
				callId: voipNow.calls[0]?.id,
				nonce: voipNow.calls[0]?.nonce,
			},
		]);
	} finally {
		await voipNow.close();
	}
});

describe('reminderCalls', () => {
	const week = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
	const always = { window: { days: week, from: '00:00', to: '24:00', timeZone: '' } };
	const hours = (callingHours: object) => withOptions('Call Customer', { callingHours });
	const [ann, bob, cleo] = ['912025550111', '912025550112', '912025550113'];
	const schedule = 'Every Hour';

	test('reminds each customer once, hour by hour, in pace', async () => {
		const { id } = await importExample('reminderCalls', switchvox, hours(always));
		pbx.setParty('12025550112', 'never');
		pbx.fault('cutAfterRinging', { after: 2, times: 1 });
		const first = await client.execute(id, schedule);
		expect(rangFirst()).toEqual([ann, bob, cleo]);
		const [start = 0, second = 0, third = 0] = pbx.calls.map(({ at }) => at.getTime());
		// Two seconds between the starts; the first request takes longer on its way, as it signs in.
		expect(second - start).toBeGreaterThan(1500);
		expect(third - second).toBeGreaterThan(1500);
		expect(pbx.calls[0]).toMatchObject({
			dialSecond: '800',
			variables: [{ name: 'customer_name', value: 'Ann' }],
			timeoutSeconds: 25,
		});
		expect(jsonOf(first, 'Reminded')).toEqual([
			{ appointment: 'A-1001', name: 'Ann', status: 'answered', requestedAt },
		]);
		expect(jsonOf(first, 'Next Hour')).toEqual([
			{ appointment: 'A-1002', name: 'Bob', why: 'not_connected' },
		]);
		expect(jsonOf(first, 'Check Call Logs')).toEqual([
			{
				appointment: 'A-1003',
				name: 'Cleo',
				phone: '12025550113',
				message: containing('may have been placed'),
			},
		]);
		expect(jsonOf(first, 'Not Called')).toEqual([
			{
				appointment: 'A-1004',
				name: 'Dan',
				phone: 'ask Dan',
				message: containing('is "ask Dan"'),
			},
		]);
		expect(itemsOf(first, 'Already Called')).toEqual([]);

		pbx.setParty('12025550112', { answersAfterSeconds: 1 });
		const next = await client.execute(id, schedule);
		expect(rangFirst()).toEqual([ann, bob, cleo, bob]);
		expect(namesOf(next, 'Reminded')).toEqual(['Bob']);
		expect(itemsOf(next, 'Already Called')).toHaveLength(1);
		expect(namesOf(next, 'Check Call Logs')).toEqual(['Cleo']);
	});

	test('as shipped, nothing rings, and all are told to be a dry run', async () => {
		const shipped = await importShipped('reminderCalls', switchvox, hours(always));
		const execution = await client.execute(shipped.id, schedule);
		expect(execution.status).toBe('success');
		expect([...namesOf(execution, 'Not Called')].sort()).toEqual(['Ann', 'Bob', 'Cleo', 'Dan']);
		expect(jsonOf(execution, 'Call Customer').map(({ reason }) => reason)).toEqual(
			['Ann', 'Bob', 'Cleo'].map(() => 'dry_run'),
		);
		expect(pbx.requests).toEqual([]);
	});

	test('outside of the hours nothing rings, and all are left for later', async () => {
		const timeZone = 'Pacific/Kiritimati';
		const format = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone });
		const today = format.format().toLowerCase();
		const days = week.filter((day) => day !== today);
		// The hours are those of the file; only their days are not today.
		const { id } = await importExample('reminderCalls', switchvox, (workflow) => {
			const node = workflow.nodes.find(({ name }) => name === 'Call Customer');
			const { callingHours } = node?.parameters.options as { callingHours: typeof always };
			const window = { ...callingHours.window, days, timeZone };
			return hours({ window })(workflow);
		});
		const execution = await client.execute(id, schedule);
		expect(execution.status).toBe('success');
		expect(jsonOf(execution, 'Next Hour')).toEqual(
			['Ann', 'Bob', 'Cleo'].map((name) => ({
				appointment: anyText,
				name,
				why: 'outside_calling_hours',
			})),
		);
		expect(namesOf(execution, 'Not Called')).toEqual(['Dan']);
		expect(pbx.rings).toEqual([]);
	});

	test('more than Max Calls are left for later', async () => {
		const changed = withOptions('Call Customer', { callingHours: always, maxCalls: 1 });
		const { id } = await importExample('reminderCalls', switchvox, changed);
		const execution = await client.execute(id, schedule);
		expect(namesOf(execution, 'Reminded')).toEqual(['Ann']);
		expect(jsonOf(execution, 'Next Hour').map(({ name, why }) => [name, why])).toEqual([
			['Bob', 'max_calls'],
			['Cleo', 'max_calls'],
		]);
		expect(rangFirst()).toEqual([ann]);
	});
});

/** A workflow whose webhook is open, for who sends the right header. */
async function publish(name: string, webhook: string, importIt = importExample) {
	const secret: string = crypto.randomUUID();
	const httpHeaderAuth = await client.createCredential({
		name: `Webhook ${secret}`,
		type: 'httpHeaderAuth',
		data: { name: 'X-Test', value: secret },
	});
	const path = `test-${crypto.randomUUID()}`;
	const { id } = await importIt(
		name,
		switchvox,
		changeNode(webhook, ({ parameters }) => ({
			webhookId: crypto.randomUUID(),
			parameters: { ...parameters, path },
			credentials: { httpHeaderAuth },
		})),
	);
	await client.publish(id);
	const send = (body: object, header = secret) =>
		fetch(`${client.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-test': header },
			body: JSON.stringify(body),
			signal: AbortSignal.timeout(30_000),
		});
	return { id, send };
}

describe('callBackOnce', () => {
	let send: Awaited<ReturnType<typeof publish>>['send'];
	let workflowId: string;

	beforeAll(async () => {
		({ id: workflowId, send } = await publish('callBackOnce', 'Lead From CRM'));
	});

	afterAll(async () => {
		await client.deleteWorkflow(workflowId);
	});

	/** The answer that the CRM gets for a lead. */
	async function tell(leadId: string, phone: string): Promise<Record<string, unknown>> {
		const response = await send({ leadId, phone });
		expect(response.status).toBe(200);
		return (await response.json()) as Record<string, unknown>;
	}

	test('a lead is called once, and its number may look as a CRM writes it', async () => {
		expect(await tell('L-1', '(202) 555-0121')).toEqual({
			lead: 'L-1',
			call: 'placed',
			status: 'answered',
			text: 'The lead is called.',
		});
		expect(rang()).toEqual(['101', '912025550121']);
		expect(await tell('L-1', '(202) 555-0121')).toEqual({
			lead: 'L-1',
			call: 'not placed',
			status: 'duplicate',
			text: containing('Not called: the Once Key "L-1"'),
		});
		expect(await tell('L-1', '+1 202 555 0129')).toMatchObject({ status: 'duplicate' });
		expect(rang()).toHaveLength(2);
	});

	test('the same lead twice at the same time rings once', async () => {
		const answers = await Promise.all([1, 2, 3].map(() => tell('L-2', '202.555.0122')));
		expect(answers.map(({ call }) => call).sort()).toEqual(['not placed', 'not placed', 'placed']);
		expect(rang()).toEqual(['101', '912025550122']);
	});

	test('unknown is told as such, and the lead is not called again', async () => {
		pbx.fault('cutAfterRinging', { times: 1 });
		expect(await tell('L-3', '202 555 0123')).toEqual({
			lead: 'L-3',
			call: 'unknown',
			status: 'unknown',
			text: containing('check the current calls'),
		});
		expect(await tell('L-3', '202 555 0123')).toMatchObject({ call: 'unknown', status: 'unknown' });
		expect(rangFirst()).toEqual(['101']);
	});

	test('when nobody in sales picks up, the lead may be sent again', async () => {
		pbx.setParty('101', 'never');
		const first = await tell('L-4', '202 555 0124');
		expect(first).toMatchObject({ call: 'not placed', status: 'not_connected', text: anyText });
		expect(rang()).toEqual(['101']);
		pbx.setParty('101', { answersAfterSeconds: 1 });
		expect(await tell('L-4', '202 555 0124')).toMatchObject({ call: 'placed' });
		expect(rang()).toEqual(['101', '101', '912025550124']);
	});

	test.each([
		['a number abroad', '+44 1632 960123', 'destination_not_allowed', 'is not in Allowed Numbers'],
		['an expensive number', '1-900-555-0125', 'destination_blocked', 'is blocked'],
		['no number', 'please e-mail', 'not_sent', 'is "please e-mail"'],
		['a number that is too short', '202 555 01', 'not_sent', '20255501'],
	])('%s is not called, and may be sent again', async (_what, phone, status, text) => {
		await tell(`L-5 ${phone}`, phone);
		expect(await tell(`L-5 ${phone}`, phone)).toEqual({
			lead: `L-5 ${phone}`,
			call: 'not placed',
			status,
			text: containing(text),
		});
		expect(pbx.rings).toEqual([]);
	});

	test('as shipped, the CRM is told that it was a dry run', async () => {
		const shipped = await publish('callBackOnce', 'Lead From CRM', importShipped);
		const response = await shipped.send({ leadId: 'L-8', phone: '202 555 0128' });
		expect(await response.json()).toMatchObject({
			call: 'not placed',
			status: 'dry_run',
			text: 'Not called: this is a dry run.',
		});
		expect(pbx.requests).toEqual([]);
		await client.deleteWorkflow(shipped.id);
	});

	test('a lead without its ID is not called: it could be called twice', async () => {
		const response = await send({ phone: '202 555 0126' });
		expect(await response.json()).toMatchObject({
			call: 'not placed',
			status: 'not_sent',
			text: containing('Once Key'),
		});
		expect(pbx.rings).toEqual([]);
	});

	test('without the right header nothing happens', async () => {
		const response = await send({ leadId: 'L-7', phone: '202 555 0127' }, 'guessed');
		expect(response.status).toBe(403);
		expect(pbx.requests).toEqual([]);
	});
});

describe('onCallAlert', () => {
	const [ann, bob, cleo] = ['101', '102', '912025550133'];
	const messages = (execution: Execution) =>
		jsonOf(execution, 'Tell the Team').map(({ message }) => message);

	test('who answers ends the search', async () => {
		const { execute } = await importExample('onCallAlert', switchvox);
		const execution = await execute();
		expect(execution.status).toBe('success');
		expect(rang()).toEqual([ann, '800']);
		expect(messages(execution)).toEqual(['Ann answered the alert: This is a test.']);
	});

	test('when nobody answers, the next person is called', async () => {
		const { execute } = await importExample('onCallAlert', switchvox);
		pbx.setParty('101', 'never');
		pbx.setParty('102', 'busy');
		const execution = await execute();
		expect(rang()).toEqual([ann, cleo, '800']);
		expect(pbx.calls.map(({ dialFirst }) => dialFirst)).toEqual([ann, bob, cleo]);
		expect(messages(execution)).toEqual(['Cleo answered the alert: This is a test.']);
	});

	test('after unknown a person is told, and the next one is called, never the same', async () => {
		const { execute } = await importExample('onCallAlert', switchvox);
		pbx.fault('cutAfterRinging', { times: 1 });
		const execution = await execute();
		expect(rangFirst()).toEqual([ann, bob]);
		expect(messages(execution)).toEqual([
			containing(
				'The call to Ann may have been placed; the next person is called. Check before calling Ann again: ',
			),
			'Bob answered the alert: This is a test.',
		]);
		expect(messages(execution)[0]).toContain('call logs of Switchvox');
	});

	test('a refusal rang nobody, and the next person is called', async () => {
		const { execute } = await importExample('onCallAlert', switchvox);
		pbx.fault({ status: 403 }, { times: 1 });
		const execution = await execute();
		expect(rangFirst()).toEqual([bob]);
		expect(messages(execution)).toEqual(['Bob answered the alert: This is a test.']);
	});

	test('when all were tried, the team is told what became of each call', async () => {
		const { execute } = await importExample('onCallAlert', switchvox);
		pbx.setParty('101', 'never');
		pbx.setParty('12025550133', 'never');
		pbx.fault('cutAfterRinging', { after: 1, times: 1 });
		const execution = await execute();
		expect(execution.status).toBe('success');
		expect(rangFirst()).toEqual([ann, bob, cleo]);
		expect(messages(execution)).toEqual([
			containing('The call to Bob may have been placed'),
			'NOBODY ANSWERED the alert: This is a test. Tried: Ann (not_connected), Bob (unknown), Cleo (not_connected)',
		]);
	});

	test('as shipped, the team is told that all calls were dry runs', async () => {
		const { execute } = await importShipped('onCallAlert', switchvox);
		expect(messages(await execute())).toEqual([
			'NOBODY ANSWERED the alert: This is a test. Tried: Ann (dry_run), Bob (dry_run), Cleo (dry_run)',
		]);
	});

	interface Followed {
		readonly pbx: {
			setParty(
				number: string,
				behavior: 'never' | { answersAfterSeconds: number; talksSeconds: number },
			): void;
			readonly rings: readonly { readonly number: string }[];
		};
		readonly stored: CredentialRef;
		readonly close: () => Promise<void>;
	}
	const secondMs = 20;
	const others: readonly (readonly [string, string, () => Promise<Followed>, Form])[] = [
		[
			'asterisk',
			'asteriskApi',
			() => setUpAsterisk(client, { secondMs }),
			{ context: 'from-internal' },
		],
		['enswitch', 'enswitchApi', () => setUpEnswitch(client, { secondMs }), {}],
		[
			'voipNow',
			'voipNowOAuth2Api',
			() => setUpVoipNow(client, { secondMs }),
			{ userId: '@me', extension: { __rl: true, mode: 'id', value: '0003*210' } },
		],
	];

	test.each(others)(
		'%s: the next person is called when the first does not answer',
		async (vendor, credentialType, setUp, own) => {
			const setup = await setUp();
			try {
				setup.pbx.setParty('101', 'never');
				for (const number of ['102', '800']) {
					setup.pbx.setParty(number, { answersAfterSeconds: 3, talksSeconds: 3000 });
				}
				const { execute } = await importExample(
					'onCallAlert',
					{},
					changeNode('Call Person', ({ parameters }) => {
						const { ringTimeout, ...options } = parameters.options as Form;
						const isSupported = vendor !== 'enswitch';
						return {
							parameters: {
								...parameters,
								vendor,
								...own,
								options: { ...options, waitAtMost: 8, ...(isSupported && { ringTimeout }) },
							},
							credentials: { [credentialType]: setup.stored },
						};
					}),
				);
				const execution = await execute();
				expect(execution.error).toBeUndefined();
				expect(rangOf(setup.pbx).slice(0, 2)).toEqual(['101', '102']);
				// Without an ID, Enswitch does not show a call that nobody answers.
				const told =
					vendor === 'enswitch'
						? [containing('The call to Ann was placed, and its end is not known; the next person')]
						: [];
				expect(messages(execution)).toEqual([...told, 'Bob answered the alert: This is a test.']);
			} finally {
				await setup.close();
			}
		},
	);

	test('monitoring sends the alert', async () => {
		const { id, send } = await publish('onCallAlert', 'Alert From Monitoring');
		expect((await send({ text: 'Disk full' }, 'guessed')).status).toBe(403);
		expect((await send({ text: 'Disk full on db1' })).status).toBe(200);
		const execution = await latestExecution(id);
		expect(messages(execution)).toEqual(['Ann answered the alert: Disk full on db1']);
		expect(rang()).toEqual([ann, '800']);
		await client.deleteWorkflow(id);
	});
});

/** The one that a trigger of the workflow's own started last. */
async function latestExecution(workflowId: string): Promise<Execution> {
	const [latest = ''] = await client.executionsWhen(workflowId, 1);
	return await client.waitFor(latest);
}

describe('bulkCalls', () => {
	const list = async (execution: Execution): Promise<string[]> => {
		const [file] = itemsOf(execution, 'List of Customers Not Called');
		const data = file?.binary?.data;
		if (!data) throw new Error('There is no file.');
		expect(data).toMatchObject({ fileName: 'notCalled.csv', mimeType: 'text/csv' });
		return (await client.readFile(data)).replace('\uFEFF', '').trim().split(/\r?\n/);
	};
	const columns = 'customer,name,phone,outcome,mayHaveRung,why';

	test('calls whom it may, lists whom not and why, and calls nobody twice when run again', async () => {
		const { execute } = await importExample('bulkCalls', switchvox);
		pbx.fault('cutAfterRinging', { holding: '2025550143', times: 1 });
		const first = await execute();
		// With several calls at once, any of them can be the first.
		expect(rang().sort()).toEqual([
			...['700', '700', '700'],
			...['912025550141', '912025550143', '912025550145'],
		]);
		expect(namesOf(first, 'Called')).toEqual(['Ann', 'Eve']);
		expect((await list(first)).sort()).toEqual([
			containing('C-2,Bob,ask Bob,not_sent,no,'),
			containing('C-3,Cleo,202.555.0143,unknown,yes,'),
			containing('C-4,Dan,202 555 0144,destination_blocked,no,Not called: '),
			columns,
		]);

		const again = await execute();
		expect(rang()).toHaveLength(6);
		expect(itemsOf(again, 'Called')).toEqual([]);
		expect((await list(again)).sort()).toEqual([
			containing(
				'C-1,Ann,+1 (202) 555-0141,duplicate,no,"Not called: the Once Key ""C-1 spring campaign""',
			),
			containing('C-2,Bob,ask Bob,not_sent,no,'),
			containing('C-3,Cleo,202.555.0143,unknown,yes,'),
			containing('C-4,Dan,202 555 0144,destination_blocked,no,Not called: '),
			containing(
				'C-5,Eve,(202) 555 0145,duplicate,no,"Not called: the Once Key ""C-5 spring campaign""',
			),
			columns,
		]);
	});

	test('one at a time, it calls in the order of the list', async () => {
		const oneAtATime = withOptions('Call Customer', { maxConcurrent: 1, interval: 0 });
		const { execute } = await importExample('bulkCalls', switchvox, oneAtATime);
		await execute();
		expect(rang()).toEqual(
			['912025550141', '912025550143', '912025550145'].flatMap((number) => ['700', number]),
		);
	});

	const withCustomers = (customers: object) =>
		changeNode('List', ({ parameters }) => ({
			parameters: { ...parameters, jsonOutput: JSON.stringify({ customers, doNotCall: [] }) },
		}));

	test('the list is written with the error output alone, and not at all when all were called', async () => {
		const customers = [{ customer: 'C-2', name: 'Bob', phone: 'ask Bob' }];
		const wrong = await importExample('bulkCalls', switchvox, withCustomers(customers));
		expect(await list(await wrong.execute())).toEqual([columns, containing('C-2,Bob,ask Bob')]);
		const right = [{ customer: 'C-1', name: 'Ann', phone: '+1 202 555 0141' }];
		const { execute } = await importExample('bulkCalls', switchvox, withCustomers(right));
		const execution = await execute();
		expect(namesOf(execution, 'Called')).toEqual(['Ann']);
		expect(execution.nodes['List of Customers Not Called']).toBeUndefined();
	});
});

describe('leadResults', () => {
	const rows = (execution: Execution) => jsonOf(execution, 'Add Row');

	test('calls one lead after the other, and stores how each call ended in the same table', async () => {
		const { execute } = await importExample('leadResults', switchvox);
		pbx.setParty('912025550161', { answersAfterSeconds: 1, talksSeconds: 60 });
		pbx.setParty('912025550163', 'busy');
		const execution = await execute();
		expect(execution.error).toBeUndefined();
		expect(rang()).toEqual(['101', '912025550161', '101']);
		const talk = { status: 'answered', howItEnded: 'answered', talkSeconds: 60 };
		expect(
			[...rows(execution)].sort((a, b) => String(a.lead).localeCompare(String(b.lead))),
		).toEqual([
			expect.objectContaining({ lead: 'L-1', name: 'Ann', requestedAt, ...talk }),
			expect.objectContaining({
				lead: 'L-2',
				status: 'not_sent',
				howItEnded: null,
				talkSeconds: null,
			}),
			expect.objectContaining({
				lead: 'L-3',
				status: 'answered',
				howItEnded: 'ended',
				talkSeconds: 0,
			}),
		]);
		const [first, second] = pbx.calls.map(({ at }) => at.getTime());
		// The second lead waits for the end of the first call.
		expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(60 * secondMs);

		const again = await execute();
		expect(rang()).toHaveLength(3);
		const last = Math.max(...rows(execution).map(({ id }) => Number(id)));
		expect(
			rows(again)
				.map(({ lead, status }) => [lead, status])
				.sort(),
		).toEqual([
			['L-1', 'duplicate'],
			['L-2', 'not_sent'],
			['L-3', 'duplicate'],
		]);
		expect(Math.min(...rows(again).map(({ id }) => Number(id)))).toBe(last + 1);
	});
});

/** Publishes an example whose trigger has an address of its own, which is returned. */
async function publishTrigger(name: string, trigger: string, credentials: Credentials) {
	const webhookId = crypto.randomUUID();
	const { id, execute } = await importExample(
		name,
		credentials,
		changeNode(trigger, () => ({ webhookId })),
	);
	await client.publish(id);
	return { id, execute, address: `${client.url}/webhook/${webhookId}/events` };
}

/** The executions that the trigger of a published workflow has started, the earliest first. */
async function startedBy(workflowId: string, count: number): Promise<readonly Execution[]> {
	const ids = await client.executionsWhen(workflowId, count);
	return await Promise.all(ids.reverse().map((id) => client.waitFor(id)));
}

describe('answeredCallLookup', () => {
	test('names the customer as soon as the call is answered, and says who is in no table', async () => {
		const { id, execute, address } = await publishTrigger(
			'answeredCallLookup',
			'Call Answered',
			{},
		);
		try {
			expect(namesOf(await execute(), 'Add Customer')).toEqual(['Ann', 'Bob']);
			const page = await (await fetch(address, { signal: AbortSignal.timeout(30_000) })).text();
			const [, answered = ''] = /On Call Answered<\/dt><dd><code>([^<]+)</.exec(page) ?? [];
			pbx.eventTriggers.enter({ 'On Call Answered': answered.replaceAll('&amp;', '&') });
			for (const [index, number] of ['12025550171', '12025550199'].entries()) {
				pbx.dial({ caller: { number, name: 'Caller' }, to: ['207'] });
				await startedBy(id, index + 2);
			}
			const executions = await startedBy(id, 3);
			expect(executions.flatMap((one) => jsonOf(one, 'Message'))).toEqual([
				{ message: 'Ann (C-1) is on the phone with 207' },
				{ message: '12025550199, who is not in the table, is on the phone with 207' },
			]);
			await pbx.eventTriggers.idle();
			expect(pbx.eventTriggers.deliveries.map(({ status, fault }) => [status, fault])).toEqual([
				[200, null],
				[200, null],
			]);
		} finally {
			await client.deleteWorkflow(id);
		}
	});
});

describe('callNotes', () => {
	test('writes how the call ended into the row of the call that was placed, and into no other', async () => {
		const setup = await setUpVoipNow(client, { secondMs, talkSeconds: 200 });
		const { pbx: voipNow, stored } = setup;
		const { id, execute } = await publishTrigger('callNotes', 'Call Ended', {
			voipNowOAuth2Api: stored,
		});
		try {
			expect(voipNow.events.all).toHaveLength(1);
			const placing = await execute();
			const [placed] = jsonOf(placing, 'Remember Call');
			expect(placed).toMatchObject({ customer: 'C-1', status: 'accepted', howItEnded: null });
			// A call of somebody else ends, too.
			voipNow.ring({ from: '12025550188', extensions: ['0003*210'], ringSeconds: 1 });
			const executions = await startedBy(id, 3);
			const notes = executions.flatMap((one) => jsonOf(one, 'Note in the Row'));
			expect(notes).toEqual([
				expect.objectContaining({
					callId: placed?.callId,
					customer: 'C-1',
					howItEnded: 'answered',
					endedAt: expect.stringMatching(/Z$/) as unknown,
				}),
			]);
			await client.unpublish(id);
			expect(voipNow.events.all).toEqual([]);
		} finally {
			await client.deleteWorkflow(id);
			await setup.close();
		}
	});
});

describe('clearUpUnknown', () => {
	const soon = withOptions('Find the Call', { waitAtMost: 6 });
	const message = (text: string) =>
		expect.objectContaining({ message: containing(text) }) as unknown;

	test('a call that was placed is found, and not placed again', async () => {
		const { execute } = await importExample('clearUpUnknown', switchvox, soon);
		pbx.fault('cutAfterRinging', { times: 1 });
		const execution = await execute();
		expect(execution.error).toBeUndefined();
		expect(jsonOf(execution, 'Was Placed')).toEqual([
			{
				name: 'Ann',
				message: containing('The call to Ann was placed. The call was answered and has ended'),
				matchedBy: 'numbers',
				howItEnded: 'answered',
			},
		]);
		expect(jsonOf(execution, 'Not Called')).toEqual([
			{ name: 'Bob', message: containing('is "ask Bob"') },
		]);
		expect(namesOf(execution, 'A Person Looks')).toEqual([]);
		expect(rangFirst()).toEqual(['101', '101']);
	});

	test('where nothing is found, that is said to prove nothing', async () => {
		const { execute } = await importExample('clearUpUnknown', switchvox, soon);
		pbx.fault('cut', { times: 1 });
		const execution = await execute();
		expect(jsonOf(execution, 'Not Found')).toEqual([
			message('That does not prove that no phone rang.'),
		]);
		expect(rangFirst()).toEqual(['101']);
	});

	test('several calls: a person compares them', async () => {
		const { execute } = await importExample(
			'clearUpUnknown',
			switchvox,
			soon,
			changeNode('List', ({ parameters }) => ({
				parameters: {
					...parameters,
					jsonOutput: JSON.stringify({
						customers: ['+1 202 555 0171', '+1 202 555 0171'].map((phone) => ({
							name: 'Ann',
							phone,
						})),
					}),
				},
			})),
		);
		pbx.fault('cutAfterRinging', { after: 1, times: 1 });
		const execution = await execute();
		expect(jsonOf(execution, 'A Person Looks')).toEqual([
			{
				name: 'Ann',
				message: containing('2 calls match'),
				candidates: [
					expect.objectContaining({ matchedBy: 'numbers' }),
					expect.objectContaining({ matchedBy: 'numbers' }),
				],
			},
		]);
	});

	test('a phone system that does not answer: a person looks', async () => {
		const { execute } = await importExample('clearUpUnknown', switchvox, soon);
		pbx.fault({ status: 403 }, { where: 'follow' });
		pbx.fault('cutAfterRinging', { next: true });
		const execution = await execute();
		expect(jsonOf(execution, 'A Person Looks')).toEqual([
			{ name: 'Ann', message: containing('The state of the call is not known.'), candidates: [] },
		]);
	});
});

describe('agentWithApproval', () => {
	const ask = (number: string): Turn => ({
		calls: [
			{
				name: 'Call_a_Number',
				arguments: { toolParameters: { number }, hitlParameters: {} },
			},
		],
	});

	async function chat(turns: readonly Turn[], ...changes: Change[]) {
		return await chatWith(importExample, turns, ...changes);
	}

	async function chatWith(
		importIt: typeof importExample,
		turns: readonly Turn[],
		...changes: Change[]
	) {
		const model = await startModel({ turns });
		const openAiApi = await client.createCredential({
			name: `Model ${crypto.randomUUID()}`,
			type: 'openAiApi',
			data: { apiKey: 'simulated', url: model.baseUrl },
		});
		const simulated = changeNode('Chat Model', () => ({
			credentials: { openAiApi },
			parameters: {
				model: { __rl: true, mode: 'id', value: modelName },
				responsesApiEnabled: false,
				options: { maxRetries: 0 },
			},
		}));
		const { id } = await importIt('agentWithApproval', switchvox, simulated, ...changes);
		const talk = await openChat(client, id, 'When chat message received', 'Call Ann, please.');
		return { model, talk };
	}

	test('nothing rings before a person approved; then it rings once, and the agent is told', async () => {
		const { model, talk } = await chat([ask('+1 (202) 555-0151'), { says: 'Ann was called.' }]);
		try {
			const question = await talk.next();
			expect(question.text).toBe(
				'May I call +1 (202) 555-0151? Your extension 101 rings first. The call can cost money.',
			);
			expect(question.buttons.map(({ text }) => text)).toEqual(['Call', 'Do Not Call']);
			expect(pbx.requests).toEqual([]);
			await talk.press(question, 'Call');
			expect((await talk.next()).text).toBe('Ann was called.');
			expect(rang()).toEqual(['101', '912025550151']);
			expect(model.toolAnswers()).toEqual([containing('The call was placed')]);
			expect((await client.waitFor(talk.executionId)).status).toBe('success');
		} finally {
			talk.close();
			await model.close();
		}
	});

	test('as shipped, nothing rings after the approval, and the agent is told of the dry run', async () => {
		const turns = [ask('+1 202 555 0151'), { says: 'It was a dry run.' }];
		const { model, talk } = await chatWith(importShipped, turns);
		try {
			await talk.press(await talk.next(), 'Call');
			expect((await talk.next()).text).toBe('It was a dry run.');
			expect(model.toolAnswers()).toEqual([
				containing('Not called: this is a dry run. Do not try again.'),
			]);
			expect(pbx.requests).toEqual([]);
		} finally {
			talk.close();
			await model.close();
		}
	});

	test('when the person says no, nothing rings, and the agent is told', async () => {
		const { model, talk } = await chat([ask('+12025550151'), { says: 'I did not call.' }]);
		try {
			await talk.press(await talk.next(), 'Do Not Call');
			expect((await talk.next()).text).toBe('I did not call.');
			expect(model.toolAnswers()).toEqual([containing('User rejected the tool call')]);
			expect(pbx.requests).toEqual([]);
		} finally {
			talk.close();
			await model.close();
		}
	});

	test('a number that is not allowed is not called, although the person approved', async () => {
		const { model, talk } = await chat([ask('+1 900 555 0152'), { says: 'I may not.' }]);
		try {
			await talk.press(await talk.next(), 'Call');
			expect((await talk.next()).text).toBe('I may not.');
			expect(model.toolAnswers()).toEqual([
				containing('is not in Allowed Numbers. Do not try again.'),
			]);
			expect(pbx.rings).toEqual([]);
		} finally {
			talk.close();
			await model.close();
		}
	});

	test('a second call for the same message is not placed', async () => {
		const turns = [ask('+12025550151'), ask('+12025550151'), { says: 'Once is enough.' }];
		// n8n's chat looks every 3 seconds whether the workflow goes on, and asks again only when it saw that.
		const { model, talk } = await chat(turns, withOptions('Call a Number', { ringTimeout: 900 }));
		pbx.setParty('101', { answersAfterSeconds: 450 });
		try {
			await talk.press(await talk.next(), 'Call');
			await talk.press(await talk.next(), 'Call');
			expect((await talk.next()).text).toBe('Once is enough.');
			expect(model.toolAnswers().at(-1)).toContain('Max Calls is reached');
			expect(rangFirst()).toEqual(['101']);
		} finally {
			talk.close();
			await model.close();
		}
	});
});

test('every example was executed above, or with a real Asterisk', async () => {
	const withAsterisk = ['missedCallTicket'];
	expect([...imported, ...withAsterisk].sort()).toEqual(await exampleNames());
});
