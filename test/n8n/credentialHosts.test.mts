/** A credential's secret goes to the address in it and nowhere else, whichever of n8n's nodes uses the credential. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { setUpAsterisk } from './asteriskSetup.mts';
import { setUpEnswitch } from './enswitchSetup.mts';
import { setUpIovox } from './iovoxSetup.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import { setUpVoipNow } from './voipnowSetup.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import { logInToN8n, runNode, workflowWith } from './context.mts';
import type { NodeTest } from './context.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const secret = 'hunter2-of-the-pbx';

/** What of each credential is not its address; VoipNow's has a token, as if it was connected. */
const types = {
	switchvoxApi: { authentication: 'basic', username: 'admin', password: secret },
	iovoxApi: { environment: 'custom', username: 'admin', secureKey: secret },
	asteriskApi: { username: 'admin', password: secret },
	enswitchApi: { username: 'admin', password: secret },
	voipNowOAuth2Api: {
		grantType: 'clientCredentials',
		clientId: 'app',
		clientSecret: secret,
		oauthTokenData: { access_token: secret, token_type: 'Bearer' },
	},
} as const;
type CredentialType = keyof typeof types;

/** Records all that arrives; redirects `/away` to another server. */
async function listen(away = '') {
	const received: string[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			received.push(JSON.stringify([request.method, request.url, request.headers, body]));
			const isAway = request.url?.startsWith('/away') === true;
			const headers = { 'content-type': 'application/json' };
			response.writeHead(isAway ? 307 : 200, isAway ? { location: `${away}/got` } : headers);
			response.end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port: String(port),
		received,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function httpRequest(type: CredentialType, credential: CredentialRef, url: string) {
	const test: NodeTest = { type: 'x', parameters: {}, credentials: { [type]: credential } };
	const workflow = workflowWith(test);
	const [trigger, node] = workflow.nodes;
	if (!trigger || !node) throw new Error('The workflow has no node.');
	const sender = {
		...node,
		type: 'n8n-nodes-base.httpRequest',
		// The last version that sends credentials with a redirect to another host by default.
		typeVersion: 4.2,
		parameters: {
			method: 'POST',
			url,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: type,
			sendBody: true,
			contentType: 'form-urlencoded',
			specifyBody: 'string',
			body: 'a=b',
			options: {},
		},
	};
	const id = await client.createWorkflow({ ...workflow, nodes: [trigger, sender] });
	const execution = await client.execute(id, trigger.name);
	return execution.nodes[node.name]?.at(-1)?.error ?? execution.error;
}

describe.each(Object.keys(types) as CredentialType[])('%s', (type) => {
	test("n8n's HTTP Request node can send it only to its own address", async () => {
		const other = await listen();
		// To us another port is another host; to n8n, which guards VoipNow's token, it is not.
		const away = `http://localhost:${other.port}`;
		const own = await listen(away);
		const baseUrl = `http://127.0.0.1:${own.port}`;
		const data = { ...types[type], baseUrl };
		const credential = await client.createCredential({ name: `Own ${type}`, type, data });
		try {
			const refused = await httpRequest(type, credential, `${away}/x`);
			expect(JSON.stringify(refused)).toMatch(/request is for another address|Domain not allowed/);
			expect(await httpRequest(type, credential, `${baseUrl}/own`)).toBeUndefined();
			expect(own.received.join()).toMatch(/Basic |hunter2-of-the-pbx/);
			expect(await httpRequest(type, credential, `${baseUrl}/away`)).toBeDefined();
			expect(own.received.join()).toContain('/away');
			expect(other.received).toEqual([]);
			expect(JSON.stringify(refused)).not.toContain(secret);
		} finally {
			await client.deleteCredential(credential.id);
			own.close();
			other.close();
		}
	});
});

test.each([
	['switchvoxApi', setUpSwitchvox, 'answered'],
	['iovoxApi', setUpIovox, 'accepted'],
	['asteriskApi', setUpAsterisk, 'accepted'],
	['enswitchApi', setUpEnswitch, 'accepted'],
	['voipNowOAuth2Api', setUpVoipNow, 'accepted'],
] as const)(
	'%s with Allowed HTTP Request Domains: None: the node calls, HTTP Request cannot',
	async (type, open, status) => {
		const setup = await open(client, {}, { allowedHttpRequestDomains: 'none' });
		try {
			const test = setup.call();
			const { items } = await runNode(client, test);
			expect(items[0]?.json.status).toBe(status);
			const credential = test.credentials[type];
			if (credential === undefined) throw new Error('no credential');
			const refused = await httpRequest(type, credential, String(setup.credential.baseUrl));
			expect(refused?.message).toContain('configured to prevent use within an HTTP Request');
		} finally {
			await setup.close();
		}
	},
);

test.each(['hun/ter2', 'hun#ter2', 'hun?ter2', '12/ter2'])(
	'no part of a password %s in Base URL is in the result of a call',
	async (password) => {
		const baseUrl = `https://admin:${password}@pbx.example`;
		for (const open of [setUpSwitchvox, setUpIovox, setUpEnswitch, setUpVoipNow, setUpAsterisk]) {
			const setup = await open(client, {}, { baseUrl });
			const settings = { onError: 'continueErrorOutput' } as const;
			const result = await runNode(client, setup.call({}, { settings }));
			await setup.close();
			const stored = JSON.stringify([result.items, result.failedItems, result.error]);
			expect(stored).toContain('holds a user name or password');
			expect(stored).not.toContain('ter2');
			expect(stored).not.toContain(password);
		}
	},
);
