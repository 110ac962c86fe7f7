import { attributesOf } from '../client.mts';
import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import { startServer } from '../server.mts';
import type { HttpReply, SimulatorServer } from '../server.mts';
import type { Delivery, TriggerLabel } from '../switchvox.mts';
import { until } from '../../until.mts';
import { requestXml, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

const customer = '12025550123';
const did = '12025550100';
const empty: HttpReply = {
	status: 200,
	headers: { 'content-type': 'text/xml' },
	body: '<response></response>',
};

let clock: HandClock;
let setup: Setup;
let receiver: SimulatorServer;
let reply: HttpReply;
let beforeReply: () => Promise<void>;

beforeEach(async () => {
	clock = createHandClock();
	setup = await setUp({ clock, talkSeconds: 30 });
	setup.pbx.setParty('202', { answersAfterSeconds: 5 });
	reply = empty;
	beforeReply = () => Promise.resolve();
	receiver = await startServer({
		tls: false,
		redact: (request) => request,
		handle: async () => {
			await beforeReply();
			return { delivery: 'whole', reply };
		},
	});
});
afterEach(async () => {
	await setup.close();
	await receiver.close();
});

const labels: readonly TriggerLabel[] = [
	'On Incoming Call',
	'On Route to Extension',
	'On Call Answered',
	'On Outgoing Call',
	'On Call Hangup',
];

/** Each event's address has its label, and all variables of a call. */
function enter(only: readonly TriggerLabel[] = labels): void {
	const query = ['CALLER_ID_NUMBER', 'EXTENSION', 'INCOMING_DID', 'JOB_ID'].map(
		(name) => `${name.toLowerCase()}=%${name}%`,
	);
	setup.pbx.eventTriggers.enter(
		Object.fromEntries(
			only.map((label) => [
				label,
				`${receiver.url}/hook?on=${label.replaceAll(' ', '')}&${query.join('&')}`,
			]),
		),
	);
}

const got = () =>
	receiver.requests.map(({ path }) => [...new URL(path, 'http://x').searchParams.values()].join());

async function sent(count: number): Promise<readonly Delivery[]> {
	const { deliveries } = setup.pbx.eventTriggers;
	await until(() => deliveries.length >= count);
	return deliveries;
}

const fromOutside = { number: customer, name: 'Jim Jones', did, through: ['800'] };

test('a call from outside reaches a menu and an extension, is answered and ends', async () => {
	enter();
	setup.pbx.dial({ caller: fromOutside, to: ['202'] });
	clock.turn(40);
	await sent(5);
	expect(got()).toEqual([
		`OnIncomingCall,${customer},800,${did},99.1`,
		`OnRoutetoExtension,${customer},800,${did},99.1`,
		`OnRoutetoExtension,${customer},202,${did},99.1`,
		`OnCallAnswered,${customer},202,${did},99.1`,
		// A hangup has no INCOMING_DID.
		`OnCallHangup,${customer},202,,99.1`,
	]);
	const [first] = receiver.requests;
	expect(first).toMatchObject({ method: 'POST', body: '' });
	expect(first?.headers['content-type']).toBeUndefined();
});

test('a call between extensions is an outgoing and an incoming one', async () => {
	enter();
	setup.pbx.setParty('202', 'busy');
	setup.pbx.dial({ caller: { number: '101', name: 'Anna' }, to: ['202'] });
	await sent(4);
	expect(got()).toEqual([
		'OnOutgoingCall,101,202,,99.1',
		'OnIncomingCall,101,202,,99.1',
		'OnRoutetoExtension,101,202,,99.1',
		'OnCallHangup,101,202,,99.1',
	]);
});

test('a call to the outside is answered by "s"', async () => {
	enter();
	setup.pbx.dial({ caller: { number: '101', name: 'Anna' }, to: [customer] });
	clock.turn(40);
	await sent(3);
	expect(got()).toEqual([
		`OnOutgoingCall,101,${customer},,99.1`,
		'OnCallAnswered,101,s,,99.1',
		`OnCallHangup,101,${customer},,99.1`,
	]);
});

test('the form has only its own events, and wants addresses', () => {
	const { enter: save } = setup.pbx.eventTriggers;
	expect(() => {
		save({ 'On Anything': 'http://x.test' } as never);
	}).toThrow('The form has no "On Anything".');
	expect(() => {
		save({ 'On Call Hangup': 'x.test' });
	}).toThrow('"x.test" is no URL.');
});

test('an event without an address sends nothing', async () => {
	enter(['On Call Hangup']);
	setup.pbx.dial({ caller: fromOutside, to: ['202'] });
	clock.turn(40);
	await sent(1);
	await setup.pbx.eventTriggers.idle();
	expect(got()).toEqual([`OnCallHangup,${customer},202,,99.1`]);
});

test.each([
	['percent', 'Zo%C3%AB%20%26%20%3CSons%3E'],
	['plus', 'Zo%C3%AB+%26+%3CSons%3E'],
] as const)('values are encoded, a space as %s', async (spaces, name) => {
	const { eventTriggers } = setup.pbx;
	eventTriggers.enter({
		'On Agent Logged In': `${receiver.url}/?n=%CALLER_ID_NAME%&q=%QUEUES%&j=%JOB_ID%&d=%VM_DATE%&x=%NOBODY%`,
	});
	eventTriggers.send({ spaces, unknown: ['JOB_ID'] });
	eventTriggers.report('On Agent Logged In', { CALLER_ID_NAME: 'Zoë & <Sons>', QUEUES: '700' });
	await sent(1);
	expect(receiver.requests[0]?.path).toBe(`/?n=${name}&q=700&j=%JOB_ID%&d=&x=%NOBODY%`);
});

const call_info = (content: string) => ({
	...empty,
	body: `<response><result><call_info>${content}</call_info></result></response>`,
});

describe('the reply', () => {
	test.each<[string, HttpReply, TriggerLabel, string | null]>([
		['empty XML', empty, 'On Call Hangup', null],
		['other XML', { ...empty, body: '<ok/>' }, 'On Incoming Call', 'root ok'],
		['no XML', { ...empty, body: 'ok' }, 'On Incoming Call', expect.any(String) as string],
		['nothing', { ...empty, body: '' }, 'On Incoming Call', expect.any(String) as string],
		[
			'HTML',
			{ ...empty, headers: { 'content-type': 'text/html' } },
			'On Call Hangup',
			'type text/html',
		],
		['a refusal', { ...empty, status: 403 }, 'On Call Hangup', 'status 403'],
		['content for a hangup', call_info(''), 'On Call Hangup', 'not empty'],
		['an unknown instruction', call_info('<play/>'), 'On Incoming Call', 'unknown play'],
	])('%s', async (_, answer, label, fault) => {
		reply = answer;
		enter();
		setup.pbx.eventTriggers.report(label, {});
		expect(await sent(1)).toMatchObject([{ label, status: answer.status, fault }]);
	});

	test('instructions', async () => {
		reply = call_info(
			'<caller_id_name>Jim</caller_id_name><transfer_extension>1</transfer_extension>',
		);
		enter();
		setup.pbx.eventTriggers.report('On Incoming Call', {});
		expect(await sent(1)).toMatchObject([
			{ fault: null, instructions: ['caller_id_name', 'transfer_extension'] },
		]);
	});

	test('nobody there', async () => {
		enter();
		await receiver.close();
		setup.pbx.eventTriggers.report('On Call Hangup', {});
		expect(await sent(1)).toMatchObject([{ status: null, fault: 'ECONNREFUSED' }]);
	});
});

test('Switchvox waits for each reply before it goes on with the call', async () => {
	enter();
	let release: () => void = () => undefined;
	const released = new Promise<void>((resolve) => {
		release = resolve;
	});
	beforeReply = () => released;
	setup.pbx.dial({ caller: fromOutside, to: ['202'] });
	clock.turn(40);
	await until(() => receiver.requests.length > 0);
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(receiver.requests).toHaveLength(1);
	release();
	await sent(5);
});

test('requests can come twice, and the latest first', async () => {
	enter();
	setup.pbx.eventTriggers.send({ order: 'latestFirst', twice: true });
	setup.pbx.dial({ caller: { ...fromOutside, through: [] }, to: ['202'] });
	clock.turn(40);
	await sent(8);
	expect(got().map((values) => values.split(',', 1)[0])).toEqual([
		...['OnCallHangup', 'OnCallHangup', 'OnCallAnswered', 'OnCallAnswered'],
		...['OnRoutetoExtension', 'OnRoutetoExtension', 'OnIncomingCall', 'OnIncomingCall'],
	]);
});

test('calls that the API has placed are reported with a job that no reply has', async () => {
	enter();
	setup.pbx.setParty('101', { answersAfterSeconds: 5 });
	const placed = setup.post(
		requestXml(
			'switchvox.call',
			'<dial_first>101</dial_first><dial_second>202</dial_second><dial_as_account_id>1106</dial_as_account_id>',
		),
	);
	await until(() => setup.pbx.calls.length === 1);
	expect(setup.pbx.eventTriggers.deliveries).toEqual([]);
	clock.turn(60);
	expect((await placed).body).not.toContain('99.1');
	await sent(5);
	expect(got()[0]).toBe('OnOutgoingCall,101,202,,99.1');
});

test('the current calls and the logs have calls that were dialed by hand, too', async () => {
	setup.pbx.dial({ caller: fromOutside, to: ['202'] });
	const current = await setup.post('<request method="switchvox.currentCalls.getList"/>');
	expect(attributesOf(current, 'current_call')).toMatchObject([
		{ state: 'ringing', from_caller_id_number: customer, to_caller_id_number: '202' },
	]);
	clock.turn(60);
	const logged = await setup.post(
		requestXml(
			'switchvox.callLogs.search',
			'<start_date>2026-11-01 00:00:00</start_date><end_date>2026-11-30 00:00:00</end_date>',
		),
	);
	expect(attributesOf(logged, 'call')).toMatchObject([
		{ origination: 'incoming', from_number: customer, to_number: '202', talk_duration: '30' },
	]);
	expect(attributesOf(logged, 'event').map(({ type, display }) => [type, display])).toEqual([
		['INCOMING', 'Dialed number (202)'],
		['TALKING', expect.any(String)],
		['HANGUP', 'Call was hung up by User 202'],
	]);
});
