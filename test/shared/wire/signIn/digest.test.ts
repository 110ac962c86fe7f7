import {
	digestAuthorization,
	digestChallenge,
	type DigestRequest,
	nextNonceCount,
	offersScheme,
} from '../../../../nodes/shared/wire/signIn/digest';

const challenge = (header: string) => {
	const found = digestChallenge(header);
	if (found === undefined) throw new Error('no challenge');
	return found;
};
const parameter = (header: string, name: string) =>
	new RegExp(`\\b${name}=("[^"]*"|[^,]*)`).exec(header)?.[1];

describe('the examples of the RFCs', () => {
	test('RFC 2617, section 3.5', () => {
		const header = digestAuthorization(
			challenge(
				'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
			),
			{
				method: 'GET',
				uri: '/dir/index.html',
				username: 'Mufasa',
				password: 'Circle Of Life',
				nonceCount: 1,
				clientNonce: '0a4f113b',
			},
		);
		expect(header).toBe(
			'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", qop=auth, nc=00000001, cnonce="0a4f113b", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
		);
	});

	const rfc7616: DigestRequest = {
		method: 'GET',
		uri: '/dir/index.html',
		username: 'Mufasa',
		password: 'Circle of Life',
		nonceCount: 1,
		clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
	};
	const sha256 =
		'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
	const md5 = sha256.replace('SHA-256', 'MD5');

	test('RFC 7616, section 3.9.1, MD5 and SHA-256', () => {
		const response = (header: string) =>
			parameter(digestAuthorization(challenge(header), rfc7616), 'response');
		expect(response(md5)).toBe('"8ca523f5e9506fed4657c9700eebdbec"');
		expect(response(sha256)).toBe(
			'"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
		);
	});

	test('the stronger of two challenges is answered', () => {
		expect(challenge(`${md5}, ${sha256}`).algorithm).toBe('SHA-256');
		expect(challenge(`Basic realm="x", ${md5}`).algorithm).toBe('MD5');
	});
});

test('a challenge without qop is answered as RFC 2069 says', () => {
	// The inputs of RFC 2069, section 2.4; its printed response is wrong (erratum 749), this is the corrected one.
	const header = digestAuthorization(
		challenge(
			'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
		),
		{
			method: 'GET',
			uri: '/dir/index.html',
			username: 'Mufasa',
			password: 'CircleOfLife',
			nonceCount: 1,
		},
	);
	expect(parameter(header, 'response')).toBe('"1949323746fe6a43ef61f9606e7febea"');
	expect(header).not.toMatch(/qop|nc=|cnonce|algorithm/);
});

test('a nonce may contain = and , and quotes', () => {
	const { nonce, realm } = challenge(String.raw`Digest nonce="a=b,c==,qop=x", realm="say \"hi\""`);
	expect(nonce).toBe('a=b,c==,qop=x');
	expect(realm).toBe('say "hi"');
	const header = digestAuthorization(
		challenge(String.raw`Digest nonce="a,b=", realm="say \"hi\""`),
		{
			method: 'POST',
			uri: '/xml',
			username: 'a"b\\c',
			password: 'x',
			nonceCount: 1,
		},
	);
	expect(header).toContain(String.raw`realm="say \"hi\"", nonce="a,b="`);
	expect(header).toContain(String.raw`username="a\"b\\c"`);
});

test('a name beyond ASCII is sent as the bytes of UTF-8', () => {
	const header = digestAuthorization(challenge('Digest realm="x", nonce="y"'), {
		method: 'POST',
		uri: '/xml',
		username: 'Zoë',
		password: 'x',
		nonceCount: 1,
	});
	expect(Buffer.from(header, 'latin1').toString('utf8')).toContain('username="Zoë"');
});

test.each([
	['no challenge', ''],
	['another scheme', 'Negotiate abc==, Basic realm="x"'],
	['an unknown algorithm', 'Digest realm="x", nonce="y", algorithm=SHA-1024'],
	['auth-int alone', 'Digest realm="x", nonce="y", qop="auth-int"'],
	['no nonce', 'Digest realm="x"'],
])('%s cannot be answered', (_, header) => {
	expect(digestChallenge(header)).toBeUndefined();
});

test('a scheme is found among others', () => {
	expect(offersScheme('Negotiate abc==, Basic realm="x"', 'basic')).toBe(true);
	expect(offersScheme('DIGEST realm="Basic", nonce="x"', 'basic')).toBe(false);
	expect(offersScheme('DIGEST realm="Basic", nonce="x"', 'digest')).toBe(true);
});

test('each nonce has its own count, and only a few are kept', () => {
	expect([nextNonceCount('n'), nextNonceCount('n'), nextNonceCount('m')]).toEqual([1, 2, 1]);
	for (let other = 0; other < 200; other++) nextNonceCount(`other ${other}`);
	expect(nextNonceCount('n')).toBe(1);
});
