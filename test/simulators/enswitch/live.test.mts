import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import type { EnswitchOptions, Fault, PartyBehaviour } from '../enswitch.mts';
import type { defaultAccounts } from '../enswitch.mts';
import { entriesOf, fromTo, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

const start = Date.UTC(2026, 10, 21, 12);
/** Unix time when the clock starts. */
const epoch = start / 1000;

let clock: HandClock;
let setup: Setup;

async function open(options: EnswitchOptions = {}): Promise<void> {
	clock = createHandClock(start);
	setup = await setUp({ clock, talkSeconds: 30, ...options });
}

beforeEach(() => open());
afterEach(() => setup.close());

type Account = keyof typeof defaultAccounts;
type Row = Readonly<Record<string, unknown>>;
type Form = Readonly<Record<string, string>>;

/** The ID that a call gets. */
async function place(changes: Form = {}, account: Account = 'agent'): Promise<string> {
	await setup.post({ ...fromTo, ...changes }, 'calls/make', account);
	return setup.pbx.calls.at(-1)?.callid ?? '';
}

async function list(name: string, parameters: Form = {}, account?: Account): Promise<Row[]> {
	const reply = await setup.post(parameters, name, account);
	expect(entriesOf(reply)).toEqual(['200  OK']);
	return (JSON.parse(reply.body) as { data: Row[] }).data;
}

const live = (parameters?: Form, account?: Account) =>
	list('calls/active/list', parameters, account);
const records = (parameters?: Form, account?: Account) => list('cdrs/list', parameters, account);
const hangUp = async (parameters: Form, account?: Account) =>
	entriesOf(await setup.post(parameters, 'calls/hangup', account));
const badRole = ['402  Your role does not allow this.'];
const noSuchCall = ['404  The call does not exist, or you do not have permission to view it.'];
const [first, second] = ['1234567', '1234568'];
/** Of each row: the number that its leg called, and when that answered. */
const answers = (rows: readonly Row[]) => rows.map(({ dnumber, answered }) => [dnumber, answered]);

describe('live calls', () => {
	test('have a row for each leg, the second one after the first party has answered', async () => {
		setup.pbx.setParty(first, { answersAfterSeconds: 4 });
		setup.pbx.setParty(second, { answersAfterSeconds: 3 });
		const callid = await place();
		expect(await live()).toEqual([]);
		clock.turn(1);
		expect(answers(await live({ callid }))).toEqual([[first, 0]]);
		clock.turn(4);
		expect(answers(await live({ callid }))).toEqual([
			[first, epoch + 5],
			[second, 0],
		]);
		clock.turn(3);
		expect(answers(await live({ callid }))).toEqual([
			[first, epoch + 5],
			[second, epoch + 8],
		]);
		clock.turn(30);
		expect(await live({ callid })).toEqual([]);
	});

	test('share the callid, and have a uniqueid for each leg', async () => {
		setup.pbx.setParty(second, 'byHand');
		const callid = await place({ callerid1: 'To the office', callerid2: '2125550100' });
		clock.turn(2);
		const rows = await live();
		expect(rows).toEqual([
			{
				uniqueid: expect.any(String) as string,
				callid,
				start: epoch + 1,
				answered: epoch + 1,
				direction: 'internal',
				stype: 'phone',
				snumber: first,
				ctype: '',
				cnumber: '',
				dtype: 'phone',
				dnumber: first,
				callerid_internal: 'To the office',
				callerid_external: 'To the office',
				scustomer: 42,
				peer: 0,
				billing_peer: 0,
				machine: 1,
			},
			expect.objectContaining({
				callid,
				answered: 0,
				direction: 'out',
				ctype: '',
				cnumber: second,
				dtype: '',
				dnumber: second,
				callerid_internal: '2125550100',
			}),
		]);
		expect(new Set([callid, rows[0]?.uniqueid, rows[1]?.uniqueid]).size).toBe(3);
	});

	test('are found by everything that is documented', async () => {
		for (const number of [first, second, '1234570']) setup.pbx.setParty(number, 'byHand');
		const one = await place();
		clock.turn(5);
		const other = await place({ snumber: '1234570' });
		clock.turn(1);
		const found = async (parameters: Form) => (await live(parameters)).map(({ callid }) => callid);
		expect(await found({})).toEqual([one, other]);
		expect(await found({ callid: other })).toEqual([other]);
		expect(await found({ callid: '1234567890.1' })).toEqual([]);
		expect(await found({ snumber: '4570' })).toEqual([other]);
		expect(await found({ phone: first })).toEqual([one]);
		expect(await found({ cnumber: second })).toEqual([]);
		expect(await found({ sort: 'snumber', descending: '1' })).toEqual([other, one]);
		expect(await found({ direction: 'in_out' })).toEqual([]);
		expect(await found({ direction: 'internal' })).toEqual([one, other]);
		expect(await found({ stype: 'phone', customer: '42' })).toEqual([one, other]);
		expect((await live({ names: '1' }))[0]).toHaveProperty('snumber_name');
		expect(await live({ count: '1' })).toBe(2);
	});

	test.each([
		[{ customer: '43' }, '400 customer Invalid customer.'],
		[{ customer: 'mine' }, '400 customer Invalid customer.'],
		[{ direction: 'both' }, '400 direction Must be empty, in, internal, in_out or out.'],
		[{ sort: 'answered' }, '400 sort Invalid field.'],
		[{ uniqueid: '1' }, '400 uniqueid Unknown parameter.'],
		[{ count: 'yes' }, '400 count Must be 1 or 0.'],
	])('%j is refused', async (parameters, entry) => {
		expect(entriesOf(await setup.post(parameters, 'calls/active/list'))).toEqual([entry]);
	});

	test('of other customers are only for an administrator', async () => {
		await place();
		clock.turn(1);
		expect(await live({}, 'stranger')).toEqual([]);
		expect(await live({ customer: 'system' }, 'administrator')).toHaveLength(1);
		expect(await live({ customer: '43' }, 'administrator')).toEqual([]);
		expect(await live({ customer: 'recursive' })).toEqual([]);
		expect(entriesOf(await setup.post({ customer: 'system' }, 'calls/active/list'))).toEqual(
			badRole,
		);
	});

	test('before 4.0 are not found by numbers: refused, or overlooked', async () => {
		await setup.close();
		await open({ version: '3.14' });
		const strict = await setup.post({ snumber: first }, 'calls/active/list');
		expect(entriesOf(strict)).toEqual(['400 snumber Unknown parameter.']);
		await setup.close();
		await open({ version: '3.14', unknownParameters: 'ignore' });
		await place();
		clock.turn(1);
		expect(await live({ snumber: '999' })).toHaveLength(1);
		expect(await live({ callid: '999' })).toEqual([]);
	});

	test('are written as text where the installation does', async () => {
		await setup.close();
		await open({ textNumbers: true });
		await place();
		clock.turn(1);
		expect(await live()).toMatchObject([{ answered: '0', start: String(epoch + 1) }]);
	});

	test('have a light list for the panel', async () => {
		await place({}, 'panel');
		clock.turn(1);
		const rows = await list('calls/active/list/panel', {}, 'panel');
		expect(rows).toMatchObject([{ dnumber: first, start: epoch + 1, answered: 0 }]);
		expect(rows[0]).not.toHaveProperty('callid');
	});
});

describe('hanging up', () => {
	test('is asynchronous, and finds nothing after the end', async () => {
		setup.pbx.setParty(first, 'byHand');
		const callid = await place();
		expect(await hangUp({ callid })).toEqual(noSuchCall);
		clock.turn(1);
		expect(await hangUp({ callid })).toEqual(['204  OK']);
		expect(await live()).toHaveLength(1);
		clock.turn(1);
		expect(await live()).toHaveLength(1);
		clock.turn(1);
		expect(await live()).toEqual([]);
		expect(await hangUp({ callid })).toEqual(noSuchCall);
		expect(setup.pbx.rings).toHaveLength(1);
	});

	test('takes the uniqueid of a leg', async () => {
		await place();
		clock.turn(2);
		const uniqueid = String((await live())[1]?.uniqueid);
		expect(await hangUp({ callid: uniqueid })).toEqual(noSuchCall);
		expect(await hangUp({ uniqueid })).toEqual(['204  OK']);
		clock.turn(2);
		expect(await live()).toEqual([]);
	});

	const either = 'Either the callid or the uniqueid must be specified, but not both.';
	test.each([
		[{}, `400 callid ${either}`],
		[{ callid: '', uniqueid: '' }, `400 callid ${either}`],
		[{ callid: '1234567890.123456', uniqueid: '1234567891.0' }, `400 uniqueid ${either}`],
		[{ callid: '1', customer: '42' }, '400 customer Unknown parameter.'],
	])('%j is refused', async (parameters, entry) => {
		await place();
		clock.turn(1);
		expect(await hangUp(parameters)).toEqual([entry]);
		clock.turn(2);
		expect(await live()).toHaveLength(2);
	});

	test('is for those who may use a telephone line of the call', async () => {
		const callid = await place();
		clock.turn(1);
		expect(await hangUp({ callid }, 'oneLine')).toEqual(badRole);
		expect(await hangUp({ callid }, 'stranger')).toEqual(noSuchCall);
		const own = await place({ ctype: 'phone', cnumber: '1234570' });
		clock.turn(1);
		expect(await hangUp({ callid: own }, 'oneLine')).toEqual(['204  OK']);
		expect(await hangUp({ callid }, 'administrator')).toEqual(['204  OK']);
	});

	test('before 3.15 is for administrators', async () => {
		await setup.close();
		await open({ version: '3.14' });
		const callid = await place();
		clock.turn(1);
		expect(await hangUp({ callid })).toEqual(badRole);
		expect(await hangUp({ callid }, 'administrator')).toEqual(['204  OK']);
	});
});

describe('records', () => {
	test('come a little after the live rows have gone, one for each leg', async () => {
		setup.pbx.setParty(first, { answersAfterSeconds: 4 });
		setup.pbx.setParty(second, { answersAfterSeconds: 3, talksSeconds: 20 });
		const callid = await place();
		clock.turn(28);
		expect([await live(), await records({ callid })]).toEqual([[], []]);
		clock.turn(2);
		expect(await records({ callid })).toMatchObject([
			{
				callid,
				dnumber: first,
				start: epoch + 1,
				end: epoch + 28,
				status: 'answer',
				talktime: 23,
				totaltime: 27,
				recording: '',
			},
			{
				callid,
				snumber: first,
				cnumber: second,
				dnumber: second,
				start: epoch + 5,
				end: epoch + 28,
				status: 'answer',
				talktime: 20,
				totaltime: 23,
			},
		]);
		expect(await records({ callid, detail: 'call' })).toMatchObject([
			{ cnumber: second, start: epoch + 1, status: 'answer', talktime: 20, totaltime: 27 },
		]);
	});

	test.each<[PartyBehaviour, PartyBehaviour, string[]]>([
		['never', 'answers', ['noanswer 0']],
		['busy', 'answers', ['busy 0']],
		['rejects', 'answers', ['busy 0']],
		['offline', 'answers', ['congestion 0']],
		['answers', 'never', ['answer 30', 'noanswer 0']],
		['answers', 'busy', ['answer 0', 'busy 0']],
		['answers', 'answers', ['answer 30', 'answer 30']],
	])('first %j, second %j: %j', async (one, other, expected) => {
		setup.pbx.setParty(first, one);
		setup.pbx.setParty(second, other);
		const callid = await place();
		clock.turn(100);
		const rows = await records({ callid });
		expect(rows.map(({ status, talktime }) => `${String(status)} ${String(talktime)}`)).toEqual(
			expected,
		);
		expect(await records({ callid, detail: 'call' })).toHaveLength(1);
	});

	test('of a call that was hung up while it rang: canceled', async () => {
		setup.pbx.setParty(second, 'never');
		const callid = await place();
		clock.turn(5);
		await hangUp({ callid });
		clock.turn(4);
		expect((await records({ callid })).map(({ status }) => status)).toEqual(['answer', 'cancel']);
	});

	test('are found by everything that is documented', async () => {
		const one = await place();
		clock.turn(100);
		setup.pbx.setParty('1234570', 'busy');
		const other = await place({ snumber: '1234570' });
		clock.turn(100);
		const found = async (parameters: Form) => [
			...new Set((await records(parameters)).map(({ callid }) => callid)),
		];
		expect(await found({})).toEqual([one, other]);
		expect(await found({ start: String(epoch + 90) })).toEqual([other]);
		expect(await found({ end: String(epoch + 90) })).toEqual([one]);
		expect(await found({ cnumber: second })).toEqual([one]);
		expect(await found({ snumber: '1234570' })).toEqual([other]);
		expect(await found({ status: 'answer' })).toEqual([one]);
		expect(await found({ status: 'cancel' })).toEqual([]);
		expect(await found({ status: 'other' })).toEqual([other]);
		expect(await found({ talktime_minimum: '1' })).toEqual([one]);
		expect(await found({ talktime_maximum: '0' })).toEqual([other]);
		expect(await found({ limit: '1', offset: '2' })).toEqual([other]);
		expect(await found({ sort: 'start', descending: '1' })).toEqual([other, one]);
		expect(await found({ recorded: 'yes' })).toEqual([]);
		expect(await records({}, 'stranger')).toEqual([]);
	});

	test.each([
		[{ detail: 'legs' }, '400 detail Must be leg or call.'],
		[{ start: 'today' }, '400 start Must be a Unix timestamp.'],
		[{ end: '1700000000000' }, '400 end Must be a Unix timestamp.'],
		[{ status: 'busy' }, '400 status Must be answer, cancel or other.'],
		[{ callerid: '1' }, '400 callerid Unknown parameter.'],
	])('%j is refused', async (parameters, entry) => {
		expect(entriesOf(await setup.post(parameters, 'cdrs/list'))).toEqual([entry]);
	});

	test('are found up to now, also where simulated time runs fast', async () => {
		await setup.close();
		setup = await setUp({ secondMs: 1 });
		const callid = await place();
		await setup.pbx.live.until(callid, ({ phase }) => phase === 'ended');
		await new Promise((resolve) => setTimeout(resolve, 10));
		const end = String(Math.floor(Date.now() / 1000));
		expect(await records({ callid, end })).toHaveLength(2);
	});

	test('before 4.0 know no detail', async () => {
		await setup.close();
		await open({ version: '3.14' });
		const reply = await setup.post({ detail: 'call' }, 'cdrs/list');
		expect(entriesOf(reply)).toEqual(['400 detail Unknown parameter.']);
	});
});

const functions = ['calls/make', 'calls/active/list', 'calls/hangup', 'cdrs/list'] as const;

describe('what each account may', () => {
	test.each<[Account, boolean[]]>([
		['agent', [true, true, true, true]],
		['noRecords', [true, true, true, false]],
		['noLive', [true, false, true, true]],
		['watcher', [false, true, false, true]],
		['panel', [true, false, true, false]],
		['guest', [false, false, false, false]],
	])('%s', async (account, allowed) => {
		const callid = await place();
		clock.turn(1);
		const forms: readonly Form[] = [fromTo, {}, { callid }, {}];
		const may: boolean[] = [];
		for (const [index, name] of functions.entries()) {
			const [entry] = entriesOf(await setup.post(forms[index] ?? {}, name, account));
			may.push(entry !== badRole[0]);
		}
		expect(may).toEqual(allowed);
	});
});

describe('faults', () => {
	test.each<[Fault, number]>([
		[{ status: 503 }, 503],
		['html', 200],
		['empty', 200],
		[{ body: '{}' }, 200],
	])('%j hits what follows a call, and not the call', async (fault, status) => {
		setup.pbx.fault(fault, { where: 'follow' });
		expect(entriesOf(await setup.post(fromTo))).toEqual(['204  OK']);
		const usual = (await setup.post(fromTo)).body;
		for (const name of ['calls/active/list', 'calls/hangup', 'cdrs/list']) {
			const reply = await setup.post({}, name);
			expect(reply.status).toBe(status);
			expect(reply.body).not.toBe(usual);
			expect(reply.body).not.toContain('"responses"');
		}
	});

	test('a hang-up whose answer is lost has hung up', async () => {
		const callid = await place();
		clock.turn(1);
		setup.pbx.fault('cutAfterRinging', { where: 'follow', times: 1 });
		await expect(hangUp({ callid })).rejects.toThrow();
		clock.turn(2);
		expect(await live()).toEqual([]);
	});
});

test('a reset forgets calls and records, and what would hang up', async () => {
	const callid = await place();
	clock.turn(1);
	await hangUp({ callid });
	setup.pbx.reset();
	const again = await place();
	expect(again).toBe(callid);
	clock.turn(2);
	expect(await live()).toHaveLength(2);
	clock.turn(100);
	expect(await records()).toHaveLength(2);
});
