import { toFailed } from '../../../../nodes/shared/calling/contract/outcome';
import { type Explanation, NotSent } from '../../../../nodes/shared/wire/reply/explanation';
import { thrownResponse, toHttpResponse } from '../../../../nodes/shared/wire/reply/http';
import { explainError } from '../../../../nodes/shared/wire/reply/noAnswer';
import { explainStatus } from '../../../../nodes/shared/wire/reply/status';

const sending = { vendorName: 'Vendor', baseUrl: 'https://pbx.example', timeoutSeconds: 60 };
/** As n8n passes an error on: wrapped, with the code on a cause. */
const wrapped = (properties: object, name = 'Error') =>
	Object.assign(new Error('x'), { cause: Object.assign(new Error('y'), { name }, properties) });

test.each([
	['ENOTFOUND', 'was not found'],
	['EAI_AGAIN', 'was not found'],
	['ECONNREFUSED', 'refused the connection'],
	['EHOSTUNREACH', 'cannot be reached'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)'],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'is not trusted'],
	['CERT_HAS_EXPIRED', 'is not trusted'],
	['UNABLE_TO_GET_CRL', 'is not trusted'],
	['CRL_HAS_EXPIRED', 'is not trusted'],
	['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'is not trusted'],
	['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'is not trusted'],
	['EPROTO', 'https server'],
	['ERR_TLS_INVALID_PROTOCOL_VERSION', 'https server'],
])('%s proves that nothing was sent', (code, text) => {
	const explanation = explainError(wrapped({ code }), sending);
	expect(explanation).toMatchObject({ status: 'not_sent', what: expect.stringContaining(text) });
});

test.each([
	['ECONNREFUSED', 'not_sent', 'connection_refused'],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'not_sent', 'certificate'],
	['ENOTFOUND', 'not_sent', 'host_not_found'],
	['ECONNRESET', 'unknown', 'connection_lost'],
	['502', 'unknown', 'connection_lost'],
])('%s in place of a status, as in older versions of n8n, is %s', (httpCode, status, reason) => {
	const error = Object.assign(new Error('The service refused'), { httpCode });
	expect(explainError(error, sending)).toMatchObject({ status, reason });
});

test.each([
	['ECONNRESET', 'lost before its answer came (ECONNRESET)'],
	['EPIPE', 'lost'],
	['ECONNABORTED', 'within 60 seconds'],
	['ETIMEDOUT', 'within 60 seconds'],
	['ERR_CANCELED', 'stopped while Vendor'],
	['SOMETHING_NEW', 'lost'],
])('%s proves nothing', (code, text) => {
	const explanation = explainError(wrapped({ code }), sending);
	expect(explanation).toMatchObject({ status: 'unknown', what: expect.stringContaining(text) });
});

test.each(['ETIMEDOUT', 'ECONNRESET', 'EACCES'])(
	'%s while connecting proves that nothing was sent',
	(code) => {
		const error = Object.assign(new Error(), { code, cause: { code, syscall: 'connect' } });
		expect(explainError(error, sending).status).toBe('not_sent');
	},
);

describe('in the TLS handshake, nothing was sent', () => {
	/** As Node reports it; nothing else with this code has the address. */
	const cut = { code: 'ECONNRESET', path: null, host: 'pbx.example', localAddress: undefined };
	/** As an HTTP client's error refers to the socket. */
	const shaking = { request: { socket: { secureConnecting: true } } };

	test.each([
		['the connection ends', cut, 'tls'],
		['the connection is reset', { code: 'ECONNRESET', syscall: 'read', ...shaking }, 'tls'],
		['OpenSSL refuses', { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', ...shaking }, 'tls'],
		['it takes too long', { code: 'ECONNABORTED', ...shaking }, 'unreachable'],
		['the execution is stopped', { code: 'ERR_CANCELED', ...shaking }, 'canceled'],
		['the certificate is wrong', { code: 'CERT_HAS_EXPIRED', ...shaking }, 'certificate'],
	])('%s', (_how, properties, reason) => {
		expect(explainError(wrapped(properties), sending)).toMatchObject({
			status: 'not_sent',
			reason,
		});
	});

	test.each([
		['an established connection', { code: 'ECONNRESET', syscall: 'read' }],
		[
			'a finished handshake',
			{ code: 'ECONNRESET', request: { socket: { secureConnecting: false } } },
		],
		['an unknown socket', { code: 'ECONNABORTED', request: {} }],
	])('%s proves nothing', (_how, properties) => {
		expect(explainError(wrapped(properties), sending).status).toBe('unknown');
	});
});

test('a connection that is lost over http suggests https', () => {
	const { advice } = explainError(wrapped({ code: 'ECONNRESET' }), {
		...sending,
		baseUrl: 'http://pbx.example',
	});
	expect(advice).toContain('If Vendor expects https there, change it to https://');
	expect(explainError(wrapped({ code: 'ECONNRESET' }), sending).advice).not.toContain('http');
});

test('no message contains the word that makes n8n mark the execution as canceled', () => {
	for (const code of ['ERR_CANCELED', 'ABORT_ERR']) {
		expect(explainError({ code }, sending).what).not.toContain('canceled');
	}
});

test.each([
	['EHOSTUNREACH', 'read'],
	['ECONNREFUSED', 'read'],
	['ENETUNREACH', 'write'],
])('%s on an established connection (%s) proves nothing', (code, syscall) => {
	expect(explainError(wrapped({ code, syscall }), sending).status).toBe('unknown');
});

test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])(
	'%s can come after the request',
	(code) => {
		expect(explainError(wrapped({ code }), sending).status).toBe('unknown');
	},
);

test.each(['SsrfBlockedIpError', 'SsrfBlockedHostnameError'])(
	'%s of n8n proves that nothing was sent',
	(name) => {
		const explanation = explainError(wrapped({}, name), sending);
		expect(explanation).toMatchObject({
			status: 'not_sent',
			what: expect.stringContaining('policy'),
		});
	},
);

test.each([undefined, null, 'text', new Error('DEPTH_ZERO_SELF_SIGNED_CERT ECONNREFUSED')])(
	'without a code nothing is proven, whatever the text says: %s',
	(error) => {
		expect(explainError(error, sending).status).toBe('unknown');
	},
);

test('what is thrown before a request comes out unchanged', () => {
	const explanation: Explanation = {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'invalid_credential',
		what: 'What.',
		advice: 'Do.',
		httpStatus: null,
	};
	const error = Object.assign(new Error(), { cause: new NotSent(explanation) });
	expect(explainError(error, sending)).toBe(explanation);
});

test('what is thrown before a request is found where older versions of n8n keep it; an imitation is not', () => {
	const thrown = new NotSent({
		kind: 'explanation',
		status: 'not_sent',
		reason: 'certificate',
		what: 'What happened.',
		advice: 'What to do.',
		httpStatus: null,
	});
	const asOlder = (data: object) => Object.assign(new Error('x'), { context: { data } });
	expect(explainError(asOlder(thrown.response.data), sending)).toBe(thrown.explanation);
	const imitation = JSON.parse(JSON.stringify(thrown.response.data)) as object;
	expect(explainError(asOlder(imitation), sending).status).toBe('unknown');
});

test('a circular chain of causes ends', () => {
	const error: { cause?: unknown } = {};
	error.cause = error;
	expect(explainError(error, sending).status).toBe('unknown');
});

test('the response to a 401 is found on its error, and no other is', () => {
	const response = { status: 401, headers: { 'WWW-Authenticate': ['a', 'b'] }, data: 'x' };
	const { status, headers, data: body } = response;
	expect(thrownResponse(wrapped({ response }), [401])).toEqual({ status, headers, body });
	expect(thrownResponse(wrapped({ response: {} }), [401])).toBeUndefined();
	expect(
		thrownResponse(wrapped({ response: { ...response, status: 200 } }), [401]),
	).toBeUndefined();
	expect(thrownResponse(undefined, [401])).toBeUndefined();
});

test('a response has lower-case headers, and the request that it answers', () => {
	const asked = { baseUrl: 'https://pbx.example', path: '/call' };
	const headers = { 'WWW-Authenticate': ['a', 'b'] };
	expect(toHttpResponse({ status: 401, headers, body: 'x' }, asked)).toEqual({
		status: 401,
		headers: { 'www-authenticate': 'a, b' },
		body: 'x',
		asked,
	});
	expect(toHttpResponse({ status: '401', headers, body: 'x' }, asked)).toBeUndefined();
});

describe('statuses', () => {
	const explain = (status: number, headers = {}) =>
		explainStatus({ status, headers, body: '' }, 'Vendor', { 418: 'Tea.' });

	test.each([200, 201, 202, 204])('%i leaves the verdict to the body', (status) => {
		expect(explain(status)).toBeUndefined();
	});
	test.each([400, 401, 403, 404, 407, 422, 429])('%i is refused', (status) => {
		expect(explain(status)).toMatchObject({ status: 'refused', httpStatus: status });
	});
	test.each([100, 408, 500, 502, 503, 504, 599, 0])('%i proves nothing', (status) => {
		expect(explain(status)).toMatchObject({ status: 'unknown', httpStatus: status });
	});
	describe('redirects', () => {
		const baseUrl = 'http://pbx.example/pbx';
		const path = '/call?v=3';
		const redirect = (status: number, location?: string) =>
			explainStatus(
				{
					status,
					headers: location === undefined ? {} : { location },
					body: '',
					asked: { baseUrl, path },
				},
				'Vendor',
			);

		test.each([
			[307, '/login'],
			[308, undefined],
			[301, 'https://pbx.example/pbx/call?v=3'],
			[302, 'https://pbx.example/pbx/call'],
			[302, 'http://other.example/pbx/call?v=3'],
			[301, 'http://pbx.example:8080/pbx/call?v=3'],
			[301, '//other.example/pbx/call?v=3'],
		])('%i to %s was certainly not acted on', (status, location) => {
			expect(redirect(status, location)).toMatchObject({
				status: 'not_sent',
				reason: 'redirected',
				httpStatus: status,
			});
		});

		test.each([
			[300, 'https://pbx.example/pbx/call?v=3'],
			[303, 'https://pbx.example/pbx/call?v=3'],
			[304, undefined],
			[305, 'https://pbx.example/pbx/call?v=3'],
			[399, undefined],
			[301, undefined],
			[301, ''],
			[302, 'http://['],
			[302, '/login'],
			[302, 'call?v=3'],
			[301, 'http://pbx.example/pbx/call?v=3'],
			[302, 'https://pbx.example/pbx/call?v=4'],
			[302, 'https://pbx.example/call?v=3'],
		])('%i to %s may have been acted on', (status, location) => {
			expect(redirect(status, location)).toMatchObject({
				status: 'unknown',
				reason: 'redirected',
				httpStatus: status,
			});
		});

		test('without the request, nothing is certain', () => {
			expect(explain(301, { location: 'https://other.example/' })?.status).toBe('unknown');
		});

		test.each([
			'https://user:hunter2@other.example/login?session=hunter2#hunter2',
			'//other.example/login;jsessionid=hunter2?x',
			'https://other.example/login%3bhunter2',
		])('%s is reported without its secrets', (location) => {
			const { what } = redirect(302, location) ?? { what: '' };
			expect(what).toMatch(/ to https?:\/\/other\.example\/login\.$/);
			expect(what).not.toContain('hunter2');
		});
	});

	test.each([404, 405])('%i suggests removing the path from Base URL', (status) => {
		const at = (baseUrl: string) =>
			explainStatus({ status, headers: {}, body: '', asked: { baseUrl, path: '/call' } }, 'Vendor')
				?.advice;
		expect(at('https://pbx.example/admin/main.html')).toBe(
			'Base URL in the credential has a path. Remove everything after the host: https://pbx.example.',
		);
		expect(at('https://pbx.example')).not.toContain('Leave off');
	});

	test("the vendor's known meaning comes first", () => {
		expect(explain(418)?.advice).toBe('Tea.');
	});
});

test('a failure says what happened to the call', () => {
	const base = {
		kind: 'explanation',
		reason: 'server_fault',
		what: 'What.',
		advice: 'Do.',
		httpStatus: 503,
	} as const;
	expect(toFailed({ ...base, status: 'unknown' }, 'look here')).toMatchObject({
		reason: 'server_fault',
		message: 'What. The call may have been placed.',
		advice: 'Before dialing again, look here. Do.',
		httpStatus: 503,
	});
	expect(toFailed({ ...base, status: 'not_sent' }, 'look here')).toMatchObject({
		message: 'What. No call was placed.',
		advice: 'Do.',
	});
});
