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
	expect(await exampleNames()).toEqual(['switchvox', 'voipnow']);
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
