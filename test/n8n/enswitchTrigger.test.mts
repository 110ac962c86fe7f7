/** Enswitch Trigger in a real n8n: the simulated Enswitch sends its calls to where the page of the trigger says. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EnswitchSimulator, IncomingCall, Reporting } from '../simulators/enswitch.mts';
import { until } from '../until.mts';
import { runChain } from './chain.mts';
import { logIn } from './client.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, n8nLogFile } from './context.mts';
import { parameters, setUpEnswitch } from './enswitchSetup.mts';
import type { EnswitchSetup } from './enswitchSetup.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { folderOfThisRun } from './processes.mts';
import { owner, startN8n, withoutEditor } from './server.mts';
import type { Form } from './setup.mts';
import { openTrigger, readPage } from './trigger.mts';
import type { OpenTrigger } from './trigger.mts';

let client: N8nClient;
let setup: EnswitchSetup;
let pbx: EnswitchSimulator;
let trigger: OpenTrigger;

const [line, caller, dialed] = ['1234567', '2125550142', '2125550100'];
const incoming: IncomingCall = { caller, dialed, line };
const all = ['ringing', 'outgoing', 'answered', 'ended', 'other'];

async function open(form: Form = {}): Promise<void> {
	trigger = await openTrigger(client, { type: 'enswitchTrigger', parameters: form });
}

async function reopen(form: Form): Promise<void> {
	await trigger.close();
	await open(form);
	await trigger.publish();
}

beforeAll(async () => {
	client = await logInToN8n();
	setup = await setUpEnswitch(client, { secondMs: 50, talkSeconds: 10 });
	({ pbx } = setup);
});
beforeEach(async () => {
	pbx.reset();
	await open();
	await trigger.publish();
});
afterEach(() => trigger.close());
afterAll(() => setup.close());

const byEvents = (): Reporting => ({ by: 'events', url: trigger.address });

/** As the page says it. */
async function byWebhook(): Promise<Reporting> {
	const page = await readPage(trigger.address);
	const { 'Header of a webhook': header = '', 'Template of a webhook': template = '' } = page;
	const [, contentType = ''] = /^content-type: (.*)$/.exec(header) ?? [];
	const url = page['Send events to URL, or the URL of a webhook'] ?? '';
	return { by: 'webhook', url, contentType, template };
}

async function byWebUrl(): Promise<Reporting> {
	const page = await readPage(trigger.address);
	const [answered, hangup] = ['answered', 'hung up'].map(
		(what) => page[`Web URL: informed when the call has been ${what}`],
	);
	return { by: 'webUrl', answered, hangup };
}

const isOver = () => pbx.live.all().every(({ phase }) => phase === 'ended');

async function over(): Promise<void> {
	await until(isOver);
	await pbx.reported();
}

const statuses = () => pbx.deliveries.map(({ status }) => status);
const wordsOf = (items: readonly Form[]) => items.map(({ event }) => event);

async function post(
	body: string | Buffer,
	contentType = 'application/x-www-form-urlencoded',
	address = trigger.address,
): Promise<Response> {
	return await fetch(address, { method: 'POST', headers: { 'content-type': contentType }, body });
}

async function logged(text: string): Promise<void> {
	await until(async () => (await readFile(n8nLogFile(), 'utf8')).includes(text));
}

describe('publish, ring, answer, hang up, unpublish', () => {
	test('each event comes once, and Enswitch gets an empty text', async () => {
		pbx.report([byEvents()], { copies: 2 });
		pbx.setParty(line, 'byHand');
		const callId = pbx.callIn(incoming);
		await until(() => pbx.live.pickUp(callId, 'first'));
		await pbx.reported();
		pbx.live.hangUp(callId);
		await over();
		const items = await trigger.items(3);
		const common = {
			vendor: 'enswitch',
			callId,
			legId: `${callId}1`,
			from: caller,
			to: dialed,
			direction: 'in',
			disposition: null,
			at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
			receivedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
			response: expect.objectContaining({ class: 'call', callid: callId }) as object,
		};
		const details = { destination: line };
		expect(items).toEqual([
			{ ...common, event: 'ringing', details: { vendorEvent: 'start', ...details } },
			{ ...common, event: 'answered', details: { vendorEvent: 'answered', ...details } },
			{
				...common,
				event: 'ended',
				disposition: expect.stringMatching(/^answered$/) as string,
				details: {
					vendorEvent: 'ended',
					...details,
					talkSeconds: expect.any(Number) as number,
					totalSeconds: expect.any(Number) as number,
				},
			},
		]);
		expect(new Set(statuses())).toEqual(new Set([200]));
		const reply = await post('class=message&event=start');
		expect([reply.status, reply.headers.get('content-type'), await reply.text()]).toEqual([
			200,
			expect.stringMatching(/^text\/plain/),
			'',
		]);

		await trigger.unpublish();
		const before = pbx.deliveries.length;
		pbx.callIn(incoming);
		await over();
		expect(new Set(statuses().slice(before))).toEqual(new Set([404]));
		await trigger.items(3);
	});

	test('a call that Originate places has its ID in all events', async () => {
		await reopen({ events: all });
		pbx.report([byEvents()]);
		const step = { type: 'enswitch', parameters: { ...parameters, options: { wait: 10 } } };
		const { results } = await runChain(client, { enswitchApi: setup.stored }, [step]);
		await over();
		const items = await trigger.items(8);
		const [{ callId } = { callId: '' }] = results;
		expect(callId).toMatch(/^\d+\.\d+$/);
		expect(new Set(items.map((item) => item.callId))).toEqual(new Set([callId]));
		const ofLeg = (leg: unknown) => wordsOf(items.filter(({ legId }) => legId === leg));
		const [first, second] = [...new Set(items.map(({ legId }) => legId))];
		expect(ofLeg(first)).toEqual(['ringing', 'other', 'answered', 'ended']);
		// The second number is a number for Enswitch, not a telephone line.
		expect(ofLeg(second)).toEqual(['outgoing', 'other', 'answered', 'ended']);
	});

	test.each([
		['never', 'no_answer'],
		['rejects', 'busy'],
		['offline', 'failed'],
	] as const)('a missed call: the phone %s', async (behaviour, disposition) => {
		pbx.report([byEvents()]);
		pbx.setParty(line, behaviour);
		const callId = pbx.callIn(incoming);
		await over();
		const items = await trigger.items(2);
		expect(items).toMatchObject([
			{ event: 'ringing', direction: 'in' },
			{ event: 'ended', callId, from: caller, to: dialed, disposition },
		]);
	});

	test('an answer after the end says that it is late', async () => {
		pbx.report([byEvents()], { answersLate: true });
		pbx.callIn(incoming);
		await over();
		const items = await trigger.items(3);
		expect(wordsOf(items)).toEqual(['ringing', 'ended', 'answered']);
		expect(items.map(({ details }) => (details as Form).late)).toEqual([
			undefined,
			undefined,
			true,
		]);
	});

	test('twenty calls at once', async () => {
		await reopen({ events: ['answered', 'ended'] });
		pbx.report([byEvents()], { copies: 2 });
		const calls = Array.from({ length: 20 }, () => pbx.callIn(incoming));
		await over();
		// A busy n8n that has lost its database for a moment answers 503, and has not taken the event.
		expect(new Set(statuses())).toEqual(new Set([200]));
		const items = await trigger.items(40);
		for (const event of ['answered', 'ended']) {
			const ids = items.filter((item) => item.event === event).map(({ callId }) => callId);
			expect(ids.sort()).toEqual([...calls].sort());
		}
	});
});

describe('the other ways', () => {
	test('a webhook with the template of the page', async () => {
		pbx.report([await byWebhook()], { copies: 2 });
		const callId = pbx.callIn(incoming);
		await over();
		expect(await trigger.items(3)).toMatchObject([
			{
				event: 'ringing',
				callId,
				legId: null,
				from: caller,
				to: dialed,
				direction: 'in',
				at: expect.any(String) as string,
				details: { vendorEvent: 'Calling' },
			},
			{ event: 'answered', callId, details: { vendorEvent: 'Answer', extension: line } },
			{
				event: 'ended',
				callId,
				disposition: 'answered',
				details: { vendorEvent: 'Hangup', talkSeconds: expect.any(Number) as number },
			},
		]);
	});

	test('a webhook whose end says nothing but its event, after an answer', async () => {
		const template = '{"callid":"#callid#","status":"#status#"}';
		pbx.report([{ by: 'webhook', url: trigger.address, template }]);
		pbx.callIn(incoming);
		await over();
		expect((await trigger.items(3)).map(({ disposition }) => disposition)).toEqual([
			null,
			null,
			'answered',
		]);
	});

	test('a Web URL', async () => {
		pbx.report([await byWebUrl()]);
		pbx.callIn(incoming);
		await over();
		expect(await trigger.items(2)).toMatchObject([
			{ event: 'answered', callId: null, from: caller, to: dialed },
			{ event: 'ended', callId: null, from: caller, to: dialed, disposition: null },
		]);
	});

	test.each(['text/plain', 'text/html', 'application/octet-stream'])(
		'a form that is called %s',
		async (contentType) => {
			pbx.report([byEvents()], { contentType });
			pbx.callIn(incoming);
			await over();
			expect(new Set(statuses())).toEqual(new Set([200]));
			await trigger.items(3);
		},
	);

	test('JSON that is called a form', async () => {
		const contentType = 'application/x-www-form-urlencoded';
		pbx.report([await byWebhook()], { contentType });
		pbx.callIn(incoming);
		await over();
		await trigger.items(3);
	});

	test('a form that is called JSON: n8n refuses it', async () => {
		pbx.report([byEvents()], { contentType: 'application/json' });
		pbx.callIn(incoming);
		await over();
		expect(new Set(statuses())).toEqual(new Set([422]));
		await logged('Failed to parse request body');
		await trigger.items(0);
	});

	test('what is sent again after a failure comes once', async () => {
		const { address } = trigger;
		await trigger.unpublish();
		pbx.report([{ by: 'events', url: address }], { resends: 200 });
		pbx.announce({ class: 'call', event: 'start', callid: '1', timestamp: '1234567890.5' });
		await until(() => statuses().includes(404));
		await trigger.publish();
		await pbx.reported();
		expect(statuses().at(-1)).toBe(200);
		expect(await trigger.items(1)).toMatchObject([{ callId: '1', at: '2009-02-13T23:31:30.500Z' }]);
	});
});

describe('nobody else gets in', () => {
	const event = 'class=call&event=start&callid=1';

	test('another path', async () => {
		for (const address of [
			trigger.address.replace(/[^/]+(?=\/events$)/, crypto.randomUUID()),
			trigger.address.replace(/\/events$/, ''),
			`${trigger.address}/more`,
			trigger.address.toUpperCase().replace(/^HTTP/, 'http'),
		]) {
			expect((await post(event, undefined, address)).status).toBe(404);
		}
		await trigger.items(0);
	});

	test('another address', async () => {
		await reopen({ options: { allowedAddresses: '198.51.100.0/24, 2001:db8::1' } });
		expect((await post(event)).status).toBe(403);
		await logged('its address 127.0.0.1 is not in Allowed Addresses: node "Trigger"');
		await trigger.items(0);
		await reopen({ options: { allowedAddresses: '198.51.100.7, 127.0.0.0/8' } });
		expect((await post(event)).status).toBe(200);
		await trigger.items(1);
	});

	test('a sender that calls itself another one', async () => {
		await reopen({ options: { allowedAddresses: '198.51.100.7' } });
		const reply = await fetch(trigger.address, {
			method: 'POST',
			headers: { 'x-forwarded-for': '198.51.100.7', forwarded: 'for=198.51.100.7' },
			body: new URLSearchParams(event),
		});
		expect(reply.status).toBe(403);
		await trigger.items(0);
	});

	test('behind a reverse proxy, the address is the one that the proxy names', async () => {
		const n8n = await startN8n({
			userFolder: await folderOfThisRun(join(workFolder, 'enswitchTriggerTest')),
			installPackage: await packPackage(),
			env: { ...withoutEditor, N8N_PROXY_HOPS: '1' },
		});
		try {
			const options = { allowedAddresses: '198.51.100.7' };
			const behind = await openTrigger(await logIn(n8n.url, owner), {
				type: 'enswitchTrigger',
				parameters: { options },
			});
			await behind.publish();
			const statusOf = async (callId: string, forwarded?: string) => {
				const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
				const body = new URLSearchParams({ class: 'call', event: 'start', callid: callId });
				return (await fetch(behind.address, { method: 'POST', headers, body })).status;
			};
			expect(await statusOf('1', '198.51.100.7')).toBe(200);
			// The proxy adds the sender; what the sender itself claims comes before.
			expect(await statusOf('2', '203.0.113.9, 198.51.100.7')).toBe(200);
			expect(await statusOf('3', '198.51.100.7:51234')).toBe(200);
			expect(await statusOf('4', '198.51.100.7, 203.0.113.9')).toBe(403);
			expect(await statusOf('5', 'unknown')).toBe(403);
			expect(await statusOf('6')).toBe(403);
			expect((await behind.items(3)).map(({ callId }) => callId)).toEqual(['1', '2', '3']);
		} finally {
			await n8n.stop();
		}
	}, 240_000);

	test('an address that is none: n8n does not publish', async () => {
		await trigger.close();
		await open({ options: { allowedAddresses: 'pbx.example' } });
		await expect(trigger.publish()).rejects.toThrow('Allowed Addresses contains "pbx.example".');
	});

	test.each([
		['more than any event has', `event=start&x=${'x'.repeat(70_000)}`, 413],
		['garbage', Buffer.from([0, 255, 254, 1, 2]), 400],
		['a list', '[{"event":"start"}]', 400],
		['JSON that is cut off', '{"event":"sta', 400],
	])('%s', async (_, body, status) => {
		expect((await post(body, 'text/plain')).status).toBe(status);
		await logged('Enswitch Trigger refused a request: ');
		await trigger.items(0);
	});

	test.each<[string, string]>([
		['{"event":"sta', 'application/json'],
		['', 'application/json'],
		['', 'application/x-www-form-urlencoded'],
		['a'.repeat(20), 'application/x-www-form-urlencoded'],
		[
			'--x\r\nContent-Disposition: form-data; name="event"\r\n\r\nstart\r\n--x--\r\n',
			'multipart/form-data; boundary=x',
		],
		['event=start', 'multipart/form-data'],
		['{"__proto__":{"event":"start"},"constructor":1}', 'application/json'],
		['__proto__[event]=start&%=%&=', 'application/x-www-form-urlencoded'],
		['class=message&event=start', 'application/x-www-form-urlencoded'],
	])('%j as %s starts nothing', async (body, contentType) => {
		const { status } = await post(body, contentType);
		expect([200, 400, 415, 422, 500]).toContain(status);
		await trigger.items(0);
		// n8n is still there.
		expect((await post(event)).status).toBe(200);
		await trigger.items(1);
	});
});
