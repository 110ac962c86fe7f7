import { VoipNowOAuth2Api } from '../../credentials/VoipNowOAuth2Api.credentials.ts';

/** What n8n evaluates the hidden fields of a credential to. */
function hidden(baseUrl: unknown): Readonly<Record<string, string>> {
	const evaluate = (expression: string) =>
		String(new Function('$self', `return ${expression.slice(3, -2)}`)({ baseUrl }));
	return Object.fromEntries(
		new VoipNowOAuth2Api().properties
			.filter(({ type, default: value }) => type === 'hidden' && String(value).startsWith('={{'))
			.map(({ name, default: value }) => [name, evaluate(String(value))]),
	);
}

test.each([
	['https://pbx.example', 'https://pbx.example', 'pbx.example'],
	['pbx.example/', 'https://pbx.example', 'pbx.example'],
	[' https://pbx.example:8443/uapi/ ', 'https://pbx.example:8443', 'pbx.example'],
	['http://192.0.2.5:80', 'http://192.0.2.5:80', '192.0.2.5'],
	['https://[2001:db8::1]:444', 'https://[2001:db8::1]:444', '[2001:db8::1]'],
	['https://[2001:db8::1]', 'https://[2001:db8::1]', '[2001:db8::1]'],
	['https://proxy.example/pbx', 'https://proxy.example/pbx', 'proxy.example'],
])('with %s, tokens come from it and go only to its host', (entered, baseUrl, host) => {
	expect(hidden(entered)).toMatchObject({
		apiUrl: baseUrl,
		accessTokenUrl: `${baseUrl}/oauth/token.php`,
		authUrl: `${baseUrl}/oauth/authorize.php`,
		allowedDomains: host,
	});
});

test.each([
	'',
	' ',
	'https://',
	'https://admin:hunter2@pbx.example',
	'https://admin:12/hunter2@pbx.example',
	'admin:hun/ter2@pbx.example',
])('with %j, n8n requests no token, and quotes nothing', (entered) => {
	const { apiUrl, accessTokenUrl = '', authUrl, allowedDomains } = hidden(entered);
	expect([apiUrl, accessTokenUrl, authUrl, allowedDomains]).toEqual([
		'',
		'/oauth/token.php',
		'/oauth/authorize.php',
		'',
	]);
	expect(URL.canParse(accessTokenUrl)).toBe(false);
});
