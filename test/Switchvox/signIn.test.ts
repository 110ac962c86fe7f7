import { authorizationFor, chooseChallenge } from '../../nodes/Switchvox/signIn';
import type { HttpResponse } from '../../nodes/shared/wire/http';

const answer = (status: number, header?: string): HttpResponse => ({
	status,
	headers: header === undefined ? {} : { 'www-authenticate': header },
	body: '',
});
const digest = 'Digest realm="Switchvox", nonce="a,b=", qop="auth"';
const request = { method: 'POST', uri: '/xml' };
const admin = { username: 'admin', password: 'test:päss' };

test.each([
	['auto', 'Basic realm="x"', 'Basic'],
	['auto', digest, digest],
	['auto', `Basic realm="x", ${digest}`, `Basic realm="x", ${digest}`],
	['basic', 'Basic realm="x"', 'Basic'],
	['basic', undefined, 'Basic'],
	['digest', digest, digest],
] as const)('%s asked for %s', (authentication, header, challenge) => {
	expect(chooseChallenge(answer(401, header), authentication)).toBe(challenge);
});

test.each([
	['digest', 'Basic realm="x"'],
	['digest', undefined],
	['digest', 'Digest realm="x"'],
	['basic', digest],
	['auto', undefined],
	['auto', 'Negotiate'],
	['auto', 'Digest realm="x", nonce="y", algorithm=UNKNOWN'],
] as const)('%s cannot answer %s', (authentication, header) => {
	expect(chooseChallenge(answer(401, header), authentication)).toMatchObject({
		status: 'not_sent',
		reason: 'invalid_credential',
		advice: expect.stringMatching(/^Check Base URL in the credential\. .* set Authentication to/),
	});
});

test.each(['auto', 'digest'] as const)(
	'%s: a page that does not ask for a sign-in gets no password',
	(authentication) => {
		for (const header of [undefined, 'Basic realm="x"', digest]) {
			expect(chooseChallenge(answer(200, header), authentication)).toMatchObject({
				status: 'not_sent',
				reason: 'unreadable_reply',
				what: expect.stringContaining('but not Switchvox: it asked for no sign-in (HTTP 200)'),
			});
		}
	},
);

test.each([
	[403, 'refused'],
	[404, 'refused'],
	[302, 'not_sent'],
	[500, 'not_sent'],
])('HTTP %i before the sign-in is %s: no call was sent', (status, outcome) => {
	expect(chooseChallenge(answer(status), 'auto')).toMatchObject({ status: outcome });
});

test('no answer before the sign-in proves that nothing was sent, even a time-out', () => {
	const explanation = {
		kind: 'explanation',
		status: 'unknown',
		reason: 'timed_out',
		what: 'x',
		advice: 'y',
		httpStatus: null,
	} as const;
	expect(chooseChallenge(explanation, 'auto')).toMatchObject({ status: 'not_sent' });
});

test('Basic carries user name and password as UTF-8', () => {
	const [, pair = ''] = String(authorizationFor('Basic', admin, request)).split(' ');
	expect(Buffer.from(pair, 'base64').toString('utf8')).toBe('admin:test:päss');
});

test('Digest counts the uses of its nonce, and does not send the password', () => {
	const headers = [digest, digest].map((one) => String(authorizationFor(one, admin, request)));
	expect(headers.map((header) => /nc=(\w+)/.exec(header)?.[1])).toEqual(['00000001', '00000002']);
	expect(headers.join()).not.toContain('päss');
});

test.each([
	['digest', 'Basic'],
	['digest', 'Basic realm="x"'],
	['digest', 'undefined'],
	['digest', ''],
	['basic', digest],
	['auto', 'undefined'],
	['auto', ''],
	['auto', 'Basic realm="x"'],
	['auto', 'Digest realm="x"'],
])('%s: %j is not answered, least of all with Basic', (authentication, challenge) => {
	const authorization = authorizationFor(challenge, { ...admin, authentication }, request);
	expect(authorization).toMatchObject({ status: 'not_sent', reason: 'invalid_credential' });
});
