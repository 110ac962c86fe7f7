import { withSignIn } from '../../nodes/Enswitch/signIn';

const credential = { username: 'ann', password: 'a&b=c;d é+"%' };

test('adds who signs in to a form, escaped', () => {
	const form = withSignIn('snumber=1&callerid1=Sales+%26+Co', credential);
	expect([...new URLSearchParams(form)]).toEqual([
		['snumber', '1'],
		['callerid1', 'Sales & Co'],
		['auth_username', 'ann'],
		['auth_password', credential.password],
	]);
});

test('twice is once, and what was there is replaced', () => {
	const once = withSignIn('auth_password=x&snumber=1', credential);
	expect(withSignIn(once, credential)).toBe(once);
	expect(once).not.toContain('=x');
});

test('a credential without them signs in as nobody', () => {
	expect(withSignIn('', {})).toBe('auth_username=&auth_password=');
});
