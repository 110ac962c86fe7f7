import type { HttpResponse } from '../../nodes/shared/call';
import { authorizationFor, chooseChallenge } from '../../nodes/Switchvox/signIn';

const answer = (status: number, header?: string): HttpResponse => ({
	status,
	headers: header === undefined ? {} : { 'www-authenticate': header },
	body: '',
});
const digest = 'Digest realm="Switchvox", nonce="a,b=", qop="auth"';
const signIn = { username: 'admin', password: 'test:päss', method: 'POST', uri: '/xml' };

test.each([
	['auto', 'Basic realm="x"', 'Basic'],
	['auto', digest, digest],
	['auto', undefined, 'Basic'],
	['basic', 'Basic realm="x"', 'Basic'],
	['digest', digest, digest],
] as const)('%s asked for %s', (authentication, header, challenge) => {
	expect(chooseChallenge(answer(401, header), authentication)).toBe(challenge);
});

test.each([
	['digest', 'Basic realm="x"'],
	['basic', digest],
	['auto', 'Negotiate'],
	['auto', 'Digest realm="x", nonce="y", algorithm=UNKNOWN'],
] as const)('%s cannot answer %s', (authentication, header) => {
	expect(chooseChallenge(answer(401, header), authentication)).toMatchObject({
		status: 'not_sent',
		advice: expect.stringContaining('Automatic'),
	});
});

test.each([
	[403, 'refused'],
	[404, 'refused'],
	[302, 'not_sent'],
	[500, 'not_sent'],
])('HTTP %i ahead of the sign-in is %s: no call was sent', (status, outcome) => {
	expect(chooseChallenge(answer(status), 'auto')).toMatchObject({ status: outcome });
});

test('no answer ahead of the sign-in is certain, a time-out too', () => {
	const explanation = {
		status: 'unknown',
		reason: 'timed_out',
		what: 'x',
		advice: 'y',
		httpStatus: null,
	} as const;
	expect(chooseChallenge(explanation, 'auto')).toMatchObject({ status: 'not_sent' });
});

test('Basic carries user name and password as UTF-8', () => {
	const [, pair = ''] = authorizationFor('Basic', signIn).split(' ');
	expect(Buffer.from(pair, 'base64').toString('utf8')).toBe('admin:test:päss');
});

test('Digest counts the uses of its nonce and does not carry the password', () => {
	const headers = [authorizationFor(digest, signIn), authorizationFor(digest, signIn)];
	expect(headers.map((header) => /nc=(\w+)/.exec(header)?.[1])).toEqual(['00000001', '00000002']);
	expect(headers.join()).not.toContain('päss');
});
