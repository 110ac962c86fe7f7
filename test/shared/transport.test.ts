import {
	explainError,
	explainStatus,
	NotSent,
	thrownResponse,
	toFailed,
	type Explanation,
} from '../../nodes/shared/transport';

const sending = { vendorName: 'Vendor', baseUrl: 'https://pbx.example', timeoutSeconds: 60 };
/** As n8n hands an error on: wrapped, the code on a cause. */
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
	['EPROTO', 'https server'],
])('%s is certain: nothing was sent', (code, text) => {
	const explanation = explainError(wrapped({ code }), sending);
	expect(explanation).toMatchObject({ status: 'not_sent', what: expect.stringContaining(text) });
});

test.each([
	['ECONNRESET', 'lost before its answer came (ECONNRESET)'],
	['EPIPE', 'lost'],
	['ECONNABORTED', 'within 60 seconds'],
	['ETIMEDOUT', 'within 60 seconds'],
	['ERR_CANCELED', 'cancelled'],
	['SOMETHING_NEW', 'lost'],
])('%s leaves it open', (code, text) => {
	const explanation = explainError(wrapped({ code }), sending);
	expect(explanation).toMatchObject({ status: 'unknown', what: expect.stringContaining(text) });
});

test.each(['ETIMEDOUT', 'ECONNRESET', 'EACCES'])('%s while connecting is certain', (code) => {
	const error = Object.assign(new Error(), { code, cause: { code, syscall: 'connect' } });
	expect(explainError(error, sending).status).toBe('not_sent');
});

test.each([
	['EHOSTUNREACH', 'read'],
	['ECONNREFUSED', 'read'],
	['ENETUNREACH', 'write'],
])('%s on a connection that stood (%s) leaves it open', (code, syscall) => {
	expect(explainError(wrapped({ code, syscall }), sending).status).toBe('unknown');
});

test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])(
	'%s can come after the request',
	(code) => {
		expect(explainError(wrapped({ code }), sending).status).toBe('unknown');
	},
);

test.each(['SsrfBlockedIpError', 'SsrfBlockedHostnameError'])('%s of n8n is certain', (name) => {
	const explanation = explainError(wrapped({}, name), sending);
	expect(explanation).toMatchObject({
		status: 'not_sent',
		what: expect.stringContaining('policy'),
	});
});

test.each([undefined, null, 'text', new Error('DEPTH_ZERO_SELF_SIGNED_CERT ECONNREFUSED')])(
	'without a code nothing is certain, whatever the text says: %s',
	(error) => {
		expect(explainError(error, sending).status).toBe('unknown');
	},
);

test('what is thrown ahead of a request comes out as it went in', () => {
	const explanation: Explanation = {
		status: 'not_sent',
		reason: 'invalid_credential',
		what: 'What.',
		advice: 'Do.',
		httpStatus: null,
	};
	const error = Object.assign(new Error(), { cause: new NotSent(explanation) });
	expect(explainError(error, sending)).toBe(explanation);
});

test('an endless chain of causes ends', () => {
	const error: { cause?: unknown } = {};
	error.cause = error;
	expect(explainError(error, sending).status).toBe('unknown');
});

test('the response for a 401 is found on its error, and no other', () => {
	const response = { status: 401, headers: { 'WWW-Authenticate': ['a', 'b'] }, data: 'x' };
	expect(thrownResponse(wrapped({ response }), [401])).toEqual({
		status: 401,
		headers: { 'www-authenticate': 'a, b' },
		body: 'x',
	});
	expect(thrownResponse(wrapped({ response: {} }), [401])).toBeUndefined();
	expect(
		thrownResponse(wrapped({ response: { ...response, status: 200 } }), [401]),
	).toBeUndefined();
	expect(thrownResponse(undefined, [401])).toBeUndefined();
});

describe('statuses', () => {
	const explain = (status: number, headers = {}) =>
		explainStatus({ status, headers, body: '' }, 'Vendor', { 418: 'Tea.' });

	test.each([200, 201, 202, 204])('%i leaves the word to the body', (status) => {
		expect(explain(status)).toBeUndefined();
	});
	test.each([400, 401, 403, 404, 407, 422, 429])('%i is refused', (status) => {
		expect(explain(status)).toMatchObject({ status: 'refused', httpStatus: status });
	});
	test.each([100, 408, 500, 502, 503, 504, 599, 0])('%i leaves it open', (status) => {
		expect(explain(status)).toMatchObject({ status: 'unknown', httpStatus: status });
	});
	test.each([301, 302, 303, 307, 308])('%i was not followed', (status) => {
		const location = 'https://user:hunter2@other.example/login?session=hunter2#hunter2';
		const explanation = explain(status, { location });
		expect(explanation).toMatchObject({ status: 'not_sent', httpStatus: status });
		expect(explanation?.what).toContain('https://other.example/login.');
		expect(explanation?.what).not.toContain('hunter2');
	});
	test('what the vendor is known to mean comes first', () => {
		expect(explain(418)?.advice).toBe('Tea.');
	});
});

test('a failure says what happened to the call', () => {
	const base = { reason: 'server_fault', what: 'What.', advice: 'Do.', httpStatus: 503 } as const;
	expect(toFailed({ ...base, status: 'unknown' }, 'look here')).toMatchObject({
		reason: 'server_fault',
		message: 'What. The call may have been placed.',
		advice: 'Before dialling again, look here. Do.',
		httpStatus: 503,
	});
	expect(toFailed({ ...base, status: 'not_sent' }, 'look here')).toMatchObject({
		message: 'What. No call was placed.',
		advice: 'Do.',
	});
});
