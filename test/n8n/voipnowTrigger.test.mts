/** VoipNow Trigger in a real n8n: the simulated VoipNow has it registered, and its calls start the workflow. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Pushing, SentEvent, VoipNowOptions } from '../simulators/voipnow.mts';
import { until } from '../until.mts';
import { runChain } from './chain.mts';
import { logIn } from './client.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, n8nLogFile } from './context.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { folderOfThisRun } from './processes.mts';
import { owner, startN8n, withoutEditor } from './server.mts';
import { during, type Form } from './setup.mts';
import { itemsOf, openTrigger, type OpenTrigger, triggerName } from './trigger.mts';
import { parameters as callParameters, setUpVoipNow } from './voipnowSetup.mts';
import type { VoipNowSetup } from './voipnowSetup.mts';

const first = '0003*210';
const second = '0003*211';
const customer = '12025550123';
const did = '12025550100';
const all = ['ringing', 'outgoing', 'answered', 'ended'];
const usual = { userId: '@me', extensions: `${first}, ${second}`, events: all, options: {} };

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: VoipNowOptions, changes) =>
	setUpVoipNow(client, { secondMs: 50, talkSeconds: 4, ...options }, changes),
);

async function open(
	{ stored }: VoipNowSetup,
	parameters: Form = {},
	through: N8nClient = client,
): Promise<OpenTrigger> {
	return await openTrigger(through, {
		type: 'voipNowTrigger',
		parameters: { ...usual, ...parameters },
		credentials: { voipNowOAuth2Api: stored },
	});
}

/** Uses a trigger that is published; nothing of it may be left afterwards, and what others have registered is still there. */
async function whilePublished(
	setup: VoipNowSetup,
	parameters: Form,
	use: (trigger: OpenTrigger) => Promise<void>,
): Promise<void> {
	const foreign = [first, second].map((extension) =>
		setup.pbx.events.enter({ extension, type: '0', url: 'http://127.0.0.1:9/crm' }),
	);
	const trigger = await open(setup, parameters);
	await trigger.publish();
	await use(trigger);
	await trigger.unpublish();
	expect(setup.pbx.events.all.map(({ id }) => id)).toEqual(foreign);
	await trigger.close();
}

/** Extension and type of all that is registered for a trigger. */
function registered({ pbx }: VoipNowSetup, address: string): string[] {
	const { pathname } = new URL(address);
	return pbx.events.all
		.filter(({ url }) => new URL(url).pathname === pathname)
		.map(({ extension, type }) => `${extension} ${type}`)
		.sort();
}

const everyType = (extension: string) =>
	['0', '1', '2', '3', '4'].map((type) => `${extension} ${type}`);

/** A call from outside that somebody answers after 2 seconds and that ends 4 later. */
async function call(
	{ pbx }: VoipNowSetup,
	extensions: readonly string[] = [first],
): Promise<string> {
	pbx.setParty(first, { answersAfterSeconds: 2 });
	pbx.setParty(second, 'never');
	const id = pbx.ring({ from: customer, did, extensions });
	await pbx.live.until(id, ({ phase }) => phase === 'ended');
	await pbx.pushed();
	return id;
}

const wordsOf = (items: readonly Form[]) =>
	items
		.map(({ event, details }) => `${String(event)} ${String((details as Form).extension)}`)
		.sort();

/** The status of each request that was sent to n8n. */
const statusesOf = (sent: readonly SentEvent[]) =>
	sent.filter(({ event: { url } }) => url.includes('/webhook')).map(({ status }) => status);

const eventsOf = (events: readonly string[], extension = first) =>
	events.map((event) => `${event} ${extension}`);

test('ring, answer, hang up: each starts the workflow once, with what VoipNow says', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			expect(registered(setup, trigger.address)).toEqual([
				...everyType(first),
				...everyType(second),
			]);
			await call(setup);
			const items = await trigger.items(3);
			expect(wordsOf(items)).toEqual(eventsOf(['answered', 'ended', 'ringing']));
			const ended = items.find(({ event }) => event === 'ended');
			const callId = (ended as Form).callId as string;
			expect(ended).toEqual({
				vendor: 'voipNow',
				event: 'ended',
				callId: expect.stringMatching(/^\d+\.\d+$/),
				legId: `${callId}/${first}`,
				from: customer,
				to: first,
				direction: 'in',
				disposition: 'answered',
				at: null,
				receivedAt: expect.stringMatching(/Z$/),
				details: {
					vendorEvent: 'Hangup',
					talkSeconds: 0,
					extension: first,
					callStatus: 'ANSWER',
					voipNowCallId: callId,
					callerName: customer,
					callerNumber: customer,
					calledNumber: did,
					calledDid: did,
				},
				response: expect.objectContaining({ event: 'hangup', CallID: callId, CallFlow: 'IN' }),
			});
			expect(items.every((item) => item.callId === callId)).toBe(true);
			expect(statusesOf(setup.pbx.sent)).toEqual([200, 200, 200]);
		});
	});
});

test('a group rings: each phone is a leg of the same call, and none is taken for another', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			await call(setup, [first, second]);
			const items = await trigger.items(5);
			expect(wordsOf(items)).toEqual(
				[
					...eventsOf(['ringing', 'answered', 'ended']),
					...eventsOf(['ringing', 'ended'], second),
				].sort(),
			);
			expect(new Set(items.map(({ callId }) => callId)).size).toBe(1);
			expect(new Set(items.map(({ legId }) => legId)).size).toBe(2);
		});
	});
});

test('the ID is the one that Originate gave', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			const step = { type: 'voipNow', parameters: callParameters };
			const { results } = await runChain(client, { voipNowOAuth2Api: setup.stored }, [step]);
			const { callId } = results[0] ?? {};
			await setup.pbx.live.until(String(callId), ({ phase }) => phase === 'ended');
			await setup.pbx.pushed();
			const items = await trigger.items(5);
			expect(wordsOf(items)).toEqual(
				eventsOf(['answered', 'answered', 'ended', 'outgoing', 'ringing']),
			);
			expect(items.map((item) => item.callId)).toEqual(items.map(() => callId));
		});
	});
});

test.each<[string, Pushing]>([
	['each event twice', { twice: true }],
	['the last one first', { backwards: true }],
	['both, and words in lower case', { twice: true, backwards: true, lowerCase: true }],
	['without the ID of the API', { apiId: false }],
	['with the documented statuses', { statuses: 'documented' }],
])('none is lost, and none comes twice: %s', async (_, pushing) => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			setup.pbx.pushAs(pushing);
			await call(setup);
			await call(setup);
			const items = await trigger.items(6);
			expect(wordsOf(items)).toEqual(
				eventsOf(['answered', 'answered', 'ended', 'ended', 'ringing', 'ringing']),
			);
			const late = items.filter(({ details }) => (details as Form).late === true);
			expect(late.map(({ event }) => event).sort()).toEqual(
				pushing.backwards === true ? ['answered', 'answered', 'ringing', 'ringing'] : [],
			);
		});
	});
});

test('only the chosen events are registered, and a missed call says so', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, { events: ['ended'], extensions: second }, async (trigger) => {
			expect(registered(setup, trigger.address)).toEqual([`${second} 2`]);
			setup.pbx.setParty(second, 'never');
			const id = setup.pbx.ring({ from: customer, extensions: [second] });
			expect(setup.pbx.live.hangUp(id, 'first')).toBe(true);
			expect(await trigger.items(1)).toMatchObject([
				{ event: 'ended', from: customer, to: second, disposition: 'canceled' },
			]);
		});
	});
});

test('a changed form is registered when it is published again, and the rest is removed', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			const parameters = { ...usual, extensions: second, events: ['ringing', 'ended'] };
			await client.updateWorkflow(trigger.workflowId, (nodes) =>
				nodes.map((node) => ({ ...node, parameters })),
			);
			expect(registered(setup, trigger.address)).toHaveLength(10);
			await trigger.publish();
			expect(registered(setup, trigger.address)).toEqual([`${second} 0`, `${second} 2`]);
			await call(setup, [first, second]);
			expect(wordsOf(await trigger.items(2))).toEqual(eventsOf(['ended', 'ringing'], second));
		});
	});
});

test('another credential: what the first one has registered is removed there', async () => {
	await withSetup({}, async (one) => {
		await withSetup({}, async (other) => {
			const trigger = await open(one);
			await trigger.publish();
			expect(registered(one, trigger.address)).toHaveLength(10);
			await client.updateWorkflow(trigger.workflowId, (nodes) =>
				nodes.map((node) => ({
					...node,
					credentials: { voipNowOAuth2Api: other.stored },
				})),
			);
			await trigger.publish();
			expect(one.pbx.events.all).toEqual([]);
			expect(registered(other, trigger.address)).toHaveLength(10);
			await trigger.unpublish();
			expect(other.pbx.events.all).toEqual([]);
			await trigger.close();
		});
	});
});

describe('a start that fails', () => {
	test('leaves nothing, and n8n shows what VoipNow said', async () => {
		await withSetup({}, async (setup) => {
			const trigger = await open(setup, { extensions: `${first}, 0003*310` });
			await expect(trigger.publish()).rejects.toThrow(
				/Extension 0003\*310: VoipNow refused the request: .+ \(extension_invalid\)\. No event will start the workflow\./,
			);
			expect(setup.pbx.events.all).toEqual([]);
			await trigger.unpublish();
			await trigger.close();
		});
	});

	test('once is repeated by n8n, and everything is registered once', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging', { where: 'events', times: 1, after: 7 });
			await whilePublished(setup, {}, async (trigger) => {
				expect(registered(setup, trigger.address)).toEqual([
					...everyType(first),
					...everyType(second),
				]);
				await call(setup);
				await trigger.items(3);
			});
		});
	});
});

test('VoipNow is down: n8n unpublishes, what is left gets 404, and the next publication puts it right', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			await setup.pbx.refuse();
			await trigger.unpublish();
			await logged('VoipNow Trigger could not remove all of its events');
			await setup.pbx.listenAgain();
			expect(registered(setup, trigger.address)).toHaveLength(10);
			await call(setup);
			expect(statusesOf(setup.pbx.sent)).toEqual([404, 404, 404]);
			await client.updateWorkflow(trigger.workflowId, (nodes) =>
				nodes.map((node) => ({ ...node, parameters: { ...usual, extensions: second } })),
			);
			await trigger.publish();
			expect(registered(setup, trigger.address)).toEqual(everyType(second));
			await call(setup, [first, second]);
			expect(wordsOf(await trigger.items(2))).toEqual(eventsOf(['ended', 'ringing'], second));
		});
	});
});

test.each([401, 403] as const)(
	'a token that VoipNow refuses with %i is renewed',
	async (expiredStatus) => {
		await withSetup({ expiredStatus }, async (setup) => {
			await whilePublished(setup, {}, async () => {
				expect(setup.pbx.tokensIssued()).toBe(1);
				setup.pbx.expireTokens();
			});
			expect(setup.pbx.tokensIssued()).toBe(2);
		});
	},
);

test('the editor listens at an address of its own, for one event; what is published goes on', async () => {
	// The phone rings on until n8n has removed what it registered for the test.
	await withSetup({ secondMs: 2000 }, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			await client.listen(trigger.workflowId, triggerName);
			expect(registered(setup, trigger.testAddress)).toEqual([
				...everyType(first),
				...everyType(second),
			]);
			setup.pbx.setParty(first, 'byHand');
			const id = setup.pbx.ring({ from: customer, did, extensions: [first] });
			await until(() => registered(setup, trigger.testAddress).length === 0);
			setup.pbx.live.pickUp(id, 'first');
			setup.pbx.live.hangUp(id, 'first');
			// One for the test, three for the workflow that is published.
			const executions = await trigger.executions(4);
			expect(wordsOf(executions.flatMap(itemsOf))).toEqual(
				eventsOf(['answered', 'ended', 'ringing', 'ringing']),
			);
			expect(registered(setup, trigger.address)).toHaveLength(10);
		});
	});
});

test('an address that is not allowed is refused', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(
			setup,
			{ options: { allowedAddresses: '203.0.113.7' } },
			async (trigger) => {
				await call(setup);
				expect(statusesOf(setup.pbx.sent)).toEqual([403, 403, 403]);
				await trigger.items(0);
			},
		);
	});
});

test('the secret address is in no log', async () => {
	await withSetup({}, async (setup) => {
		await whilePublished(setup, {}, async (trigger) => {
			setup.pbx.fault({ status: 500 }, { where: 'events', times: 1 });
			await trigger.unpublish();
			await trigger.publish();
			await call(setup);
			await trigger.items(3);
			const [secret = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(trigger.address) ?? [];
			expect(secret).not.toBe('');
			expect(await readFile(n8nLogFile(), 'utf8')).not.toContain(secret);
		});
	});
});

test('after a restart of n8n, everything is registered once, and events come', async () => {
	const userFolder = await folderOfThisRun(join(workFolder, 'voipNowTriggerTest'));
	const options = { userFolder, installPackage: await packPackage(), env: withoutEditor };
	let n8n = await startN8n(options);
	const own = await logIn(n8n.url, owner);
	const setup = await setUpVoipNow(own, { secondMs: 50, talkSeconds: 4 });
	try {
		const trigger = await open(setup, {}, own);
		await trigger.publish();
		await n8n.stop();
		n8n = await startN8n({ ...options, port: n8n.port });
		expect(registered(setup, trigger.address)).toEqual([...everyType(first), ...everyType(second)]);
		await call(setup);
		expect(wordsOf(await trigger.items(3))).toEqual(eventsOf(['answered', 'ended', 'ringing']));
		await trigger.unpublish();
		expect(setup.pbx.events.all).toEqual([]);
	} finally {
		await n8n.stop();
		await setup.pbx.close();
	}
});

async function logged(text: string): Promise<void> {
	await until(async () => (await readFile(n8nLogFile(), 'utf8')).includes(text));
}
