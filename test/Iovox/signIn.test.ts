import type { Explanation } from '../../nodes/shared/transport';
import { signIn } from '../../nodes/Iovox/signIn';

const sign = (credential: object) =>
	signIn.sign({ method: 'GET', headers: { Accept: 'x' } }, credential as never, {
		ticket: '',
		uri: '/',
	});

test('user name and key, without what copying brings along', () => {
	expect(sign({ username: ' RestUserName', secureKey: 'eb94\n' })).toMatchObject({
		headers: { Accept: 'x', username: 'RestUserName', secureKey: 'eb94' },
	});
});

test.each([
	[
		'nothing',
		{},
		['User Name in the credential is empty.', 'Secure Key in the credential is empty.'],
	],
	['no key', { username: 'a', secureKey: ' ' }, ['Secure Key in the credential is empty.']],
	[
		'a line break within',
		{ username: 'a', secureKey: 'hunter\r\n2' },
		['Secure Key in the credential has a character that cannot be sent. Copy it again.'],
	],
	[
		'letters that a header cannot carry',
		{ username: 'Zoë', secureKey: 'x' },
		['User Name in the credential has a character that cannot be sent. Copy it again.'],
	],
])('%s is refused, without naming the value', (_, credential, says) => {
	const signed = sign(credential);
	expect(signed).toMatchObject({ status: 'not_sent', reason: 'invalid_credential' });
	const { what, advice } = signed as Explanation;
	for (const text of says) expect(`${what} ${advice}`).toContain(text);
	expect(what + advice).not.toMatch(/hunter|Zoë/);
});
