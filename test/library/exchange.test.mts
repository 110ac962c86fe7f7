/** One HTTP exchange: in time, in size, written once at most, whatever a dispatcher is made to repeat. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { Agent, interceptors, Pool, RetryAgent } from 'undici';

import { type Dispatcher, exchange } from '../../library/exchange.ts';
import { maxReplyCharacters } from '../../nodes/shared/wire/text/limits.ts';
import { until } from '../until.mts';
import { openSwitchvox } from './setups.mts';

let server: Server;
let url: string;
let requests: number;
let answer: RequestListener;
let agent: Agent;

beforeAll(async () => {
	server = createServer((request, response) => {
		requests += 1;
		answer(request, response);
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

beforeEach(() => {
	requests = 0;
	answer = (_request, response) => response.end('ok');
	agent = new Agent();
});

afterEach(async () => {
	await agent.destroy();
	server.closeAllConnections();
});

afterAll(() => {
	server.close();
});

interface How {
	readonly through?: Dispatcher;
	readonly to?: string;
	readonly timeoutSeconds?: number;
	readonly signal?: AbortSignal;
}

async function send({ through = agent, to = url, timeoutSeconds = 5, signal }: How = {}) {
	const sending = { vendorName: 'Acme', baseUrl: to, timeoutSeconds };
	const request = { method: 'POST', path: '/call', headers: {}, body: 'ring' } as const;
	const target = { origin: new URL(to).origin, path: request.path };
	return await exchange(through, request, target, { sending, signal });
}

test('status, headers in lower case and body come back', async () => {
	answer = (_request, response) => {
		response.writeHead(202, { 'X-Some': ['a', 'b'] });
		response.write(Buffer.from([0xc3]));
		setTimeout(() => response.end(Buffer.from([0xa9])), 10);
	};
	const reply = await send();
	expect(reply).toMatchObject({ status: 202, body: 'é' });
	expect('headers' in reply && reply.headers['x-some']).toBe('a, b');
});

test('1xx is no response', async () => {
	answer = (_request, response) => {
		response.writeEarlyHints({ link: '</a>; rel=preload' });
		response.end('ok');
	};
	expect(await send()).toMatchObject({ status: 200, body: 'ok' });
});

describe('in time', () => {
	test('no answer', async () => {
		answer = () => undefined;
		expect(await send({ timeoutSeconds: 0.1 })).toMatchObject({
			status: 'unknown',
			what: 'Acme did not answer within 0.1 seconds.',
		});
		expect(requests).toBe(1);
	});

	test('half an answer', async () => {
		answer = (_request, response) => response.write('half');
		expect(await send({ timeoutSeconds: 0.1 })).toMatchObject({
			status: 'unknown',
			what: expect.stringContaining('did not answer within') as string,
		});
	});

	test('an answer that drips without end', async () => {
		answer = (_request, response) => {
			const drip = setInterval(() => response.write('.'), 20);
			response.on('close', () => {
				clearInterval(drip);
			});
		};
		expect(await send({ timeoutSeconds: 0.2 })).toMatchObject({ status: 'unknown' });
	});

	test('a server that never takes the connection got nothing', async () => {
		const sockets: Socket[] = [];
		const silent = createTcpServer((socket) => sockets.push(socket));
		await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
		const { port } = silent.address() as AddressInfo;
		// The handshake of TLS never comes.
		const through = new Agent({ connectTimeout: 100 });
		expect(await send({ through, to: `https://127.0.0.1:${String(port)}` })).toMatchObject({
			status: 'not_sent',
			what: expect.stringContaining('UND_ERR_CONNECT_TIMEOUT') as string,
		});
		await through.destroy();
		for (const socket of sockets) socket.destroy();
		silent.close();
	});

	test('the time is that of the vendor', async () => {
		const timeouts: number[] = [];
		const setup = await openSwitchvox();
		const inner = new Agent({ connect: { ca: setup.pbx.caCertificate } });
		const dispatcher: Dispatcher = {
			dispatch(request, handler) {
				timeouts.push(request.headersTimeout, request.bodyTimeout);
				return inner.dispatch(request, handler);
			},
		};
		await setup.place({ call: { options: { timeout: 7 } }, client: { dispatcher } });
		expect(timeouts).toEqual([20_000, 20_000, 37_000, 37_000]);
		await inner.close();
		await setup.close();
	});
});

test('an answer without end is not read to its end', async () => {
	let written = 0;
	answer = (_request, response) => {
		const chunk = Buffer.alloc(100_000, 'é');
		const pour = () => {
			while (!response.destroyed && written < 50_000_000) {
				written += chunk.length;
				if (!response.write(chunk)) {
					response.once('drain', pour);
					return;
				}
			}
		};
		pour();
	};
	const reply = await send();
	if (!('body' in reply)) throw new Error(reply.what);
	expect(reply.body.length).toBeGreaterThan(maxReplyCharacters);
	expect(written).toBeLessThan(20_000_000);
});

describe('aborted', () => {
	test('while it waits for a connection: it is never written', async () => {
		const pool = new Pool(url, { connections: 1 });
		const answers: (() => void)[] = [];
		answer = (_request, response) => answers.push(() => response.end('ok'));
		const first = send({ through: pool });
		const canceller = new AbortController();
		const second = send({ through: pool, signal: canceller.signal });
		await until(() => requests > 0);
		canceller.abort();
		expect(await second).toMatchObject({
			status: 'not_sent',
			what: 'The call was aborted before it was sent.',
		});
		answers.forEach((one) => {
			one();
		});
		expect(await first).toMatchObject({ status: 200 });
		const third = send({ through: pool });
		await until(() => answers.length >= 2);
		answers[1]?.();
		expect(await third).toMatchObject({ status: 200 });
		expect(requests).toBe(2);
		await pool.destroy();
	});

	test('nothing stays with a signal that many calls share', async () => {
		const canceller = new AbortController();
		let listeners = 0;
		const { signal } = canceller;
		const add = signal.addEventListener.bind(signal);
		const remove = signal.removeEventListener.bind(signal);
		signal.addEventListener = (...given: Parameters<typeof add>) => {
			listeners += 1;
			add(...given);
		};
		signal.removeEventListener = (...given: Parameters<typeof remove>) => {
			listeners -= 1;
			remove(...given);
		};
		for (let count = 0; count < 5; count++) await send({ signal });
		expect(listeners).toBe(0);
	});
});

describe('written once, whatever the dispatcher is made to do', () => {
	test('a RetryAgent that repeats everything', async () => {
		answer = (request) => request.socket.destroy();
		const through = new RetryAgent(agent, { methods: ['POST'], minTimeout: 10, maxRetries: 3 });
		expect(await send({ through })).toMatchObject({ status: 'unknown' });
		expect(requests).toBe(1);
	});

	test('one that repeats after HTTP 503', async () => {
		answer = (_request, response) => response.writeHead(503).end();
		const through = new RetryAgent(agent, {
			methods: ['POST'],
			statusCodes: [503],
			minTimeout: 10,
			maxRetries: 3,
		});
		const reply = await send({ through });
		expect(reply.status === 503 || reply.status === 'unknown').toBe(true);
		expect(requests).toBe(1);
	});

	test('one that follows redirects', async () => {
		answer = (_request, response) => response.writeHead(307, { location: '/again' }).end();
		const through = agent.compose(interceptors.redirect({ maxRedirections: 5 }));
		expect(await send({ through })).toMatchObject({ status: 307 });
		expect(requests).toBe(1);
	});

	test('a connection that the server closed while it was kept', async () => {
		answer = (_request, response) => response.end('ok');
		await send();
		answer = (request) => request.socket.destroy();
		expect(await send()).toMatchObject({ status: 'unknown' });
		expect(requests).toBe(2);
	});
});
