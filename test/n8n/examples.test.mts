import { defaultSignIn, startIovox } from '../simulators/iovox.mts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { CredentialData, N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import { exampleNames, readExample, triggerOf } from './example.mts';

let client: N8nClient;
let simulator: SwitchvoxSimulator;

function switchvoxCredential(): CredentialData {
	const { username, password } = defaultAccounts.admin;
	const { url: baseUrl, caCertificate } = simulator;
	return {
		name: 'Switchvox of the examples',
		type: 'switchvoxApi',
		data: {
			baseUrl,
			username,
			password,
			authentication: 'auto',
			allowUnauthorizedCerts: false,
			caCertificate,
		},
	};
}

beforeAll(async () => {
	client = await logInToN8n();
	simulator = await startSwitchvox();
});

afterAll(async () => {
	await simulator.close();
});

test('every example is tested here', async () => {
	expect(await exampleNames()).toEqual([
		'enswitch',
		'iovox',
		'originateCall',
		'switchvox',
		'voipnow',
	]);
});

test('no example names a credential of some machine', async () => {
	for (const name of await exampleNames()) {
		const { nodes } = await readExample(name, {});
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
	}
});

test('switchvox: rings 101, connects it to 301, and tells the next node', async () => {
	const switchvoxApi = await client.putCredential(switchvoxCredential());
	const workflow = await readExample('switchvox', { switchvoxApi });
	const id = await client.createWorkflow(workflow);
	const execution = await client.execute(id, triggerOf(workflow));

	expect(execution.error).toBeUndefined();
	expect(execution.status).toBe('success');
	expect(simulator.rings.map(({ number, party }) => [number, party])).toEqual([
		['101', 'first'],
		['301', 'second'],
	]);
	expect(execution.nodes.Summary?.[0]?.outputs[0]?.map(({ json }) => json)).toEqual([
		{
			summary: 'Call from 101 to 301: answered',
			status: 'answered',
			requestedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
		},
	]);
});

test('originateCall: calls whom it can, and hands on whom it cannot', async () => {
	simulator.reset();
	const switchvoxApi = await client.putCredential(switchvoxCredential());
	const workflow = await readExample('originateCall', { switchvoxApi });
	const id = await client.createWorkflow(workflow);
	const execution = await client.execute(id, triggerOf(workflow));
	const summaries = (node: string) =>
		execution.nodes[node]?.[0]?.outputs[0]?.map(({ json }) => json.summary);

	expect(execution.error).toBeUndefined();
	expect(summaries('Called')).toEqual(['Ann: answered', 'Cleo: answered']);
	expect(summaries('Not Called')).toEqual([
		expect.stringMatching(/^Bob: not_sent\. Item 1: Then Connect To is "ask Bob", which cannot be/),
	]);
	expect(simulator.calls).toHaveLength(2);
});

test('iovox: calls a number by the rules of a link, and tells the next node', async () => {
	const iovox = await startIovox();
	try {
		const iovoxApi = await client.putCredential({
			name: 'IOVOX of the examples',
			type: 'iovoxApi',
			data: { environment: 'custom', baseUrl: iovox.url, ...defaultSignIn },
		});
		const workflow = await readExample('iovox', { iovoxApi });
		const id = await client.createWorkflow(workflow);
		const execution = await client.execute(id, triggerOf(workflow));

		expect(execution.error).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(iovox.rings.map(({ number, keys }) => [number, keys])).toEqual([
			['441632960001', ',,1'],
		]);
		expect(iovox.calls[0]?.variables.first_name).toBe('Ann');
		expect(execution.nodes.Summary?.[0]?.outputs[0]?.map(({ json }) => json)).toEqual([
			{
				summary: 'Call to 441632960001,,1 by link123: accepted',
				status: 'accepted',
				requestedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
			},
		]);
	} finally {
		await iovox.close();
	}
});

test('voipnow: rings 0003*210, calls the number, and tells the next node', async () => {
	const { clientId, clientSecret } = defaultApps.user;
	const pbx = await startVoipNow({ tls: false });
	try {
		const voipNowOAuth2Api = await client.putCredential({
			name: 'VoipNow of the examples',
			type: 'voipNowOAuth2Api',
			data: { baseUrl: pbx.url, grantType: 'clientCredentials', clientId, clientSecret },
		});
		const workflow = await readExample('voipnow', { voipNowOAuth2Api });
		const id = await client.createWorkflow(workflow);
		const execution = await client.execute(id, triggerOf(workflow));

		expect(execution.error).toBeUndefined();
		expect(pbx.rings.map(({ number, party }) => [number, party])).toEqual([
			['0003*210', 'source'],
			['+12025550123', 'destination'],
		]);
		expect(execution.nodes.Summary?.[0]?.outputs[0]?.map(({ json }) => json)).toEqual([
			{
				summary: 'Call from 0003*210 to +12025550123: accepted',
				callId: pbx.calls[0]?.id,
				nonce: pbx.calls[0]?.nonce,
			},
		]);
	} finally {
		await pbx.close();
	}
});
