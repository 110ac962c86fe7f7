import { EnswitchApi } from '../../../../credentials/EnswitchApi.credentials';
import { IovoxApi } from '../../../../credentials/IovoxApi.credentials';
import { SwitchvoxApi } from '../../../../credentials/SwitchvoxApi.credentials';
import { NotSent } from '../../../../nodes/shared/wire/reply/explanation';

const secret = 'hunter2';
const credential = {
	baseUrl: 'https://pbx.example:8443/api',
	environment: 'custom',
	username: 'ann',
	password: secret,
	secureKey: secret,
	authentication: 'basic',
};
const form = { method: 'POST', form: { a: 'b' } } as const;
const credentials = [new SwitchvoxApi(), new IovoxApi(), new EnswitchApi()] as const;

describe.each(credentials.map((one) => [one.name, one] as const))('%s', (_, { authenticate }) => {
	const sign = async (request: object, data: object = credential) =>
		await authenticate({ ...credential, ...data }, { ...form, ...request } as never);

	test.each<[string, object]>([
		['a url', { url: 'https://pbx.example:8443/anything' }],
		['a uri', { uri: 'https://PBX.example:8443/api/x?y=z' }],
		['a path', { url: '/api', baseURL: 'https://pbx.example:8443' }],
	])('signs %s for its own address, and follows no redirect', async (_how, request) => {
		const signed = await sign(request);
		expect(JSON.stringify(signed)).toMatch(/Authorization|secureKey|auth_password/);
		expect(signed).toMatchObject({
			disableFollowRedirect: true,
			followRedirect: false,
			followAllRedirects: false,
			maxRedirects: 0,
		});
	});

	test.each<[string, object]>([
		['another host', { url: 'https://other.example:8443/api' }],
		['a host with the same beginning', { url: 'https://pbx.example.other.example:8443/api' }],
		['a user name that looks like the host', { url: 'https://pbx.example:8443@other.example/' }],
		['another port', { url: 'https://pbx.example/api' }],
		['http', { url: 'http://pbx.example:8443/api' }],
		[
			'an address in uri, whatever is in url',
			{ uri: 'https://a.example', url: credential.baseUrl },
		],
		['a full address after a base', { url: '//other.example', baseURL: credential.baseUrl }],
		['no address', { url: 'no address' }],
		['nothing', {}],
	])('gives nothing to %s', async (_how, request) => {
		const thrown: unknown = await sign(request).catch((error: unknown) => error);
		expect(thrown).toBeInstanceOf(NotSent);
		expect(thrown).toMatchObject({
			message: expect.stringMatching(
				/at https:\/\/pbx\.example:8443 only; the request is for another address and was not sent\. Send it to/,
			),
			explanation: { status: 'not_sent', reason: 'invalid_settings' },
		});
		expect(JSON.stringify(thrown)).not.toContain(secret);
	});

	test('a base URL that cannot be read signs nothing', async () => {
		const baseUrl = 'https://ann:hunter2/x@pbx.example';
		await expect(sign({ url: baseUrl }, { baseUrl })).rejects.toThrow('holds a user name');
	});
});

describe('Enswitch, as the HTTP Request node sends it', () => {
	const url = credential.baseUrl;
	const sign = async (request: object) =>
		await new EnswitchApi().authenticate(credential, request as never);
	const fields = 'a=b+%26+c&auth_username=ann&auth_password=hunter2';

	test.each<[string, object]>([
		['fields', { form: { a: 'b & c' } }],
		['a text', { body: 'a=b+%26+c' }],
	])('%s becomes a signed form', async (_, request) => {
		const signed = await sign({ url, method: 'POST', ...request });
		expect(signed).toMatchObject({
			body: fields,
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		});
		expect(signed).not.toHaveProperty('form');
	});

	test.each<[string, object]>([
		['a GET', { method: 'GET' }],
		['JSON', { method: 'POST', body: { a: 'b' } }],
		['a form with PUT', { method: 'PUT', form: {} }],
	])('%s is not signed', async (_, request) => {
		await expect(sign({ url, ...request })).rejects.toThrow('only in a form');
	});
});
