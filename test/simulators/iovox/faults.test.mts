import { until } from '../../until.mts';
import type { Fault } from '../iovox.mts';
import { callXml, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp({ acceptedBody: '<response>taken</response>' });
});
afterEach(() => setup.close());

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
	setup.iovox.fault(fault);
	expect(await codeOf(setup.post(callXml()))).toMatch(cut);
	expect(setup.iovox.rings).toHaveLength(rings);
});

test.each([
	['hang', 0],
	['hangAfterRinging', 1],
] as const)('%s', async (fault, rings) => {
	setup.iovox.fault(fault);
	const { iovox } = setup;
	const abort = new AbortController();
	const ended = expect(setup.post(callXml(), abort.signal)).rejects.toThrow();
	await until(() => iovox.requests.length > 0 && iovox.rings.length === rings);
	await new Promise((resolve) => setTimeout(resolve, 50));
	abort.abort();
	await ended;
	expect(setup.iovox.rings).toHaveLength(rings);
	expect(setup.iovox.requests[0]?.status).toBeNull();
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
	setup.iovox.fault(fault);
	const reply = await setup.post(callXml());
	expect(reply.status).toBe(status);
	expect(reply.body).toMatch(body);
	expect(setup.iovox.rings).toHaveLength(rings);
});

test('a fault hits only calls unless it is set for everything', async () => {
	setup.iovox.fault({ status: 500 });
	expect((await setup.get('&limit=1')).status).toBe(200);
	expect((await setup.post(callXml())).status).toBe(500);
	setup.iovox.fault({ status: 502 }, { where: 'any' });
	expect((await setup.get('&limit=1')).status).toBe(502);
	setup.iovox.reset();
	expect((await setup.post(callXml())).status).toBe(201);
});

test('refuses connections, then listens again', async () => {
	await setup.iovox.refuse();
	expect(await codeOf(setup.post(callXml()))).toBe('ECONNREFUSED');
	await setup.iovox.listenAgain();
	expect((await setup.post(callXml())).status).toBe(201);
});

test('over TLS, with its own certificate', async () => {
	await setup.close();
	setup = await setUp({ tls: true });
	expect((await setup.post(callXml())).status).toBe(201);
});
