import { defaultApps } from '../voipnow.mts';
import { callTo, clientCredentials, jsonOf, refusalIn, startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench();
});
afterEach(() => bench.close());

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
	return bench.send({ method: 'GET', path: `/oauth/authorize.php?${query.toString()}` });
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
	const reply = await bench.askForToken(good);
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
	const reply = await bench.askForToken({ ...good, ...changes });
	expect([reply.status, jsonOf(reply)]).toEqual([status, { error }]);
	expect(bench.pbx.tokensIssued()).toBe(0);
});

test('an authorization code is good once, and its token can be renewed once', async () => {
	const agreed = await authorize();
	const location = new URL(agreed.headers.location ?? '');
	expect([agreed.status, location.origin + location.pathname]).toEqual([302, redirectUri]);
	expect(location.searchParams.get('state')).toBe('0123456789abcdef');
	const form = codeForm(location.searchParams.get('code') ?? '');
	const { refresh_token: refreshToken } = jsonOf(await bench.askForToken(form));
	expect(jsonOf(await bench.askForToken(form))).toEqual({ error: 'invalid_grant' });
	const renewal = { ...form, grant_type: 'refresh_token', refresh_token: String(refreshToken) };
	expect(jsonOf(await bench.askForToken(renewal))).toHaveProperty('access_token');
	expect(jsonOf(await bench.askForToken(renewal))).toEqual({ error: 'invalid_grant' });
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
	expect(jsonOf(await bench.askForToken(form))).toEqual({ error: 'invalid_grant' });
});

test.each([401, 403] as const)('an expired token is told by %i', async (expiredStatus) => {
	const other = await startBench({ expiredStatus });
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
		const reply = await bench.post(callTo(), { headers: { authorization } });
		expect(refusalIn(reply)).toEqual([401, 'access_denied']);
		expect(bench.pbx.rings).toEqual([]);
	},
);

test('no secret is kept of a request', async () => {
	const { headers } = await authorize();
	const code = new URL(headers.location ?? '').searchParams.get('code') ?? '';
	const tokens = jsonOf(await bench.askForToken(codeForm(code)));
	await bench.askForToken({
		...codeForm(''),
		grant_type: 'refresh_token',
		refresh_token: String(tokens.refresh_token),
	});
	await bench.post(callTo());
	const kept = JSON.stringify(bench.pbx.requests);
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
		bench.pbx.fault(fault);
		const reply = await bench.post(callTo());
		expect([reply.status, bench.pbx.rings.length]).toEqual([status, rings]);
	});

	test.each([
		['cut', 0],
		['cutAfterRinging', 2],
		['resetMidReply', 2],
	] as const)('%s', async (fault, rings) => {
		bench.pbx.fault(fault);
		await expect(bench.post(callTo())).rejects.toThrow();
		expect(bench.pbx.rings).toHaveLength(rings);
	});

	test.each([
		['hang', 0],
		['hangAfterRinging', 2],
	] as const)('%s', async (fault, rings) => {
		bench.pbx.fault(fault);
		const signal = AbortSignal.timeout(200);
		await expect(bench.post(callTo(), { signal })).rejects.toThrow();
		expect(bench.pbx.rings).toHaveLength(rings);
	});

	test('of any request, the one for a token among them', async () => {
		bench.pbx.fault({ status: 503 }, { where: 'any', times: 1 });
		expect((await bench.askForToken(good)).status).toBe(503);
		expect((await bench.post(callTo())).status).toBe(202);
	});

	test('refused connections, and a new start', async () => {
		await bench.pbx.refuse();
		await expect(bench.post(callTo())).rejects.toThrow();
		await bench.pbx.listenAgain();
		expect((await bench.post(callTo())).status).toBe(202);
		bench.pbx.reset();
		expect([bench.pbx.rings, bench.pbx.calls, bench.pbx.requests]).toEqual([[], [], []]);
	});
});
