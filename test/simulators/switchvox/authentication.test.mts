import { attributesOf, basic, digest, errorsIn, readChallenge } from '../client.mts';
import type { DigestChallenge, Login, Reply } from '../client.mts';
import { defaultAccounts } from '../switchvox.mts';
import type { Account, SwitchvoxOptions } from '../switchvox.mts';
import { callXml, requestXml, setUp, xmlHeaders } from './testing.mts';
import type { Setup } from './testing.mts';

const { admin, readonly, user } = defaultAccounts;
let setup: Setup;

afterEach(() => setup.close());

async function start(options: SwitchvoxOptions = {}): Promise<Setup> {
	setup = await setUp(options);
	return setup;
}

const xmlType = { 'content-type': 'application/xml' };

function send(headers: Record<string, string>, body = callXml()): Promise<Reply> {
	return setup.send({ body, headers });
}

function expectNoRing(reply: Reply, status: number): void {
	expect(reply.status).toBe(status);
	expect(setup.pbx.rings).toEqual([]);
}

describe('HTTP', () => {
	beforeEach(() => start());

	test.each([
		'application/xml',
		'application/xml; charset=UTF-8',
		'Application/XML;charset="utf-8"',
		"application/xml; encoding='utf8'",
	])('Content-Type %s is accepted', async (type) => {
		const reply = await send({ ...xmlHeaders(admin), 'content-type': type });
		expect(errorsIn(reply)).toEqual([]);
		expect(setup.pbx.rings).toHaveLength(2);
	});

	test.each([
		'text/xml',
		'text/xml; charset=utf-8',
		'application/json',
		'application/xml; charset=iso-8859-1',
		'application/xmlx',
		'',
	])('Content-Type "%s" is answered as an authentication error', async (type) => {
		const reply = await send({ ...xmlHeaders(admin), 'content-type': type });
		expectNoRing(reply, 401);
		expect(reply.headers['www-authenticate']).toBe('Basic realm="Switchvox"');
	});

	test.each(['/', '/xml/', '/xml?v=1', '/XML', '/json', '/xml/x'])(
		'%s does not exist',
		async (path) => {
			expectNoRing(await setup.send({ path, body: callXml(), headers: xmlHeaders(admin) }), 404);
		},
	);

	test.each(['PUT', 'HEAD'] as const)('%s is not allowed', async (method) => {
		const reply = await setup.send({ method, headers: xmlHeaders(admin) });
		expectNoRing(reply, 405);
		expect(reply.headers.allow).toBe('GET, POST');
	});

	test('GET with credentials answers that the request was empty', async () => {
		const reply = await setup.send({ method: 'GET', headers: { authorization: basic(admin) } });
		expect(reply.status).toBe(200);
		expect(errorsIn(reply)).toEqual(['99001 request XML was empty']);
		expectNoRing(await setup.send({ method: 'GET' }), 401);
	});
});

describe('Basic', () => {
	beforeEach(() => start());

	test('nothing is accepted without credentials', async () => {
		const reply = await send(xmlType);
		expectNoRing(reply, 401);
		expect(reply.headers['www-authenticate']).toBe('Basic realm="Switchvox"');
	});

	test.each([
		['a wrong password', basic({ ...admin, password: 'x' }), 403],
		['an unknown user', basic({ username: 'nobody', password: admin.password }), 403],
		['a user name in another case', basic({ ...admin, username: 'Admin' }), 403],
		['no colon', `Basic ${Buffer.from('admin').toString('base64')}`, 401],
		['no Base64', 'Basic admin:test', 401],
		['Base64 without padding', basic(admin).replace(/=+$/, ''), 401],
		['nothing after the scheme', 'Basic', 401],
		['a bearer token', 'Bearer abc', 401],
		['a Digest answer', digest(admin, { realm: 'Switchvox', nonce: 'n' }), 401],
	])('%s', async (_, authorization, status) => {
		expect(authorization).not.toBe(basic(admin));
		expectNoRing(await send({ ...xmlType, authorization }), status);
	});

	test('a password may hold colons, quotes and letters beyond ASCII', async () => {
		await setup.close();
		const tricky: Account = { ...admin, password: 'pä:ss "wörd\\ 鍵' };
		await start({ accounts: [tricky] });
		expect((await send(xmlHeaders(tricky))).status).toBe(200);
		expect((await send(xmlHeaders(admin))).status).toBe(403);
	});
});

async function challengeOf(reply: Promise<Reply>): Promise<DigestChallenge> {
	const refused = await reply;
	expectNoRing(refused, 401);
	return readChallenge(refused);
}

describe('Digest', () => {
	const post = (login: Login, challenge: DigestChallenge, nc?: string | null) =>
		send({ ...xmlType, authorization: digest(login, challenge, nc) });

	test.each(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'] as const)('%s', async (algorithm) => {
		await start({ authentication: 'digest', digest: { algorithm } });
		const challenge = await challengeOf(send(xmlType));
		expect(challenge).toMatchObject({ realm: 'Switchvox', qop: 'auth', algorithm });
		expect((await post(admin, challenge)).status).toBe(200);
		expect((await post(admin, challenge, '0000000a')).status).toBe(200);
		expect(setup.pbx.calls).toHaveLength(2);
	});

	test('without qop, as in RFC 2069', async () => {
		await start({ authentication: 'digest', digest: { qop: false } });
		const challenge = await challengeOf(send(xmlType));
		expect(Object.keys(challenge)).toEqual(['realm', 'nonce']);
		expect((await post(admin, challenge, null)).status).toBe(200);
		expect((await post(admin, challenge, null)).status).toBe(200);
		expect((await post(admin, challenge)).status).toBe(401);
	});

	test('a wrong password or an unknown user is 403', async () => {
		await start({ authentication: 'digest' });
		const challenge = await challengeOf(send(xmlType));
		expectNoRing(await post({ ...admin, password: 'x' }, challenge), 403);
		expectNoRing(await post({ ...admin, username: 'nobody' }, challenge), 403);
	});

	test('Basic credentials are challenged', async () => {
		await start({ authentication: 'digest' });
		expect(await challengeOf(send(xmlHeaders(admin)))).toMatchObject({ algorithm: 'MD5' });
	});

	test('a replay, nine digits of nc and another uri are challenged', async () => {
		await start({ authentication: 'digest' });
		const challenge = await challengeOf(send(xmlType));
		const authorization = digest(admin, challenge, '00000002');
		expect((await send({ ...xmlType, authorization })).status).toBe(200);
		setup.pbx.reset();
		expect((await challengeOf(send({ ...xmlType, authorization }))).stale).toBeUndefined();
		await challengeOf(post(admin, challenge, '00000001'));
		await challengeOf(post(admin, challenge, '000000003'));
		const elsewhere = digest(admin, challenge, '00000003', '/json');
		await challengeOf(send({ ...xmlType, authorization: elsewhere }));
		expect((await post(admin, challenge, '00000003')).status).toBe(200);
	});

	test('a nonce becomes stale after its lifetime', async () => {
		await start({ authentication: 'digest', digest: { nonceLifetimeRequests: 2 } });
		const first = await challengeOf(send(xmlType));
		expect((await post(admin, first, '00000001')).status).toBe(200);
		expect((await post(admin, first, '00000002')).status).toBe(200);
		setup.pbx.reset();
		const second = await challengeOf(post(admin, first, '00000003'));
		expect(second.stale).toBe('true');
		expect(second.nonce).not.toBe(first.nonce);
		expect((await post(admin, second)).status).toBe(200);
	});

	test('expireNonces makes a nonce stale, but for who has the wrong password', async () => {
		await start({ authentication: 'digest' });
		const challenge = await challengeOf(send(xmlType));
		setup.pbx.expireNonces();
		const wrong = await challengeOf(post({ ...admin, password: 'x' }, challenge));
		expect(wrong.stale).toBeUndefined();
		expect((await challengeOf(post(admin, challenge))).stale).toBe('true');
	});
});

test('an upgrade changes the authentication', async () => {
	await start({ authentication: 'digest' });
	const challenge = await challengeOf(send(xmlType));
	const version = requestXml('switchvox.info.getSoftwareVersion', '');
	const reply = await send({ ...xmlType, authorization: digest(admin, challenge) }, version);
	expect(attributesOf(reply, 'software')[0]?.version_display).toBe('6.3.6');

	setup.pbx.changeAuthentication('basic');
	const refused = await send({ ...xmlType, authorization: digest(admin, challenge) });
	expectNoRing(refused, 401);
	expect(refused.headers['www-authenticate']).toBe('Basic realm="Switchvox"');
	expect((await send(xmlHeaders(admin))).status).toBe(200);

	setup.pbx.reset();
	setup.pbx.changeAuthentication('digest');
	expect(await challengeOf(send(xmlHeaders(admin)))).toMatchObject({ qop: 'auth' });
});

describe('rights', () => {
	beforeEach(() => start());
	const notPermitted = ['27168 Your account is not permitted to run this action.'];
	const usersCall = requestXml(
		'switchvox.users.call',
		'<dial_first>101</dial_first><dial_second>301</dial_second><account_id>1106</account_id>',
	);
	const adminQueries = ['extensions.search', 'currentCalls.getList', 'info.getSoftwareVersion'];

	test('an administrator may not use what is for extensions', async () => {
		for (const body of [usersCall, requestXml('switchvox.users.getMyInfo', '')]) {
			expect(errorsIn(await setup.post(body, admin))).toEqual(notPermitted);
		}
		expect(setup.pbx.rings).toEqual([]);
	});

	test('read-only administrators may read and not call', async () => {
		for (const name of adminQueries) {
			const reply = await setup.post(requestXml(`switchvox.${name}`, ''), readonly);
			expect(errorsIn(reply)).toEqual([]);
		}
		const reply = await setup.post(callXml(), readonly);
		expect(errorsIn(reply)).toEqual(notPermitted);
		expectNoRing(reply, 200);
	});

	test('an extension may use nothing but switchvox.users', async () => {
		for (const name of ['call', 'extensions.getInfo', ...adminQueries]) {
			const reply = await setup.post(requestXml(`switchvox.${name}`, ''), user);
			expect(errorsIn(reply)).toEqual(notPermitted);
		}
		expect(errorsIn(await setup.post(usersCall, user))).toEqual([]);
		expect(setup.pbx.rings).toHaveLength(2);
	});

	test('the access control list answers 403 to right credentials', async () => {
		await setup.close();
		await start({ blocked: ['admin'] });
		expectNoRing(await setup.post(callXml(), admin), 403);
		expect((await setup.post(requestXml('switchvox.users.getMyInfo', ''), user)).status).toBe(200);

		await setup.close();
		await start({ blocked: ['user'] });
		expectNoRing(await setup.post(usersCall, user), 403);
		expect((await setup.post(callXml(), admin)).status).toBe(200);
	});
});

describe('the recorded requests', () => {
	test('tell of every request and hold no secret', async () => {
		await start();
		await send(xmlType);
		await send(xmlHeaders({ ...admin, password: 'secret-1' }));
		await send({ ...xmlType, authorization: 'secret-2' });
		await send({ ...xmlType, authorization: 'Bearer secret-3' });
		await send(xmlHeaders(admin));
		const { requests } = setup.pbx;
		expect(
			requests.map(({ method, path, body, status, headers }) => [
				method,
				path,
				body,
				status,
				headers.authorization,
			]),
		).toEqual([
			['POST', '/xml', callXml(), 401, undefined],
			['POST', '/xml', callXml(), 403, 'Basic (removed)'],
			['POST', '/xml', callXml(), 401, '(removed)'],
			['POST', '/xml', callXml(), 401, '(removed)'],
			['POST', '/xml', callXml(), 200, 'Basic (removed)'],
		]);
		const recorded = JSON.stringify(requests);
		expect(recorded).not.toContain('secret');
		expect(recorded).not.toContain(basic(admin).slice(6));
	});

	test("keep a Digest answer's nonce and nc", async () => {
		await start({ authentication: 'digest' });
		const challenge = await challengeOf(send(xmlType));
		await send({ ...xmlType, authorization: digest(admin, challenge, '0000000f') });
		expect(setup.pbx.requests[1]?.headers.authorization).toBe(
			`Digest nonce="${challenge.nonce}", nc=0000000f`,
		);
	});
});
