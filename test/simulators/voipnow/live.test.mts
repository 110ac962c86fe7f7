import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import type { Reply } from '../client.mts';
import { defaultApps } from '../voipnow.mts';
import type { App, EndedReply, Fault, PartyBehaviour, VoipNowOptions } from '../voipnow.mts';
import { callTo, jsonOf, refusalIn, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

const start = Date.UTC(2026, 10, 21, 12);

let clock: HandClock;
let setup: Setup;

async function open(options: VoipNowOptions = {}): Promise<void> {
	clock = createHandClock(start);
	setup = await setUp({ clock, talkSeconds: 30, ...options });
}

beforeEach(() => open());
afterEach(() => setup.close());

const { user, organization, administrator } = defaultApps;
const source = '0003*210';
const destination = '12025550123';
const toOutside = (view: object = {}, more: object = {}) =>
	callTo({ destination: [destination], ...view }, more);

async function request(path: string, method: 'GET' | 'DELETE' = 'GET', app: App = user) {
	const headers = { authorization: `Bearer ${await setup.tokenFor(app)}` };
	return setup.send({ method, path, headers });
}

async function place(body: object = toOutside(), query = ''): Promise<string> {
	const [{ id }] = JSON.parse((await setup.post(body, { query })).body) as [{ id: string }];
	return id;
}

/** One live call, or undefined. */
async function live(id: string): Promise<Record<string, unknown> | undefined> {
	const { entry } = jsonOf(await request(`/uapi/phoneCalls/@me/${source}/${id}`));
	return (entry as Record<string, unknown>[])[0];
}

async function statuses(id: string): Promise<unknown[]> {
	const views = ((await live(id))?.phoneCallView ?? []) as Record<string, unknown>[];
	return views.map(({ extension, status }) => `${String(extension)} ${String(status)}`);
}

const all = '/uapi/phoneCalls/@me/@self';
const idsIn = (reply: Reply) =>
	(jsonOf(reply).entry as Record<string, unknown>[]).map(({ id }) => id);

/** The records since the clock's start, also of calls that nobody answered. */
const saved = 'saveStartDate=2026-11-21T12:00:00Z';

async function records(query = saved): Promise<Record<string, Record<string, unknown>>> {
	const reply = await request(`/uapi/cdr/@me?${query}`);
	return jsonOf(reply).entry as Record<string, Record<string, unknown>>;
}

describe('a live call', () => {
	test('goes from ringing to on call, and is gone at its end', async () => {
		setup.pbx.setParty(source, { answersAfterSeconds: 4 });
		setup.pbx.setParty(destination, { answersAfterSeconds: 3 });
		const id = await place();
		expect(await statuses(id)).toEqual(['0003*210 3']);
		clock.turn(4);
		expect(await statuses(id)).toEqual(['0003*210 4']);
		clock.turn(3);
		expect(await statuses(id)).toEqual(['0003*210 5']);
		clock.turn(30);
		expect(await live(id)).toBeUndefined();
	});

	test('has the documented fields, and leaves out those that are NULL', async () => {
		setup.pbx.setParty(source, { answersAfterSeconds: 4 });
		setup.pbx.setParty(destination, { answersAfterSeconds: 3 });
		const callerId = 'John Doe <12025550100>';
		const id = await place(toOutside({ callerId }, { nonce: 'n-1' }));
		const view = {
			id: '00',
			extension: source,
			source: [source],
			destination: [destination],
			flow: 4,
			ringing: '2026-11-21T12:00:00Z',
			callerID: callerId,
		};
		const call = {
			id,
			nonce: 'n-1',
			extension: source,
			ownerId: '53tete535',
			ownerName: '53tete535',
			published: '2026-11-21T12:00:00Z',
			links: { self: expect.stringContaining(`/uapi/phoneCalls/@me/0003*210/${id}`) as unknown },
		};
		expect(await live(id)).toEqual({ ...call, phoneCallView: [{ ...view, status: 3 }] });
		clock.turn(7);
		const answered = '2026-11-21T12:00:04Z';
		expect(await live(id)).toEqual({
			...call,
			answered: '2026-11-21T12:00:07Z',
			phoneCallView: [{ ...view, status: 5, answered }],
		});
	});

	test('has a view for each terminal that rings', async () => {
		for (const number of [source, '0003*211']) setup.pbx.setParty(number, 'byHand');
		setup.pbx.setParty('0003*400', 'byHand');
		const id = await place(callTo({ source: [source, '0003*211'], destination: ['0003*400'] }));
		expect(await statuses(id)).toEqual(['0003*210 3', '0003*211 3']);
		setup.pbx.live.pickUp(id, 'first', '0003*211');
		expect(await statuses(id)).toEqual(['0003*211 4', '0003*400 3']);
		setup.pbx.live.pickUp(id, 'second');
		expect(await statuses(id)).toEqual(['0003*211 5', '0003*400 5']);
	});

	test('has a nonce of its own where none was given', async () => {
		const id = await place();
		expect(await live(id)).toHaveProperty('nonce', expect.stringMatching(/^[0-9a-f]{32}$/));
	});

	test('writes numbers as text where the installation does', async () => {
		await setup.close();
		await open({ textNumbers: true });
		expect(await live(await place())).toMatchObject({
			phoneCallView: [{ status: '5', flow: '4' }],
		});
	});
});

describe('what ends a call', () => {
	test.each<[PartyBehaviour, PartyBehaviour, number, number]>([
		['never', 'answers', 25, 3],
		['busy', 'answers', 0, 1],
		['offline', 'answers', 0, 2],
		['rejects', 'answers', 1, 1],
		['answers', 'never', 60, 3],
		['answers', 'busy', 0, 1],
		['answers', 'answers', 30, 0],
	])(
		'source %j, destination %j: over after %i s, disposition %i',
		async (from, to, seconds, how) => {
			setup.pbx.setParty(source, from);
			setup.pbx.setParty(destination, to);
			const id = await place();
			clock.turn(seconds - 0.5);
			if (seconds > 0) expect(await live(id)).toBeDefined();
			clock.turn(0.5);
			expect(await live(id)).toBeUndefined();
			expect(await records()).toEqual({});
			clock.turn(2);
			expect((await records())[id]).toMatchObject({ phoneCallView: [{ disposition: how }] });
		},
	);

	test('waitForPickup and callDuration', async () => {
		setup.pbx.setParty(source, 'never');
		setup.pbx.setParty('0003*400', { answersAfterSeconds: 0, talksSeconds: Infinity });
		const unanswered = await place(toOutside(), '?waitForPickup=40');
		const limited = await place(callTo({ source: ['0003*400'] }), '?callDuration=35');
		clock.turn(34);
		expect(idsIn(await request(all))).toEqual([unanswered, limited]);
		clock.turn(1);
		expect(idsIn(await request(all))).toEqual([unanswered]);
		clock.turn(5);
		expect(idsIn(await request(all))).toEqual([]);
	});
});

describe('the list of live calls', () => {
	test('is a collection with an array, also when it is empty', async () => {
		const frame = { startIndex: 0, itemsPerPage: 20, filtered: false, sorted: false };
		expect(jsonOf(await request(all))).toEqual({ entry: [], totalResults: 0, ...frame });
		await place();
		expect(jsonOf(await request(all))).toMatchObject({ entry: [{}], totalResults: 1, ...frame });
	});

	test('shows the calls that an extension has part in', async () => {
		const one = await place();
		const other = await place(callTo({ source: ['0003*400'] }, { extension: '0003*400' }));
		expect(idsIn(await request(all))).toEqual([one, other]);
		expect(idsIn(await request('/uapi/phoneCalls/@me/210'))).toEqual([one]);
		expect(idsIn(await request('/uapi/phoneCalls/@me/0003*400'))).toEqual([other]);
		expect(idsIn(await request(`/uapi/phoneCalls/@me/0003*400/${one}`))).toEqual([]);
		expect(idsIn(await request(`${all}/${one}`))).toEqual([one]);
	});

	test('filters by ID and by when a call entered the system', async () => {
		const one = await place();
		clock.turn(10);
		const other = await place();
		const filtered = async (query: string) => idsIn(await request(`${all}?${query}`));
		expect(await filtered(`filterBy=id&filterValue=${other}`)).toEqual([other]);
		expect(await filtered(`filterBy=id&filterOp=inArray&filterValue=${one},${other}`)).toEqual([
			one,
			other,
		]);
		const moment = 'filterValue=2026-11-21T12:00:05Z';
		expect(await filtered(`filterBy=published&filterOp=greaterThan&${moment}`)).toEqual([other]);
		expect(await filtered(`filterBy=published&filterOp=lessThan&${moment}`)).toEqual([one]);
		const same = encodeURIComponent('2026-11-21T14:00:10+02:00');
		expect(await filtered(`filterBy=published&filterValue=${same}`)).toEqual([other]);
		expect(await filtered('sortOrder=descending')).toEqual([other, one]);
		expect(await filtered('count=1&startIndex=1')).toEqual([other]);
		expect(jsonOf(await request(`${all}?fields=id,nonce&count=1`)).entry).toEqual([
			{ id: one, nonce: expect.any(String) as string },
		]);
	});

	test.each([
		['filterBy=nonce&filterValue=x', 'filterby_invalid'],
		['filterValue=x', 'filterby_invalid'],
		['filterBy=id', 'filtervalue_invalid'],
		['filterBy=published&filterValue=yesterday', 'filtervalue_invalid'],
		['filterBy=id&filterOp=is&filterValue=x', 'filterop_invalid'],
		['sortOrder=up', 'sortorder_invalid'],
		['count=5001', 'count_invalid'],
		['startIndex=x', 'count_invalid'],
		['fields=id,secret', 'fields_invalid'],
		['nonce=x', 'simulator_undocumented'],
	])('?%s is refused', async (query, code) => {
		expect(refusalIn(await request(`${all}?${query}`))).toEqual([400, code]);
	});

	test.each<[string, App, string]>([
		['@me/0003*999', user, 'extension_invalid'],
		['@me/0003*310', user, 'extension_invalid'],
		['13/@self', user, 'user_invalid'],
		['@owner/0003*310', user, 'user_invalid'],
		['@owner/@self', user, 'user_invalid'],
		['@me/@self', organization, 'user_invalid'],
		['12/210', administrator, 'extension_invalid'],
		['99/@self', administrator, 'user_invalid'],
	])('%s is refused', async (target, app, code) => {
		const reply = await request(`/uapi/phoneCalls/${target}`, 'GET', app);
		expect(refusalIn(reply)).toEqual([400, code]);
	});

	test('an App of an organization sees the calls of a user by the ID of that', async () => {
		const id = await place();
		expect(idsIn(await request('/uapi/phoneCalls/12/@self', 'GET', organization))).toEqual([id]);
		expect(idsIn(await request('/uapi/phoneCalls/13/@self', 'GET', organization))).toEqual([]);
		const owner = `/uapi/phoneCalls/@owner/@self/${id}`;
		expect(idsIn(await request(owner, 'GET', organization))).toEqual([id]);
	});
});

test.each<[EndedReply, number, RegExp]>([
	['empty', 200, /^\{"entry":\[\],/],
	['notFound', 404, /"not_found"/],
	['noContent', 204, /^$/],
	['invalid', 400, /"pc_id_invalid"/],
])('a call that is over is answered in the form %s', async (endedReply, status, body) => {
	await setup.close();
	await open({ endedReply });
	const id = await place();
	clock.turn(30);
	for (const one of [id, '00000000000000000000']) {
		const reply = await request(`/uapi/phoneCalls/@me/${source}/${one}`);
		expect(reply.status).toBe(status);
		expect(reply.body).toMatch(body);
	}
	// The list without an ID is a list in any form.
	expect((await request(all)).status).toBe(200);
});

describe('hanging up', () => {
	test('ends the call with the ID, and finds nothing after that', async () => {
		const one = await place();
		const other = await place();
		const path = `/uapi/phoneCalls/@me/${source}/${one}`;
		const reply = await request(path, 'DELETE');
		expect([reply.status, JSON.parse(reply.body)]).toEqual([200, [{ id: one }]]);
		expect(idsIn(await request(all))).toEqual([other]);
		const again = await request(path, 'DELETE');
		expect([again.status, again.body]).toEqual([204, '']);
	});

	test.each(['', '/'])('without an ID ends every call of the extension: "%s"', async (end) => {
		await place();
		await place();
		const other = await place(callTo({ source: ['0003*400'] }, { extension: '0003*400' }));
		const reply = await request(`/uapi/phoneCalls/@me/${source}${end}`, 'DELETE');
		expect(JSON.parse(reply.body)).toHaveLength(2);
		expect(idsIn(await request(all))).toEqual([other]);
		expect((await request(all, 'DELETE')).status).toBe(200);
		expect(idsIn(await request(all))).toEqual([]);
	});

	test('with a number that is not in the call does nothing', async () => {
		const id = await place();
		const path = `/uapi/phoneCalls/@me/${source}/${id}?phoneNumber=`;
		expect((await request(`${path}12025550199`, 'DELETE')).status).toBe(204);
		expect((await request(`${path}${destination}`, 'DELETE')).status).toBe(200);
	});

	test('reaches no call of another user', async () => {
		const id = await place();
		const reply = await request(`/uapi/phoneCalls/13/@self/${id}`, 'DELETE', organization);
		expect(reply.status).toBe(204);
		expect(await live(id)).toBeDefined();
	});

	test('before the destination rang: nobody answered', async () => {
		setup.pbx.setParty(source, 'byHand');
		const id = await place();
		await request(`${all}/${id}`, 'DELETE');
		clock.turn(2);
		expect((await records())[id]).toMatchObject({ phoneCallView: [{ disposition: 3 }] });
		expect(setup.pbx.rings).toHaveLength(1);
	});
});

describe('records', () => {
	test('are keyed by ID, without nonce and duration', async () => {
		const id = await place(toOutside({}, { nonce: 'n-1' }));
		clock.turn(32);
		const answered = '2026-11-21T12:00:00Z';
		expect(jsonOf(await request(`/uapi/cdr/@me?${saved}`))).toEqual({
			entry: {
				[id]: {
					id,
					extension: source,
					ownerId: '53tete535',
					ownerName: '53tete535',
					published: answered,
					answered,
					phoneCallView: [{ source, destination, flow: 4, disposition: 0, answered }],
				},
			},
			startIndex: 0,
			totalResults: 1,
			itemsPerPage: 20,
			filtered: false,
			sorted: false,
			phoneCallStat: [],
			paging: {},
		});
	});

	test('of calls that nobody answered have no date of an answer, so that only the saved ones find them', async () => {
		setup.pbx.setParty(source, 'busy');
		const id = await place();
		clock.turn(2);
		expect(Object.keys(await records())).toEqual([id]);
		expect(await records('startDate=2026-11-01T00:00:00')).toEqual({});
		expect(await records('')).toEqual({});
	});

	test('are found up to now, also where simulated time runs fast', async () => {
		await setup.close();
		setup = await setUp({ secondMs: 1 });
		const id = await place();
		await setup.pbx.live.until(id, ({ phase }) => phase === 'ended');
		await new Promise((resolve) => setTimeout(resolve, 10));
		const now = `${new Date().toISOString().slice(0, 19)}Z`;
		expect(Object.keys(await records(`saveEndDate=${now}`))).toEqual([id]);
		expect(Object.keys(await records(`endDate=${now}`))).toEqual([id]);
	});

	test('are found by everything that is documented', async () => {
		const one = await place();
		clock.turn(60);
		setup.pbx.setParty('0003*400', 'busy');
		const other = await place(callTo({ source: ['0003*400'], destination: ['0003*211'] }));
		clock.turn(60);
		const found = async (query: string) => Object.keys(await records(query));
		expect((await found(saved)).sort()).toEqual([one, other].sort());
		expect(await found('')).toEqual([one]);
		expect(await found(`${saved}&source=${encodeURIComponent(source)}`)).toEqual([one]);
		expect(await found(`${saved}&destination=0003*211`)).toEqual([other]);
		expect(await found(`${saved}&disposition=1`)).toEqual([other]);
		expect(await found(`${saved}&flow=4`)).toEqual([one]);
		expect(await found('saveStartDate=2026-11-21T12:01:00Z')).toEqual([other]);
		expect(await found('saveEndDate=2026-11-21T12:01:00Z')).toEqual([one]);
		expect(await found('startDate=2026-11-21T12:00:00Z&endDate=2026-11-21T12:00:00Z')).toEqual([
			one,
		]);
		expect(await found('startDate=2026-11-21T12:00:01Z')).toEqual([]);
		expect(await found('endDate=2026-11-21T12:00:00')).toEqual([one]);
		expect(await found(`${saved}&filterBy=destination&filterValue=${destination}`)).toEqual([one]);
		expect(await found(`${saved}&filterBy=answered&filterOp=present`)).toEqual([one]);
		expect(Object.values(await records(`${saved}&fields=answered&disposition=0`))).toEqual([
			{ answered: '2026-11-21T12:00:00Z' },
		]);
	});

	test.each([
		['startDate=2026-11-21', 'cdr_start_date_invalid'],
		['startDate=2026-13-21T00:00:00', 'cdr_start_date_invalid'],
		['endDate=now', 'cdr_end_date_invalid'],
		['saveStartDate=1700000000', 'cdr_save_start_date_invalid'],
		['saveEndDate=2026-11-21T00:00:00.000Z', 'cdr_save_end_date_invalid'],
		['startDate=2026-11-21T00:00:00&endDate=2026-11-20T00:00:00', 'cdr_invalid_date_parameters'],
		[
			'saveStartDate=2026-11-21T00:00:00Z&saveEndDate=2026-11-20T00:00:00Z',
			'cdr_invalid_date_parameters',
		],
		['source=Bob', 'cdr_source_invalid'],
		['destination=', 'cdr_destination_invalid'],
		['flow=3', 'cdr_flow_invalid'],
		['disposition=6', 'cdr_disposition_invalid'],
		['filterBy=id&filterValue=x', 'filterby_invalid'],
		['filterBy=nonce&filterValue=x', 'filterby_invalid'],
		['filterBy=source&filterValue=Bob', 'cdr_invalid_filter_by_source'],
		['filterBy=destination&filterValue=Bob', 'cdr_invalid_filter_by_destination'],
		['filterBy=published&filterValue=x', 'cdr_invalid_filter_by_published'],
		['filterBy=answered&filterValue=x', 'cdr_invalid_filter_by_answered'],
		['filterBy=source&filterOp=x&filterValue=1', 'filterop_invalid'],
		['filterBy=source', 'filtervalue_invalid'],
		['count=5001', 'count_invalid'],
		['fields=nonce', 'fields_invalid'],
		['sortOrder=x', 'sortorder_invalid'],
		['id=x', 'simulator_undocumented'],
		['nonce=x', 'simulator_undocumented'],
	])('?%s is refused', async (query, code) => {
		expect(refusalIn(await request(`/uapi/cdr/@me?${query}`))).toEqual([400, code]);
	});

	test('of another user are not seen', async () => {
		expect(refusalIn(await request('/uapi/cdr/13'))).toEqual([400, 'user_invalid']);
		expect(refusalIn(await request('/uapi/cdr/@owner'))).toEqual([400, 'user_invalid']);
		await place();
		clock.turn(60);
		const reply = await request(`/uapi/cdr/13?${saved}`, 'GET', organization);
		expect(jsonOf(reply).entry).toEqual({});
	});
});

describe('faults', () => {
	const cases: [Fault, number][] = [
		[{ status: 503 }, 503],
		['html', 200],
		['empty', 200],
		[{ body: '{}' }, 200],
	];
	test.each(cases)('%j hits what follows a call, and not the call', async (fault, status) => {
		setup.pbx.fault(fault, { where: 'follow' });
		const id = await place();
		const paths = [all, `${all}/${id}`, '/uapi/cdr/@me'];
		for (const path of paths) expect((await request(path)).status).toBe(status);
		expect((await request(`${all}/${id}`, 'DELETE')).status).toBe(status);
	});

	test('a fault of calls does not hit what follows them', async () => {
		setup.pbx.fault({ status: 503 });
		expect((await request(all)).status).toBe(200);
	});

	test('a hang-up whose answer is lost has hung up', async () => {
		const id = await place();
		setup.pbx.fault('cutAfterRinging', { where: 'follow', times: 1 });
		await expect(request(`${all}/${id}`, 'DELETE')).rejects.toThrow();
		expect(idsIn(await request(all))).toEqual([]);
	});

	test('without a token nothing is shown', async () => {
		const reply = await setup.send({ method: 'GET', path: all });
		expect(refusalIn(reply)).toEqual([401, 'access_denied']);
	});
});

test('a reset forgets the calls, and ends what is due', async () => {
	setup.pbx.setParty(source, { answersAfterSeconds: 3 });
	await place();
	setup.pbx.reset();
	clock.turn(100);
	expect([idsIn(await request(all)), setup.pbx.rings]).toEqual([[], []]);
	expect(await records()).toEqual({});
});
