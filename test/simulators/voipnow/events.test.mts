import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../../until.mts';
import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import { defaultApps } from '../voipnow.mts';
import type { App, VoipNowOptions } from '../voipnow.mts';
import { callTo, jsonOf, refusalIn, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let clock: HandClock;
let setup: Setup;

async function open(options: VoipNowOptions = {}): Promise<void> {
	clock = createHandClock();
	setup = await setUp({ clock, talkSeconds: 30, ...options });
}

beforeEach(() => open());
afterEach(() => setup.close());

const { user, organization, administrator } = defaultApps;
const path = '/uapi/extensions/@me/0003*210/phoneCallEvents';
/** As documented. */
const documented = {
	type: '0',
	method: '0',
	note: 'My phone call event is awesome',
	url: 'http://myevent.com/SaveMyPhoneCallDetails',
	status: '1',
};

async function send(
	method: 'GET' | 'POST' | 'PUT' | 'DELETE',
	to = path,
	body?: object,
	app: App = user,
) {
	const authorization = `Bearer ${await setup.tokenFor(app)}`;
	return setup.send({
		method,
		path: to,
		headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
		...(body && { body: JSON.stringify(body) }),
	});
}

const enter = (type: string, extension = '0003*210') =>
	setup.pbx.events.enter({ extension, type, url: 'https://crm.example/' });
const ids = () => setup.pbx.events.all.map(({ id }) => id);

describe('registering', () => {
	test('the documented request, and its event in the list', async () => {
		const made = await send('POST', path, documented);
		const [{ id = '' } = {}] = JSON.parse(made.body) as { id?: string }[];
		expect([made.status, id]).toEqual([200, expect.stringMatching(/^[a-z0-9]{1,255}$/i)]);
		const { entry } = jsonOf(await send('GET'));
		expect(entry).toEqual([
			{
				...documented,
				id,
				modified: '2026-11-21T12:00:00Z',
				links: { self: expect.stringContaining(`${path}/0/${id}`) },
			},
		]);
	});

	test.each([
		['array', 200],
		['object', 200],
		['noContent', 204],
		['empty', 200],
	] as const)('is answered in several ways: %s', async (eventReply, status) => {
		await setup.close();
		await open({ eventReply });
		expect((await send('POST', path, documented)).status).toBe(status);
		expect(setup.pbx.events.all).toMatchObject([documented]);
	});

	test.each<[string, object, string]>([
		['no type', { type: undefined }, 'pcet_type_invalid'],
		['an unknown type', { type: '5' }, 'pcet_type_invalid'],
		['a type that is a number', { type: 0 }, 'pcet_type_invalid'],
		['an unknown method', { method: 'POST' }, 'pce_method_invalid'],
		['a status in words', { status: 'on' }, 'pce_status_invalid'],
		['no address', { url: '' }, 'pce_url_invalid'],
		['an address with a space', { url: 'https://crm.example/a b' }, 'pce_url_invalid'],
		['another scheme', { url: 'ftp://crm.example/' }, 'pce_url_invalid'],
		['a long note', { note: 'x'.repeat(256) }, 'pce_note_invalid'],
		['what is not documented', { event: 'hangup' }, 'simulator_undocumented'],
	])('%s is refused', async (_, change, code) => {
		expect(refusalIn(await send('POST', path, { ...documented, ...change }))).toEqual([400, code]);
		expect(setup.pbx.events.all).toEqual([]);
	});

	test('an older version has no answers', async () => {
		await setup.close();
		await open({ reportsAnswers: false });
		expect(refusalIn(await send('POST', path, { ...documented, type: '3' }))).toEqual([
			400,
			'pcet_type_invalid',
		]);
		expect((await send('POST', path, { ...documented, type: '2' })).status).toBe(200);
	});

	test.each<[string, string, App, string]>([
		['@self', '@me/@self', user, 'extension_invalid'],
		['an unknown extension', '@me/0003*999', user, 'extension_invalid'],
		["somebody else's extension", '@me/0003*310', user, 'extension_invalid'],
		['another user', '13/0003*310', user, 'user_invalid'],
		['@me of an organization', '@me/0003*210', organization, 'user_invalid'],
		['a short number of the administrator', '12/210', administrator, 'extension_invalid'],
	])('%s is refused', async (_, place, app, code) => {
		const to = `/uapi/extensions/${place}/phoneCallEvents`;
		for (const method of ['GET', 'POST', 'DELETE'] as const) {
			const body = method === 'POST' ? documented : undefined;
			expect(refusalIn(await send(method, to, body, app))).toEqual([400, code]);
		}
	});

	test('a queue can have events, and an organization registers those of its users', async () => {
		const to = '/uapi/extensions/12/0003*250/phoneCallEvents';
		expect((await send('POST', to, documented, organization)).status).toBe(200);
	});
});

describe('the list', () => {
	test('has pages of 20, unless another number is asked for', async () => {
		for (let count = 0; count < 25; count++) enter('0');
		expect(jsonOf(await send('GET')).entry).toHaveLength(20);
		const { entry, totalResults } = jsonOf(await send('GET', `${path}?count=100&startIndex=21`));
		expect([(entry as unknown[]).length, totalResults]).toEqual([4, 25]);
	});

	test('is of one extension, one type or one event', async () => {
		const hangup = enter('2');
		enter('0');
		enter('2', '0003*211');
		const found = async (to: string) =>
			(jsonOf(await send('GET', to)).entry as { id: string }[]).map(({ id }) => id);
		expect(await found(path)).toHaveLength(2);
		expect(await found(`${path}/2`)).toEqual([hangup]);
		expect(await found(`${path}/2/${hangup}`)).toEqual([hangup]);
		expect(await found(`${path}?filterBy=type&filterValue=2`)).toEqual([hangup]);
		expect(refusalIn(await send('GET', `${path}/hangup`))).toEqual([400, 'pce_type_invalid']);
	});

	test('can be empty in two ways', async () => {
		expect(jsonOf(await send('GET'))).toMatchObject({ entry: [], totalResults: 0 });
		await setup.close();
		await open({ emptyList: 'noContent' });
		expect((await send('GET')).status).toBe(204);
	});
});

describe('deleting', () => {
	test('one event', async () => {
		const [kept, gone] = [enter('0'), enter('0')];
		const reply = await send('DELETE', `${path}/0/${gone}`);
		expect([reply.status, JSON.parse(reply.body)]).toEqual([200, [{ id: gone }]]);
		expect(ids()).toEqual([kept]);
		expect((await send('DELETE', `${path}/0/${gone}`)).status).toBe(204);
	});

	test.each([path, `${path}/`, `${path}/0`, `${path}/0/`])(
		'without an ID, everything: %s',
		async (to) => {
			for (const type of ['0', '0', '2']) enter(type);
			const other = enter('0', '0003*211');
			await send('DELETE', to);
			expect(ids().filter((id) => id !== other)).toHaveLength(
				to.includes('/0', path.length) ? 1 : 0,
			);
			expect(ids()).toContain(other);
		},
	);
});

describe('events', () => {
	let server: Server;
	let heard: { readonly method: string; readonly parameters: Record<string, string> }[];
	let url: string;
	let answer: () => Promise<number>;

	beforeEach(async () => {
		heard = [];
		answer = () => Promise.resolve(200);
		server = createServer((request, response) => {
			void (async () => {
				heard.push({ method: request.method ?? '', parameters: await parametersOf(request) });
				response.writeHead(await answer()).end();
			})();
		});
		await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
		url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
	});
	afterEach(() => {
		server.closeAllConnections();
		server.close();
	});

	const register = (extension = '0003*210', method = '1') => {
		for (const type of ['0', '1', '2', '3', '4'])
			setup.pbx.events.enter({ extension, type, method, url: `${url}?type=${type}` });
	};
	const types = () => heard.map(({ parameters }) => parameters.type);

	test.each([
		['POST', '1'],
		['GET', '0'],
	])('of a call from outside, as %s', async (method, code) => {
		register('0003*210', code);
		setup.pbx.setParty('0003*210', { answersAfterSeconds: 5 });
		setup.pbx.ring({ from: '12025550123', did: '12025550100', extensions: ['0003*210'] });
		clock.turn(60);
		await setup.pbx.pushed();
		const said = {
			CallID: expect.stringMatching(/^\d+\.\d+$/),
			CallerIDNum: '12025550123',
			CallerIDName: '12025550123',
			CalledDID: '12025550100',
			CalledExtension: '0003*210',
			CallFlow: 'IN',
			CallerExtension: '',
			CalledNumber: '12025550100',
		};
		expect(heard).toEqual([
			{ method, parameters: { ...said, type: '0', CallStatus: 'CALLING' } },
			{ method, parameters: { ...said, type: '3', CallStatus: 'ANSWER' } },
			{ method, parameters: { ...said, type: '2', CallStatus: 'ANSWER' } },
		]);
	});

	test('of a call of the API, with its ID', async () => {
		register();
		const body = callTo({ destination: ['12025550123'] });
		const [{ id }] = JSON.parse((await setup.post(body)).body) as [{ id: string }];
		clock.turn(60);
		await setup.pbx.pushed();
		expect(types()).toEqual(['0', '3', '1', '4', '2']);
		expect(heard.map(({ parameters }) => parameters.CallAPIID)).toEqual(Array(5).fill(id));
		expect(heard.at(-1)?.parameters).toMatchObject({ CalledNumber: '12025550123' });
	});

	test('are sent as they are switched, and not if they are disabled', async () => {
		register();
		const [, , hangup] = setup.pbx.events.all;
		setup.pbx.events.change(hangup?.id ?? '', { status: '0' });
		setup.pbx.pushAs({ twice: true, backwards: true, apiId: false, lowerCase: true });
		await setup.post(callTo());
		clock.turn(60);
		await setup.pbx.pushed();
		expect(types()).toEqual(['4', '4', '1', '1', '3', '3', '0', '0']);
		expect(heard[0]?.parameters).toMatchObject({ CallFlow: 'out' });
		expect(heard[0]?.parameters).not.toHaveProperty('CallAPIID');
	});

	test.each([
		['busy', 'BUSY', 'UNKNOWN'],
		['offline', 'CHANUNAVAIL', 'UNKNOWN'],
	] as const)('of a destination that is %s', async (behaviour, asterisk, documentedStatus) => {
		register();
		setup.pbx.setParty('3235742879', behaviour);
		for (const statuses of ['asterisk', 'documented'] as const) {
			setup.pbx.pushAs({ statuses });
			await setup.post(callTo());
			clock.turn(60);
			await setup.pbx.pushed();
		}
		const ends = heard.filter(({ parameters }) => parameters.type === '2');
		expect(ends.map(({ parameters }) => parameters.CallStatus)).toEqual([
			asterisk,
			documentedStatus,
		]);
	});

	test('no call waits for a receiver that is slow, refuses or is not there', async () => {
		register();
		setup.pbx.events.enter({ extension: '0003*210', type: '0', url: 'http://127.0.0.1:1/' });
		let go: (status: number) => void = () => undefined;
		answer = () => new Promise((resolve) => (go = resolve));
		await setup.post(callTo());
		clock.turn(60);
		expect(setup.pbx.live.all()[0]?.phase).toBe('ended');
		await until(() => heard.length === 1);
		answer = () => Promise.resolve(500);
		go(500);
		await setup.pbx.pushed();
		expect(setup.pbx.sent.map(({ status }) => status)).toEqual([500, null, 500, 500, 500, 500]);
	});
});

async function parametersOf(request: IncomingMessage): Promise<Record<string, string>> {
	const { searchParams } = new URL(request.url ?? '', 'http://receiver.test');
	let body = '';
	for await (const chunk of request) body += String(chunk);
	return Object.fromEntries([...searchParams, ...new URLSearchParams(body)]);
}
