/** The triggers in queue mode: main listens, asks or receives, and the workers execute the workflow, once for each event. */
import { readFile } from 'node:fs/promises';

import { streamedCallsOf } from '../../fixtures/fixtures.mts';
import { defaultUsers, startAsterisk } from '../../simulators/asterisk.mts';
import { createHandClock } from '../../simulators/clock.mts';
import { startSwitchvox } from '../../simulators/switchvox.mts';
import { until } from '../../until.mts';
import { logIn } from '../client.mts';
import type { N8nClient } from '../client.mts';
import { setUpEnswitch } from '../enswitchSetup.mts';
import { endedCalls, everyFiveSeconds, furtherPolls, openIovoxTrigger } from '../iovoxEvents.mts';
import { setUpIovox } from '../iovoxSetup.mts';
import { owner } from '../server.mts';
import { storeCredential } from '../setup.mts';
import { itemsOf, openTrigger, readPage, triggerName } from '../trigger.mts';
import { setUpVoipNow } from '../voipnowSetup.mts';
import { startFleet } from './fleet.mts';
import type { Fleet } from './fleet.mts';
import { fiction } from './hook.mts';

let fleet: Fleet;
let client: N8nClient;
const systems: { close(): Promise<void> }[] = [];
const closeAfterwards = (system: { close(): Promise<void> }) => void systems.push(system);

beforeAll(async () => {
	fleet = await startFleet({ installPackage: String(process.env.PACKAGE_UNDER_TEST) });
	client = await logIn(fleet.url, owner);
});

afterAll(async () => {
	await fleet.stop();
	for (const system of systems) await system.close();
});

const range = (count: number) => Array.from({ length: count }, (_, place) => place);

/** n8n's answer. When it has lost its database for a moment, as it does on a busy machine, it is asked again. */
async function statusOf(address: string, method = 'GET'): Promise<number> {
	let status = 0;
	await until(async () => {
		({ status } = await fetch(address, { method }));
		return status !== 503;
	});
	return status;
}

/** That workers executed all of it, and main nothing. */
async function expectOnWorkers(ids: readonly string[]): Promise<void> {
	const mainLog = await readFile(fleet.main.logFile, 'utf8');
	for (const id of ids) {
		expect(await fleet.workerOf(id)).toBeDefined();
		expect(mainLog).not.toContain(`started execution ${id} `);
	}
}

test('Asterisk: main listens, each event starts one execution', async () => {
	const pbx = await startAsterisk({ tls: false });
	closeAfterwards(pbx);
	const calls = streamedCallsOf('asterisk');
	const asteriskApi = await storeCredential(client, 'asteriskApi', {
		...{ baseUrl: pbx.url, allowUnauthorizedCerts: false, caCertificate: '' },
		...defaultUsers.n8n,
	});
	const trigger = await openTrigger(client, {
		type: 'asteriskTrigger',
		parameters: { events: ['ringing', 'answered', 'ended'], options: {} },
		credentials: { asteriskApi },
	});
	await trigger.publish();
	expect(pbx.listeners.names()).toHaveLength(1);

	for (const message of calls.flatMap(({ messages }) => messages)) pbx.listeners.send(message);
	const expected = calls.flatMap(({ events }) => events.map(inShort));
	const executions = await trigger.executions(expected.length);
	expect(executions.flatMap(itemsOf).map(inShort).sort()).toEqual([...expected].sort());

	await expectOnWorkers(executions.map(({ id }) => id));
	await trigger.unpublish();
	await until(() => pbx.listeners.names().length === 0);
});

function inShort(event: Readonly<Record<string, unknown>> | object): string {
	const { event: name, callId, legId } = event as Readonly<Record<string, unknown>>;
	return JSON.stringify([name, callId, legId]);
}

test('IOVOX: main asks for the records, each call starts one execution', async () => {
	const setup = await setUpIovox(client);
	closeAfterwards(setup.pbx);
	await endedCalls(setup, 2);
	const trigger = await openIovoxTrigger(client, setup.stored, { pollTimes: everyFiveSeconds });
	await trigger.publish();
	const ids: string[] = [];
	for (let round = 0; round < 3; round++) {
		ids.push(...(await endedCalls(setup, 2)));
		expect(await trigger.calls(ids.length)).toEqual(ids);
	}
	await furtherPolls(setup);
	expect(await trigger.calls(ids.length)).toEqual(ids);

	await expectOnWorkers((await trigger.ended()).map(({ id }) => id));
	await trigger.unpublish();
});

test('VoipNow: ten calls at once, every event twice: none lost, none twice, nothing left', async () => {
	const { pbx, stored } = await setUpVoipNow(client, { secondMs: 200, talkSeconds: 5 });
	closeAfterwards(pbx);
	const extensions = Array.from({ length: 10 }, (_, index) => `0003*${String(400 + index)}`);
	const foreign = pbx.events.enter({
		extension: '0003*400',
		type: '2',
		url: 'http://127.0.0.1:9/crm',
	});
	const trigger = await openTrigger(client, {
		type: 'voipNowTrigger',
		parameters: {
			userId: '@me',
			extensions: extensions.join(', '),
			events: ['ringing', 'outgoing', 'answered', 'ended'],
			options: {},
		},
		credentials: { voipNowOAuth2Api: stored },
	});
	await trigger.publish();
	expect(pbx.events.all).toHaveLength(51);
	pbx.pushAs({ twice: true });
	const calls = extensions.map((extension) => {
		pbx.setParty(extension, { answersAfterSeconds: 3 });
		return pbx.ring({ from: '12025550123', extensions: [extension] });
	});
	await Promise.all(calls.map((id) => pbx.live.until(id, ({ phase }) => phase === 'ended')));
	await pbx.pushed();
	expect(pbx.sent.filter(({ event }) => event.id !== foreign)).toHaveLength(60);
	const items = await trigger.items(30);
	const counts = new Map<unknown, number>();
	for (const { event, legId } of items) {
		const key = `${String(event)} ${String(legId).split('/')[1] ?? ''}`;
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	const expected = extensions.flatMap((extension) =>
		['ringing', 'answered', 'ended'].map((event) => [`${event} ${extension}`, 1] as const),
	);
	expect(counts).toEqual(new Map(expected));
	await expectOnWorkers(await client.executionsOf(trigger.workflowId));

	await trigger.unpublish();
	expect(pbx.events.all.map(({ id }) => id)).toEqual([foreign]);
});

test('Switchvox: main takes the events, each starts one execution', async () => {
	const clock = createHandClock();
	const pbx = await startSwitchvox({ clock, tls: false });
	closeAfterwards(pbx);
	const trigger = await openTrigger(client, { type: 'switchvoxTrigger' });
	await trigger.publish();
	pbx.eventTriggers.enter(await readPage(trigger.address));
	pbx.eventTriggers.send({ twice: true });
	const { deliveries } = pbx.eventTriggers;
	const [calls, eventsOfCall] = [15, 4];
	for (const place of range(calls)) {
		pbx.dial({ caller: { number: fiction(place), name: '' }, to: ['202'] });
		clock.turn(120);
		await until(() => deliveries.length === (place + 1) * eventsOfCall * 2, 60_000);
	}
	// A busy n8n refuses some with 503, when it has lost its database for a moment.
	const taken = deliveries.filter(({ status }) => status === 200).map(({ url }) => url);
	expect(new Set(taken).size).toBe(calls * eventsOfCall);
	const executions = await trigger.executions(calls * eventsOfCall);
	const items = executions.flatMap(itemsOf);
	const words = items.map(({ from, details }) => {
		const { vendorEvent } = details as { readonly vendorEvent: string };
		return `${String(from)} ${vendorEvent}`;
	});
	const all = ['incoming', 'routed', 'answered', 'hangup'];
	expect(words.sort()).toEqual(
		range(calls)
			.flatMap((place) => all.map((word) => `${fiction(place)} ${word}`))
			.sort(),
	);
	const ended = items.filter(({ event }) => event === 'ended');
	expect(new Set(ended.map(({ disposition }) => disposition))).toEqual(new Set(['answered']));
	await expectOnWorkers(executions.map(({ id }) => id));
	await trigger.unpublish();
	expect(await statusOf(trigger.address)).toBe(404);
});

test('a webhook processor takes events as main does; each of them remembers its own', async () => {
	const { url } = await fleet.addWebhookProcessor();
	const trigger = await openTrigger(client, {
		type: 'switchvoxTrigger',
		parameters: { events: ['ringing', 'ended'] },
	});
	await trigger.publish();
	const addresses = [trigger.address, trigger.address.replace(fleet.url, url)];
	const send = async (address = '', query = '') => await statusOf(`${address}?${query}`, 'POST');
	const calls = 10;
	for (const place of range(calls)) {
		const address = addresses[place % 2];
		for (const on of ['incoming', 'answered', 'hangup', 'hangup']) {
			expect(await send(address, `on=${on}&job=99.${String(place)}`)).toBe(200);
		}
	}
	const items = await trigger.items(calls * 2);
	const ended = items.filter(({ event }) => event === 'ended');
	expect(ended.map(({ disposition }) => disposition)).toEqual(ended.map(() => 'answered'));
	for (const address of addresses) await send(address, 'on=hangup&job=100.1');
	const executions = await trigger.executions(calls * 2 + 2);
	await expectOnWorkers(executions.map(({ id }) => id));
	await trigger.unpublish();
	for (const address of addresses) expect(await send(address, 'on=hangup&job=101.1')).toBe(404);
});

test('Asterisk and IOVOX: a worker runs a test of the editor, beside the published workflow', async () => {
	const pbx = await startAsterisk({ tls: false });
	closeAfterwards(pbx);
	const asteriskApi = await storeCredential(client, 'asteriskApi', {
		...{ baseUrl: pbx.url, allowUnauthorizedCerts: false, caCertificate: '' },
		...defaultUsers.n8n,
	});
	const trigger = await openTrigger(client, {
		type: 'asteriskTrigger',
		parameters: { events: ['ended'], options: {} },
		credentials: { asteriskApi },
	});
	await trigger.publish();
	const test = await client.start(trigger.workflowId, triggerName);
	await until(() => pbx.listeners.names().some((name) => name.endsWith('-test')));
	const [call] = streamedCallsOf('asterisk');
	for (const message of call?.messages ?? []) pbx.listeners.send(message);
	expect(itemsOf(await client.waitFor(test))).toMatchObject([{ event: 'ended' }]);
	await until(() => pbx.listeners.names().length === 1);
	await expectOnWorkers((await trigger.executions(2)).map(({ id }) => id));
	await trigger.unpublish();

	const setup = await setUpIovox(client);
	closeAfterwards(setup.pbx);
	const polled = await openIovoxTrigger(client, setup.stored);
	await polled.publish();
	const ids = await endedCalls(setup);
	const fetched = await client.execute(polled.workflowId, triggerName);
	expect(itemsOf(fetched)).toMatchObject([{ callId: ids[0] }]);
	await expectOnWorkers([fetched.id]);
	await polled.unpublish();
});

test('Enswitch: main takes the events, each starts one execution', async () => {
	const { pbx } = await setUpEnswitch(client, { secondMs: 50, talkSeconds: 10 });
	closeAfterwards(pbx);
	const trigger = await openTrigger(client, { type: 'enswitchTrigger' });
	await trigger.publish();
	pbx.report([{ by: 'events', url: trigger.address }], { copies: 2, resends: 200 });
	const calls = 15;
	for (const place of range(calls)) {
		pbx.callIn({ caller: fiction(place), dialed: '2125550100', line: '1234567' });
	}
	await until(() => pbx.live.all().every(({ phase }) => phase === 'ended'));
	await pbx.reported();
	// Start, routed, answered and ended, twice each. What a busy n8n refuses with 503 is sent again.
	expect(pbx.deliveries.filter(({ status }) => status === 200)).toHaveLength(calls * 4 * 2);
	const executions = await trigger.executions(calls * 3);
	const words = executions
		.flatMap(itemsOf)
		.map(({ from, event }) => `${String(from)} ${String(event)}`);
	const all = ['ringing', 'answered', 'ended'];
	expect(words.sort()).toEqual(
		range(calls)
			.flatMap((place) => all.map((word) => `${fiction(place)} ${word}`))
			.sort(),
	);
	await expectOnWorkers(executions.map(({ id }) => id));
	await trigger.unpublish();
	expect(await statusOf(trigger.address, 'POST')).toBe(404);
});
