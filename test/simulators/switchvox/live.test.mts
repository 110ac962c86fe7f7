import { attributesOf, errorsIn } from '../client.mts';
import type { Reply } from '../client.mts';
import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import { defaultAccounts } from '../switchvox.mts';
import type { SwitchvoxOptions } from '../switchvox.mts';
import { until } from '../../until.mts';
import { callXml, requestXml, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

const { blind, user } = defaultAccounts;
const startDate = Date.UTC(2026, 10, 21, 9, 30);

let clock: HandClock;
let setup: Setup;

async function start(options: SwitchvoxOptions = {}): Promise<Setup> {
	clock = createHandClock(startDate);
	setup = await setUp({ clock, talkSeconds: 30, ...options });
	setup.pbx.setParty('101', { answersAfterSeconds: 5 });
	setup.pbx.setParty('301', { answersAfterSeconds: 10 });
	return setup;
}

afterEach(() => setup.close());

/** Places the call and returns the reply, which comes when the first party has answered or has not. */
async function ring(more = ''): Promise<{ reply: Promise<Reply> }> {
	const before = setup.pbx.calls.length;
	const reply = setup.post(callXml(more));
	await until(() => setup.pbx.calls.length > before);
	return { reply };
}

const current = async () =>
	attributesOf(
		await setup.post('<request method="switchvox.currentCalls.getList"/>'),
		'current_call',
	);
const states = async () => (await current()).map(({ state }) => state);

const span = (from = '2026-11-21 04:29:00', to = '2026-11-21 04:31:00') =>
	`<start_date>${from}</start_date><end_date>${to}</end_date>`;
const search = (parameters = span()) =>
	setup.post(requestXml('switchvox.callLogs.search', parameters));
const searchOwn = (parameters: string) =>
	setup.post(requestXml('switchvox.users.callLogs.search', parameters), user);
const hangUp = (id: string) =>
	setup.post(
		requestXml('switchvox.currentCalls.hangUp', `<current_call_id>${id}</current_call_id>`),
	);

test('a call rings, talks, ends, and is logged a moment later', async () => {
	await start();
	const { reply } = await ring();
	clock.turn(4);
	expect(await current()).toEqual([
		expect.objectContaining({
			state: 'ringing',
			start_time: '2026-11-21 04:30:00',
			duration: '4',
			from_caller_id_number: '101',
			to_caller_id_number: '301',
		}),
	]);
	clock.turn(1);
	expect(errorsIn(await reply)).toEqual([]);
	expect(await states()).toEqual(['ringing']);
	clock.turn(10);
	expect(await states()).toEqual(['talking']);
	clock.turn(30);
	expect(await states()).toEqual([]);
	expect(attributesOf(await search(), 'call')).toEqual([]);
	clock.turn(2);
	const logged = await search();
	expect(attributesOf(logged, 'calls')).toEqual([
		{ page_number: '1', total_pages: '1', items_per_page: '50', total_items: '1' },
	]);
	expect(attributesOf(logged, 'call')).toEqual([
		{
			id: '8467',
			origination: 'outgoing',
			start_time: '2026-11-21 04:30:00',
			from: 'Anna Müller-Lüdenscheidt <101>',
			from_account_id: '1106',
			from_name: 'Anna Müller-Lüdenscheidt',
			from_number: '101',
			to: 'Tester 1 <301>',
			to_account_id: expect.stringMatching(/^\d{4}$/) as string,
			to_name: 'Tester 1',
			to_number: '301',
			total_duration: '45',
			talk_duration: '30',
		},
	]);
	expect(attributesOf(logged, 'event').map(({ start_time, type }) => [start_time, type])).toEqual([
		['4:30:00 AM', 'OUTGOING'],
		['4:30:15 AM', 'TALKING'],
		['4:30:45 AM', 'HANGUP'],
	]);
});

test('what is shown while the first phone rings can be turned round', async () => {
	await start({ showsFirstAsCalled: true });
	await ring();
	expect(await current()).toEqual([
		expect.objectContaining({
			from_caller_id_name: 'PBX',
			from_caller_id_number: '301',
			to_caller_id_number: '101',
		}),
	]);
	clock.turn(5);
	expect((await current())[0]).toMatchObject({ from_caller_id_number: '101' });
});

test('a menu and a queue have states of their own', async () => {
	await start();
	setup.pbx.setParty('101', { answersAfterSeconds: 0 });
	const call = callXml();
	void setup.post(call.replace('>301<', '>800<'));
	void setup.post(call.replace('>301<', '>700<'));
	await until(() => setup.pbx.live.all().filter(({ phase }) => phase === 'connected').length === 2);
	expect((await states()).sort()).toEqual(['ivr', 'queued']);
});

test('nobody outside has an account, and a call that nobody takes is logged without talk', async () => {
	await start();
	setup.pbx.setParty('12025550123', 'never');
	const reply = setup.post(
		callXml(
			'<ignore_user_api_settings>1</ignore_user_api_settings><timeout_second_call>20</timeout_second_call>',
		).replace('>301<', '>12025550123<'),
	);
	await until(() => setup.pbx.calls.length === 1);
	clock.turn(5);
	await reply;
	clock.turn(22);
	const [call] = attributesOf(await search(), 'call');
	expect(call).toMatchObject({
		to_number: '12025550123',
		talk_duration: '0',
		total_duration: '25',
	});
	expect(call).not.toHaveProperty('to_account_id');
});

describe('switchvox.currentCalls.hangUp', () => {
	test('ends a call that talks', async () => {
		const { pbx } = await start();
		await ring();
		clock.turn(15);
		const reply = await hangUp(pbx.calls[0]?.id ?? '');
		expect([errorsIn(reply), reply.body]).toEqual([[], expect.stringContaining('<result')]);
		expect(await states()).toEqual([]);
		expect(pbx.live.all()[0]).toMatchObject({ endedBy: 'request', disposition: 'answered' });
	});

	test('ends a call that rings, which is a failed one for who has placed it', async () => {
		const { pbx } = await start();
		const { reply } = await ring();
		await hangUp(pbx.calls[0]?.id ?? '');
		expect(errorsIn(await reply)).toEqual([
			'41591 Your call failed to connect (Originate failed).',
		]);
	});

	test.each([
		['SIP/101-00000000', '99010 There is no current call (SIP/101-00000000).'],
		['', '10011 Missing required parameter (current_call_id)'],
	])('refuses %j', async (id, error) => {
		await start();
		expect(errorsIn(await hangUp(id))).toEqual([error]);
	});
});

test('the clock is in a zone of its own, and the reply is dated in UTC', async () => {
	await start({ zoneHours: 5.75 });
	const reply = await setup.post('<request method="switchvox.systemClock.getInfo"/>');
	expect(attributesOf(reply, 'system')).toEqual([{ current_time: '2026-11-21 15:15:00' }]);
	expect(reply.headers.date).toBe('Sat, 21 Nov 2026 09:30:00 GMT');
});

describe('the call logs', () => {
	beforeEach(async () => {
		await start();
		setup.pbx.setParty('101', 'busy');
		for (let placed = 0; placed < 3; placed++, clock.turn(60)) await setup.post(callXml());
	});

	const ids = (reply: Reply) => attributesOf(reply, 'call').map(({ id }) => id);

	test('are those of a span, ends included, the latest first', async () => {
		expect(ids(await search(span('2026-11-21 04:30:00', '2026-11-21 04:31:00')))).toEqual([
			'8468',
			'8467',
		]);
		expect(ids(await search(span('2026-11-21 04:30:01', '2026-11-21 05:00:00')))).toEqual([
			'8469',
			'8468',
		]);
		expect(ids(await search(`${span()}<sort_order>ASC</sort_order>`))[0]).toBe('8467');
	});

	test('have pages', async () => {
		const page = (number: number) =>
			search(
				`${span('2026-11-21 04:00:00', '2026-11-21 05:00:00')}<items_per_page>2</items_per_page><page_number>${String(number)}</page_number>`,
			);
		expect(ids(await page(1))).toEqual(['8469', '8468']);
		expect(ids(await page(2))).toEqual(['8467']);
		expect(attributesOf(await page(3), 'calls')).toEqual([
			{ page_number: '3', total_pages: '2', items_per_page: '2', total_items: '3' },
		]);
	});

	test('can be those of an account', async () => {
		const of = (id: string) =>
			search(`${span()}<account_ids><account_id>${id}</account_id></account_ids>`);
		expect(ids(await of('1106'))).toHaveLength(2);
		expect(ids(await of('1110'))).toEqual([]);
	});

	test('are shown to an administrator for any account by the method of users, too', async () => {
		const of = (id: string) =>
			setup.post(
				requestXml('switchvox.users.callLogs.search', `${span()}<account_id>${id}</account_id>`),
			);
		expect(ids(await of('1106'))).toHaveLength(2);
		expect(errorsIn(await of('999999'))).toEqual(['84711 That account_id is invalid.']);
	});

	test('are shown to a user for the own account only', async () => {
		const own = (id: string) => searchOwn(`${span()}<account_id>${id}</account_id>`);
		expect(ids(await own('1106'))).toEqual(['8468', '8467']);
		expect(errorsIn(await own('1110'))).toEqual([
			'27168 Your account is not permitted to run this action.',
		]);
		expect(errorsIn(await searchOwn(span()))).toEqual(['66939 Missing the account_id parameter.']);
		expect(errorsIn(await own('x'))).toEqual([expect.stringMatching(/^10014 /)]);
	});

	test.each([
		['', ['25673', '63014']],
		[span('2026-11-21', '2026-11-21 04:31:00'), ['25673']],
		[span('2026-11-21 04:31:00', '2026-11-21 04:30:00'), ['12010']],
		[`${span()}<sort_field>from</sort_field>`, ['12016']],
		[`${span()}<sort_order>up</sort_order>`, ['12017']],
		[`${span()}<items_per_page>0</items_per_page>`, ['12018']],
		[`${span()}<page_number>x</page_number>`, ['12019']],
		[`${span()}<account_id>1106</account_id>`, ['99005']],
		[`${span()}<caller_id_number>101</caller_id_number><incoming_did>1</incoming_did>`, ['99011']],
	])('refuse %s', async (parameters, codes) => {
		const found = errorsIn(await search(parameters)).map((error) => error.split(' ', 1)[0]);
		expect(found).toEqual(codes);
	});
});

describe.each([
	['an administrator without the rights', blind],
	['an extension user', user],
])('%s', (_, login) => {
	test.each(['currentCalls.getList', 'currentCalls.hangUp', 'callLogs.search'])(
		'may not use %s',
		async (method) => {
			await start();
			const reply = await setup.post(requestXml(`switchvox.${method}`, ''), login);
			expect(errorsIn(reply)).toEqual(['27168 Your account is not permitted to run this action.']);
		},
	);
});

test('a fault can hit what follows calls, and nothing else', async () => {
	await start();
	setup.pbx.setParty('101', { answersAfterSeconds: 0 });
	setup.pbx.fault({ status: 500 }, { where: 'follow' });
	expect((await setup.post(callXml())).status).toBe(200);
	expect((await search()).status).toBe(500);
	expect((await setup.post('<request method="switchvox.currentCalls.getList"/>')).status).toBe(500);
	expect((await setup.post('<request method="switchvox.info.getSoftwareVersion"/>')).status).toBe(
		200,
	);
});
