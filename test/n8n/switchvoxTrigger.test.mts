/** Switchvox Trigger in a real n8n, whose page an administrator of the simulated Switchvox has followed. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';

import { createHandClock, type HandClock } from '../simulators/clock.mts';
import {
	type Delivery,
	type SwitchvoxSimulator,
	type TriggerLabel,
	startSwitchvox,
} from '../simulators/switchvox.mts';
import { until } from '../until.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, n8nLogFile } from './context.mts';
import type { Form } from './setup.mts';
import { itemsOf, openTrigger, type OpenTrigger, readPage, triggerName } from './trigger.mts';

const customer = '12025550123';
const did = '12025550100';
const fromOutside = { number: customer, name: 'Zoë & <Sons>', did };
/** In the order of their form. */
const all = ['ringing', 'outgoing', 'answered', 'ended', 'other'];

let client: N8nClient;
let clock: HandClock;
let pbx: SwitchvoxSimulator;
let opened: OpenTrigger[];

beforeAll(async () => {
	client = await logInToN8n();
});
beforeEach(async () => {
	opened = [];
	clock = createHandClock();
	pbx = await startSwitchvox({ clock, talkSeconds: 30 });
	pbx.setParty('202', { answersAfterSeconds: 5 });
});
afterEach(async () => {
	await pbx.close();
	for (const trigger of opened) await trigger.close();
});

type More = Partial<Omit<Parameters<typeof openTrigger>[1], 'type' | 'parameters'>>;

async function open(parameters: Form = { events: all }, more: More = {}): Promise<OpenTrigger> {
	const trigger = await openTrigger(client, { type: 'switchvoxTrigger', parameters, ...more });
	opened.push(trigger);
	return trigger;
}

async function publish(parameters?: Form, more?: More): Promise<OpenTrigger> {
	const trigger = await open(parameters, more);
	await trigger.publish();
	return trigger;
}

/** Enters what the trigger's page shows, in Switchvox. */
async function setUp({ address }: OpenTrigger): Promise<void> {
	pbx.eventTriggers.enter(await readPage(address));
}

/** A call that is answered after 5 seconds and ends after 30 more. */
function call(): void {
	pbx.dial({ caller: fromOutside, to: ['202'] });
	clock.turn(60);
}

async function delivered(count: number): Promise<readonly Delivery[]> {
	const { deliveries } = pbx.eventTriggers;
	await until(() => deliveries.length >= count);
	return deliveries;
}

const wordsOf = (items: readonly Form[]) =>
	items.map(({ event, details }) => [event, (details as Form).vendorEvent]);

async function logged(text: string): Promise<void> {
	await until(async () => (await readFile(n8nLogFile(), 'utf8')).includes(text));
}

describe('publish, ring, answer, hang up, unpublish', () => {
	test('each event comes once, and Switchvox can use each reply', async () => {
		const trigger = await publish();
		await setUp(trigger);
		call();
		const deliveries = await delivered(4);
		expect(
			deliveries.map(({ status, fault, instructions }) => [status, fault, instructions]),
		).toEqual(Array.from({ length: 4 }, () => [200, null, []]));
		const items = await trigger.items(4);
		const common = {
			vendor: 'switchvox',
			callId: '99.1',
			from: customer,
			to: '202',
			at: null,
			receivedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
		};
		const details = { callerName: 'Zoë & <Sons>', extensionType: 'sip' };
		expect(items).toEqual([
			{
				...common,
				event: 'ringing',
				legId: null,
				direction: 'in',
				disposition: null,
				details: { vendorEvent: 'incoming', eventType: 'incoming', incomingDid: did, ...details },
				response: expect.objectContaining({ on: 'incoming', did }) as object,
			},
			{
				...common,
				event: 'ringing',
				legId: '202',
				direction: 'in',
				disposition: null,
				details: {
					vendorEvent: 'routed',
					eventType: 'route_to_extension',
					incomingDid: did,
					...details,
				},
				response: expect.objectContaining({ on: 'routed' }) as object,
			},
			{
				...common,
				event: 'answered',
				legId: '202',
				direction: 'in',
				disposition: null,
				details: { vendorEvent: 'answered', eventType: 'answered', incomingDid: did, ...details },
				response: expect.objectContaining({ on: 'answered' }) as object,
			},
			{
				...common,
				event: 'ended',
				legId: null,
				direction: null,
				disposition: 'answered',
				details: {
					vendorEvent: 'hangup',
					eventType: 'call_hangup',
					talkSeconds: expect.any(Number) as number,
					...details,
				},
				response: expect.objectContaining({ on: 'hangup' }) as object,
			},
		]);

		await trigger.unpublish();
		call();
		const refused = (await delivered(8)).slice(4);
		expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
		await trigger.items(4);
	});

	test('a call that nobody answers: nothing says so but the answer that never came', async () => {
		const trigger = await publish({ events: ['ended'] });
		await setUp(trigger);
		pbx.setParty('202', 'never');
		call();
		await delivered(3);
		expect(await trigger.items(1)).toMatchObject([
			{ event: 'ended', callId: '99.1', from: customer, disposition: null },
		]);
	});

	test('a call through a menu rings in each place that it reaches', async () => {
		const trigger = await publish({ events: ['ringing'] });
		await setUp(trigger);
		pbx.dial({ caller: { ...fromOutside, through: ['800', '700'] }, to: ['202'] });
		await delivered(4);
		const items = await trigger.items(4);
		expect(items.map(({ legId, details }) => [legId, (details as Form).extensionType])).toEqual([
			[null, 'ivr'],
			['800', 'ivr'],
			['700', 'call_queue'],
			['202', 'sip'],
		]);
	});

	test('a call to the outside', async () => {
		const trigger = await publish();
		await setUp(trigger);
		pbx.dial({ caller: { number: '101', name: 'Anna' }, to: [customer] });
		clock.turn(60);
		await delivered(3);
		expect(await trigger.items(3)).toMatchObject([
			{ event: 'outgoing', from: '101', to: customer, direction: null },
			{ event: 'answered', from: '101', to: null, direction: 'out' },
			{ event: 'ended', from: '101', to: customer, disposition: 'answered' },
		]);
	});

	test('ten calls at once', async () => {
		const trigger = await publish({ events: ['answered', 'ended'] });
		await setUp(trigger);
		for (let made = 0; made < 10; made++) pbx.dial({ caller: fromOutside, to: ['202'] });
		clock.turn(60);
		await delivered(40);
		const items = await trigger.items(20);
		const calls = items.map(({ callId, event }) => `${String(callId)} ${String(event)}`);
		expect(new Set(calls).size).toBe(20);
		// A job is a text: 99.10 is another call than 99.1.
		expect(calls).toEqual(expect.arrayContaining(['99.1 ended', '99.10 ended']));
	});

	test('voicemail', async () => {
		const trigger = await publish({ events: ['other'] });
		await setUp(trigger);
		pbx.eventTriggers.report('On New Voicemail', {
			VM_MAILBOX: '202',
			VM_MSGNUM: '4',
			VM_DUR: '17',
			VM_DATE: '2026-11-22 09:30:00',
			CALLER_ID_NUMBER: customer,
		});
		await delivered(1);
		pbx.eventTriggers.report('On Checked Voicemail', { VM_MAILBOX: '202' });
		expect((await delivered(2)).map(({ fault }) => fault)).toEqual([null, null]);
		expect(await trigger.items(2)).toMatchObject([
			{
				event: 'other',
				callId: null,
				from: customer,
				to: '202',
				details: { vendorEvent: 'voicemail', mailbox: '202', messageNumber: '4' },
			},
			{ event: 'other', from: null, to: '202', details: { vendorEvent: 'checked' } },
		]);
	});
});

describe('what comes twice or too late', () => {
	test('starts the workflow once', async () => {
		const trigger = await publish();
		await setUp(trigger);
		pbx.eventTriggers.send({ twice: true });
		call();
		const deliveries = await delivered(8);
		expect(deliveries.map(({ fault }) => fault)).toEqual(Array.from({ length: 8 }, () => null));
		expect(wordsOf(await trigger.items(4))).toEqual([
			['ringing', 'incoming'],
			['ringing', 'routed'],
			['answered', 'answered'],
			['ended', 'hangup'],
		]);
	});

	test('after the end, it is marked, and the end does not know of the answer', async () => {
		const trigger = await publish();
		await setUp(trigger);
		pbx.eventTriggers.send({ order: 'latestFirst' });
		call();
		await delivered(4);
		const items = await trigger.items(4);
		expect(
			items.map(({ event, disposition, details }) => [event, disposition, (details as Form).late]),
		).toEqual([
			['ended', null, undefined],
			['answered', null, true],
			['ringing', null, true],
			['ringing', null, true],
		]);
	});
});

test('another way to encode, and variables that this Switchvox does not know', async () => {
	const trigger = await publish({ events: ['ended'] });
	await setUp(trigger);
	pbx.eventTriggers.send({ spaces: 'plus', unknown: ['EXTENSION', 'EXTENSION_TYPE'] });
	call();
	await delivered(4);
	expect(await trigger.items(1)).toMatchObject([
		{
			from: customer,
			to: null,
			details: { callerName: 'Zoë & <Sons>' },
			response: { extension: '%EXTENSION%', name: 'Zoë & <Sons>' },
		},
	]);
});

describe('several triggers', () => {
	test('two workflows do not disturb each other', async () => {
		const one = await publish();
		const other = await publish();
		const pages = await Promise.all([one, other].map(({ address }) => readPage(address)));
		const label: TriggerLabel = 'On Call Hangup';
		pbx.eventTriggers.enter({ ...pages[0], [label]: pages[1]?.[label] ?? '' });
		call();
		await delivered(4);
		expect(wordsOf(await one.items(3))).toEqual([
			['ringing', 'incoming'],
			['ringing', 'routed'],
			['answered', 'answered'],
		]);
		// What one has seen, the other does not know.
		expect(await other.items(1)).toMatchObject([{ event: 'ended', disposition: null }]);
		await one.unpublish();
		await readPage(other.address);
	});

	test('two in one workflow have addresses of their own', async () => {
		const webhookId = crypto.randomUUID();
		const second = {
			name: 'Second',
			type: 'n8n-nodes-originate-call.switchvoxTrigger',
			webhookId,
			parameters: { events: ['ended'] },
		};
		const trigger = await publish({ events: ['ended'] }, { nodes: [second] });
		pbx.eventTriggers.enter(
			await readPage(trigger.address.replace(/webhook\/[^/]+/, `webhook/${webhookId}`)),
		);
		call();
		await delivered(4);
		const [execution] = await trigger.executions(1);
		expect(Object.keys(execution?.nodes ?? {})).toEqual(['Second']);
	});
});

describe('the form', () => {
	test('only the chosen events start the workflow, and the others are known all the same', async () => {
		const trigger = await publish({ events: ['ended'] });
		await setUp(trigger);
		call();
		await delivered(4);
		expect(await trigger.items(1)).toMatchObject([{ event: 'ended', disposition: 'answered' }]);
	});

	test('unless chosen, these: all but Other', async () => {
		const trigger = await publish({});
		await setUp(trigger);
		pbx.eventTriggers.report('On Checked Voicemail', { VM_MAILBOX: '202' });
		call();
		await delivered(5);
		expect((await trigger.items(4)).map(({ event }) => event)).not.toContain('other');
	});

	test('without Include Response', async () => {
		const trigger = await publish({ events: ['ended'], options: { includeResponse: false } });
		await setUp(trigger);
		call();
		const [item] = await trigger.items(1);
		expect(item).not.toHaveProperty('response');
	});

	test('an option that cannot be used: the workflow is not published', async () => {
		const trigger = await open({ options: { allowedAddresses: '203.0.113.7, pbx.example.com' } });
		await expect(trigger.publish()).rejects.toThrow(
			'Allowed Addresses contains "pbx.example.com". No event will start the workflow.',
		);
		expect((await fetch(trigger.address)).status).toBe(404);
	});
});

describe('nobody else gets in', () => {
	const post = async (address: string, init: RequestInit = {}) =>
		(await fetch(address, { method: 'POST', ...init })).status;
	const hangup = 'on=hangup&job=99.1';

	test('another path, another method', async () => {
		const trigger = await publish();
		expect(await post(`${trigger.address}?${hangup}`.replace('/events', '/other'))).toBe(404);
		expect(await post(trigger.address.replace(/.(?=\/events)/, 'x'))).toBe(404);
		for (const method of ['PUT', 'PATCH', 'DELETE']) {
			expect([method, (await fetch(`${trigger.address}?${hangup}`, { method })).status]).toEqual([
				method,
				404,
			]);
		}
		await trigger.items(0);
	});

	test('a GET shows the page only, and its address is in no other page', async () => {
		const trigger = await publish();
		const response = await fetch(`${trigger.address}?${hangup}`);
		const { headers } = response;
		expect([response.status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
			200,
			'text/html; charset=utf-8',
			'no-store',
		]);
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(headers.get('referrer-policy')).toBe('no-referrer');
		const values = Object.values(await readPage(`${trigger.address}?x="><script>`));
		expect(values).toHaveLength(7);
		for (const value of values) expect(value).toMatch(/\/events\?on=\w+(&\w+=%[A-Z_]+%)+$/);
		expect(values.join()).not.toContain('script');
		await trigger.items(0);
	});

	test('an address that is not allowed', async () => {
		const options = { allowedAddresses: '203.0.113.7, 198.51.100.0/24, 2001:db8::/32' };
		const trigger = await publish({ events: all, options });
		await setUp(trigger);
		call();
		expect((await delivered(4)).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
		await trigger.items(0);
		await logged(
			'Switchvox Trigger refused a request: its address 127.0.0.1 is not in Allowed Addresses',
		);
	});

	test('an address that is allowed', async () => {
		const options = { allowedAddresses: '203.0.113.7 127.0.0.0/8' };
		const trigger = await publish({ events: ['ended'], options });
		await setUp(trigger);
		call();
		await trigger.items(1);
	});

	test.each<[string, RequestInit, number, string]>([
		[
			'no form',
			{ body: 'garbage' },
			400,
			'refused a request: its body has no fields that can be read',
		],
		[
			'broken JSON',
			{ body: '{"a":' },
			400,
			'refused a request: its body has no fields that can be read',
		],
		[
			'too much',
			{ body: `a=${'x'.repeat(70_000)}` },
			413,
			'refused a request: it has 70002 bytes, more than 65536',
		],
	])('a body that is %s', async (_, init, status, line) => {
		const trigger = await publish();
		const type = { 'content-type': 'text/plain' };
		expect(await post(`${trigger.address}?${hangup}`, { headers: type, ...init })).toBe(status);
		await trigger.items(0);
		await logged(line);
	});

	test.each<[string, Buffer, number, string, number]>([
		['gzip', gzipSync('a=1'), 200, '', 1],
		['deflate', deflateSync('a=1'), 200, '', 1],
		[
			'gzip',
			gzipSync(`a=${'x'.repeat(70_000)}`),
			413,
			'refused a request: it has 70002 bytes, more than 65536',
			0,
		],
		// n8n itself stops reading.
		['gzip', gzipSync(Buffer.alloc(40_000_000)), 500, '', 0],
		['gzip', Buffer.from('a=1'), 500, '', 0],
	])('a body that is compressed, %#: %s', async (encoding, body, status, line, count) => {
		const trigger = await publish({ events: ['ended'] });
		const headers = {
			'content-encoding': encoding,
			'content-type': 'application/x-www-form-urlencoded',
		};
		expect(await post(`${trigger.address}?${hangup}`, { headers, body })).toBe(status);
		await trigger.items(count);
		await logged(line);
	});

	test.each([
		'',
		'?',
		'?on=agent&job=99.1',
		'?on=',
		'?on[]=x&on[]=hangup',
		'?on[a]=hangup',
		'?__proto__[on]=hangup&constructor=1',
		'?on=%00',
	])('a query that is none of ours: %s', async (query) => {
		const trigger = await publish();
		expect(await post(trigger.address + query)).toBe(200);
		await trigger.items(0);
		await logged(
			'Switchvox Trigger ignored a request: its address is not one of those that the page of this trigger shows',
		);
	});

	test('odd values are texts or nothing', async () => {
		const trigger = await publish();
		const query = 'on=hangup&job[a]=1&number=1&number=2&name=%E0%A4&extension=%EXTENSION%&type';
		expect(await post(`${trigger.address}?${query}`)).toBe(200);
		expect(await trigger.items(1)).toMatchObject([
			{ callId: null, from: '1', to: null, details: { callerName: '%E0%A4' } },
		]);
	});
});

describe('Switchvox is answered at once', () => {
	const edges = [[triggerName, 'Then']] as const;

	test('when the workflow takes long', async () => {
		const wait = {
			name: 'Then',
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			parameters: { amount: 5, unit: 'seconds' },
		};
		const trigger = await publish({ events: ['ended'] }, { nodes: [wait], edges });
		await setUp(trigger);
		call();
		const deliveries = await delivered(4);
		expect(deliveries.at(-1)).toMatchObject({ label: 'On Call Hangup', fault: null });
		expect(deliveries.at(-1)?.milliseconds).toBeLessThan(5000);
		const [execution] = await trigger.executions(1);
		expect(execution?.nodes.Then?.[0]?.status).toBe('success');
	});

	test('when the workflow fails', async () => {
		const fail = {
			name: 'Then',
			type: 'n8n-nodes-base.stopAndError',
			parameters: { errorMessage: 'Not today' },
		};
		const trigger = await publish({ events: ['ended'] }, { nodes: [fail], edges });
		await setUp(trigger);
		call();
		expect((await delivered(4)).at(-1)).toMatchObject({ status: 200, fault: null });
		const [execution] = await trigger.executions(1);
		expect(execution).toMatchObject({ status: 'error' });
	});
});

describe('in the editor, while it listens', () => {
	test('one event at the test address, and no second', async () => {
		const trigger = await open({ events: ['ended'] });
		expect((await fetch(trigger.testAddress)).status).toBe(404);
		await client.listen(trigger.workflowId, triggerName);
		// The page shows what is to stay in Switchvox: the addresses of the published workflow.
		const page = Object.entries(await readPage(trigger.testAddress));
		for (const [, value] of page) expect(value).toContain(`${trigger.address}?`);
		pbx.eventTriggers.enter(
			Object.fromEntries(
				page.map(([label, value]) => [label, value.replace('/webhook/', '/webhook-test/')]),
			),
		);
		call();
		// What does not start the workflow does not end the listening either.
		await delivered(4);
		const [execution] = await trigger.executions(1);
		expect(execution === undefined ? [] : itemsOf(execution)).toMatchObject([
			{ event: 'ended', disposition: 'answered' },
		]);
		await pause(500);
		call();
		expect((await delivered(8)).at(-1)).toMatchObject({ status: 404 });
	});

	test('what a test has seen is unknown to the published workflow', async () => {
		const trigger = await publish({ events: ['answered', 'ended'] });
		await client.listen(trigger.workflowId, triggerName);
		const query = '?on=hangup&job=99.1';
		for (const address of [trigger.testAddress, trigger.address]) {
			expect((await fetch(`${address}${query}`, { method: 'POST' })).status).toBe(200);
		}
		expect(wordsOf(await trigger.items(2))).toEqual([
			['ended', 'hangup'],
			['ended', 'hangup'],
		]);
	});

	test('a person can send the same event for each test', async () => {
		const trigger = await open({ events: ['ended'] });
		for (let count = 1; count <= 2; count++) {
			await client.listen(trigger.workflowId, triggerName);
			const hangup = `${trigger.testAddress}?on=hangup&job=99.1`;
			expect((await fetch(hangup, { method: 'POST' })).status).toBe(200);
			await trigger.executions(count);
		}
	});
});
