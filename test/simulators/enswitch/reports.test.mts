import { until } from '../../until.mts';
import { createHandClock } from '../clock.mts';
import type { HandClock } from '../clock.mts';
import { startServer } from '../server.mts';
import type { Answer, RecordedRequest, SimulatorServer } from '../server.mts';
import { fromTo, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

/** Unix time when the clock starts. */
const epoch = Date.UTC(2026, 10, 21, 12) / 1000;

let clock: HandClock;
let setup: Setup;
let receiver: SimulatorServer;
/** What the receiver waits for before it answers, and with what. */
let before: () => Promise<void>;
let status: number;

beforeEach(async () => {
	clock = createHandClock(epoch * 1000);
	before = () => Promise.resolve();
	status = 200;
	receiver = await startServer({
		tls: false,
		redact: (request) => request,
		handle: async (): Promise<Answer> => {
			await before();
			return { delivery: 'whole', reply: { status, body: '' } };
		},
	});
	setup = await setUp({ clock, talkSeconds: 30 });
});
afterEach(async () => {
	await setup.close();
	await receiver.close();
});

const incoming = { caller: '2125550142', dialed: '2125550100', line: '1234567' };
const fieldsOf = ({ body }: RecordedRequest) => Object.fromEntries(new URLSearchParams(body));
const reported = () => receiver.requests.map(fieldsOf);
/** Of each request, these fields. */
const columns = (...names: readonly string[]) =>
	reported().map((fields) => names.map((name) => fields[name]));
const events = () => columns('event', 'dnumber');

/** Turns the clock, and waits until everything is sent that this makes due. */
async function turn(seconds: number): Promise<void> {
	clock.turn(seconds);
	await setup.pbx.reported();
	await new Promise(setImmediate);
	await setup.pbx.reported();
}

describe('Send events to URL', () => {
	beforeEach(() => {
		setup.pbx.report([{ by: 'events', url: receiver.url }]);
	});

	test('reports each leg of a call that is placed', async () => {
		await setup.post({ ...fromTo, cnumber: '2125550123' });
		// The first phone is picked up after 0.2 s, and so is the second one.
		await turn(1);
		await turn(1);
		await turn(1);
		await turn(31);
		const [first, second] = ['1234567', '2125550123'];
		expect(columns('class', 'event', 'dnumber', 'direction', 'status', 'talktime')).toEqual([
			['call', 'start', first, 'internal', undefined, undefined],
			['call', 'routed', first, 'internal', undefined, undefined],
			['call', 'answered', first, 'internal', undefined, undefined],
			['call', 'start', second, 'out', undefined, undefined],
			['call', 'routed', second, 'out', undefined, undefined],
			['call', 'answered', second, 'out', undefined, undefined],
			['call', 'ended', first, 'internal', 'answer', expect.stringMatching(/^3\d$/)],
			['call', 'ended', second, 'out', 'answer', '30'],
		]);
		expect(new Set(columns('callid').flat())).toEqual(new Set(['1234567890.123456']));
		expect(new Set(columns('uniqueid').flat()).size).toBe(2);
		expect(reported()[0]).toMatchObject({ timestamp: `${String(epoch + 1)}.000000` });
		expect(receiver.requests[0]).toMatchObject({
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
		});
	});

	test('reports a call from outside that nobody answers', async () => {
		setup.pbx.setParty(incoming.line, 'never');
		const callid = setup.pbx.callIn(incoming);
		await turn(0);
		await turn(30);
		expect(
			columns('event', 'callid', 'direction', 'stype', 'snumber', 'cnumber', 'status'),
		).toEqual(
			[
				['start', undefined],
				['routed', undefined],
				['ended', 'noanswer'],
			].map(([event, end]) => [
				event,
				callid,
				'in',
				'external',
				incoming.caller,
				incoming.dialed,
				end,
			]),
		);
	});

	test('no phone rings before the receiver has answered', async () => {
		let answer: () => void = () => undefined;
		before = () =>
			new Promise((resolve) => {
				answer = resolve;
			});
		setup.pbx.callIn(incoming);
		await until(() => receiver.requests.length === 1);
		expect(setup.pbx.rings).toEqual([]);
		before = () => Promise.resolve();
		answer();
		await setup.pbx.reported();
		await until(() => setup.pbx.rings.length === 1);
	});

	test('it rings without an answer after a while', async () => {
		before = () => new Promise(() => undefined);
		setup.pbx.callIn(incoming);
		await until(() => receiver.requests.length === 1);
		clock.turn(4);
		expect(setup.pbx.rings).toEqual([]);
		clock.turn(1);
		expect(setup.pbx.rings).toHaveLength(1);
	});

	test('who hangs up before the phone rings has canceled', async () => {
		let answer: () => void = () => undefined;
		before = () =>
			new Promise((resolve) => {
				answer = resolve;
			});
		const callid = setup.pbx.callIn(incoming);
		await until(() => receiver.requests.length === 1);
		setup.pbx.live.hangUp(callid);
		before = () => Promise.resolve();
		answer();
		await setup.pbx.reported();
		expect(columns('event', 'status')).toEqual([
			['start', undefined],
			['routed', undefined],
			['ended', 'cancel'],
		]);
		expect(setup.pbx.rings).toEqual([]);
	});

	test('announces other events', async () => {
		setup.pbx.announce({ class: 'message', event: 'start' });
		await setup.pbx.reported();
		expect(reported()).toEqual([{ class: 'message', event: 'start' }]);
	});
});

describe('what goes wrong', () => {
	const play = async () => {
		setup.pbx.callIn(incoming);
		await turn(0);
		await turn(1);
		await turn(31);
		await turn(2);
	};

	test('duplicates', async () => {
		setup.pbx.report([{ by: 'events', url: receiver.url }], { copies: 2 });
		await play();
		expect(columns('event').flat()).toEqual(
			['start', 'routed', 'answered', 'ended'].flatMap((event) => [event, event]),
		);
	});

	test('an answer after the end', async () => {
		setup.pbx.report([{ by: 'events', url: receiver.url }], { answersLate: true });
		await play();
		expect(columns('event').flat()).toEqual(['start', 'routed', 'ended', 'answered']);
	});

	test('another content type', async () => {
		setup.pbx.report([{ by: 'events', url: receiver.url }], { contentType: 'text/html' });
		await play();
		expect(receiver.requests[0]?.headers['content-type']).toBe('text/html');
		expect(events()[0]).toEqual(['start', '1234567']);
	});

	test('a report that fails is sent again', async () => {
		setup.pbx.report([{ by: 'events', url: receiver.url }], { resends: 2 });
		status = 500;
		setup.pbx.announce({ class: 'call', event: 'start' });
		await until(() => receiver.requests.length === 1);
		await until(() => {
			clock.turn(1);
			return receiver.requests.length === 3;
		});
		await setup.pbx.reported();
		expect(setup.pbx.deliveries.map((one) => one.status)).toEqual([500, 500, 500]);
	});

	test('nobody is there', async () => {
		await receiver.close();
		setup.pbx.report([{ by: 'events', url: receiver.url }]);
		await play();
		expect(setup.pbx.rings).toHaveLength(1);
		expect(setup.pbx.deliveries[0]).toMatchObject({ status: null });
	});
});

test('a webhook fills its template, three times a call', async () => {
	const template = '{"callid":"#callid#","status":"#status#","talk":"#talktime#","x":"#nothing#"}';
	setup.pbx.report([{ by: 'webhook', url: receiver.url, template }]);
	const callid = setup.pbx.callIn(incoming);
	await turn(0);
	await turn(1);
	await turn(31);
	expect(receiver.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
		{ callid, status: 'Calling', talk: '', x: '' },
		{ callid, status: 'Answer', talk: '', x: '' },
		{ callid, status: 'Hangup', talk: '30', x: '' },
	]);
	expect(receiver.requests[0]?.headers['content-type']).toBe('application/json');
});

test('a Web URL hears of calls from outside, without IDs', async () => {
	const { url } = receiver;
	setup.pbx.report([{ by: 'webUrl', answered: `${url}/a`, hangup: `${url}/h` }]);
	await setup.post(fromTo);
	setup.pbx.callIn(incoming);
	await turn(2);
	await turn(40);
	expect(receiver.requests.map(({ path }) => path)).toEqual(['/a', '/h']);
	expect(reported()[0]).toEqual({
		customer: '42',
		scustomer: '42',
		stype: 'external',
		snumber: incoming.caller,
		ctype: '',
		cnumber: incoming.dialed,
		dcustomer: '42',
		dtype: 'phone',
		dnumber: incoming.line,
	});
});
