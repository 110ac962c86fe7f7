import type { Fault } from '../iovox.mts';
import { callXml, startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench({ acceptedBody: '<response>taken</response>' });
});
afterEach(() => bench.close());

const cut = /^(?:UND_ERR_SOCKET|ECONNRESET)$/;

async function codeOf(sending: Promise<unknown>): Promise<string> {
	return sending.then(
		() => 'a reply',
		(error: unknown) => (error as NodeJS.ErrnoException).code ?? 'no code',
	);
}

test.each([
	['cut', 0],
	['cutAfterRinging', 1],
] as const)('%s', async (fault, rings) => {
	bench.iovox.fault(fault);
	expect(await codeOf(bench.post(callXml()))).toMatch(cut);
	expect(bench.iovox.rings).toHaveLength(rings);
});

test.each([
	['hang', 0],
	['hangAfterRinging', 1],
] as const)('%s', async (fault, rings) => {
	bench.iovox.fault(fault);
	await expect(bench.post(callXml(), AbortSignal.timeout(100))).rejects.toThrow();
	expect(bench.iovox.rings).toHaveLength(rings);
	expect(bench.iovox.requests[0]?.status).toBeNull();
});

test.each<[Fault, number, number, RegExp]>([
	[{ status: 500 }, 500, 0, /500/],
	[{ status: 502, rings: true }, 502, 1, /502/],
	[{ redirect: 'https://other.example/' }, 302, 0, /^$/],
	['html', 200, 0, /<!DOCTYPE html>/],
	['truncated', 201, 1, /^<response>[a-z]+$/],
	['garbage', 200, 1, /\ufffd/],
	['empty', 200, 1, /^$/],
	[{ body: '<response/>' }, 200, 1, /^<response\/>$/],
])('%j', async (fault, status, rings, body) => {
	bench.iovox.fault(fault);
	const reply = await bench.post(callXml());
	expect(reply.status).toBe(status);
	expect(reply.body).toMatch(body);
	expect(bench.iovox.rings).toHaveLength(rings);
});

test('a fault hits calls only, unless it is to hit anything', async () => {
	bench.iovox.fault({ status: 500 });
	expect((await bench.get('&limit=1')).status).toBe(200);
	expect((await bench.post(callXml())).status).toBe(500);
	bench.iovox.fault({ status: 502 }, { where: 'any' });
	expect((await bench.get('&limit=1')).status).toBe(502);
	bench.iovox.reset();
	expect((await bench.post(callXml())).status).toBe(201);
});

test('refuses connections, then listens again', async () => {
	await bench.iovox.refuse();
	expect(await codeOf(bench.post(callXml()))).toBe('ECONNREFUSED');
	await bench.iovox.listenAgain();
	expect((await bench.post(callXml())).status).toBe(201);
});

test('over TLS, with a certificate of its own', async () => {
	await bench.close();
	bench = await startBench({ tls: true });
	expect((await bench.post(callXml())).status).toBe(201);
});
