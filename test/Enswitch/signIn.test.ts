import { isExplanation } from '../../nodes/shared/wire/reply/explanation';
import { signIn } from '../../nodes/Enswitch/signIn';

const ann = { baseUrl: 'https://pbx.example', username: 'ann', password: 'a&b=c;d é+"%' };
const given = { session: '', uri: '/' };

const sign = (body: string, credential: object = ann) => {
	const request = { method: 'POST', headers: {}, body };
	const signed = signIn.sign(request, credential as typeof ann, given);
	if (isExplanation(signed)) throw new Error(signed.what);
	return signed.body;
};

test('adds the sign-in to a form, escaped', () => {
	expect([...new URLSearchParams(sign('snumber=1&callerid1=Sales+%26+Co'))]).toEqual([
		['snumber', '1'],
		['callerid1', 'Sales & Co'],
		['auth_username', 'ann'],
		['auth_password', ann.password],
	]);
});

test('signing twice changes nothing, and existing values are replaced', () => {
	const once = sign('auth_password=x&snumber=1');
	expect(sign(once)).toBe(once);
	expect(once).not.toContain('=x');
});

test('a credential without user and password signs in with empty ones', () => {
	expect(sign('', {})).toBe('auth_username=&auth_password=');
});

test('only a form is signed', () => {
	expect(signIn.sign({ method: 'GET', headers: {} }, ann, given)).toMatchObject({
		status: 'not_sent',
		what: expect.stringContaining('only in a form'),
	});
});
