/** The test of the Switchvox credential, as the editor asks n8n for it. It rings nobody. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { SwitchvoxOptions } from '../simulators/switchvox.mts';
import type { N8nClient } from './client.mts';
import { blockedAddress, logInToN8n } from './context.mts';
import type { Form } from './setup.mts';
import { setUpSwitchvox, signInOf } from './switchvoxSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

async function testCredential(data: Form) {
	const result = await client.testCredential({ name: 'Test', type: 'switchvoxApi', data });
	expect(JSON.stringify(result)).not.toContain(String(data.password));
	return result;
}

/** Tests a credential against a PBX; the PBX's own check is that nothing rang. */
async function testAgainst(options: SwitchvoxOptions, changes: Form = {}) {
	const { pbx, credential, close } = await setUpSwitchvox(client, options, changes);
	try {
		const result = await testCredential(credential);
		expect(pbx.rings).toEqual([]);
		expect(pbx.calls).toEqual([]);
		return result;
	} finally {
		await close();
	}
}

const kinds: [string, SwitchvoxOptions][] = [
	['Basic', {}],
	['Digest', { authentication: 'digest' }],
	['Digest with SHA-256', { authentication: 'digest', digest: { algorithm: 'SHA-256' } }],
	['Digest without qop', { authentication: 'digest', digest: { qop: false } }],
];

describe.each(kinds)('%s', (_, options) => {
	test.each(['admin', 'readonly', 'user'] as const)('%s signs in', async (account) => {
		const message = `Signed in as an ${account === 'user' ? 'extension user' : 'administrator'}`;
		expect(await testAgainst(options, signInOf(account))).toMatchObject({ status: 'OK', message });
	});

	test('a wrong password and access rules have different texts', async () => {
		expect(await testAgainst(options, { password: 'wrong' })).toEqual({
			status: 'Error',
			message: expect.stringMatching(
				/^Switchvox refused the request \(HTTP 40[13]\)\. Check user name and password/,
			),
		});
	});
});

test('access control that excludes a kind of account is named', async () => {
	expect(await testAgainst({ blocked: ['admin'] })).toMatchObject({
		status: 'Error',
		message: expect.stringMatching(/HTTP 403.*access control of Switchvox, for the Admin API/),
	});
});

test('access control that refuses n8n before any sign-in and a wrong password have different texts', async () => {
	const { pbx, credential, close } = await setUpSwitchvox(client);
	pbx.fault({ status: 403 }, { where: 'any' });
	const { message } = await testCredential(credential);
	const { length } = pbx.requests;
	await close();
	expect(message).toMatch(/^Switchvox refused the request before any sign-in \(HTTP 403\)/);
	expect(length).toBe(1);
});

describe('certificates', () => {
	const untrusted = { caCertificate: '' };

	test('a self-signed one is not trusted by default', async () => {
		expect(await testAgainst({}, untrusted)).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(
				/^The certificate of https:\S+ is not trusted \(\w+\)\. Paste/,
			),
		});
	});
	test('nor is one for another host or an expired one, even when pasted', async () => {
		expect((await testAgainst({ certificate: 'wrongHost' })).message).toContain(
			'is not trusted (ERR_TLS',
		);
		expect((await testAgainst({ certificate: 'expired' })).message).toContain(
			'is not trusted (CERT_HAS',
		);
	});
	test('each is accepted with the switch on', async () => {
		const insecure = { ...untrusted, allowUnauthorizedCerts: true };
		for (const certificate of ['selfSigned', 'wrongHost', 'expired'] as const) {
			expect(await testAgainst({ certificate }, insecure)).toMatchObject({ status: 'OK' });
		}
	});
	test('a text that is not a certificate is refused before anything is sent', async () => {
		expect((await testAgainst({}, { caCertificate: 'hello' })).message).toContain(
			'is not in PEM format',
		);
	});
});

describe('addresses', () => {
	const changed = async (baseUrl: string) =>
		(await testCredential({ baseUrl, ...signInOf('admin') })).message;

	test('an unknown host', async () => {
		expect(await changed('https://pbx.invalid')).toContain(
			'The host of https://pbx.invalid was not found',
		);
	});
	test('no server is listening', async () => {
		const { pbx, credential, close } = await setUpSwitchvox(client);
		await pbx.refuse();
		const { message } = await testCredential(credential);
		await close();
		expect(message).toContain(`${pbx.url} refused the connection`);
	});
	test('https to a server that speaks http', async () => {
		const { pbx, credential, close } = await setUpSwitchvox(client, { tls: false });
		const baseUrl = pbx.url.replace('http:', 'https:');
		const { message } = await testCredential({ ...credential, baseUrl });
		await close();
		expect(message).toContain('does not answer as an https server');
	});
	test('http works, and so does a pasted API address', async () => {
		expect(await testAgainst({ tls: false })).toMatchObject({ status: 'OK' });
		const { pbx, credential, close } = await setUpSwitchvox(client);
		const result = await testCredential({ ...credential, baseUrl: `${pbx.url}/xml` });
		await close();
		expect(result).toMatchObject({ status: 'OK' });
	});
	test('blocked by the network policy of n8n', async () => {
		expect(await changed(`https://${blockedAddress}`)).toContain(
			'The network policy of n8n blocks',
		);
	});
	test('not an address', async () => {
		expect(await changed('')).toContain('Base URL in the credential is empty');
		expect(await changed('https://admin:hunter2@pbx.example')).not.toContain('hunter2');
	});
	test('a redirect is not followed, and its target is named', async () => {
		const { pbx, credential, close } = await setUpSwitchvox(client);
		pbx.fault({ redirect: 'https://other.example/login' }, { where: 'any' });
		const { message } = await testCredential(credential);
		await close();
		expect(message).toContain('redirect (HTTP 302) to https://other.example/login');
	});
	test('something else answers there', async () => {
		const server = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html').end('<html><body>Welcome</body></html>');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const message = await changed(`http://127.0.0.1:${String(port)}`);
		server.closeAllConnections();
		server.close();
		expect(message).toContain('Something answered, but not Switchvox');
	});
});
