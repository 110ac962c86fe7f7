import { once } from 'node:events';
import { connect } from 'node:tls';
import { errorsIn } from '../client.mts';
import type { Reply } from '../client.mts';
import { defaultAccounts } from '../switchvox.mts';
import type { Fault } from '../switchvox.mts';
import { parseXml } from '../xml.mts';
import { until } from '../../until.mts';
import { callXml, requestXml, setUp, xmlHeaders } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});
afterEach(() => setup.close());

/** The error code of a call that gets no reply. */
async function failure(body = callXml(), signal?: AbortSignal): Promise<string> {
	return setup.post(body, undefined, signal).then(
		(reply) => `a reply: ${String(reply.status)}`,
		(error: unknown) =>
			signal?.aborted ? 'no reply' : ((error as NodeJS.ErrnoException).code ?? String(error)),
	);
}

const cut = /^(?:UND_ERR_SOCKET|ECONNRESET)$/;

describe('faults without a reply', () => {
	const unanswered = () => setup.pbx.requests.map(({ body, status }) => [body, status]);

	test.each([
		['hang', 0],
		['hangAfterRinging', 2],
	] as const)('%s', async (fault, rings) => {
		const { pbx } = setup;
		pbx.fault(fault);
		const abort = new AbortController();
		const result = failure(callXml(), abort.signal);
		await until(() => pbx.rings.length === rings && pbx.requests[0]?.body === callXml());
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(unanswered()).toEqual([[callXml(), null]]);
		expect(pbx.calls).toHaveLength(rings === 0 ? 0 : 1);
		abort.abort();
		expect(await result).toBe('no reply');
		expect(pbx.rings).toHaveLength(rings);
	});

	test.each([
		['cut', 0],
		['cutAfterRinging', 2],
	] as const)('%s', async (fault, rings) => {
		setup.pbx.fault(fault);
		expect(await failure()).toMatch(cut);
		expect(setup.pbx.rings).toHaveLength(rings);
		expect(setup.pbx.calls).toHaveLength(rings === 0 ? 0 : 1);
		expect(unanswered()).toEqual([[callXml(), null]]);
	});

	test('resetMidReply sends the headers and half of the body', async () => {
		const { pbx } = setup;
		pbx.fault('resetMidReply');
		const socket = connect({ host: '127.0.0.1', port: pbx.port, ca: pbx.caCertificate });
		const headers = { ...xmlHeaders(defaultAccounts.admin), 'content-length': callXml().length };
		const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
		socket.write(`POST /xml HTTP/1.1\r\nhost: pbx\r\n${lines.join('\r\n')}\r\n\r\n${callXml()}`);
		let received = '';
		socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
		socket.on('error', () => undefined);
		await once(socket, 'close');

		expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		const length = Number(/content-length: (\d+)/.exec(received)?.[1]);
		const body = received.slice(received.indexOf('\r\n\r\n') + 4);
		expect(body).toMatch(/^<response /);
		expect(body).toHaveLength(Math.floor(length / 2));
		expect(pbx.rings).toHaveLength(2);
		expect(pbx.requests[0]?.status).toBe(200);
	});

	test('a first party that still rings delays the cut', async () => {
		await setup.close();
		setup = await setUp({ secondMs: 10 });
		setup.pbx.setParty('101', { answersAfterSeconds: 4 });
		setup.pbx.fault('cutAfterRinging');
		const result = failure();
		await until(() => setup.pbx.rings.length === 1);
		expect(await result).toMatch(cut);
		expect(setup.pbx.rings).toHaveLength(2);
	});
});

describe('faults with a reply', () => {
	const reply = async (fault: Fault, rings: number): Promise<Reply> => {
		setup.pbx.fault(fault);
		const received = await setup.post(callXml());
		expect(setup.pbx.rings).toHaveLength(rings);
		return received;
	};

	test.each([403, 404, 500, 502, 503])('status %i', async (status) => {
		expect((await reply({ status }, 0)).status).toBe(status);
	});

	test('a status with a body, after ringing', async () => {
		const { status, body } = await reply({ status: 504, body: 'Gateway Timeout', rings: true }, 2);
		expect([status, body]).toEqual([504, 'Gateway Timeout']);
	});

	test('a redirect', async () => {
		const { status, headers } = await reply({ redirect: 'https://pbx.example/xml' }, 0);
		expect([status, headers.location]).toEqual([302, 'https://pbx.example/xml']);
	});

	test('an HTML page', async () => {
		const { status, headers, body } = await reply('html', 0);
		expect([status, headers['content-type']]).toEqual([200, 'text/html']);
		expect(body).toContain('<!DOCTYPE html>');
	});

	test('a truncated document with a right length', async () => {
		const { status, headers, body } = await reply('truncated', 2);
		expect([status, headers['content-length']]).toEqual([200, String(body.length)]);
		expect(body).toMatch(/^<response method="switchvox.call"><result><call_info/);
		expect(parseXml(Buffer.from(body))).toHaveProperty('fault');
	});

	test('garbage', async () => {
		const { status, body } = await reply('garbage', 2);
		expect(status).toBe(200);
		expect(body.length).toBeGreaterThan(100);
		expect(body).toContain('\ufffd');
	});

	test('nothing', async () => {
		const { status, body } = await reply('empty', 2);
		expect([status, body]).toEqual([200, '']);
	});

	test('any body', async () => {
		const { status, headers, body } = await reply({ body: '<response/>' }, 2);
		expect([status, headers['content-type'], body]).toEqual([
			200,
			'application/xml',
			'<response/>',
		]);
	});
});

describe('which requests a fault hits', () => {
	const search = requestXml('switchvox.extensions.search', '');
	const wrongPassword = { username: 'admin', password: 'x' };

	test('calls with right credentials, and no others', async () => {
		setup.pbx.fault({ status: 500 }, { times: 1 });
		expect((await setup.post(search)).status).toBe(200);
		expect((await setup.send({ body: callXml() })).status).toBe(401);
		expect((await setup.post(callXml(), wrongPassword)).status).toBe(403);
		expect((await setup.post(callXml())).status).toBe(500);
		expect((await setup.post(callXml())).status).toBe(200);
	});

	test('the second call only', async () => {
		setup.pbx.fault('cut', { after: 1, times: 1 });
		expect(errorsIn(await setup.post(callXml()))).toEqual([]);
		expect(await failure()).toMatch(cut);
		expect(errorsIn(await setup.post(callXml()))).toEqual([]);
		expect(setup.pbx.calls).toHaveLength(2);
	});

	test('anything that arrives', async () => {
		setup.pbx.fault({ status: 502 }, { where: 'any' });
		expect((await setup.post(search)).status).toBe(502);
		expect((await setup.send({ path: '/nowhere' })).status).toBe(502);
		expect((await setup.post(callXml())).status).toBe(502);
		setup.pbx.fault(null);
		expect((await setup.post(search)).status).toBe(200);
	});

	test('anything that arrives rings only what it would have rung', async () => {
		setup.pbx.fault('cutAfterRinging', { where: 'any' });
		expect(await failure(search)).toMatch(cut);
		expect(setup.pbx.rings).toHaveLength(0);
		expect(await failure()).toMatch(cut);
		expect(setup.pbx.rings).toHaveLength(2);
	});

	test('a call that is refused rings no phone whatever the fault', async () => {
		setup.pbx.fault('cutAfterRinging');
		expect(await failure(requestXml('switchvox.call', ''))).toMatch(cut);
		expect(setup.pbx.rings).toHaveLength(0);
	});
});

describe('the listening socket', () => {
	test('refuses connections, then listens again on the same port', async () => {
		const { url } = setup.pbx;
		expect((await setup.post(callXml())).status).toBe(200);
		await setup.pbx.refuse();
		expect(await failure()).toBe('ECONNREFUSED');
		await setup.pbx.listenAgain();
		await setup.pbx.listenAgain();
		expect(setup.pbx.url).toBe(url);
		expect((await setup.post(callXml())).status).toBe(200);
		expect(setup.pbx.calls).toHaveLength(2);
	});

	test('close ends hanging requests and calls that ring', async () => {
		const { pbx } = setup;
		pbx.setParty('101', 'never');
		const ringing = setup.post(callXml('<timeout>999</timeout>'));
		await until(() => pbx.rings.length === 1);
		pbx.fault('hang');
		const hanging = setup.post(callXml());
		await until(() => pbx.requests.length === 2);
		const ended = Promise.allSettled([ringing, hanging]);
		await pbx.close();
		expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		await pbx.close();
	});

	test('reset ends hanging requests', async () => {
		setup.pbx.fault('hang');
		const hanging = setup.post(callXml());
		await until(() => setup.pbx.requests.length === 1);
		const ended = Promise.allSettled([hanging]);
		setup.pbx.reset();
		expect((await ended)[0].status).toBe('rejected');
		expect((await setup.post(callXml())).status).toBe(200);
	});

	test('listens on a port of choice', async () => {
		const { port } = setup.pbx;
		await setup.close();
		setup = await setUp({ port, tls: false });
		expect(setup.pbx.url).toBe(`http://127.0.0.1:${String(port)}`);
		expect((await setup.post(callXml())).status).toBe(200);
		await expect(setUp({ port })).rejects.toThrow('EADDRINUSE');
	});
});
