import { explainTokenError } from '../../../../nodes/shared/wire/signIn/token';

const tokenUrl = 'https://pbx.example/oauth/token.php';
const sending = {
	vendorName: 'VoipNow',
	baseUrl: 'https://pbx.example',
	timeoutSeconds: 30,
	tokenUrl,
};
const errorWith = (message: string, members: object = {}) =>
	Object.assign(new Error(message), members);
const wrapped = (cause: unknown) => new Error('wrapped', { cause });

test('an OAuth2 refusal is reported with its code and nothing else of the answer', () => {
	const cause = errorWith('no', { code: 'EAUTH', body: { error: 'invalid_client' } });
	expect(explainTokenError(wrapped(cause), sending)).toMatchObject({
		status: 'refused',
		what: 'VoipNow issued no token (invalid_client).',
	});
	const leaking = errorWith('no', { code: 'EAUTH', body: { error: 'secret=hunter2' } });
	expect(explainTokenError(leaking, sending)?.what).toBe('VoipNow issued no token.');
});

test.each([
	'OAuth credentials not connected',
	'The credential "VoipNow" needs to be reconnected.',
	'OAuth access token expired and no refresh token is available. Please reconnect the credentials.',
	'Unable to sign without access token',
])('no token to use: %s', (message) => {
	expect(explainTokenError(wrapped(errorWith(message)), sending)).toMatchObject({
		status: 'not_sent',
		advice: expect.stringContaining('connect it to VoipNow again'),
	});
});

test.each([
	['a time-out', { code: 'ECONNABORTED', config: { url: tokenUrl } }],
	['a lost connection', { code: 'ECONNRESET', config: { url: tokenUrl } }],
	[
		'a lost connection, with the URL as entered',
		{ code: 'ECONNRESET', config: { url: 'https://PBX.example:443/oauth/token.php' } },
	],
])('%s while requesting a token: no call was sent', (_, members) => {
	expect(explainTokenError(wrapped(errorWith('x', members)), sending)).toMatchObject({
		status: 'not_sent',
		what: 'VoipNow did not answer the request for a token.',
	});
});

test('when n8n cannot get a first token, no call was sent, whatever the cause', () => {
	const error = new Error('Failed to acquire OAuth2 access token: x', {
		cause: errorWith('x', { code: 'ENOTFOUND' }),
	});
	expect(explainTokenError(error, sending)).toMatchObject({
		status: 'not_sent',
		what: 'The host of https://pbx.example was not found.',
	});
});

test('a refused page in place of a token', () => {
	const error = errorWith('HTTP status 404', { code: 'ESTATUS', status: 404, body: '<html>' });
	expect(explainTokenError(error, sending)).toMatchObject({ status: 'not_sent', httpStatus: 404 });
});

test.each([
	[401, 'unauthorized', 'Client ID and Client Secret'],
	[404, 'unreadable_reply', 'Base URL'],
	[429, 'rate_limited', 'Pause between calls'],
	[500, 'server_fault', 'is running as it should'],
	[503, 'server_fault', 'is running as it should'],
])('HTTP %i in place of a token is %s', (status, reason, advice) => {
	const fromClient = errorWith('x', { code: 'ESTATUS', status });
	const fromAxios = errorWith('x', {
		code: 'ERR_BAD_RESPONSE',
		config: { url: tokenUrl },
		response: { status },
	});
	for (const error of [fromClient, wrapped(fromAxios)]) {
		expect(explainTokenError(error, sending)).toMatchObject({
			status: 'not_sent',
			reason,
			what: `${tokenUrl} answered without a token (HTTP ${String(status)}).`,
			advice: expect.stringContaining(advice),
			httpStatus: status,
		});
	}
});

test('an error about the call itself is not about tokens', () => {
	const config = { url: 'https://pbx.example/uapi/phoneCalls/@me/simple' };
	for (const code of ['ECONNABORTED', 'ECONNRESET', 'ECONNREFUSED']) {
		expect(explainTokenError(errorWith('x', { code, config }), sending)).toBeUndefined();
	}
	expect(explainTokenError('text', sending)).toBeUndefined();
});

test('a vendor without tokens has no token errors', () => {
	const without = { vendorName: 'VoipNow', baseUrl: 'https://pbx.example', timeoutSeconds: 30 };
	expect(explainTokenError(errorWith('x', { code: 'EAUTH' }), without)).toBeUndefined();
});
