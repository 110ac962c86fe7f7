/** Workflows in a real n8n that ring real SIP phones through a real Asterisk. */
import { startAsterisk as simulateAsterisk } from '../../simulators/asterisk.mts';
import { until } from '../../until.mts';
import type { N8nClient } from '../client.mts';
import { blockedAddress, logInToN8n, runNode, workflowWith } from '../context.mts';
import type { NodeTest, NodeTestResult } from '../context.mts';
import { packageName } from '../paths.mts';
import { type Form, storeCredential } from '../setup.mts';
import { context, startAsterisk, users } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { callWith, credentialFor, parameters, ringsOf, spellingsOf } from './setup.mts';
import { ensurePrograms } from './install.mts';
import { startProxy } from './proxy.mts';

let client: N8nClient;
let asterisk: Asterisk;

beforeAll(async () => {
	client = await logInToN8n();
	asterisk = await startAsterisk(await ensurePrograms());
});
afterEach(() => asterisk.reset());
afterAll(() => asterisk.stop());

/** Runs the node; no secret may be in anything that n8n keeps of the execution. */
async function run(
	changes: Form = {},
	more: Partial<NodeTest> = {},
	credential: Form = credentialFor(asterisk.url),
): Promise<NodeTestResult> {
	const asteriskApi = await storeCredential(client, 'asteriskApi', credential);
	const result = await runNode(client, callWith(asteriskApi, changes, more));
	for (const secret of spellingsOf(users.n8n.password)) {
		expect(JSON.stringify(result)).not.toContain(secret);
	}
	return result;
}

const rung = async () => (await asterisk.rings()).map(({ number }) => number).sort();

async function stateOf(callId: unknown): Promise<{ status: number; state?: string }> {
	const { status, body } = await asterisk.ask('GET', `/channels/${String(callId)}`);
	return { status, ...(JSON.parse(body) as { state?: string }) };
}

/** How many phones are connected to another. */
async function talking(): Promise<number> {
	const { body } = await asterisk.ask('GET', '/bridges');
	return (JSON.parse(body) as { channels: string[] }[]).flatMap(({ channels }) => channels).length;
}

test('a workflow rings a phone and connects it to another', async () => {
	const { items } = await run({ options: { includeResponse: true } });
	expect(items).toHaveLength(1);
	const { json } = items[0] ?? { json: {} };
	expect(json).toMatchObject({
		vendor: 'asterisk',
		status: 'accepted',
		reason: null,
		from: 'PJSIP/101',
		to: '301',
		httpStatus: 200,
		details: { channel: expect.stringMatching(/^PJSIP\/101-/) },
		response: { id: json.callId, state: 'Down' },
	});
	await until(async () => (await talking()) === 2);
	expect(await rung()).toEqual(['101', '301']);
	expect((await stateOf(json.callId)).state).toBe('Up');
});

test('by its number alone, through the dialplan', async () => {
	const { items } = await run({ endpoint: '101' });
	expect(items[0]?.json).toMatchObject({ status: 'accepted', from: '101', to: '301' });
	await until(async () => (await rung()).length === 2);
	expect(await rung()).toEqual(['101', '301']);
});

test('the generic node does the same', async () => {
	const asteriskApi = await storeCredential(client, 'asteriskApi', credentialFor(asterisk.url));
	const { items } = await runNode(client, {
		type: 'originateCall',
		parameters: {
			...{ resource: 'call', operation: 'originate', vendor: 'asterisk', context },
			...{ from: '101', to: '+1 (202) 555-0123' },
			options: {
				callerId: 'Sales <12025550100>',
				defaultCountry: 'US',
				ringTimeout: 5,
				variables: { variable: [{ name: 'tag', value: 'generic' }] },
			},
		},
		credentials: { asteriskApi },
	});
	expect(items[0]?.json).toMatchObject({ vendor: 'asterisk', from: '101', to: '12025550123' });
	await until(async () => (await rung()).length === 2);
	expect(await rung()).toEqual(['101', '12025550123']);
});

test('over https, with the certificate of Asterisk', async () => {
	const { tlsUrl, caCertificate } = asterisk;
	const { items } = await run({}, {}, credentialFor(tlsUrl, { caCertificate }));
	expect(items[0]?.json.status).toBe('accepted');
	const { error } = await run({}, {}, credentialFor(tlsUrl));
	expect(error?.message).toContain('is not trusted');
	await until(async () => (await rung()).length === 2);
});

test('caller ID and variables arrive at the phones', async () => {
	const variable = [
		{ name: 'tag', value: 'ticket 4711' },
		{ name: '__inherited', value: 'zoë' },
	];
	const options = { callerId: 'Zoë <12025550100>' };
	await run({ extension: '12025550123', variables: { variable }, options });
	await until(async () => (await rung()).length === 2);
	const rings = await asterisk.rings();
	expect(rings.map(({ caller }) => caller)).toEqual([
		{ name: 'Zoë', number: '12025550100' },
		{ name: 'Zoë', number: '12025550100' },
	]);
	const outside = rings.find(({ number }) => number === '12025550123');
	expect(outside?.headers).toMatchObject({ 'x-tag': 'ticket 4711', 'x-inherited': 'zoë' });
});

describe('what the phones do', () => {
	test.each([
		['answers', 'PJSIP/101', ['101', '301'], 200],
		['has registered by itself', 'PJSIP/161', ['161', '301'], 200],
		['hangs up after a while', 'PJSIP/111', ['111', '301'], 404],
		['rings out', 'PJSIP/121', ['121'], 404],
		['is busy', 'PJSIP/131', ['131'], 404],
		['is off', 'PJSIP/141', [], 404],
		['is behind an extension that the dialplan lacks', 'Local/30@from-internal/n', [], 404],
	])('the first phone %s: accepted, and %j', async (_, endpoint, rings, end) => {
		const { items } = await run({ endpoint, options: { timeout: 2 } });
		expect(items[0]?.json.status).toBe('accepted');
		await until(async () => (await rung()).length === rings.length);
		await until(async () => (await stateOf(items[0]?.json.callId)).status === end);
		expect(await rung()).toEqual(rings);
	});

	test.each([
		['has not registered', 'PJSIP/151'],
		['does not exist', 'PJSIP/999'],
	])('the first phone %s: refused, and nobody rings', async (_, endpoint) => {
		const { error } = await run({ endpoint });
		expect(error?.message).toBe(
			`Asterisk cannot ring ${endpoint}: Allocation failed (500). No call was placed.`,
		);
		expect(error?.description).toContain('no phone has registered for it');
		expect(await rung()).toEqual([]);
	});

	test.each([
		['hangs up after a while', '311', ['101', '311']],
		['rings', '321', ['101', '321']],
		['is busy', '331', ['101', '331']],
		['is off', '341', ['101']],
		['has not registered', '351', ['101']],
		['is unknown to the dialplan', '30', ['101']],
	])('the second phone %s: accepted, and %j ring', async (_, extension, rings) => {
		const { items } = await run({ extension });
		expect(items[0]?.json.status).toBe('accepted');
		await until(async () => (await rung()).length === rings.length);
		expect(await rung()).toEqual(rings);
	});

	test('in a context that the dialplan lacks, the call ends when the first phone answers', async () => {
		const { items } = await run({ context: 'nowhere' });
		await until(async () => (await stateOf(items[0]?.json.callId)).status === 404);
		expect(await rung()).toEqual(['101']);
	});
});

describe('the channel ID', () => {
	test('is new for each call, and the call is found by it', async () => {
		const { items } = await run({ extension: '321' }, { items: [{}, {}, {}] });
		const ids = items.map(({ json }) => json.callId);
		expect(new Set(ids).size).toBe(3);
		for (const id of ids) expect(await stateOf(id)).toMatchObject({ status: 200, id });
	});

	test('that is chosen rings once while its call lives', async () => {
		const options = { callId: 'ticket-4711' };
		const { items } = await run({ options, extension: '321' }, { items: [{}, {}] });
		expect(items.map(({ json }) => [json.status, json.callId, json.details])).toEqual([
			['accepted', 'ticket-4711', { channel: expect.stringMatching(/^PJSIP/) }],
			[
				expect.stringMatching(/^(accepted|answered)$/),
				'ticket-4711',
				expect.objectContaining({ channel: expect.stringMatching(/^PJSIP/), foundBy: 'id' }),
			],
		]);
		await until(async () => (await rung()).length === 2);
		expect(await rung()).toEqual(['101', '321']);
	});

	test('tells of the call when the answer is lost', async () => {
		const proxy = await startProxy(asterisk.url, { tls: false });
		proxy.fault('cutAfterRinging', { times: 1 });
		const { items } = await run({}, { items: [{}, {}] }, credentialFor(proxy.url));
		expect(items.map(({ json }) => [json.status, json.details])).toEqual([
			[
				expect.stringMatching(/^(accepted|answered)$/),
				expect.objectContaining({ channel: expect.any(String), foundBy: 'id' }),
			],
			['accepted', { channel: expect.any(String) }],
		]);
		expect(await ringsOf(asterisk, '101')).toBe(2);
		// Nothing rang, so nothing is found. The result has the ID all the same.
		proxy.fault('cut');
		const settings = { onError: 'continueErrorOutput' } as const;
		const { failedItems } = await run({}, { settings }, credentialFor(proxy.url));
		expect(failedItems[0]?.json).toMatchObject({
			status: 'unknown',
			callId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		});
		await proxy.close();
	});
});

describe('Retry On Fail', () => {
	const numbers = [0, 1, 2, 3, 4].map((index) => `1202555010${String(index)}`);
	const items = numbers.map((number) => ({ number }));
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
	const form = { endpoint: '={{ "PJSIP/" + $json.number + "@trunk" }}', extension: '321' };

	test.each([
		['cut', [0, 1, 3, 4]],
		['cutAfterRinging', [0, 1, 2, 3, 4]],
	] as const)('%s at the third of five: nobody rings twice', async (fault, rings) => {
		const proxy = await startProxy(asterisk.url, { tls: false });
		proxy.fault(fault, { times: 1, after: 2 });
		await run(form, { items, settings }, credentialFor(proxy.url));
		await proxy.close();
		const rang = (await rung()).filter((number) => number !== '321');
		// The run stops at the third item, so the later ones are not tried.
		const expected = fault === 'cut' ? rings.filter((index) => index < 2) : rings;
		expect(rang).toEqual(expected.map((index) => numbers[index]));
	});

	test('a phone system that is away for a moment is called again, once', async () => {
		const proxy = await startProxy(asterisk.url, { tls: false });
		proxy.fault({ redirect: 'https://other.example/', status: 307 }, { times: 1, after: 2 });
		const { items: told } = await run(form, { items, settings }, credentialFor(proxy.url));
		await proxy.close();
		expect(told.map(({ json }) => [json.status, json.replayed])).toEqual([
			...[0, 1].map(() => ['accepted', true]),
			...[2, 3, 4].map(() => ['accepted', false]),
		]);
		expect((await rung()).filter((number) => number !== '321')).toEqual(numbers);
	});
});

test('Once Key: a key rings once, whatever execution it is in', async () => {
	const asteriskApi = await storeCredential(client, 'asteriskApi', credentialFor(asterisk.url));
	const options = { onceKey: '={{ $json.key }}' };
	const items = ['a', 'b', 'a'].map((key) => ({ key }));
	const id = await client.createWorkflow(
		workflowWith(callWith(asteriskApi, { options }, { items })),
	);
	const statuses = async () => {
		const execution = await client.execute(id, 'Start');
		return execution.nodes.Node?.[0]?.outputs[0]?.map(({ json }) => json.reason ?? json.status);
	};
	expect(await statuses()).toEqual(['accepted', 'accepted', 'duplicate']);
	expect(await statuses()).toEqual(['duplicate', 'duplicate', 'duplicate']);
	expect(await ringsOf(asterisk, '101')).toBe(2);
});

test('200 calls, 20 in flight: each rings each phone once', async () => {
	const items = Array.from({ length: 200 }, (_, index) => ({ index }));
	const form = { endpoint: 'PJSIP/111', extension: '311', options: { maxConcurrent: 20 } };
	const result = await run(form, { items, limitMs: 100_000 });
	const told = result.items.map(({ json }) => json);
	expect(told.map(({ status }) => status)).toEqual(items.map(() => 'accepted'));
	expect(new Set(told.map(({ callId }) => callId)).size).toBe(200);
	await until(async () => (await ringsOf(asterisk, '311')) === 200);
	expect(await ringsOf(asterisk, '111')).toBe(200);
});

describe('the list of endpoints', () => {
	const list = async (filter?: string, credential = credentialFor(asterisk.url)) => {
		const asteriskApi = await storeCredential(client, 'asteriskApi', credential);
		return await client.list({
			nodeType: `${packageName}.asterisk`,
			methodName: 'searchEndpoints',
			field: 'endpoint',
			parameters,
			credentials: { asteriskApi },
			...(filter === undefined ? {} : { filter }),
		});
	};

	test('has every endpoint, in order, and says which are offline', async () => {
		const { results } = await list();
		expect(results.slice(0, 3)).toEqual(
			['PJSIP/101', 'PJSIP/111', 'PJSIP/121'].map((value) => ({ name: value, value })),
		);
		expect(results).toContainEqual({ name: 'PJSIP/151 (offline)', value: 'PJSIP/151' });
		expect(results).toHaveLength(14);
	});

	test('is searched', async () => {
		expect((await list('trunk')).results).toEqual([{ name: 'PJSIP/trunk', value: 'PJSIP/trunk' }]);
	});

	test('says why it cannot be read', async () => {
		const wrong = credentialFor(asterisk.url, { password: 'wrong' });
		await expect(list(undefined, wrong)).rejects.toThrow('Enter an ARI user');
	});
});

describe('the test of the credential', () => {
	const check = async (baseUrl: string, changes: Form = {}) => {
		const data = credentialFor(baseUrl, changes);
		const result = await client.testCredential({ name: 'Test', type: 'asteriskApi', data });
		for (const secret of spellingsOf(users.n8n.password)) {
			expect(JSON.stringify(result)).not.toContain(secret);
		}
		expect(await rung()).toEqual([]);
		return result;
	};

	test('signs in, rings nobody, and says which Asterisk it is', async () => {
		const passed = { status: 'OK', message: expect.stringMatching(/^Signed in to Asterisk \d+\./) };
		expect(await check(asterisk.url)).toMatchObject(passed);
		expect(await check(`${asterisk.url}/ari`)).toMatchObject(passed);
		const { tlsUrl, caCertificate } = asterisk;
		expect(await check(tlsUrl, { caCertificate })).toMatchObject(passed);
		expect(await check(tlsUrl, { allowUnauthorizedCerts: true })).toMatchObject(passed);
	});

	test('tells a wrong password, and a user who may only read', async () => {
		expect((await check(asterisk.url, { password: 'wrong' })).message).toMatch(
			/^Asterisk refused the request \(HTTP 401\).*Enter an ARI user/,
		);
		expect((await check(asterisk.url, users.reader)).message).toMatch(
			/^The sign-in works. This ARI user may only read/,
		);
	});

	test('tells certificates and hosts', async () => {
		expect((await check(asterisk.tlsUrl)).message).toContain('is not trusted (');
		expect((await check('https://pbx.invalid')).message).toContain('was not found');
		expect((await check(`https://${blockedAddress}`)).message).toContain('network policy of n8n');
		const proxy = await startProxy(asterisk.url, { tls: false });
		await proxy.close();
		expect((await check(proxy.url)).message).toContain('8088 (http) or 8089 (https)');
		expect((await check(asterisk.url.replace('http:', 'https:'))).message).toContain(
			'does not answer as an https server',
		);
	});

	test('tells that ARI is off, and other web servers', async () => {
		const off = await simulateAsterisk({ ari: false, tls: false });
		expect((await check(off.url)).message).toContain('There is no ARI at this address');
		await off.close();
		const proxy = await startProxy(asterisk.url, { tls: false });
		proxy.fault('html', { where: 'any' });
		expect((await check(proxy.url)).message).toContain('not the web interface of FreePBX');
		await proxy.close();
	});
});
