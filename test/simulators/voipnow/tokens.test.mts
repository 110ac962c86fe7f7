import { until } from '../../until.mts';
import { defaultApps } from '../voipnow.mts';
import { callTo, clientCredentials, jsonOf, refusalIn, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});
afterEach(() => setup.close());

const { user, untrusted } = defaultApps;
const good = clientCredentials(user);
const redirectUri = 'https://n8n.example/rest/oauth2-credential/callback';

async function authorize(changes: Readonly<Record<string, string>> = {}) {
	const query = new URLSearchParams({
		response_type: 'code',
		client_id: untrusted.clientId,
		redirect_uri: redirectUri,
		state: '0123456789abcdef',
		...changes,
	});
	return setup.send({ method: 'GET', path: `/oauth/authorize.php?${query.toString()}` });
}

function codeForm(code: string): Record<string, string> {
	return {
		grant_type: 'authorization_code',
		code,
		redirect_uri: redirectUri,
		client_id: untrusted.clientId,
		client_secret: untrusted.clientSecret,
	};
}

test('client credentials give a token', async () => {
	const reply = await setup.askForToken(good);
	expect(jsonOf(reply)).toEqual({
		access_token: expect.stringMatching(/^[0-9a-f]{40}$/),
		token_type: 'Bearer',
		expires_in: 7200,
	});
});

test.each([
	['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
	['an unknown App', { client_id: 'nobody' }, 401, 'invalid_client'],
	['no type', { type: '' }, 400, 'invalid_request'],
	['no redirect_uri', { redirect_uri: '' }, 400, 'invalid_request'],
	['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
	['an App that is not trusted', clientCredentials(untrusted), 400, 'unauthorized_client'],
])('%s is refused', async (_, changes, status, error) => {
	const reply = await setup.askForToken({ ...good, ...changes });
	expect([reply.status, jsonOf(reply)]).toEqual([status, { error }]);
	expect(setup.pbx.tokensIssued()).toBe(0);
});

test('an authorization code is good once, and its token can be renewed once', async () => {
	const agreed = await authorize();
	const location = new URL(agreed.headers.location ?? '');
	expect([agreed.status, location.origin + location.pathname]).toEqual([302, redirectUri]);
	expect(location.searchParams.get('state')).toBe('0123456789abcdef');
	const form = codeForm(location.searchParams.get('code') ?? '');
	const { refresh_token: refreshToken } = jsonOf(await setup.askForToken(form));
	expect(jsonOf(await setup.askForToken(form))).toEqual({ error: 'invalid_grant' });
	const renewal = { ...form, grant_type: 'refresh_token', refresh_token: String(refreshToken) };
	expect(jsonOf(await setup.askForToken(renewal))).toHaveProperty('access_token');
	expect(jsonOf(await setup.askForToken(renewal))).toEqual({ error: 'invalid_grant' });
});

test.each([
	['a short state', { state: '123' }],
	['another response type', { response_type: 'token' }],
	['an unknown App', { client_id: 'nobody' }],
	['no address to go back to', { redirect_uri: '' }],
])('authorization with %s is refused', async (_, changes) => {
	expect((await authorize(changes)).status).toBe(400);
});

test('a code goes with its own redirect_uri', async () => {
	const { headers } = await authorize();
	const code = new URL(headers.location ?? '').searchParams.get('code') ?? '';
	const form = { ...codeForm(code), redirect_uri: 'https://other.example' };
	expect(jsonOf(await setup.askForToken(form))).toEqual({ error: 'invalid_grant' });
});

test.each([401, 403] as const)('an expired token is answered with %i', async (expiredStatus) => {
	const other = await setUp({ expiredStatus });
	const authorization = `Bearer ${await other.tokenFor(user)}`;
	other.pbx.expireTokens();
	const reply = await other.post(callTo(), { headers: { authorization } });
	const fresh = await other.post(callTo());
	await other.close();
	expect(refusalIn(reply)).toEqual([expiredStatus, 'access_denied']);
	expect(fresh.status).toBe(202);
});

test.each(['', 'Bearer', 'Bearer nothing', 'Basic YTpi'])(
	'no token: "%s"',
	async (authorization) => {
		const reply = await setup.post(callTo(), { headers: { authorization } });
		expect(refusalIn(reply)).toEqual([401, 'access_denied']);
		expect(setup.pbx.rings).toEqual([]);
	},
);

test('no secret is kept of a request', async () => {
	const { headers } = await authorize();
	const code = new URL(headers.location ?? '').searchParams.get('code') ?? '';
	const tokens = jsonOf(await setup.askForToken(codeForm(code)));
	await setup.askForToken({
		...codeForm(''),
		grant_type: 'refresh_token',
		refresh_token: String(tokens.refresh_token),
	});
	await setup.post(callTo());
	const kept = JSON.stringify(setup.pbx.requests);
	expect(kept).toContain('client_secret=[removed]');
	for (const secret of [code, tokens.access_token, tokens.refresh_token]) {
		expect(kept).not.toContain(String(secret));
	}
	expect(kept).not.toMatch(/secret(?:\+| |%20)of/);
	expect(kept).toContain('"authorization":"Bearer [removed]"');
});

describe('faults', () => {
	test.each([
		['html', 0, 200],
		['truncated', 2, 202],
		['garbage', 2, 200],
		['empty', 2, 200],
		[{ status: 500 }, 0, 500],
		[{ status: 502, rings: true }, 2, 502],
		[{ redirect: 'https://other.example' }, 0, 302],
		[{ body: '{}' }, 2, 200],
	] as const)('%j', async (fault, rings, status) => {
		setup.pbx.fault(fault);
		const reply = await setup.post(callTo());
		expect([reply.status, setup.pbx.rings.length]).toEqual([status, rings]);
	});

	test.each([
		['cut', 0],
		['cutAfterRinging', 2],
		['resetMidReply', 2],
	] as const)('%s', async (fault, rings) => {
		setup.pbx.fault(fault);
		await expect(setup.post(callTo())).rejects.toThrow();
		expect(setup.pbx.rings).toHaveLength(rings);
	});

	test.each([
		['hang', 0],
		['hangAfterRinging', 2],
	] as const)('%s', async (fault, rings) => {
		setup.pbx.fault(fault);
		const { pbx } = setup;
		const abort = new AbortController();
		const ended = expect(setup.post(callTo(), { signal: abort.signal })).rejects.toThrow();
		const before = pbx.requests.length;
		await until(() => pbx.requests.length > before && pbx.rings.length === rings);
		await new Promise((resolve) => setTimeout(resolve, 50));
		abort.abort();
		await ended;
		expect(setup.pbx.rings).toHaveLength(rings);
	});

	test('of any request, the one for a token among them', async () => {
		setup.pbx.fault({ status: 503 }, { where: 'any', times: 1 });
		expect((await setup.askForToken(good)).status).toBe(503);
		expect((await setup.post(callTo())).status).toBe(202);
	});

	test('refused connections, and a new start', async () => {
		await setup.pbx.refuse();
		await expect(setup.post(callTo())).rejects.toThrow();
		await setup.pbx.listenAgain();
		expect((await setup.post(callTo())).status).toBe(202);
		setup.pbx.reset();
		expect([setup.pbx.rings, setup.pbx.calls, setup.pbx.requests]).toEqual([[], [], []]);
	});
});
