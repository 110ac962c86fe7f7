/** The promise of the package on older versions of n8n beside the one that all other tests run. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { streamedCallsOf } from '../../fixtures/fixtures.mts';
import { defaultUsers, startAsterisk } from '../../simulators/asterisk.mts';
import { createHandClock } from '../../simulators/clock.mts';
import { startSwitchvox } from '../../simulators/switchvox.mts';
import { until } from '../../until.mts';
import { runAgent } from '../agent.mts';
import type { CredentialData, N8nClient } from '../client.mts';
import { resultOf, runNode, workflowWith } from '../context.mts';
import type { NodeTest } from '../context.mts';
import { n8nFolder, workFolder } from '../paths.mts';
import { startPhoneSystems } from '../phoneSystems.mts';
import type { PhoneSystem } from '../phoneSystems.mts';
import { folderOfThisRun } from '../processes.mts';
import { startFleet } from '../queue/fleet.mts';
import type { Fleet } from '../queue/fleet.mts';
import { fiction, once, openHook } from '../queue/hook.mts';
import { owner, startN8n } from '../server.mts';
import type { N8nServer } from '../server.mts';
import { setUpSwitchvox } from '../switchvoxSetup.mts';
import type { SwitchvoxSetup } from '../switchvoxSetup.mts';
import { parameters as enswitch, setUpEnswitch } from '../enswitchSetup.mts';
import { endedCalls, everyFiveSeconds, furtherPolls, openIovoxTrigger } from '../iovoxEvents.mts';
import { parameters as iovox, setUpIovox } from '../iovoxSetup.mts';
import { storeCredential } from '../setup.mts';
import { parameters as switchvox } from '../switchvoxSetup.mts';
import { openTrigger, readPage } from '../trigger.mts';
import type { OpenTrigger } from '../trigger.mts';
import { parameters as voipNow, setUpVoipNow } from '../voipnowSetup.mts';
import { OlderN8nClient } from './olderClient.mts';
import { installVersion, olderVersions } from './versions.mts';

const installPackage = String(process.env.PACKAGE_UNDER_TEST);

/** A module that all versions know: n8n refuses to start when an unknown one is disabled. */
const env = { N8N_DISABLED_MODULES: 'insights' };

/** Of the n8n that the other tests run. */
const newest = '2.41.1';

async function folderOf(version: string): Promise<string> {
	const older = olderVersions.find((one) => one.version === version);
	return older === undefined ? n8nFolder : await installVersion(older);
}

async function logIn(url: string, version: string): Promise<OlderN8nClient> {
	const client = new OlderN8nClient(url, version);
	await client.logIn(owner.email, owner.password);
	return client;
}

/** A call by each vendor's own node, and by the generic one. */
const calls: readonly (Pick<NodeTest, 'type' | 'parameters'> & { readonly system: string })[] = [
	{ system: 'Switchvox', type: 'switchvox', parameters: switchvox },
	{ system: 'IOVOX', type: 'iovox', parameters: iovox },
	{ system: 'Enswitch', type: 'enswitch', parameters: enswitch },
	{ system: 'VoipNow', type: 'voipNow', parameters: voipNow },
	{
		system: 'Switchvox',
		type: 'originateCall',
		parameters: {
			resource: 'call',
			operation: 'originate',
			vendor: 'switchvox',
			from: '101',
			to: '301',
			accountType: 'admin',
			accountId: switchvox.accountId,
		},
	},
];

const placed = ['answered', 'accepted'];
const ringAnswerEnd = ['answered', 'ended', 'ringing'];

describe.each([...olderVersions.map(({ version }) => version), newest])('n8n %s', (version) => {
	let installation: string;
	let n8n: N8nServer;
	let client: N8nClient;
	let systems: readonly PhoneSystem[];
	const pbxs: { close(): Promise<void> }[] = [];
	const setups: SwitchvoxSetup[] = [];

	const eventsOf = async (trigger: OpenTrigger, count: number) =>
		(await trigger.items(count)).map(({ event }) => event).sort();

	const start = async (port?: number) => {
		const userFolder = join(await folderOfThisRun(join(workFolder, 'versionsTest')), version);
		n8n = await startN8n({ userFolder, installPackage, installation, port, env });
		client = await logIn(n8n.url, version);
	};

	const open = async (options: Parameters<typeof setUpSwitchvox>[1] = {}) => {
		const setup = await setUpSwitchvox(client, { tls: false, ...options });
		setups.push(setup);
		return setup;
	};

	beforeAll(async () => {
		installation = await folderOf(version);
		systems = await startPhoneSystems();
		await start();
	});

	afterAll(async () => {
		await n8n.stop();
		for (const { close } of systems) await close();
		for (const pbx of pbxs) await pbx.close();
		for (const { pbx } of setups) await pbx.close();
	});

	test.each(calls)('a call: $type over $system', async ({ system, type, parameters }) => {
		const { credential, calls: taken } = systems.find(({ name }) => name === system) ?? never();
		const before = taken.length;
		// Trusted by a switch, which is in every credential and in every version.
		const data = { ...credential.data, allowUnauthorizedCerts: true, caCertificate: '' };
		const stored = await client.putCredential({ ...credential, name: `Trusting ${system}`, data });
		const credentials = { [credential.type]: stored };
		const { items, error } = await runNode(client, { type, parameters, credentials });
		expect(error?.message).toBeUndefined();
		expect(placed).toContain(items[0]?.json.status);
		expect(taken.length - before).toBe(1);
	});

	test('a feature that an older version lacks is refused, not guessed: CA Certificate', async () => {
		const setup = await setUpSwitchvox(client);
		setups.push(setup);
		const { items, error } = await runNode(client, setup.call());
		if (['1.123.81', '2.0.3'].includes(version)) {
			expect(error?.message).toMatch(/is not trusted \(.*\)\. No call was placed\./);
			expect(error?.description).toContain('NODE_EXTRA_CA_CERTS');
			expect(setup.firstRings()).toBe(0);
		} else {
			expect(items[0]?.json.status).toBe('answered');
			expect(setup.firstRings()).toBe(1);
		}
	});

	// With `auto` the sign-in meets it, with `basic` the call.
	test.each(['auto', 'basic'])(
		'no server is listening (%s): no call was placed',
		async (authentication) => {
			const setup = await setUpSwitchvox(client, { tls: false }, { authentication });
			setups.push(setup);
			await setup.pbx.refuse();
			const { error } = await runNode(client, setup.call());
			expect(error?.message).toContain('refused the connection. No call was placed.');
		},
	);

	// n8n tests OAuth2 credentials by a declarative request, and not before somebody has signed in.
	test.each(['Switchvox', 'IOVOX', 'Enswitch'])('the credential test: %s', async (name) => {
		const { credential } = systems.find((one) => one.name === name) ?? never();
		// Older versions test a credential only when it is stored.
		const test = async (data: CredentialData['data']) => {
			const changed = { ...credential, data };
			return await client.testCredential({ ...changed, ...(await client.putCredential(changed)) });
		};
		const { username, ...others } = credential.data;
		expect(await test({ ...others, username: `${String(username)}x` })).toMatchObject({
			status: 'Error',
		});
		expect(await test(credential.data)).toMatchObject({ status: 'OK' });
	});

	const numbers = ['101', '102', '103'];
	const items = numbers.map((number) => ({ number }));
	const three = (setup: SwitchvoxSetup, settings: NodeTest['settings'], options = {}) =>
		setup.call({ dialFirst: '={{ $json.number }}', options }, { items, settings });

	test('Retry On Fail: each phone rings once', async () => {
		const setup = await open();
		setup.pbx.fault({ status: 403 }, { times: 1, after: 1 });
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const { items: results } = await runNode(client, three(setup, settings));
		expect(results.map(({ json }) => [json.status, json.replayed])).toEqual([
			['answered', true],
			['answered', false],
			['answered', false],
		]);
		expect(setup.firstRings()).toBe(3);
	});

	test('the error output: the unknown call is there, with its input', async () => {
		const setup = await open();
		setup.pbx.fault('cutAfterRinging', { times: 1, after: 1 });
		const settings = { onError: 'continueErrorOutput' } as const;
		const result = await runNode(client, three(setup, settings));
		expect(result.items.map(({ json }) => json.from)).toEqual(['101', '103']);
		expect(result.failedItems.map(({ json }) => [json.status, json.number])).toEqual([
			['unknown', '102'],
		]);
		expect(setup.firstRings()).toBe(3);
	});

	test('Once Key: executions at once, and a later one', async () => {
		const setup = await open();
		const workflowId = await client.createWorkflow(
			workflowWith(three(setup, {}, { onceKey: '={{ $json.number }}' })),
		);
		const execute = async () => {
			const { items: results } = resultOf(await client.execute(workflowId, 'Start'));
			return results.map(({ json }) => String(json.reason ?? json.status));
		};
		const atOnce = (await Promise.all([execute(), execute(), execute()])).flat().sort();
		expect(atOnce).toEqual([
			...numbers.map(() => 'answered'),
			...Array.from({ length: 6 }, () => 'duplicate'),
		]);
		expect(await execute()).toEqual(numbers.map(() => 'duplicate'));
		expect(setup.firstRings()).toBe(3);
	});

	test.each([2.2, 3])('a tool of AI Agent %s: one ring, and the model learns it', async (agent) => {
		const setup = await open();
		const tool = setup.call({
			dialFirst: "={{ $fromAI('extension', 'Extension that rings first', 'string') }}",
		});
		const { answers } = await runAgent(client, {
			typeVersion: agent,
			turns: [{ calls: [{ name: 'Call', arguments: { extension: '101' } }] }],
			tools: [{ ...tool, name: 'Call' }],
		});
		expect(answers).toHaveLength(1);
		expect(answers[0]).toContain('The call was placed, and the first phone was answered.');
		expect(setup.firstRings()).toBe(1);
	});

	test('Switchvox Trigger: each event once; unpublished, its address is gone', async () => {
		const clock = createHandClock();
		const pbx = await startSwitchvox({ clock, tls: false });
		pbxs.push(pbx);
		const trigger = await openTrigger(client, { type: 'switchvoxTrigger' });
		await trigger.publish();
		pbx.eventTriggers.enter(await readPage(trigger.address));
		pbx.eventTriggers.send({ twice: true });
		pbx.dial({ caller: { number: fiction(0), name: '' }, to: ['202'] });
		clock.turn(120);
		await until(() => pbx.eventTriggers.deliveries.length === 8, 60_000);
		expect(pbx.eventTriggers.deliveries.map(({ status }) => status)).toEqual(Array(8).fill(200));
		const items = await trigger.items(4);
		const words = items.map(({ details }) => (details as { vendorEvent: string }).vendorEvent);
		expect(words.sort()).toEqual(['answered', 'hangup', 'incoming', 'routed']);
		await trigger.unpublish();
		expect((await fetch(trigger.address)).status).toBe(404);
	});

	test('Enswitch Trigger: each event once; unpublished, its address is gone', async () => {
		const { pbx } = await setUpEnswitch(client, { secondMs: 50, talkSeconds: 10, tls: false });
		pbxs.push(pbx);
		const trigger = await openTrigger(client, { type: 'enswitchTrigger' });
		await trigger.publish();
		pbx.report([{ by: 'events', url: trigger.address }], { copies: 2 });
		pbx.callIn({ caller: fiction(0), dialed: '2125550100', line: '1234567' });
		await until(() => pbx.live.all().every(({ phase }) => phase === 'ended'));
		await pbx.reported();
		expect(await eventsOf(trigger, 3)).toEqual(ringAnswerEnd);
		await trigger.unpublish();
		expect((await fetch(trigger.address, { method: 'POST' })).status).toBe(404);
	});

	test('VoipNow Trigger: registers its events, gets each once, and removes them', async () => {
		const { pbx, stored } = await setUpVoipNow(client, {
			secondMs: 200,
			talkSeconds: 5,
			tls: false,
		});
		pbxs.push(pbx);
		const trigger = await openTrigger(client, {
			type: 'voipNowTrigger',
			parameters: {
				...{ userId: '@me', extensions: '0003*400', options: {} },
				events: ['ringing', 'answered', 'ended'],
			},
			credentials: { voipNowOAuth2Api: stored },
		});
		await trigger.publish();
		pbx.pushAs({ twice: true });
		pbx.setParty('0003*400', { answersAfterSeconds: 3 });
		const call = pbx.ring({ from: fiction(0), extensions: ['0003*400'] });
		await pbx.live.until(call, ({ phase }) => phase === 'ended');
		await pbx.pushed();
		expect(await eventsOf(trigger, 3)).toEqual(ringAnswerEnd);
		await trigger.unpublish();
		expect(pbx.events.all).toEqual([]);
	});

	test('IOVOX Trigger: each call that has ended, once', async () => {
		const setup = await setUpIovox(client);
		pbxs.push(setup.pbx);
		await endedCalls(setup, 2);
		const trigger = await openIovoxTrigger(client, setup.stored, { pollTimes: everyFiveSeconds });
		await trigger.publish();
		const ids = await endedCalls(setup, 2);
		expect(await trigger.calls(2)).toEqual(ids);
		await furtherPolls(setup);
		expect(await trigger.calls(2)).toEqual(ids);
		await trigger.unpublish();
	});

	test('Asterisk Trigger: listens, gets each event once, and stops listening', async () => {
		const pbx = await startAsterisk({ tls: false });
		pbxs.push(pbx);
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
		const calls = streamedCallsOf('asterisk');
		for (const message of calls.flatMap(({ messages }) => messages)) pbx.listeners.send(message);
		const expected = calls.flatMap(({ events }) => events.map(({ event }) => event));
		expect(await eventsOf(trigger, expected.length)).toEqual(expected.sort());
		await trigger.unpublish();
		await until(() => pbx.listeners.names().length === 0);
	});

	test('the journal: after kill -9 the key says that the call may have been placed', async () => {
		const setup = await open({ secondMs: 1000 });
		const hook = await openHook({ client, setup, options: once });
		const body = { number: fiction(0), key: 'lead' };
		setup.pbx.setParty(body.number, { answersAfterSeconds: 4 });
		hook.send(body).catch(() => undefined);
		await until(() => setup.firstRings() > 0);
		await n8n.kill();
		await start(n8n.port);
		expect(await hook.send(body)).toMatchObject({
			status: 'unknown',
			reason: 'crashed_earlier',
			output: 'error',
		});
		expect(setup.firstRings()).toBe(1);
	});
});

function never(): never {
	throw new Error('There is no such phone system.');
}

/**
 * By default, n8n 1.x hands the job of a dead worker to another one. Jobs are locked for less time than by default, so
 * that this takes less than two minutes.
 */
describe('n8n 1.123.81 in queue mode, both workers killed while the phone rings', () => {
	const version = '1.123.81';
	const queue = {
		...env,
		QUEUE_WORKER_LOCK_DURATION: '20000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
		QUEUE_WORKER_STALLED_INTERVAL: '5000',
	};
	let fleet: Fleet;
	let setup: SwitchvoxSetup;

	const start = async (settings: Readonly<Record<string, string>>) => {
		const installation = await folderOf(version);
		fleet = await startFleet({ installPackage, installation, env: { ...queue, ...settings } });
		const client = await logIn(fleet.url, version);
		setup = await setUpSwitchvox(client, { tls: false, secondMs: 1000 });
		return client;
	};

	/** Rings each of these numbers, each with a webhook of its own; kills both workers, and starts new ones. */
	const crash = async (client: N8nClient, options: readonly object[]) => {
		for (const [place, one] of options.entries()) {
			const hook = await openHook({ client, setup, options: one });
			setup.pbx.setParty(fiction(place), { answersAfterSeconds: 4 });
			hook.send({ number: fiction(place), key: 'lead' }).catch(() => undefined);
		}
		await until(() => setup.firstRings() === options.length);
		await Promise.all(fleet.workers.map(fleet.kill));
		await Promise.all([fleet.addWorker(), fleet.addWorker()]);
	};

	/** The phone system dials some digits before the number. */
	const rangAt = (place: number) =>
		setup.pbx.rings.filter(
			({ number, party }) => party === 'first' && number.endsWith(fiction(place)),
		).length;

	afterEach(async () => {
		await fleet.stop();
		await setup.pbx.close();
	});

	test('by default the phone rings twice, but not with a Once Key', async () => {
		await crash(await start({}), [{}, once]);
		for (let seconds = 0; rangAt(0) < 2 && seconds < 90; seconds += 1) await pause(1000);
		expect(rangAt(0)).toBe(2);
		// The other job comes back with it.
		await pause(15_000);
		expect([rangAt(0), rangAt(1)]).toEqual([2, 1]);
	});

	test('with QUEUE_WORKER_MAX_STALLED_COUNT=0 it rings once', async () => {
		await crash(await start({ QUEUE_WORKER_MAX_STALLED_COUNT: '0' }), [{}]);
		await pause(75_000);
		expect(rangAt(0)).toBe(1);
	});
});
