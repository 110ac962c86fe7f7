/** Calls of a real Asterisk are followed and ended by workflows in a real n8n. */
import { until } from '../../until.mts';
import type { CredentialRef, Execution, Item, N8nClient } from '../client.mts';
import { logInToN8n, runNode, startNode } from '../context.mts';
import { flow, startName } from '../flow.mts';
import type { FlowNode } from '../flow.mts';
import { packageName } from '../paths.mts';
import { type Form, storeCredential } from '../setup.mts';
import { startAsterisk, users } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { ensurePrograms } from './install.mts';
import { startProxy } from './proxy.mts';
import { callWith, credentialFor, parameters } from './setup.mts';

let client: N8nClient;
let asterisk: Asterisk;
let asteriskApi: CredentialRef;

beforeAll(async () => {
	client = await logInToN8n();
	asterisk = await startAsterisk(await ensurePrograms());
	asteriskApi = await storeCredential(client, 'asteriskApi', credentialFor(asterisk.url));
});
afterEach(() => asterisk.reset());
afterAll(() => asterisk.stop());

/** A node that follows the one before it, with nothing entered but this. */
const node = (name: string, form: Form): FlowNode => ({
	name,
	type: `${packageName}.asterisk`,
	parameters: { resource: 'call', ...form },
	credentials: { asteriskApi },
});

/** Executes the nodes one after the other, the first one with this item. */
async function chainFrom(item: Item['json'], ...nodes: readonly FlowNode[]): Promise<Execution> {
	const names = [startName, ...nodes.map(({ name }) => name)];
	const edges = names.slice(1).map((name, index) => [names[index] ?? '', name] as const);
	const id = await client.createWorkflow(flow([item], nodes, edges));
	return await client.execute(id, startName);
}

const chain = async (...nodes: readonly FlowNode[]) => await chainFrom({}, ...nodes);

/** Asterisk replies to a hangup before the channels are gone. */
async function allEnded(): Promise<void> {
	await until(async () => (await asterisk.ask('GET', '/channels')).body.trim() === '[]');
}

const itemOf = (execution: Execution, name: string): Item['json'] =>
	execution.nodes[name]?.at(-1)?.outputs[0]?.[0]?.json ?? {};

const place = (changes: Form = {}) => node('Place', { ...parameters, ...changes });

test('placed, seen, ended, gone: nothing is entered but the call', async () => {
	const execution = await chain(
		place({ options: { waitUntil: 'connected' } }),
		node('Look', { operation: 'get' }),
		node('End', { operation: 'hangUp' }),
	);
	expect(execution.status).toBe('success');
	const placed = itemOf(execution, 'Place');
	expect(placed).toMatchObject({
		status: 'accepted',
		call: {
			callId: placed.callId,
			state: 'connected',
			answeredByFirst: true,
			answeredBySecond: true,
			seenIn: 'live',
			matchedBy: 'id',
			timedOut: false,
		},
	});
	expect(itemOf(execution, 'Look')).toMatchObject({
		vendor: 'asterisk',
		callId: placed.callId,
		from: 'PJSIP/101',
		to: '301',
		state: 'connected',
	});
	expect(itemOf(execution, 'End')).toMatchObject({ status: 'hung_up', callId: placed.callId });
	await allEnded();
	const later = await chainFrom(itemOf(execution, 'End'), node('Look again', { operation: 'get' }));
	expect(itemOf(later, 'Look again')).toMatchObject({
		callId: placed.callId,
		state: 'not_found',
	});
});

test('a Local channel, as the generic form makes it, is followed in the same way', async () => {
	const execution = await chain(
		place({
			endpoint: { __rl: true, mode: 'id', value: '101' },
			options: { waitUntil: 'connected' },
		}),
		node('End', { operation: 'hangUp' }),
	);
	expect(itemOf(execution, 'Place')).toMatchObject({ call: { state: 'connected', from: '101' } });
	expect(itemOf(execution, 'End')).toMatchObject({ status: 'hung_up' });
	await allEnded();
});

test('the second phone rings until the wait runs out', async () => {
	const { items } = await runNode(
		client,
		callWith(asteriskApi, { extension: '321', options: { waitUntil: 'connected', waitAtMost: 3 } }),
	);
	expect(items[0]?.json.call).toMatchObject({
		state: 'ringing_second',
		answeredByFirst: true,
		answeredBySecond: null,
		timedOut: true,
	});
});

test('the first phone is silent: it rings, and the call ends with its time-out', async () => {
	const { items } = await runNode(
		client,
		callWith(asteriskApi, {
			endpoint: { __rl: true, mode: 'id', value: 'PJSIP/121' },
			options: { timeout: 4, waitUntil: 'ended', waitAtMost: 30 },
		}),
	);
	expect(items[0]?.json.call).toMatchObject({
		state: 'ended',
		answeredByFirst: null,
		disposition: null,
		timedOut: false,
	});
});

test('a canceled execution ends the wait, and not the call', async () => {
	const { executionId, end } = await startNode(
		client,
		callWith(asteriskApi, { options: { waitUntil: 'ended' } }),
	);
	await until(async () => (await asterisk.rings()).length === 2);
	const before = Date.now();
	await client.stop(executionId);
	const { execution } = await end();
	expect(execution.status).toBe('canceled');
	expect(Date.now() - before).toBeLessThan(60_000);
	expect(JSON.parse((await asterisk.ask('GET', '/channels')).body)).not.toEqual([]);
});

test('who may only read can look, and not end', async () => {
	const reader = await storeCredential(
		client,
		'asteriskApi',
		credentialFor(asterisk.url, { ...users.reader }),
	);
	const placed = await chain(place({ options: { waitUntil: 'connected' } }));
	const { callId } = itemOf(placed, 'Place');
	const as = (operation: string) => ({
		type: 'asterisk',
		parameters: { resource: 'call', operation, callId },
		credentials: { asteriskApi: reader },
		settings: { onError: 'continueRegularOutput' as const },
	});
	const look = await runNode(client, as('get'));
	expect(look.items[0]?.json).toMatchObject({ state: 'connected' });
	const ending = await runNode(client, as('hangUp'));
	expect(ending.items[0]?.json).toMatchObject({
		status: 'refused',
		reason: 'unauthorized',
		message: expect.stringContaining('The call was not ended. This ARI user may only read.'),
	});
});

test('a call that never was cannot be ended', async () => {
	const execution = await chain(
		node('End', { operation: 'hangUp', callId: 'never-was', options: { includeInputData: true } }),
	);
	expect(itemOf(execution, 'End')).toMatchObject({ status: 'not_found', callId: 'never-was' });
});

test('Retry On Fail looks again, and ends a call once', async () => {
	const proxy = await startProxy(asterisk.url, { tls: false });
	try {
		const placed = await chain(place({ options: { waitUntil: 'connected' } }));
		const { callId } = itemOf(placed, 'Place');
		const through = await storeCredential(client, 'asteriskApi', credentialFor(proxy.url));
		const again = (operation: string) => ({
			type: 'asterisk',
			parameters: { resource: 'call', operation, callId },
			credentials: { asteriskApi: through },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		proxy.fault({ status: 502 }, { times: 1, where: 'any' });
		const look = await runNode(client, again('get'));
		expect(look.items[0]?.json).toMatchObject({ state: 'connected' });
		// The reply is lost after the call has ended: the next try finds no call.
		proxy.fault('cutAfterRinging', { times: 1, where: 'any' });
		const ending = await runNode(client, again('hangUp'));
		expect(ending.items[0]?.json).toMatchObject({ status: 'not_found', callId });
	} finally {
		await proxy.close();
	}
});
