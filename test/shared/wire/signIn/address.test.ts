import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';
import { readAddress, tlsOptions } from '../../../../nodes/shared/wire/signIn/address';
import type { Invalid } from '../../../../nodes/shared/wire/text/invalid';

const baseUrl = (entered: unknown) =>
	readAddress({ baseUrl: entered }, { endpoints: ['/xml', '/json'] });

test.each([
	['https://pbx.example', 'https://pbx.example'],
	['pbx.example', 'https://pbx.example'],
	['pbx.example:8443/', 'https://pbx.example:8443'],
	[' https://pbx.example// ', 'https://pbx.example'],
	['http://192.0.2.5', 'http://192.0.2.5'],
	['https://proxy.example/pbx/', 'https://proxy.example/pbx'],
	['https://pbx.example/xml', 'https://pbx.example'],
	['https://proxy.example/pbx/json/', 'https://proxy.example/pbx'],
	['HTTPS://PBX.example', 'https://pbx.example'],
	['https://[2001:db8::1]:444', 'https://[2001:db8::1]:444'],
])('%s is read as %s', (entered, understood) => {
	expect(baseUrl(entered)).toMatchObject({ baseUrl: understood });
});

test.each([
	['', 'is empty'],
	[undefined, 'is empty'],
	['https://', 'is not an address'],
	[
		'my pbx',
		'Base URL in the credential, "my pbx", is not an address. Enter one such as https://pbx.example.com.',
	],
	['ftp://pbx.example', 'starts with ftp://. Enter an address with https://'],
	['https://admin:secret@pbx.example', 'holds a user name or password'],
	['https://pbx.example/?a=b', 'has a ? or #'],
	['https://pbx.example/#a', 'has a ? or #'],
])('%j is refused', (entered, why) => {
	expect(baseUrl(entered)).toEqual({ kind: 'invalid', texts: [expect.stringContaining(why)] });
});

test.each([
	'https://admin:hunter2@pbx.example',
	'https://admin:hun/ter2@pbx.example',
	'https://admin:hun#ter2@pbx.example',
	'https://admin:hun?ter2@pbx.example',
	'https://admin:12/hunter2@pbx.example',
	'admin:hun/ter2@pbx.example',
	'admin:hun ter2@pbx.example',
	'ftp://admin:hunter2@pbx.example',
	'hunter2@',
])('%s is refused, and none of it is quoted', (entered) => {
	const { texts: invalid } = baseUrl(entered) as Invalid;
	expect(invalid).toEqual([expect.stringContaining('holds a user name or password')]);
	expect(invalid.join()).not.toMatch(/hun|ter2|admin/);
});

const base64 = 'QUJD'.repeat(40);
const wrapped = base64.match(/.{1,64}/g)?.join('\n') ?? '';
const pem = `-----BEGIN CERTIFICATE-----\n${wrapped}\n-----END CERTIFICATE-----\n`;

test.each([
	['unchanged', pem],
	['without its line breaks', pem.replace(/\n/g, ' ')],
	['with Windows line breaks', pem.replace(/\n/g, '\r\n')],
	['with text before it', `subject=CN = pbx\n${pem}`],
])('a certificate %s is trusted', (_, entered) => {
	const connection = readAddress({ baseUrl: 'pbx.example', caCertificate: entered }, {});
	expect(connection).toMatchObject({ caCertificate: pem });
	if (isInvalid(connection)) throw new Error();
	expect(tlsOptions(connection)).toEqual({ agentOptions: { ca: pem } });
});

test('a chain keeps all its certificates', () => {
	expect(readAddress({ baseUrl: 'x.example', caCertificate: pem + pem }, {})).toMatchObject({
		caCertificate: pem + pem,
	});
});

test('anything other than a certificate is refused', () => {
	expect(readAddress({ baseUrl: 'x.example', caCertificate: 'MIIB' }, {})).toEqual({
		kind: 'invalid',
		texts: [expect.stringContaining('not in PEM format')],
	});
});

test('certificates are ignored only where the switch is on', () => {
	const options = (allowUnauthorizedCerts: unknown) => {
		const connection = readAddress({ baseUrl: 'pbx.example', allowUnauthorizedCerts }, {});
		if (isInvalid(connection)) throw new Error();
		return tlsOptions(connection);
	};
	expect(options(true)).toEqual({
		skipSslCertificateValidation: true,
		rejectUnauthorized: false,
	});
	expect(options(false)).toEqual({});
	expect(options('true')).toEqual({});
});

test('an environment has its own address; without one, the address entered is used', () => {
	const vendor = { environments: { production: 'https://api.example:444' } };
	const of = (environment: string) =>
		readAddress({ environment, baseUrl: 'https://own.example' }, vendor);
	expect(of('production')).toMatchObject({ baseUrl: 'https://api.example:444' });
	expect(of('custom')).toMatchObject({ baseUrl: 'https://own.example' });
});
