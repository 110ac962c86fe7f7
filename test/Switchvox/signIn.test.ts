import { signIn } from '../../nodes/Switchvox/signIn';
import { type Explanation, isExplanation } from '../../nodes/shared/wire/reply/explanation';
import type { HttpResponse } from '../../nodes/shared/wire/reply/http';
import { knownSession } from '../../nodes/shared/wire/signIn/signIn';

const answer = (status: number, header?: string): HttpResponse => ({
	status,
	headers: header === undefined ? {} : { 'www-authenticate': header },
	body: '',
});
const digest = 'Digest realm="Switchvox", nonce="a,b=", qop="auth"';
const admin = { baseUrl: 'https://pbx.example', username: 'admin', password: 'test:päss' };

const chooseChallenge = (
	to: HttpResponse | Explanation,
	authentication: 'auto' | 'basic' | 'digest',
) => {
	const session = signIn.session?.read(to, { ...admin, authentication });
	return session?.kind === 'session' ? session.value : session;
};

const authorizationFor = (session: string, credential = admin) => {
	const request = { method: 'POST', headers: {} as Readonly<Record<string, string>> };
	const signed = signIn.sign(request, credential, { session, uri: '/xml' });
	return isExplanation(signed) ? signed : String(signed.headers.Authorization);
};

test('only a credential that says Basic needs nobody to ask for a challenge', () => {
	for (const [authentication, session] of [
		['auto', undefined],
		['basic', 'Basic'],
		['digest', undefined],
	]) {
		expect(knownSession(signIn, { ...admin, authentication })).toBe(session);
	}
});

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
	const [, pair = ''] = String(authorizationFor('Basic')).split(' ');
	expect(Buffer.from(pair, 'base64').toString('utf8')).toBe('admin:test:päss');
});

test('Digest counts the uses of its nonce, and does not send the password', () => {
	const headers = [digest, digest].map((one) => String(authorizationFor(one)));
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
	const authorization = authorizationFor(challenge, { ...admin, authentication } as typeof admin);
	expect(authorization).toMatchObject({ status: 'not_sent', reason: 'invalid_credential' });
});
