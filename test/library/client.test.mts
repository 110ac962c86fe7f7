/** Calls of a program: placed, refused, checked; sign-in, connections and dispatchers of its own or handed in. */
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, MockAgent } from 'undici';

import { createClient } from '../../index.ts';
import type { Outcome } from '../../index.ts';
import { defaultAccounts } from '../simulators/switchvox.mts';
import { openEnswitch, openIovox, openSwitchvox, openVoipNow, traffic } from './setups.mts';
import type { Setup } from './setups.mts';
import { until } from '../until.mts';

const open: Setup[] = [];

/** Closed after the test. */
async function using<T extends Setup>(opening: Promise<T>): Promise<T> {
	const setup = await opening;
	open.push(setup);
	return setup;
}

afterEach(async () => {
	await Promise.all(open.splice(0).map((setup) => setup.close()));
});

const statusesOf = (outcomes: readonly Outcome[]) => outcomes.map(({ status }) => status);
const challenge = 'GET 401';
const call = 'POST 200';

describe('each vendor', () => {
	test('Switchvox: answered, not connected, refused', async () => {
		const { place, pbx, firstRings } = await using(openSwitchvox());
		expect(
			await place({
				call: { dialSecond: '+1 (202) 555-0123', options: { defaultCountry: 'US' } },
			}),
		).toMatchObject({
			status: 'answered',
			from: '101',
			// With the 9 of this PBX's outgoing rules.
			to: '912025550123',
		});
		pbx.setParty('101', 'never');
		expect(await place()).toMatchObject({ status: 'not_connected' });
		expect(await place({ call: { accountId: '999' } })).toMatchObject({
			status: 'refused',
			vendorErrors: [{ code: expect.any(String) as string }],
		});
		expect(await firstRings()).toBe(2);
	});

	test('Switchvox: an extension user, with variables and options', async () => {
		const setup = await using(openSwitchvox());
		const { username, password } = defaultAccounts.user;
		const options = { callerIdName: 'Reminder', timeout: 10 };
		const variables = [{ name: 'balance', value: 450 }];
		const outcome = await setup.place({
			credential: { username, password },
			call: { accountType: 'user', variables, options },
		});
		expect(outcome.status).toBe('answered');
		expect(setup.requests.at(-1)?.body).toContain('<variable>balance=450</variable>');
		expect(setup.requests.at(-1)?.body).toContain('<timeout>10</timeout>');
		expect(await setup.firstRings()).toBe(1);
	});

	test('Enswitch: accepted with its ID, scheduled, refused', async () => {
		const { place, firstRings } = await using(openEnswitch());
		expect(await place({ call: { options: { wait: 5 } } })).toMatchObject({
			status: 'accepted',
			callId: expect.any(String) as string,
		});
		expect(await place({ call: { options: { delay: 1 } } })).toMatchObject({ status: 'scheduled' });
		expect(await place({ credential: { password: 'wrong' } })).toMatchObject({ status: 'refused' });
		expect(await firstRings()).toBe(2);
	});

	test('IOVOX: accepted with variables, scheduled, refused', async () => {
		const { place, requests, firstRings } = await using(openIovox());
		const callVariables = [{ name: 'my_custom_var', value: 'Ann & Bob' }];
		expect(await place({ call: { callVariables } })).toMatchObject({ status: 'accepted' });
		expect(requests.at(-1)?.body).toContain('<my_custom_var>Ann &amp; Bob</my_custom_var>');
		expect(await place({ call: { linkId: 'nobody' } })).toMatchObject({
			status: 'refused',
			vendorErrors: [{ message: expect.stringContaining('Link') as string }],
		});
		expect(await firstRings()).toBe(1);
	});

	test('VoipNow: accepted with its ID, refused', async () => {
		const { place, firstRings } = await using(openVoipNow());
		expect(await place()).toMatchObject({
			status: 'accepted',
			callId: expect.any(String) as string,
		});
		expect(await place({ call: { extension: '0003*310' } })).toMatchObject({
			status: 'refused',
			vendorErrors: [{ code: 'extension_invalid' }],
		});
		expect(await firstRings()).toBe(1);
	});
});

describe('bad input is an outcome, not an exception, and nothing is sent', () => {
	test.each([
		['a number that is none', { call: { dialFirst: 'Bob' } }, 'Dial First is "Bob"'],
		['nothing', { call: { dialFirst: undefined } }, 'Dial First is empty'],
		['an unknown name', { call: { dailFirst: '1' } }, 'A call of Switchvox has no field dailFirst'],
		[
			'an unknown option',
			{ call: { options: { timeot: 5 } } },
			'A call of Switchvox has no field options.timeot',
		],
		[
			'an option of the node',
			{ call: { options: { dryRun: true } } },
			'A call of Switchvox has no field options.dryRun',
		],
		['options that are none', { call: { options: 'fast' } }, 'options is not an object'],
		['an option out of range', { call: { options: { timeout: 1000 } } }, 'from 0 to 999'],
		['an address without a host', { credential: { baseUrl: '' } }, 'Base URL in the credential'],
		['a certificate that is none', { credential: { caCertificate: 'x' } }, 'PEM'],
	])('%s', async (_title, changes, says) => {
		const setup = await using(openSwitchvox());
		const outcome = await setup.place(changes);
		expect(outcome).toMatchObject({ status: 'not_sent' });
		expect(JSON.stringify(outcome)).toContain(says.replaceAll('"', '\\"'));
		expect(setup.requests).toEqual([]);
	});

	test('a key that cannot stand in a header', async () => {
		const setup = await using(openIovox());
		expect(await setup.place({ credential: { secureKey: 'a\nb' } })).toMatchObject({
			status: 'not_sent',
			message: expect.stringContaining('Secure Key in the credential') as string,
		});
		expect(setup.requests).toEqual([]);
	});

	test('a call that cannot even be read is an outcome, and nothing is thrown', async () => {
		const setup = await using(openSwitchvox());
		const client = createClient('switchvox', setup.credential);
		const call = {
			get dialFirst(): string {
				throw new Error('no such row');
			},
			dialSecond: '301',
			accountId: '1106',
		};
		expect(await client.originate(call)).toMatchObject({
			status: 'not_sent',
			message: expect.stringContaining('(no such row)') as string,
		});
		expect(await setup.firstRings()).toBe(0);
		await client.close();
	});

	test('an unknown vendor', async () => {
		const client = createClient('acme' as 'iovox', {} as never);
		expect(await client.originate({} as never)).toMatchObject({
			status: 'not_sent',
			message: 'There is no vendor "acme". No call was placed.',
			advice: 'Choose one of: switchvox, iovox, enswitch, voipNow, asterisk.',
		});
	});

	test('a dry run checks everything and sends nothing', async () => {
		const setup = await using(openEnswitch());
		const outcome = await setup.place({ options: { dryRun: true } });
		expect(outcome).toMatchObject({
			status: 'skipped',
			reason: 'dry_run',
			request: {
				method: 'POST',
				url: `${setup.url}/api/json/calls/make/`,
				body: 'stype=phone&snumber=1234567&ctype=&cnumber=1234568',
			},
		});
		expect(JSON.stringify(outcome)).not.toContain(setup.secret);
		expect(setup.requests).toEqual([]);
	});
});

describe('sign-in', () => {
	test.each([
		['basic', 'auto', [challenge, call, call, call]],
		['digest', 'auto', [challenge, call, call, call]],
		['digest', 'digest', [challenge, call, call, call]],
		['basic', 'basic', [call, call, call]],
	] as const)(
		'Switchvox with %s, set to %s: one request per call after the first',
		async (scheme, authentication, expected) => {
			const setup = await using(openSwitchvox({ authentication: scheme }));
			const client = createClient('switchvox', { ...setup.credential, authentication });
			const outcomes = [];
			for (let count = 0; count < 3; count++) outcomes.push(await client.originate(setup.call));
			expect(statusesOf(outcomes)).toEqual(['answered', 'answered', 'answered']);
			expect(traffic(setup)).toEqual(expected);
			expect(await setup.firstRings()).toBe(3);
			await client.close();
		},
	);

	test('calls that start together wait for one challenge and ring once each', async () => {
		const setup = await using(openSwitchvox({ authentication: 'digest' }));
		const client = createClient('switchvox', setup.credential);
		const calls = Array.from({ length: 8 }, () => client.originate(setup.call));
		expect(new Set(statusesOf(await Promise.all(calls)))).toEqual(new Set(['answered']));
		expect(traffic(setup).filter((one) => one === challenge)).toHaveLength(1);
		expect(await setup.firstRings()).toBe(8);
		await client.close();
	});

	test.each([
		['whose count has to grow', {}],
		['that is stale after 5 requests', { nonceLifetimeRequests: 5 }],
		['that is stale after every request', { nonceLifetimeRequests: 1 }],
	])('100 calls, 20 at once, with a nonce %s: none is refused', async (_, digest) => {
		const setup = await using(openSwitchvox({ authentication: 'digest', digest }));
		const client = createClient('switchvox', setup.credential);
		const outcomes: Outcome[] = [];
		let left = 100;
		const worker = async () => {
			while (left-- > 0) outcomes.push(await client.originate(setup.call));
		};
		await Promise.all(Array.from({ length: 20 }, worker));
		expect(statusesOf(outcomes)).toEqual(Array.from({ length: 100 }, () => 'answered'));
		expect(await setup.firstRings()).toBe(100);
		await client.close();
	});

	test('a stale nonce is renewed once, and the call placed once', async () => {
		const setup = await using(openSwitchvox({ authentication: 'digest' }));
		const client = createClient('switchvox', setup.credential);
		await client.originate(setup.call);
		setup.pbx.expireNonces();
		expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
		expect(traffic(setup)).toEqual([challenge, call, 'POST 401', challenge, call]);
		expect(await setup.firstRings()).toBe(2);
		await client.close();
	});

	test('an upgrade from Digest to Basic goes by unnoticed', async () => {
		const setup = await using(openSwitchvox({ authentication: 'digest' }));
		const client = createClient('switchvox', setup.credential);
		await client.originate(setup.call);
		setup.pbx.changeAuthentication('basic');
		expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
		expect(await setup.firstRings()).toBe(2);
		await client.close();
	});

	test.each(['basic', 'digest'] as const)('a wrong password, %s', async (authentication) => {
		const setup = await using(openSwitchvox({ authentication }));
		expect(await setup.place({ credential: { password: 'wrong' } })).toMatchObject({
			status: 'refused',
			advice: expect.stringContaining('Check user name and password') as string,
		});
		expect(await setup.firstRings()).toBe(0);
	});

	test('a fault of the challenge comes before any call', async () => {
		const setup = await using(openSwitchvox());
		setup.fault('cut', { where: 'any', times: 1 });
		expect(await setup.place()).toMatchObject({ status: 'not_sent' });
		expect(await setup.firstRings()).toBe(0);
	});

	test('VoipNow: one token for all calls, renewed when it is refused', async () => {
		for (const expiredStatus of [401, 403] as const) {
			const setup = await using(openVoipNow({ expiredStatus }));
			const client = createClient('voipNow', setup.credential);
			await Promise.all([client.originate(setup.call), client.originate(setup.call)]);
			expect(setup.pbx.tokensIssued()).toBe(1);
			setup.pbx.expireTokens();
			const again = [client.originate(setup.call), client.originate(setup.call)];
			expect(statusesOf(await Promise.all(again))).toEqual(['accepted', 'accepted']);
			expect(setup.pbx.tokensIssued()).toBe(2);
			expect(await setup.firstRings()).toBe(4);
			await client.close();
		}
	});

	test('VoipNow: a token that is refused at once is renewed once, and that is all', async () => {
		const setup = await using(openVoipNow());
		setup.pbx.refuseTokens();
		expect(await setup.place()).toMatchObject({ status: 'refused', httpStatus: 401 });
		expect(traffic(setup)).toEqual(['POST 200', 'POST 401', 'POST 200', 'POST 401']);
		expect(await setup.firstRings()).toBe(0);
	});

	test('VoipNow: a token at its end is not used', async () => {
		const setup = await using(openVoipNow({ tokenLifetimeSeconds: 5 }));
		const client = createClient('voipNow', setup.credential);
		await client.originate(setup.call);
		await client.originate(setup.call);
		expect(setup.pbx.tokensIssued()).toBe(2);
		await client.close();
	});

	test.each([
		[{ clientSecret: 'wrong' }, 'refused', 'issued no token (invalid_client)'],
		[
			{ clientId: 'app-of-untrusted', clientSecret: 'secret of untrusted & co' },
			'refused',
			'trusted',
		],
	])('VoipNow: no token for %o', async (credential, status, says) => {
		const setup = await using(openVoipNow());
		const outcome = await setup.place({ credential });
		expect(outcome.status).toBe(status);
		expect(JSON.stringify(outcome)).toContain(says);
		expect(await setup.firstRings()).toBe(0);
	});

	test.each([
		['html', 'unreadable_reply', 'answered without a token (HTTP 200)'],
		['empty', 'unreadable_reply', 'answered without a token (HTTP 200)'],
		['cut', 'connection_lost', 'did not answer the request for a token'],
		[{ status: 307, redirect: '/elsewhere' }, 'redirected', 'HTTP 307'],
		[{ status: 401 }, 'unauthorized', 'Client ID and Client Secret'],
		[{ status: 404 }, 'unreadable_reply', 'Base URL'],
		[{ status: 429 }, 'rate_limited', 'Too many requests'],
		[{ status: 500 }, 'server_fault', 'answered without a token (HTTP 500)'],
		[{ status: 503 }, 'server_fault', 'is running as it should'],
	] as const)('VoipNow: %o in place of a token', async (fault, reason, says) => {
		const setup = await using(openVoipNow());
		setup.fault(fault, { where: 'any', times: 1 });
		const outcome = await setup.place();
		expect(outcome).toMatchObject({ status: 'not_sent', reason });
		expect(JSON.stringify(outcome)).toContain(says);
		// What was no token is not kept.
		expect(await setup.place()).toMatchObject({ status: 'accepted' });
		expect(await setup.firstRings()).toBe(1);
	});
});

describe('connections', () => {
	test('the own ones are kept alive', async () => {
		const setup = await using(openVoipNow());
		const client = createClient('voipNow', setup.credential);
		const connected: string[] = [];
		const { subscribe } = await import('node:diagnostics_channel');
		subscribe('undici:client:connected', () => connected.push('connected'));
		for (let count = 0; count < 20; count++) await client.originate(setup.call);
		// undici lets a connection rest for a moment: calls without a pause go over two by turns.
		expect(connected.length).toBeLessThanOrEqual(2);
		expect(await setup.firstRings()).toBe(20);
		await client.close();
	});

	test('a closed client places no call', async () => {
		const setup = await using(openIovox());
		const client = createClient('iovox', setup.credential);
		await client.originate(setup.call);
		await client[Symbol.asyncDispose]();
		expect(await client.originate(setup.call)).toMatchObject({
			status: 'not_sent',
			message: 'The client is closed. No call was placed.',
		});
		expect(await setup.firstRings()).toBe(1);
	});

	test('closing waits for what is in flight', async () => {
		const setup = await using(openVoipNow({ replyDelayMs: 100 }));
		const client = createClient('voipNow', setup.credential);
		const placing = client.originate(setup.call);
		await until(async () => (await setup.firstRings()) > 0);
		await client.close();
		expect(await placing).toMatchObject({ status: 'accepted' });
	});

	test('a dispatcher that is handed in is used, and stays open', async () => {
		const setup = await using(openSwitchvox());
		const dispatcher = new Agent({ connect: { ca: setup.pbx.caCertificate }, connections: 1 });
		const credential = { ...setup.credential, caCertificate: '' };
		for (let count = 0; count < 2; count++) {
			const client = createClient('switchvox', credential, { dispatcher });
			expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
			await client.close();
		}
		expect(dispatcher.closed).toBe(false);
		expect(await setup.firstRings()).toBe(2);
		await dispatcher.close();
		const client = createClient('switchvox', credential, { dispatcher });
		expect(await client.originate(setup.call)).toMatchObject({ status: 'not_sent' });
	});

	test('a MockAgent takes the place of a vendor in the tests of a program', async () => {
		const dispatcher = new MockAgent();
		dispatcher.disableNetConnect();
		dispatcher
			.get('https://api.iovox.com:444')
			.intercept({ path: '/Calling?v=3&method=initiateCall', method: 'POST' })
			.reply(201, '');
		const credential = { environment: 'production', username: 'u', secureKey: 'k' } as const;
		const client = createClient('iovox', credential, { dispatcher });
		expect(await client.originate({ linkId: 'link123' })).toMatchObject({ status: 'accepted' });
		expect(await client.originate({ linkId: 'link123' })).toMatchObject({
			status: expect.stringMatching(/not_sent|unknown/) as string,
		});
	});

	test('a dispatcher that is none is an outcome', async () => {
		const setup = await using(openIovox());
		const dispatcher = {
			dispatch: () => {
				throw new TypeError('no');
			},
		};
		expect(await setup.place({ client: { dispatcher } })).toMatchObject({ status: 'not_sent' });
	});

	test('closing waits for a call that waits for its token', async () => {
		const setup = await using(openVoipNow());
		const client = createClient('voipNow', setup.credential);
		const placing = client.originate(setup.call);
		await client.close();
		expect(await placing).toMatchObject({ status: 'accepted' });
	});

	test('a call that waits for its token can be aborted', async () => {
		const setup = await using(openVoipNow());
		setup.fault('hang', { where: 'any' });
		const client = createClient('voipNow', setup.credential);
		const placing = client.originate(setup.call, { signal: AbortSignal.timeout(50) });
		expect(await placing).toMatchObject({ status: 'not_sent' });
		expect(setup.requests.length).toBeLessThanOrEqual(1);
	});

	test('a certificate that only looks like one', async () => {
		const setup = await using(openSwitchvox());
		const caCertificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
		expect(await setup.place({ credential: { caCertificate } })).toMatchObject({
			status: 'not_sent',
		});
		expect(await setup.firstRings()).toBe(0);
	});

	test('the proxy of the environment is used, and the certificate is that of the vendor', async () => {
		const setup = await using(openSwitchvox());
		const proxy = await openProxy();
		await inEnvironment({ HTTPS_PROXY: proxy.url }, async () => {
			expect(await setup.place()).toMatchObject({ status: 'answered' });
			expect(new Set(proxy.targets)).toEqual(new Set([setup.url.replace('https://', '')]));
			const untrusted = await setup.place({ credential: { caCertificate: '' } });
			expect(untrusted).toMatchObject({
				status: 'not_sent',
				message: expect.stringContaining('is not trusted') as string,
			});
			proxy.refuse();
			expect(await setup.place()).toMatchObject({ status: 'not_sent' });
		});
		await inEnvironment({ HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }, async () => {
			expect(await setup.place()).toMatchObject({ status: 'answered' });
		});
		expect(await setup.firstRings()).toBe(2);
		proxy.close();
	});

	test('every call of a client goes through the proxy, also after its tunnels were cut', async () => {
		const setup = await using(openSwitchvox());
		const proxy = await openProxy();
		await inEnvironment({ HTTPS_PROXY: proxy.url }, async () => {
			const client = createClient('switchvox', setup.credential);
			expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
			expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
			const { length } = proxy.targets;
			await proxy.cut();
			expect(await client.originate(setup.call)).toMatchObject({ status: 'answered' });
			expect(proxy.targets.length).toBeGreaterThan(length);
			await client.close();
		});
		proxy.close();
	});

	test('every call over http is sent as a proxy without a tunnel needs it', async () => {
		const setup = await using(openIovox());
		const proxy = await openProxy();
		await inEnvironment({ HTTP_PROXY: proxy.url }, async () => {
			const client = createClient('iovox', setup.credential);
			expect(await client.originate(setup.call)).toMatchObject({ status: 'accepted' });
			expect(await client.originate(setup.call)).toMatchObject({ status: 'accepted' });
			await client.close();
		});
		const asked = `${setup.url}/Calling?v=3&method=initiateCall`;
		expect(proxy.forwarded).toEqual([asked, asked]);
		expect(setup.requests).toHaveLength(2);
		proxy.close();
	});

	test('a proxy that is none is an outcome', async () => {
		const setup = await using(openIovox());
		await inEnvironment({ HTTP_PROXY: 'http://' }, async () => {
			expect(await setup.place()).toMatchObject({
				status: 'not_sent',
				message: 'The proxy in the environment variables cannot be used. No call was placed.',
			});
		});
		expect(setup.requests).toEqual([]);
	});
});

async function inEnvironment(values: Record<string, string>, use: () => Promise<void>) {
	const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
	const before = names.map((name) => [name, process.env[name]] as const);
	const put = (name: string, value: string | undefined) => {
		if (value === undefined) Reflect.deleteProperty(process.env, name);
		else process.env[name] = value;
	};
	for (const name of names) put(name, values[name]);
	try {
		await use();
	} finally {
		for (const [name, value] of before) put(name, value);
	}
}

/** A proxy that tunnels (CONNECT) for https, forwards requests for http, and answers with 407 once it refuses. */
async function openProxy() {
	/** Of each tunnel. */
	const targets: string[] = [];
	/** The address of each request, as the proxy got it. */
	const forwarded: string[] = [];
	const sockets = new Set<Duplex>();
	let refuses = false;
	const server = createServer((incoming, reply) => {
		const { url = '', method, headers } = incoming;
		forwarded.push(url);
		const onward = request(url, { method, headers }, (response) => {
			reply.writeHead(response.statusCode ?? 502, response.headers);
			response.pipe(reply);
		});
		onward.on('error', () => reply.destroy());
		incoming.pipe(onward);
	});
	server.on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy());
		if (refuses) {
			socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
			return;
		}
		targets.push(url);
		const { hostname, port } = new URL(`http://${url}`);
		const tunnel = connect(Number(port), hostname, () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			tunnel.pipe(socket).pipe(tunnel);
		});
		tunnel.on('error', () => socket.destroy());
		sockets.add(tunnel);
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
		targets,
		forwarded,
		refuse: () => {
			refuses = true;
		},
		/** Ends all tunnels, and waits until both sides know. */
		cut: async () => {
			for (const socket of sockets) socket.destroy();
			await sleep(100);
		},
		close: () => {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}

describe('what goes wrong before anything is sent', () => {
	test.each([null, 'now', 5])('options that are no object: %j', async (options) => {
		const setup = await using(openSwitchvox());
		expect(await setup.place({ options: options as never })).toMatchObject({
			status: 'not_sent',
			reason: 'invalid_input',
		});
		expect(setup.requests).toEqual([]);
	});

	test('a mistake while it is signed in', async () => {
		const setup = await using(openSwitchvox());
		const username = {
			toString: () => {
				throw new Error('odd');
			},
		};
		const outcome = await setup.place({ credential: { username, authentication: 'basic' } });
		expect(outcome).toMatchObject({ status: 'not_sent', reason: 'node_fault' });
		expect(setup.requests).toEqual([]);
	});

	test('a user name that would break a header', async () => {
		const setup = await using(openSwitchvox({ authentication: 'digest' }));
		const outcome = await setup.place({ credential: { username: 'admin\r\nX: y' } });
		expect(outcome).toMatchObject({ status: 'not_sent', reason: 'invalid_credential' });
		expect(await setup.firstRings()).toBe(0);
	});
});

test('texts call the parts of a call by their names', async () => {
	const setup = await using(openSwitchvox());
	setup.pbx.setParty('101', 'never');
	expect(await setup.place()).toMatchObject({
		advice: expect.stringContaining('Raise options.timeout, or check') as string,
	});
});
