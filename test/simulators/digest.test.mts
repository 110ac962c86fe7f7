import { createDigestAuthentication, parseDigestParameters } from './digest.mts';
import type { DigestAuthentication, DigestOptions, DigestVerdict } from './digest.mts';

const path = '/dir/index.html';

/** A server that has just given out this nonce to the RFCs' user. */
function serverOf(
	nonce: string,
	password: string,
	options: Partial<DigestOptions>,
): DigestAuthentication {
	const server = createDigestAuthentication({
		realm: 'http-auth@example.org',
		passwordOf: (username) => (username === 'Mufasa' ? password : undefined),
		makeNonce: () => nonce,
		...options,
	});
	server.challenge();
	return server;
}

const accepted: DigestVerdict = { result: 'accepted', username: 'Mufasa' };

// https://www.rfc-editor.org/rfc/rfc7616#section-3.9.1
const rfc7616 = {
	nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
	opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
	sha256: `Digest username="Mufasa",
       realm="http-auth@example.org",
       uri="/dir/index.html",
       algorithm=SHA-256,
       nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
       nc=00000001,
       cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
       qop=auth,
       response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
       opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`.replace(/\n */g, ' '),
	md5: `Digest username="Mufasa",
       realm="http-auth@example.org",
       uri="/dir/index.html",
       algorithm=MD5,
       nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
       nc=00000001,
       cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
       qop=auth,
       response="8ca523f5e9506fed4657c9700eebdbec",
       opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`.replace(/\n */g, ' '),
};

function rfc7616Server(algorithm: 'MD5' | 'SHA-256' = 'MD5', more: Partial<DigestOptions> = {}) {
	const { nonce, opaque } = rfc7616;
	return serverOf(nonce, 'Circle of Life', { algorithm, opaque, ...more });
}

describe('the examples of the RFCs', () => {
	test('RFC 7616 section 3.9.1, MD5', () => {
		expect(rfc7616Server('MD5').check(rfc7616.md5, 'GET', path)).toEqual(accepted);
	});

	test('RFC 7616 section 3.9.1, SHA-256', () => {
		expect(rfc7616Server('SHA-256').check(rfc7616.sha256, 'GET', path)).toEqual(accepted);
	});

	// https://www.rfc-editor.org/rfc/rfc2617#section-3.5
	test('RFC 2617 section 3.5', () => {
		const server = serverOf('dcd98b7102dd2f0e8b11d0f600bfb0c093', 'Circle Of Life', {
			realm: 'testrealm@host.com',
			opaque: '5ccc069c403ebaf9f0171e9517f40e41',
		});
		const authorization = `Digest username="Mufasa",
                 realm="testrealm@host.com",
                 nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
                 uri="/dir/index.html",
                 qop=auth,
                 nc=00000001,
                 cnonce="0a4f113b",
                 response="6629fae49393a05397450978507c4ef1",
                 opaque="5ccc069c403ebaf9f0171e9517f40e41"`.replace(/\n */g, ' ');
		expect(server.check(authorization, 'GET', path)).toEqual(accepted);
	});

	// https://www.rfc-editor.org/rfc/rfc2069#section-2.4 with the response of erratum 749.
	test('RFC 2069 section 2.4', () => {
		const server = serverOf('dcd98b7102dd2f0e8b11d0f600bfb0c093', 'CircleOfLife', {
			realm: 'testrealm@host.com',
			opaque: '5ccc069c403ebaf9f0171e9517f40e41',
			qop: false,
		});
		const authorization = `Digest username="Mufasa", realm="testrealm@host.com",
                 nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html",
                 response="1949323746fe6a43ef61f9606e7febea",
                 opaque="5ccc069c403ebaf9f0171e9517f40e41"`.replace(/\n */g, ' ');
		expect(server.check(authorization, 'GET', path)).toEqual(accepted);
	});
});

describe('the challenge', () => {
	const options = { realm: 'here', passwordOf: () => undefined };

	test('has a fresh nonce with both = and , in it', () => {
		const server = createDigestAuthentication(options);
		const nonces = [server.challenge(), server.challenge()].map((challenge) =>
			parseDigestParameters(challenge)?.get('nonce'),
		);
		expect(nonces[0]).toEqual({ value: expect.stringMatching(/,.*=/) as string, quoted: true });
		expect(nonces[0]).not.toEqual(nonces[1]);
	});

	test('names qop quoted, algorithm and stale not', () => {
		const server = createDigestAuthentication(options);
		expect(server.challenge()).toMatch(
			/^Digest realm="here", nonce="[^"]+", qop="auth", algorithm=MD5, opaque="[^"]+"$/,
		);
		expect(server.challenge(true)).toMatch(/, stale=true$/);
	});

	test('offers UTF-8 with SHA-256', () => {
		const server = createDigestAuthentication({ ...options, algorithm: 'SHA-256' });
		expect(server.challenge()).toMatch(/algorithm=SHA-256, .*charset=UTF-8$/);
	});

	test('has neither qop nor algorithm in RFC 2069 style', () => {
		const server = createDigestAuthentication({ ...options, qop: false });
		expect(server.challenge()).toMatch(/^Digest realm="here", nonce="[^"]+"$/);
	});

	test('cannot have a session algorithm without qop', () => {
		expect(() =>
			createDigestAuthentication({ ...options, algorithm: 'MD5-sess', qop: false }),
		).toThrow('cnonce');
	});
});

describe('refused answers', () => {
	const refused = (authorization: string | undefined, server = rfc7616Server()) => {
		const verdict = server.check(authorization, 'GET', path);
		return verdict.result === 'challenge'
			? `${verdict.why}, stale=${String(verdict.stale)}`
			: verdict;
	};

	test.each([
		['no header', '', undefined, 'no well-formed Digest answer'],
		['another scheme', 'Digest ', 'Basic ', 'no well-formed Digest answer'],
		[
			'a repeated parameter',
			'nc=00000001',
			'nc=00000001, nc=00000001',
			'no well-formed Digest answer',
		],
		['an open quote', 'username="Mufasa"', 'username="Mufasa', 'no well-formed Digest answer'],
		['an end after a comma', /$/, ',', 'no well-formed Digest answer'],
		['quoted qop', 'qop=auth', 'qop="auth"', 'qop must not be quoted'],
		['quoted nc', 'nc=00000001', 'nc="00000001"', 'nc must not be quoted'],
		['quoted algorithm', 'algorithm=MD5', 'algorithm="MD5"', 'algorithm must not be quoted'],
		['bare user name', '"Mufasa"', 'Mufasa', 'username must be quoted'],
		['bare response', /response="(\w+)"/, 'response=$1', 'response must be quoted'],
		['nine digits of nc', 'nc=00000001', 'nc=000000001', 'nc must be 8 lower-case hex digits'],
		['one digit of nc', 'nc=00000001', 'nc=1', 'nc must be 8 lower-case hex digits'],
		['upper-case nc', 'nc=00000001', 'nc=0000000A', 'nc must be 8 lower-case hex digits'],
		['no nc', ' nc=00000001,', '', 'nc must be 8 lower-case hex digits'],
		['no cnonce', / cnonce="[^"]*",/, '', 'cnonce is missing'],
		['no qop', ' qop=auth,', '', 'qop must be auth'],
		['qop that was not offered', 'qop=auth', 'qop=auth-int', 'qop must be auth'],
		['no nonce', / nonce="[^"]*",/, '', 'a parameter is missing'],
		['upper-case response', '8ca523', '8CA523', 'response is not lower-case hex'],
		['hashed user name', /$/, ', userhash=true', 'userhash was not offered'],
		['another realm', 'http-auth@', 'https-auth@', 'realm differs from the challenge'],
		['another uri', 'index.html', 'index.htm', 'uri differs from the request target'],
		['another opaque', 'opaque="F', 'opaque="G', 'opaque differs from the challenge'],
		['no opaque', /, opaque="[^"]*"/, '', 'opaque differs from the challenge'],
		[
			'another algorithm',
			'algorithm=MD5',
			'algorithm=SHA-256',
			'algorithm differs from the challenge',
		],
	])('%s', (_, part, instead, why) => {
		const authorization = instead === undefined ? undefined : rfc7616.md5.replace(part, instead);
		expect(authorization).not.toBe(rfc7616.md5);
		expect(refused(authorization)).toBe(`${why}, stale=false`);
	});

	test('a wrong response, user name, password or request method', () => {
		const wrong = { result: 'wrongPassword' };
		expect(refused(rfc7616.md5.replace('8ca5', '8ca6'))).toEqual(wrong);
		expect(refused(rfc7616.md5.replace('Mufasa', 'Scar'))).toEqual(wrong);
		expect(refused(rfc7616.md5, rfc7616Server('MD5', { passwordOf: () => 'Circle' }))).toEqual(
			wrong,
		);
		expect(rfc7616Server().check(rfc7616.md5, 'POST', path)).toEqual(wrong);
	});

	test('a replay', () => {
		const server = rfc7616Server();
		expect(server.check(rfc7616.md5, 'GET', path)).toEqual(accepted);
		expect(refused(rfc7616.md5, server)).toBe('nc does not increase: a replay, stale=false');
	});

	test('an expired nonce: stale only if the response is right', () => {
		const server = rfc7616Server();
		server.expireNonces();
		expect(refused(rfc7616.md5, server)).toBe('nonce is not or no longer good, stale=true');
		expect(refused(rfc7616.md5.replace('8ca5', '8ca6'), server)).toMatch('stale=false');
	});

	test('a nonce that was never issued', () => {
		const server = serverOf('another', 'Circle of Life', { opaque: rfc7616.opaque });
		expect(refused(rfc7616.md5, server)).toMatch('stale=true');
	});

	test('qop, nc and cnonce where qop was not offered', () => {
		const server = rfc7616Server('MD5', { qop: false });
		expect(refused(rfc7616.md5, server)).toMatch('qop was not offered');
		const onlyCnonce = rfc7616.md5.replace(/ (?:qop|nc)=\w+,/g, '');
		expect(refused(onlyCnonce, server)).toMatch('qop was not offered');
	});
});

test('a quoted string keeps commas and equals signs, and loses its backslashes', () => {
	const parameters = parseDigestParameters('Digest a="1,2=3==", b="say \\"x\\\\y\\"",c=t');
	expect([...(parameters ?? [])]).toEqual([
		['a', { value: '1,2=3==', quoted: true }],
		['b', { value: 'say "x\\y"', quoted: true }],
		['c', { value: 't', quoted: false }],
	]);
});
