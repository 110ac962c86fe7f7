import { X509Certificate } from 'node:crypto';
import { makeCertificate } from './certificate.mts';
import { createClient } from './client.mts';
import { startServer } from './server.mts';
import type { SimulatorServer } from './server.mts';

let server: SimulatorServer | undefined;

afterEach(async () => {
	await server?.close();
});

async function start(certificate?: 'selfSigned' | 'wrongHost' | 'expired', tls = true) {
	server = await startServer({
		certificate,
		tls,
		redact: (request) => request,
		handle: () => Promise.resolve({ delivery: 'whole', reply: { status: 200, body: 'hello' } }),
	});
	return server;
}

async function get(target: { url: string; caCertificate: string }, host?: string) {
	const client = createClient(target, host);
	try {
		return (await client.send({ method: 'GET', path: '/' })).body;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code;
	} finally {
		await client.close();
	}
}

test.each(['127.0.0.1', 'localhost'])(
	'the certificate is good for %s once trusted',
	async (host) => {
		expect(await get(await start(), host)).toBe('hello');
	},
);

test('the certificate is not trusted by default', async () => {
	const { url } = await start();
	const { certificate } = await makeCertificate('selfSigned');
	expect(await get({ url, caCertificate: certificate })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
});

test('a certificate for another host', async () => {
	expect(await get(await start('wrongHost'))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('an expired certificate', async () => {
	expect(await get(await start('expired'))).toBe('CERT_HAS_EXPIRED');
});

test('every certificate has its own key', async () => {
	const made = await Promise.all([makeCertificate('selfSigned'), makeCertificate('selfSigned')]);
	const keys = made.map(({ certificate }) =>
		new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }),
	);
	expect(keys[0]).not.toBe(keys[1]);
});

test('without TLS it speaks plain HTTP', async () => {
	const plain = await start(undefined, false);
	expect(plain.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
	expect(plain.caCertificate).toBe('');
	expect(await get(plain)).toBe('hello');
});
