import { xmlTree } from '../client.mts';
import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import type { IovoxOptions, PartyBehaviour } from '../iovox.mts';
import { callXml, setUp, signedIn } from './testing.mts';
import type { Setup } from './testing.mts';

let clock: HandClock;
let setup: Setup;

async function start(options: IovoxOptions = {}): Promise<Setup> {
	clock = createHandClock(Date.UTC(2026, 10, 21, 9, 30));
	setup = await setUp({ clock, talkSeconds: 30, ...options });
	return setup;
}

afterEach(() => setup.close());

const ask = (query: string, method: 'GET' | 'POST' = 'GET') =>
	setup.send({
		method,
		path: `/Calls?v=3&method=getCallData&output=JSON${query}`,
		headers: signedIn,
	});

interface Answer {
	readonly response: Readonly<Record<string, unknown>> & {
		readonly results: { readonly result: unknown } | null;
	};
}

async function records(query = '&req_fields=id,call_res'): Promise<unknown> {
	const reply = await ask(query);
	expect([reply.status, reply.body]).toEqual([200, expect.any(String)]);
	return (JSON.parse(reply.body) as Answer).response.results;
}

test('a call has a record a moment after its end, in a time without a zone', async () => {
	const { iovox, post } = await start();
	await post(callXml('<call_destination>441632960001,,1</call_destination>'));
	expect(iovox.live.all().map(({ phase }) => phase)).toEqual(['ringing_first']);
	clock.turn(36);
	expect(iovox.live.all().map(({ phase }) => phase)).toEqual(['ended']);
	expect(await records()).toBeNull();
	clock.turn(1);
	expect(
		await records(
			'&req_fields=id,cs,ce,cd,ct,cts,tt,tts,ctype,call_res,lid,lname,has_rec&link_id=link123&ctype=API',
		),
	).toEqual({
		result: {
			id: '123456',
			call_start: '2026-11-21 10:30:00',
			call_end: '2026-11-21 10:30:32',
			call_destination: '441632960001,,1',
			call_time: '00:00:32',
			call_time_sec: '32',
			talk_time: '00:00:30',
			talk_time_sec: '30',
			call_type: 'API',
			call_result: 'ANSWERED',
			link_id: 'link123',
			link_name: 'Documentation',
			has_recording: '1',
		},
	});
});

test.each<[PartyBehaviour, string, string]>([
	['never', 'NO ANSWER', '0'],
	['busy', 'BUSY', '0'],
	['rejects', 'BUSY', '0'],
	['offline', 'RULES BROKEN', '0'],
	[{ answersAfterSeconds: 1, talksSeconds: 7 }, 'ANSWERED', '7'],
])('a phone that %j: %s', async (behaviour, result, talk) => {
	const { iovox, post } = await start();
	iovox.setParty('441632960001', behaviour);
	await post(callXml());
	clock.turn(60);
	expect(await records('&req_fields=call_res,tts')).toEqual({
		result: { call_result: result, talk_time_sec: talk },
	});
});

test('a call that is canceled', async () => {
	const { iovox, post } = await start();
	await post(callXml());
	iovox.live.hangUp('123456', 'first');
	clock.turn(60);
	expect(await records('&req_fields=call_res')).toEqual({ result: { call_result: 'HANGUP' } });
});

test('a delayed call has no record before it has rung', async () => {
	const { post } = await start();
	await post(callXml('<call_destination>441632960001</call_destination><delay>10</delay>'));
	clock.turn(599);
	expect(await records()).toBeNull();
	clock.turn(60);
	expect(await records('&req_fields=cs')).toEqual({
		result: { call_start: '2026-11-21 10:40:00' },
	});
});

describe('of several calls', () => {
	beforeEach(async () => {
		await start({ callsAllowed: 3 });
		await setup.post(callXml());
		clock.turn(60);
		await setup.post('<request><link_id>link-alarm</link_id></request>');
		clock.turn(60);
		await setup.post(callXml('<call_destination>441632960002</call_destination>'));
		clock.turn(60);
	});

	const ids = async (query: string): Promise<unknown> => {
		const results = (await records(`&req_fields=id${query}`)) as Answer['response']['results'];
		return [results?.result ?? []].flat().map((one) => (one as { readonly id: string }).id);
	};

	test.each([
		['', ['123458', '123457', '123456']],
		['&order=cs_ASC', ['123456', '123457', '123458']],
		['&link_id=link123', ['123458', '123456']],
		['&call_dest=441632960001', ['123456']],
		['&id=123457', ['123457']],
		['&call_res=BUSY', []],
		['&ctype=DIRECT', []],
		['&sdt=2026-11-21%2010:31:00', ['123458', '123457']],
		['&edt=2026-11-21%2010:31:00', ['123457', '123456']],
		['&edt=2026-11-20', []],
		['&limit=2', ['123458', '123457']],
		['&limit=2&page=2', ['123456']],
	])('%s: %j', async (query, expected) => {
		expect(await ids(query)).toEqual(expected);
	});
});

test('filters can be ignored', async () => {
	const { post } = await start({ ignoresFilters: true });
	await post(callXml());
	clock.turn(60);
	expect(await records('&req_fields=lid&link_id=link-alarm&ctype=DIRECT')).toEqual({
		result: { link_id: 'link123' },
	});
});

test('a call from outside has a record of another type', async () => {
	const { iovox } = await start();
	iovox.setParty('441632960001', 'never');
	iovox.take({ from: '441632960124' });
	clock.turn(40);
	expect(await records('&req_fields=id,co,vn,cd,ctype,call_res,lid,direction')).toEqual({
		result: {
			id: '123456',
			call_origin: '441632960124',
			voxnumber: '441632960777',
			call_destination: '441632960001',
			call_type: 'DIRECT',
			call_result: 'NO ANSWER',
			link_id: 'link123',
			direction: 'IN',
		},
	});
});

test('the order can be that of another field', async () => {
	const { iovox } = await start();
	iovox.setParty('441632960001', { answersAfterSeconds: 1, talksSeconds: 100 });
	iovox.take();
	clock.turn(1);
	iovox.take({ destination: '441632960002' });
	clock.turn(200);
	const ids = async (order: string) =>
		((await records(`&req_fields=id&order=${order}`)) as { result: { id: string }[] }).result.map(
			({ id }) => id,
		);
	expect(await ids('cs_ASC')).toEqual(['123456', '123457']);
	expect(await ids('ce_ASC')).toEqual(['123457', '123456']);
});

test('records of calls that go on, whose recording is there later', async () => {
	const { iovox } = await start({ recordsLiveCalls: true, recordingAfterSeconds: 60 });
	iovox.take();
	const seen = async () => {
		const fields = 'id,cs,ce,call_res,tts,has_rec';
		const found = (await records(`&req_fields=${fields}`)) as { result: Record<string, string> };
		const { call_end: end, call_result: result, talk_time_sec: talk } = found.result;
		return [end, result, talk, found.result.has_recording];
	};
	expect(await seen()).toEqual(['', '', '0', '0']);
	clock.turn(20);
	expect(await seen()).toEqual(['', '', '0', '0']);
	clock.turn(12);
	expect(await seen()).toEqual(['2026-11-21 10:30:32', 'ANSWERED', '30', '0']);
	clock.turn(60);
	expect(await seen()).toEqual(['2026-11-21 10:30:32', 'ANSWERED', '30', '1']);
});

test('a zone that changes: an hour comes twice', async () => {
	// Summer time ends at 10:00 UTC.
	const zoneHours = (moment: number) => (moment < Date.UTC(2026, 10, 21, 10) ? 1 : 0);
	const { iovox } = await start({ zoneHours });
	iovox.take();
	clock.turn(1800);
	iovox.take();
	clock.turn(1800);
	expect(await records('&req_fields=cs&order=id_ASC')).toEqual({
		result: [{ call_start: '2026-11-21 10:30:00' }, { call_start: '2026-11-21 10:00:00' }],
	});
});

test('XML by default', async () => {
	const { post, send } = await start();
	await post(callXml());
	clock.turn(60);
	const path = '/Calls?v=3&method=getCallData&req_fields=id';
	const reply = await send({ method: 'GET', path, headers: signedIn });
	expect(xmlTree(reply.body)).toMatchObject({
		name: 'response',
		children: [{}, {}, {}, { name: 'results', children: [{ children: [{ text: '123456' }] }] }],
	});
});

test.each([
	['&page=x', 'Page Number not an integer'],
	['&limit=20001', 'Limit must be between 1 and 20000'],
	['&req_fields=id,foo', 'Required Fields Invalid: foo'],
	['&sdt=21.11.2026', 'sdt is not a date'],
	['&foo=1', 'Unknown parameter foo'],
	['&order=oldest', 'order is not a field and a direction'],
	['&order=foo_ASC', 'order is not a field and a direction'],
])('%s is refused', async (query, message) => {
	await start();
	const reply = await ask(query);
	expect(reply.status).toBe(400);
	expect(reply.body).toContain(`<error status="400">${message}</error>`);
});

test('only GET asks for records', async () => {
	await start();
	expect((await ask('', 'POST')).body).toContain('Request Method must be GET. POST attempted');
});

test('a fault can hit records, and nothing else', async () => {
	const { iovox, post, get } = await start();
	iovox.fault({ status: 500 }, { where: 'follow' });
	expect([(await ask('')).status, (await post(callXml())).status, (await get('')).status]).toEqual([
		500, 201, 200,
	]);
});
