import { requireSignInHeaders, signInHeaders } from '../../nodes/Iovox/signIn';

test('user name and key, without what copying brings along', () => {
	expect(signInHeaders({ username: ' RestUserName', secureKey: 'eb94\n' })).toEqual({
		username: 'RestUserName',
		secureKey: 'eb94',
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
		['Secure Key in the credential has a character that cannot be sent. Copy it anew.'],
	],
	[
		'letters that a header cannot carry',
		{ username: 'Zoë', secureKey: 'x' },
		['User Name in the credential has a character that cannot be sent. Copy it anew.'],
	],
])('%s is refused, without naming the value', (_, credential, invalid) => {
	expect(signInHeaders(credential)).toEqual({ invalid });
	for (const text of invalid) expect(() => requireSignInHeaders(credential)).toThrow(text);
});
