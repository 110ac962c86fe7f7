import { signIn } from '../../nodes/Iovox/signIn';

const sign = (credential: object) =>
	signIn.sign({ method: 'GET', headers: { Accept: 'x' } }, credential as never, {
		session: '',
		uri: '/',
	});

test('user name and key, without stray characters from copying', () => {
	expect(sign({ username: ' RestUserName', secureKey: 'eb94\n' })).toMatchObject({
		headers: { Accept: 'x', username: 'RestUserName', secureKey: 'eb94' },
	});
});

test.each<[string, object, string, string?]>([
	[
		'nothing',
		{},
		'2 values of the credential cannot be used.',
		'• User Name in the credential is empty.\n• Secure Key in the credential is empty.',
	],
	['no key', { username: 'a', secureKey: ' ' }, 'Secure Key in the credential is empty.'],
	[
		'a line break inside',
		{ username: 'a', secureKey: 'hunter\r\n2' },
		'Secure Key in the credential has a character that cannot be sent.',
		'Copy it again.',
	],
	[
		'characters that a header cannot carry',
		{ username: 'Zoë', secureKey: 'x' },
		'User Name in the credential has a character that cannot be sent.',
		'Copy it again.',
	],
])(
	'%s is refused, without naming the value',
	(_, credential, what, advice = 'Correct the credential.') => {
		expect(sign(credential)).toEqual({
			kind: 'explanation',
			status: 'not_sent',
			reason: 'invalid_credential',
			what,
			advice,
			httpStatus: null,
		});
	},
);
