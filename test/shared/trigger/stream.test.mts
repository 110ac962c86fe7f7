/** The driver of a trigger that keeps a connection, with the simulated Asterisk; its pauses pass a hundred times as fast. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { IHttpRequestOptions, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { asterisk } from '../../../nodes/Asterisk/vendor.ts';
import type { CallEvent, Streamed } from '../../../nodes/shared/calling/contract/events.ts';
import { listen } from '../../../nodes/shared/trigger/stream.ts';
import { authenticate } from '../../../nodes/shared/wire/signIn/authenticate.ts';
import { streamedCallsOf } from '../../fixtures/fixtures.mts';
import { defaultUsers, startAsterisk } from '../../simulators/asterisk.mts';
import type { AsteriskOptions, AsteriskSimulator } from '../../simulators/asterisk.mts';
import { until } from '../../until.mts';

const incoming = streamedCallsOf('asterisk').find(({ name }) => name === 'incoming');
const messages = incoming?.messages ?? [];

/** Time for answers is left as it is: the simulator has to have it. */
const replyMs = 10_000;
const pausedMs: number[] = [];
const cleanups: (() => Promise<unknown>)[] = [];

beforeEach(() => {
	pausedMs.length = 0;
	const real = AbortSignal.timeout.bind(AbortSignal);
	jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
		if (milliseconds === replyMs || milliseconds % 1000 !== 0) return real(milliseconds);
		pausedMs.push(milliseconds);
		return real(milliseconds / 100);
	});
});
afterEach(async () => {
	for (let next = cleanups.pop(); next; next = cleanups.pop()) await next();
	jest.restoreAllMocks();
});

/** As n8n's helper does it: signed by the credential, with the answer whatever its status is. */
async function send({ url, method, headers, agentOptions }: IHttpRequestOptions) {
	const options = { method, headers: headers as Record<string, string>, ...agentOptions };
	const start = url.startsWith('https') ? httpsRequest : httpRequest;
	return await new Promise((resolve, reject) => {
		const request = start(url, options, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.on('error', reject);
			answer.on('end', () => {
				const body = Buffer.concat(chunks).toString('utf8');
				resolve({ statusCode: answer.statusCode, headers: answer.headers, body });
			});
		});
		request.on('error', reject);
		request.end();
	});
}

interface Trigger {
	readonly pbx: AsteriskSimulator;
	readonly credential: Record<string, unknown>;
	/** The items so far. */
	readonly items: CallEvent[];
	/** The lines of the log so far. */
	readonly log: string[];
	readonly start: () => Promise<ITriggerResponse>;
	/** Replaces what n8n does with an item. */
	onItem(action: () => unknown): void;
}

async function trigger(
	options: AsteriskOptions = {},
	parameters: Readonly<Record<string, unknown>> = {},
	mode = 'trigger',
): Promise<Trigger> {
	const pbx = await startAsterisk({ tls: false, ...options });
	cleanups.push(() => pbx.close());
	const credential: Record<string, unknown> = { baseUrl: pbx.url, ...defaultUsers.n8n };
	const items: CallEvent[] = [];
	const log: string[] = [];
	let onItem: () => unknown = () => undefined;
	const context = {
		getCredentials: () => Promise.resolve({ ...credential }),
		getNode: () => ({ id: 'node-1', name: 'Event', type: 'asteriskTrigger' }),
		getWorkflow: () => ({ id: 'workflow-1', name: 'Workflow' }),
		getMode: () => mode,
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		logger: {
			info: (line: string) => log.push(`info: ${line}`),
			warn: (line: string) => log.push(`warn: ${line}`),
		},
		emit: (data: { json: unknown }[][]) => {
			onItem();
			items.push(data[0]?.[0]?.json as CallEvent);
		},
		helpers: {
			httpRequestWithAuthentication: async (_: string, asked: IHttpRequestOptions) =>
				await send(await authenticate(asterisk, credential as never, { ...asked })),
		},
	} as unknown as ITriggerFunctions;
	return {
		pbx,
		credential,
		items,
		log,
		start: async () => {
			const response = await listen(context, asterisk, asterisk.events as Streamed);
			cleanups.push(async () => await response.closeFunction?.());
			return response;
		},
		onItem: (action) => {
			onItem = action;
		},
	};
}

const listener = 'n8n-workflow-1-node-1';
const play = ({ pbx }: Trigger, all = messages) => {
	for (const message of all) pbx.listeners.send(message);
};
const connected = async ({ pbx }: Trigger) => {
	await until(() => pbx.listeners.names().length === 1);
};

test('the events of a call come as items, and nothing is left after the end', async () => {
	const one = await trigger();
	const { closeFunction } = await one.start();
	expect(one.pbx.listeners.names()).toEqual([listener]);
	play(one);
	await until(() => one.items.length === 3);
	expect(one.items).toEqual(
		incoming?.events.map(({ kind, ...event }) => {
			expect(kind).toBe('event');
			return {
				...event,
				vendor: 'asterisk',
				receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
				response: expect.objectContaining({ type: event.details.vendorEvent }),
			};
		}),
	);
	await closeFunction?.();
	await until(() => one.pbx.listeners.names().length === 0);
	expect(one.log).toEqual([]);
});

test('the password is in a header, and in no address', async () => {
	const one = await trigger();
	await one.start();
	const asked = one.pbx.requests.map(({ path, headers }) => [path, headers.authorization]);
	expect(asked).toEqual([
		[`/ari/applications/${listener}`, 'Basic'],
		[`/ari/events?app=${listener}&subscribeAll=true`, 'Basic'],
	]);
});

test('only the chosen events come, without the response if it is not wanted', async () => {
	const one = await trigger({}, { events: ['ended'], options: { includeResponse: false } });
	await one.start();
	play(one);
	await until(() => one.items.length > 0);
	expect(one.items.map(({ event }) => event)).toEqual(['ended']);
	expect(one.items[0]).not.toHaveProperty('response');
});

test('a test in the editor has a name of its own', async () => {
	const one = await trigger({}, {}, 'manual');
	await one.start();
	expect(one.pbx.listeners.names()).toEqual([`${listener}-test`]);
});

describe('it does not start, and says why', () => {
	test.each([
		[
			'a wrong password',
			{},
			{ password: 'wrong' },
			/^Asterisk refused the request \(HTTP 401\): Authentication required\. No event will start the workflow\. Check/,
		],
		[
			'no ARI',
			{ ari: false },
			{},
			/^Asterisk refused the request \(HTTP 404\)\. No event will start the workflow\. ./,
		],
		[
			'an address that is none',
			{},
			{ baseUrl: 'http://' },
			/^Base URL in the credential.* No event will start the workflow\. ./,
		],
		[
			'a host that is not there',
			{},
			{ baseUrl: 'http://127.0.0.1:1' },
			/^http:\/\/127\.0\.0\.1:1 refused the connection\. No event will start the workflow\. Check host/,
		],
		[
			'a certificate that nobody trusts',
			{ tls: true },
			{},
			/^The certificate of https:.* is not trusted .* No event will start/,
		],
	])('%s', async (_, options, changes, message) => {
		const one = await trigger(options);
		Object.assign(one.credential, changes);
		await expect(one.start()).rejects.toMatchObject({
			name: 'NodeApiError',
			message: expect.stringMatching(message),
		});
		expect(one.pbx.listeners.names()).toEqual([]);
	});

	test('a certificate that only the credential trusts', async () => {
		const one = await trigger({ tls: true });
		one.credential.caCertificate = one.pbx.caCertificate;
		await expect(one.start()).rejects.toMatchObject({
			message: expect.stringMatching(
				/^Node\.js itself has to trust the certificate of https:.* \(NODE_EXTRA_CA_CERTS\)\. No event .* restart n8n/,
			),
		});
	});

	test('a Node.js without WebSocket', async () => {
		const one = await trigger();
		const { WebSocket: kept } = globalThis;
		cleanups.push(() => Promise.resolve((globalThis.WebSocket = kept)));
		Reflect.deleteProperty(globalThis, 'WebSocket');
		await expect(one.start()).rejects.toMatchObject({
			message: expect.stringContaining('This version of Node.js has no WebSocket.'),
		});
	});

	test('a proxy that passes no WebSocket', async () => {
		const one = await trigger();
		jest.spyOn(asterisk.events as Streamed, 'path').mockReturnValue('/ari/elsewhere');
		await expect(one.start()).rejects.toMatchObject({
			message: expect.stringContaining(
				`Asterisk answers at ${one.pbx.url}, but no WebSocket can be opened there. No event will start the workflow. If there is a reverse proxy`,
			),
		});
	});
});

describe('a connection that is lost', () => {
	test('comes back, and the log says so once each', async () => {
		const one = await trigger();
		await one.start();
		one.pbx.listeners.cut();
		await until(() => one.log.length === 2);
		expect(one.log).toEqual([
			'warn: Asterisk Trigger lost its connection. Events that happen until it is back are lost: node "Event"',
			expect.stringMatching(
				/^info: Asterisk Trigger is connected again\. No event came for \d+ seconds: node "Event"$/,
			),
		]);
		play(one);
		await until(() => one.items.length === 3);
	});

	test('of a call that began before it, nothing is said after it', async () => {
		const one = await trigger();
		await one.start();
		const middle = messages.findIndex((message) => message.includes('"dialstatus":"RINGING"')) + 1;
		play(one, messages.slice(0, middle));
		await until(() => one.items.length === 1);
		one.pbx.listeners.cut();
		await until(() => one.log.length === 2);
		play(one, [...messages.slice(middle), ...messages]);
		await until(() => one.items.length === 4);
		expect(one.items.map(({ event }) => event)).toEqual([
			...['ringing', 'ringing', 'answered', 'ended'],
		]);
	});

	test('the pauses between two tries grow up to a minute', async () => {
		const one = await trigger();
		await one.start();
		await one.pbx.refuse();
		await until(() => pausedMs.filter((pause) => pause === 60_000).length > 1);
		await one.pbx.listenAgain();
		await connected(one);
		const tries = pausedMs.filter((pause) => pause !== 30_000);
		expect(tries.slice(0, 8)).toEqual(
			[1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000),
		);
		await until(() => one.log.length === 2);
	});

	test('again and again: the pauses grow all the same, until one has lasted a minute', async () => {
		const one = await trigger();
		await one.start();
		const lose = async () => {
			const lines = one.log.length;
			one.pbx.listeners.cut();
			await until(() => one.log.length === lines + 2);
		};
		const tries = () =>
			pausedMs.filter((pause) => pause !== 30_000).map((milliseconds) => milliseconds / 1000);
		for (let times = 0; times < 4; times++) await lose();
		expect(tries()).toEqual([1, 2, 4, 8]);
		const now = Date.now();
		jest.spyOn(Date, 'now').mockReturnValue(now + 60_000);
		await lose();
		expect(tries().slice(4)).toEqual([1]);
	});

	test('with a password that was changed meanwhile: the log says so once, until it is right', async () => {
		const one = await trigger();
		await one.start();
		one.credential.password = 'wrong';
		one.pbx.listeners.cut();
		await until(() => pausedMs.includes(8_000));
		expect(one.log.slice(1)).toEqual([
			expect.stringMatching(
				/^warn: Asterisk Trigger cannot connect again\. Asterisk refused the request \(HTTP 401\)/,
			),
		]);
		one.credential.password = defaultUsers.n8n.password;
		await connected(one);
	});

	test('is dead, although it looks open: Asterisk does not know it any more', async () => {
		const one = await trigger();
		await one.start();
		one.pbx.listeners.forget();
		await until(() => one.log.length === 2);
		play(one);
		await until(() => one.items.length === 3);
	});

	test('is dead, although it looks open: Asterisk does not answer any more', async () => {
		const one = await trigger();
		await one.start();
		one.pbx.listeners.freeze();
		one.pbx.fault({ status: 502 }, { times: 2, where: 'any' });
		await until(() => one.log.length === 2);
		play(one);
		await until(() => one.items.length === 3);
	});

	test('is not lost by one question without an answer, nor by one that is refused', async () => {
		const one = await trigger();
		await one.start();
		const questions = () => one.pbx.requests.filter(({ status }) => status === 200).length;
		for (const status of [502, 403, 403, 403]) {
			one.pbx.fault({ status }, { times: 1, where: 'any' });
			const before = questions();
			await until(() => questions() > before);
		}
		expect(one.log).toEqual([]);
	});

	test('because another n8n took over: this one waits until the other one is gone', async () => {
		const one = await trigger();
		await one.start();
		const other = new WebSocket(
			`${one.pbx.url.replace('http', 'ws')}/ari/events?app=${listener}&subscribeAll=true`,
			{ headers: { authorization: basic } },
		);
		await until(() => one.log.length === 1);
		expect(one.log[0]).toMatch(/^warn: Asterisk Trigger was replaced: another n8n is listening/);
		await until(() => pausedMs.includes(8_000));
		expect(one.log).toHaveLength(1);
		other.close();
		await until(() => one.log.length === 2);
		play(one);
		await until(() => one.items.length === 3);
	});
});

const { username, password } = defaultUsers.n8n;
const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

describe('the end of the trigger', () => {
	test('nothing comes after it', async () => {
		const one = await trigger();
		const { closeFunction } = await one.start();
		const ended = closeFunction?.();
		play(one);
		await ended;
		expect(one.items).toEqual([]);
	});

	test('while the connection is lost: no new one is opened', async () => {
		const one = await trigger();
		const { closeFunction } = await one.start();
		await one.pbx.refuse();
		await until(() => pausedMs.includes(4_000));
		await closeFunction?.();
		await one.pbx.listenAgain();
		const before = pausedMs.length;
		await new Promise((next) => setTimeout(next, 200));
		expect(one.pbx.listeners.names()).toEqual([]);
		expect(pausedMs).toHaveLength(before);
	});

	test('of a connection that is dead: it does not wait for long', async () => {
		const one = await trigger();
		const { closeFunction } = await one.start();
		one.pbx.listeners.freeze();
		await closeFunction?.();
		expect(pausedMs).toContain(2_000);
	});
});

test.each([
	['no JSON', 'oops', 'it is not valid JSON'],
	['too long', `{"type":"${'x'.repeat(60_000)}"}`, 'it is longer than 50000 characters'],
	['nothing', '', 'it is empty'],
])(
	'a message that is %s gives one line in the log, and the next ones are read',
	async (_, bad, why) => {
		const one = await trigger();
		await one.start();
		play(one, [bad, ...messages]);
		await until(() => one.items.length === 3);
		expect(one.log).toEqual([`warn: Asterisk Trigger ignored a message: ${why}: node "Event"`]);
	},
);

test('an item that n8n does not take gives a line in the log, and the next ones come', async () => {
	const one = await trigger();
	one.onItem(() => {
		one.onItem(() => undefined);
		throw new Error('not now');
	});
	await one.start();
	play(one);
	await until(() => one.items.length === 2);
	expect(one.log).toEqual([
		'warn: Asterisk Trigger could not read a message (not now): node "Event"',
	]);
});
