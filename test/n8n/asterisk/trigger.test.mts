/** The calls of a real Asterisk, at real SIP phones, start published workflows in a real n8n. */
import { readFile } from 'node:fs/promises';
import { until } from '../../until.mts';
import type { CredentialRef, Item, N8nClient } from '../client.mts';
import { logInToN8n, n8nLogFile } from '../context.mts';
import { readExample } from '../example.mts';
import { startName, workflow } from '../flow.mts';
import type { FlowNode } from '../flow.mts';
import { packageName } from '../paths.mts';
import { storeCredential } from '../setup.mts';
import type { Form } from '../setup.mts';
import { startAsterisk, users } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { ensurePrograms } from './install.mts';
import { credentialFor, parameters, spellingsOf } from './setup.mts';

let client: N8nClient;
let asterisk: Asterisk;
let asteriskApi: CredentialRef;
const published = new Set<string>();

beforeAll(async () => {
	client = await logInToN8n();
	asterisk = await startAsterisk(await ensurePrograms());
	asteriskApi = await storeCredential(client, 'asteriskApi', credentialFor(asterisk.url));
});
afterEach(async () => {
	for (const id of published) await unpublish(id);
	await asterisk.reset();
});
afterAll(() => asterisk.stop());

const triggerName = 'Event';

const triggerNode = (form: Form, credential: CredentialRef): FlowNode => ({
	id: crypto.randomUUID(),
	name: triggerName,
	type: `${packageName}.asteriskTrigger`,
	parameters: { events: ['ringing', 'answered', 'ended'], options: {}, ...form },
	credentials: { asteriskApi: credential },
});
const note: FlowNode = { name: 'Note', type: 'n8n-nodes-base.noOp', parameters: {} };

/** A workflow with a trigger, and with what else is given. */
async function create(
	form: Form = {},
	credential = asteriskApi,
	more: readonly FlowNode[] = [],
): Promise<string> {
	const nodes = [triggerNode(form, credential), note, ...more];
	const [first, second] = more;
	return await client.createWorkflow(
		workflow(nodes, [
			[triggerName, note.name],
			...(first && second ? [[first.name, second.name] as const] : []),
		]),
	);
}

async function publish(...args: Parameters<typeof create>): Promise<string> {
	const id = await create(...args);
	published.add(id);
	await client.publish(id);
	return id;
}

async function unpublish(id: string): Promise<void> {
	published.delete(id);
	await client.unpublish(id);
}

/** What started a workflow so far, oldest first. */
async function eventsOf(workflowId: string): Promise<readonly Item['json'][]> {
	const ids = await client.executionsOf(workflowId);
	const executions = await Promise.all(
		[...ids].sort((a, b) => Number(a) - Number(b)).map((id) => client.waitFor(id)),
	);
	return executions.flatMap(({ nodes }) => {
		expect(Object.keys(nodes)).toContain(note.name);
		return nodes[triggerName]?.at(-1)?.outputs[0]?.map(({ json }) => json) ?? [];
	});
}

/** All events once there are as many; none comes after them. */
async function eventsWhen(workflowId: string, count: number): Promise<readonly Item['json'][]> {
	await client.executionsWhen(workflowId, count);
	await new Promise((next) => setTimeout(next, 500));
	const events = await eventsOf(workflowId);
	expect(events.map(({ event }) => event)).toHaveLength(count);
	return events;
}

async function applications(): Promise<readonly string[]> {
	const { body } = await asterisk.ask('GET', '/applications');
	return (JSON.parse(body) as { name: string }[]).map(({ name }) => name);
}

const answeredCall = { from: '101', to: '311', hangsUp: { afterAnswerMs: 5_000 } } as const;

test('publish, ring, answer, hang up, unpublish', async () => {
	const id = await publish();
	expect(await applications()).toEqual([expect.stringMatching(`^n8n-${id}-[0-9a-f-]+$`)]);
	await asterisk.dial(answeredCall);
	const [ringing, answered, ended] = await eventsWhen(id, 3);
	const call = { vendor: 'asterisk', callId: ringing?.callId, from: '101', to: '311' };
	const leg = { ...call, legId: ringing?.legId, direction: null, disposition: null };
	expect(ringing).toMatchObject({
		...leg,
		event: 'ringing',
		details: { phone: 'PJSIP/311', callerName: 'Phone 101' },
	});
	expect(answered).toMatchObject({ ...leg, event: 'answered' });
	expect(ended).toMatchObject({
		...call,
		event: 'ended',
		legId: null,
		disposition: 'answered',
		details: {
			vendorEvent: 'ChannelDestroyed',
			dialStatus: 'ANSWER',
			talkSeconds: expect.any(Number) as number,
		},
		response: { type: 'ChannelDestroyed' },
	});
	for (const { at, receivedAt } of [ringing, answered, ended].map((event) => event ?? {})) {
		expect(Math.abs(Date.parse(String(at)) - Date.parse(String(receivedAt)))).toBeLessThan(60_000);
	}
	await unpublish(id);
	expect(await applications()).toEqual([]);
	await asterisk.dial(answeredCall);
	expect(await client.executionsOf(id)).toHaveLength(3);
});

test('twenty calls, five at a time: no event is lost, and none comes twice', async () => {
	const id = await publish({ options: { includeResponse: false } });
	for (let round = 0; round < 4; round++) {
		await Promise.all(Array.from({ length: 5 }, () => asterisk.dial(answeredCall)));
	}
	const events = await eventsWhen(id, 60);
	const calls = new Set(events.map(({ callId }) => callId));
	expect(calls.size).toBe(20);
	for (const callId of calls) {
		const names = events.filter((event) => event.callId === callId).map(({ event }) => event);
		expect([...names].sort()).toEqual(['answered', 'ended', 'ringing']);
	}
	expect(events.some((event) => 'response' in event)).toBe(false);
});

test.each([
	['missed', '201', { afterAnswerMs: 5_000 }, 'no_answer', 'NOANSWER'],
	['busy', '331', { afterAnswerMs: 5_000 }, 'busy', 'BUSY'],
	['given up', '321', { afterRingMs: 300 }, 'canceled', 'CANCEL'],
	['answered by a menu', '204', { afterAnswerMs: 100 }, null, undefined],
] as const)('a call that is %s, with the end alone', async (_, to, hangsUp, disposition, word) => {
	const id = await publish({ events: ['ended'] });
	await asterisk.dial({ from: '101', to, hangsUp });
	const [event] = await eventsWhen(id, 1);
	expect(event).toMatchObject({ event: 'ended', from: '101', to, disposition });
	expect(event?.details).toMatchObject(word === undefined ? {} : { dialStatus: word });
});

test.each([
	['a phone', 'PJSIP/101', 'PJSIP/101'],
	['a number', '101', '101'],
])(
	'a call that the same workflow originates, first to %s, has the same ID and parties',
	async (_, endpoint, from) => {
		const start = { name: startName, type: 'n8n-nodes-base.manualTrigger', parameters: {} };
		const place = {
			name: 'Place',
			type: `${packageName}.asterisk`,
			parameters: {
				...parameters,
				endpoint: { __rl: true, mode: 'id', value: endpoint },
				extension: '311',
			},
			credentials: { asteriskApi },
		};
		const id = await publish({}, asteriskApi, [start, place]);
		const execution = await client.execute(id, startName);
		const placed = execution.nodes.Place?.at(-1)?.outputs[0]?.[0]?.json;
		expect(placed).toMatchObject({ status: 'accepted', from, to: '311' });
		// One of the executions is the one that places the call.
		const all = await client.executionsWhen(id, 6);
		expect(all).toHaveLength(6);
		const ids = all.filter((one) => one !== execution.id);
		const events = (await Promise.all(ids.map((one) => client.waitFor(one)))).map(
			({ nodes }) => nodes[triggerName]?.[0]?.outputs[0]?.[0]?.json,
		);
		expect(new Set(events.map((event) => event?.callId))).toEqual(new Set([placed?.callId]));
		expect(events.find((event) => event?.event === 'ended')).toMatchObject({
			from: placed?.from,
			to: placed?.to,
			disposition: 'answered',
		});
	},
);

test('Asterisk is restarted: events come again, and the log says so once each', async () => {
	const id = await publish({ events: ['ended'] });
	const logged = async (what: string) =>
		(await readFile(n8nLogFile(), 'utf8')).split(what).length - 1;
	const before = [await logged('lost its connection'), await logged('is connected again')];
	await asterisk.dial(answeredCall);
	await asterisk.restart(2_000);
	await until(async () => (await applications()).length === 1);
	await asterisk.dial(answeredCall);
	await eventsWhen(id, 2);
	const after = [await logged('lost its connection'), await logged('is connected again')];
	expect(after).toEqual(before.map((count) => count + 1));
});

test('a wrong password: the workflow is not published, and says why', async () => {
	const wrong = await storeCredential(
		client,
		'asteriskApi',
		credentialFor(asterisk.url, { password: 'test-password-wrong' }),
	);
	await expect(publish({}, wrong)).rejects.toThrow(
		/is failed\. .*Asterisk refused the request \(HTTP 401\): Authentication required\. No event will start the workflow\./,
	);
	expect(await applications()).toEqual([]);
});

test('a self-signed certificate, which the credential trusts: says what Node.js needs', async () => {
	const trusting = await storeCredential(
		client,
		'asteriskApi',
		credentialFor(asterisk.tlsUrl, { caCertificate: asterisk.caCertificate }),
	);
	await expect(publish({}, trusting)).rejects.toThrow(
		/Node\.js itself has to trust the certificate of https:\S+ \(NODE_EXTRA_CA_CERTS\)\. No event/,
	);
	expect(await applications()).toEqual([]);
});

test('a user who may only read gets events', async () => {
	const reader = await storeCredential(
		client,
		'asteriskApi',
		credentialFor(asterisk.url, { ...users.reader }),
	);
	const id = await publish({ events: ['answered'] }, reader);
	await asterisk.dial(answeredCall);
	await eventsWhen(id, 1);
});

test('two workflows at once both get every event', async () => {
	const both = [await publish(), await publish()];
	expect(await applications()).toHaveLength(2);
	await asterisk.dial(answeredCall);
	for (const id of both) await eventsWhen(id, 3);
});

test('a test in the editor gets one event, and takes nothing from the published workflow', async () => {
	const id = await publish({ events: ['answered'] });
	const executionId = await client.start(id, triggerName);
	await until(async () => (await applications()).some((name) => name.endsWith('-test')));
	await asterisk.dial(answeredCall);
	const { status, nodes } = await client.waitFor(executionId);
	expect(status).toBe('success');
	expect(nodes[triggerName]?.[0]?.outputs[0]).toMatchObject([{ json: { event: 'answered' } }]);
	await until(async () => (await applications()).length === 1);
	await eventsWhen(id, 2);
});

test('a test in the editor that is stopped leaves nothing at Asterisk', async () => {
	const id = await create();
	const executionId = await client.start(id, triggerName);
	await until(async () => (await applications()).length === 1);
	await client.stop(executionId);
	await until(async () => (await applications()).length === 0);
});

test('a workflow that is published once more gets every event once', async () => {
	const id = await publish();
	await client.publish(id);
	expect(await applications()).toHaveLength(1);
	await asterisk.dial(answeredCall);
	await eventsWhen(id, 3);
	expect(await readFile(n8nLogFile(), 'utf8')).not.toContain('was replaced');
});

test('another n8n with the same workflow takes over, and this one is back when it is gone', async () => {
	const id = await publish({ events: ['ended'] });
	const [name = ''] = await applications();
	const logged = async (what: string) => (await readFile(n8nLogFile(), 'utf8')).split(what).length;
	const before = await logged('is connected again');
	const { username, password } = users.n8n;
	const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
	const address = asterisk.url.replace('http', 'ws');
	const other = new WebSocket(`${address}/ari/events?app=${name}&subscribeAll=true`, {
		headers: { authorization },
	});
	await until(async () => (await logged('was replaced')) > 1);
	await asterisk.dial(answeredCall);
	expect(await client.executionsOf(id)).toEqual([]);
	other.close();
	await until(async () => (await logged('is connected again')) > before);
	await asterisk.dial(answeredCall);
	await eventsWhen(id, 1);
});

test('no secret is in the log of n8n', async () => {
	const log = await readFile(n8nLogFile(), 'utf8');
	for (const spelling of spellingsOf(users.n8n.password)) expect(log).not.toContain(spelling);
});

test('the example missedCallTicket: a ticket for the missed call, and for no other', async () => {
	const example = await readExample('missedCallTicket', { asteriskApi });
	// The support lines of the test.
	const text = JSON.stringify(example).replace("['301', '302']", "['201', '311']");
	const id = await client.createWorkflow(JSON.parse(text) as typeof example);
	published.add(id);
	await client.publish(id);
	await asterisk.dial(answeredCall);
	await asterisk.dial({ from: '101', to: '201', hangsUp: { afterAnswerMs: 5_000 } });
	await asterisk.dial({ from: '101', to: '331', hangsUp: { afterAnswerMs: 5_000 } });
	const ids = await client.executionsWhen(id, 3);
	const executions = await Promise.all(ids.map((one) => client.waitFor(one)));
	const tickets = executions.flatMap(
		({ nodes }) => nodes['Add Ticket']?.flatMap(({ outputs }) => outputs[0] ?? []) ?? [],
	);
	expect(tickets.map(({ json }) => json)).toEqual([
		expect.objectContaining({
			subject: 'Missed call from 101',
			phone: '101',
			line: '201',
			howItEnded: 'no_answer',
			calledAt: expect.stringMatching(/Z$/) as unknown,
		}),
	]);
});
