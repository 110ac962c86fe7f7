/** Several n8n processes share a stored credential, against a Switchvox that checks the count of every nonce. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import type { SwitchvoxApi } from '../../credentials/SwitchvoxApi.credentials.ts';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';

type Stored = Record<string, string>;

const n8nWorkflow = jest.requireActual<object>('n8n-workflow');

/** A module instance of the credential, as each process of n8n has its own. */
function startProcess(stored: Stored) {
	let credential: SwitchvoxApi | undefined;
	jest.isolateModules(() => {
		// It keeps no state, and is slow to load.
		jest.doMock('n8n-workflow', () => n8nWorkflow);
		const module = jest.requireActual<{ SwitchvoxApi: new () => SwitchvoxApi }>(
			'../../credentials/SwitchvoxApi.credentials.ts',
		);
		credential = new module.SwitchvoxApi();
	});
	if (credential === undefined) throw new Error('not loaded');
	return n8nProcess(credential, stored);
}

/** What n8n 2.41 does with a credential in `httpRequestWithAuthentication`, and stores afterwards. */
function n8nProcess({ preAuthentication, authenticate }: SwitchvoxApi, stored: Stored) {
	const renew = async (decrypted: ICredentialDataDecryptedObject) => {
		const output = await preAuthentication.call({ helpers: { httpRequest } }, decrypted);
		stored.challenge = String(output.challenge);
		Object.assign(decrypted, output);
	};
	return {
		async send(call: IHttpRequestOptions) {
			const decrypted: ICredentialDataDecryptedObject = { ...stored };
			let options = { ...call };
			try {
				if (decrypted.challenge === '') await renew(decrypted);
				options = await authenticate(decrypted, options);
				return await httpRequest(options);
			} catch (error) {
				if (statusOf(error) !== 401) throw error;
				await renew(decrypted);
				return await httpRequest(await authenticate(decrypted, options));
			}
		},
	};
}

/** n8n's helper as far as credentials need it; like n8n's, it opens a connection for each request. */
async function httpRequest(options: IHttpRequestOptions) {
	const { statusCode, headers, body } = await exchange(options);
	const { ignoreHttpStatusErrors: ignored } = options;
	const isTaken =
		statusCode < 400 || (typeof ignored === 'object' && !ignored.except.includes(statusCode));
	if (isTaken) return { statusCode, headers, body };
	throw Object.assign(new Error(`HTTP ${String(statusCode)}`), {
		response: { status: statusCode, headers, data: body },
	});
}

async function exchange({ url, method = 'GET', headers, body }: IHttpRequestOptions) {
	const sent = request(url, {
		method,
		headers: { ...headers } as OutgoingHttpHeaders,
		agent: false,
	});
	sent.end(body);
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	const { statusCode = 0, headers: received } = response;
	return { statusCode, headers: received, body: await text(response) };
}

function statusOf(error: unknown): number | undefined {
	return (error as { response?: { status: number } }).response?.status;
}

let open: SwitchvoxSimulator | undefined;

afterEach(async () => {
	await open?.close();
	open = undefined;
});

async function openPbx(options: SwitchvoxOptions = {}) {
	const pbx = await startSwitchvox({
		tls: false,
		secondMs: 0,
		authentication: 'digest',
		...options,
	});
	open = pbx;
	const { username, password } = defaultAccounts.admin;
	const stored: Stored = {
		baseUrl: pbx.url,
		username,
		password,
		authentication: 'auto',
		challenge: '',
	};
	const call: IHttpRequestOptions = {
		method: 'POST',
		url: `${pbx.url}/xml`,
		headers: { 'Content-Type': 'application/xml' },
		body: '<request method="switchvox.info.getSoftwareVersion"><parameters></parameters></request>',
	};
	return { pbx, stored, call };
}

const requestsTo = ({ requests }: SwitchvoxSimulator) =>
	requests.map(({ method, status }) => `${method} ${String(status)}`);

/** Sends this many requests at once, over several processes; each must succeed. */
async function sendAll(
	count: number,
	atOnce: number,
	send: (index: number) => Promise<unknown>,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count) {
			next += 1;
			expect(await send(next)).toMatchObject({ statusCode: 200 });
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

test.each([1, 2, 10])(
	'two processes, 100 calls, %i at once: at most 104 requests, none refused',
	async (atOnce) => {
		const { pbx, stored, call } = await openPbx();
		const processes = [startProcess(stored), startProcess(stored)];
		await sendAll(100, atOnce, async (index) => await processes[index % 2]?.send(call));
		expect(requestsTo(pbx).filter((one) => one === 'POST 200')).toHaveLength(100);
		expect(pbx.requests.length).toBeLessThanOrEqual(104);
	},
	30_000,
);

test('a process that starts later asks for its own challenge', async () => {
	const { pbx, stored, call } = await openPbx();
	await startProcess(stored).send(call);
	await startProcess(stored).send(call);
	expect(requestsTo(pbx)).toEqual(['GET 401', 'POST 200', 'GET 401', 'POST 200']);
});

test("the stored credential holds no challenge, and another process's challenge is not answered", async () => {
	const { pbx, stored, call } = await openPbx();
	stored.challenge = 'Basic';
	await startProcess(stored).send(call);
	expect(requestsTo(pbx)).toEqual(['GET 401', 'POST 200']);
	expect(stored.challenge).not.toMatch(/nonce|Basic|Digest/);
});

test('each process renews an expired nonce for itself, once', async () => {
	const { pbx, stored, call } = await openPbx();
	const processes = [startProcess(stored), startProcess(stored)];
	await sendAll(4, 1, async (index) => await processes[index % 2]?.send(call));
	pbx.expireNonces();
	const before = pbx.requests.length;
	await sendAll(10, 1, async (index) => await processes[index % 2]?.send(call));
	expect(
		requestsTo(pbx)
			.slice(before)
			.filter((one) => one !== 'POST 200'),
	).toEqual(['POST 401', 'GET 401', 'POST 401', 'GET 401']);
});

test.each<[string, Stored]>([
	['address', { baseUrl: '' }],
	['user name', { username: defaultAccounts.readonly.username }],
	['setting', { authentication: 'digest' }],
])('a changed %s never uses the old challenge', async (name, change) => {
	const { pbx, stored, call } = await openPbx();
	const other = await startSwitchvox({ tls: false, secondMs: 0, authentication: 'digest' });
	try {
		const n8n = startProcess(stored);
		await n8n.send(call);
		if (name === 'address') {
			stored.baseUrl = other.url;
			call.url = `${other.url}/xml`;
		} else {
			Object.assign(stored, change, { password: defaultAccounts.readonly.password });
			if (name === 'setting') stored.password = defaultAccounts.admin.password;
		}
		await n8n.send(call);
		const nonces = [...pbx.requests, ...other.requests]
			.filter(({ method }) => method === 'POST')
			.map(({ headers }) => headers.authorization);
		expect(nonces).toHaveLength(2);
		expect(nonces.every((one) => one?.endsWith('nc=00000001'))).toBe(true);
		expect(new Set(nonces).size).toBe(2);
	} finally {
		await other.close();
	}
});

test('a server that answers 200, or asks for Basic, never gets the password when Digest is set', async () => {
	for (const authentication of ['basic', 'digest'] as const) {
		const { pbx, stored, call } = await openPbx({ authentication });
		stored.authentication = 'digest';
		const n8n = startProcess(stored);
		if (authentication === 'digest') {
			await n8n.send(call);
			pbx.changeAuthentication('basic');
		}
		await expect(n8n.send(call)).rejects.toThrow('so the password was not sent');
		expect(
			pbx.requests.filter(({ headers }) => /^Basic/i.test(headers.authorization ?? '')),
		).toEqual([]);
		await pbx.close();
	}
});

test('simultaneous requests that need a challenge ask for it once', async () => {
	const { pbx, stored, call } = await openPbx();
	const n8n = startProcess(stored);
	await Promise.all(Array.from({ length: 10 }, () => n8n.send(call)));
	expect(requestsTo(pbx).filter((one) => one === 'GET 401')).toHaveLength(1);
});
