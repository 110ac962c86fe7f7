import { signIn } from '../../nodes/Asterisk/signIn';

const baseUrl = 'https://pbx.example:8089';
const given = { session: '', uri: '/ari/channels' };
const request = { method: 'POST', headers: { Accept: 'application/json' }, body: '{}' };

test('signs with Basic, in UTF-8', () => {
	const credential = { baseUrl, username: 'n8n', password: 'más:&"' };
	expect(signIn.sign(request, credential, given)).toEqual({
		...request,
		headers: {
			Accept: 'application/json',
			Authorization: `Basic ${Buffer.from('n8n:más:&"').toString('base64')}`,
		},
	});
});

test('a user name with a colon cannot be sent', () => {
	const credential = { baseUrl, username: 'a:b', password: 'c' };
	expect(signIn.sign(request, credential, given)).toMatchObject({
		status: 'not_sent',
		reason: 'invalid_credential',
	});
});
