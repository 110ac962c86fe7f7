/** IOVOX Trigger in a real n8n: it asks the simulated IOVOX for call records, and each call that ends starts the workflow once. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { IovoxOptions } from '../simulators/iovox.mts';
import { logIn } from './client.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import {
	asked,
	endedCalls,
	eventually,
	everyFiveSeconds,
	furtherPolls,
	openIovoxTrigger,
} from './iovoxEvents.mts';
import type { WatchedCalls } from './iovoxEvents.mts';
import { setUpIovox } from './iovoxSetup.mts';
import type { IovoxSetup } from './iovoxSetup.mts';
import { packPackage } from './pack.mts';
import { packageName, workFolder } from './paths.mts';
import { folderOfThisRun } from './processes.mts';
import { owner, startN8n, withoutEditor } from './server.mts';
import { during, type Form } from './setup.mts';
import { itemsOf, triggerName } from './trigger.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** A call and its record take a few milliseconds. */
const withSetup = during((options: IovoxOptions, changes) => setUpIovox(client, options, changes));

const open = async ({ stored }: IovoxSetup, parameters?: Form): Promise<WatchedCalls> =>
	await openIovoxTrigger(client, stored, parameters);

/** Publishes another version, which polls at once. */
async function publishWith({ workflowId, publish }: WatchedCalls, changes: Form): Promise<void> {
	await client.updateWorkflow(workflowId, (nodes) =>
		nodes.map((node) => ({ ...node, parameters: { ...node.parameters, ...changes } })),
	);
	await publish();
}

test('at the poll times, each call that has ended starts the workflow once', async () => {
	await withSetup({ zoneHours: -9.5 }, async (setup) => {
		await endedCalls(setup, 2);
		setup.pbx.setParty('441632960002', 'never');
		const trigger = await open(setup, { pollTimes: everyFiveSeconds });
		await trigger.publish();
		await furtherPolls(setup);
		expect(await trigger.ended()).toEqual([]);

		const [missed] = await endedCalls(setup, 1, { destination: '441632960002' });
		const others = await endedCalls(setup, 3);
		expect(await trigger.calls(4)).toEqual([missed, ...others]);
		const items = (await trigger.ended()).flatMap(itemsOf);
		const item = items.find(({ callId }) => callId === missed);
		expect(item).toEqual({
			vendor: 'iovox',
			event: 'ended',
			callId: missed,
			legId: null,
			from: '441632960123',
			to: '441632960002',
			direction: 'in',
			disposition: 'no_answer',
			at: null,
			receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			details: {
				vendorEvent: 'NO ANSWER',
				callResult: 'NO ANSWER',
				ruleResult: 'Call to an Operator',
				localStart: expect.any(String),
				localEnd: expect.any(String),
				callType: 'DIRECT',
				callOrigin: '441632960123',
				voxNumber: '441632960777',
				linkId: 'link123',
				linkName: 'Documentation',
				talkSeconds: 0,
			},
			response: expect.objectContaining({ id: missed, call_result: 'NO ANSWER' }),
		});

		// One of the two polls at that moment fails.
		setup.pbx.fault({ status: 500 }, { where: 'follow', times: 1 });
		await eventually(async () => (await trigger.ended()).some(({ status }) => status === 'error'));
		const failed = (await trigger.ended()).find(({ status }) => status === 'error');
		expect(failed?.error?.message).toMatch(/^IOVOX answered with HTTP 500/);
		const [next] = await endedCalls(setup);
		expect(await trigger.calls(5)).toEqual([missed, ...others, next]);

		await trigger.unpublish();
		const polled = asked(setup);
		await endedCalls(setup);
		await pause(6000);
		expect(asked(setup)).toBe(polled);
		await trigger.publish();
		const [last] = await endedCalls(setup);
		expect(await trigger.calls(6)).toEqual([missed, ...others, next, last]);
		await furtherPolls(setup);
		expect(await trigger.calls(6)).toHaveLength(6);
		await trigger.close();
	});
});

test('another version of the workflow goes on where the one before was, and another link begins anew', async () => {
	await withSetup({}, async (setup) => {
		const trigger = await open(setup);
		await trigger.publish();
		const ids = await endedCalls(setup, 2);
		await publishWith(trigger, { options: { includeResponse: false } });
		expect(await trigger.calls(2)).toEqual(ids);
		expect((await trigger.ended()).flatMap(itemsOf)[0]).not.toHaveProperty('response');

		const link = { linkId: { __rl: true, mode: 'id', value: 'link-alarm' } };
		await endedCalls(setup, 1, { linkId: 'link-alarm' });
		await publishWith(trigger, link);
		await endedCalls(setup);
		const alarms = await endedCalls(setup, 1, { linkId: 'link-alarm' });
		await publishWith(trigger, { ...link, options: {} });
		expect(await trigger.calls(3)).toEqual([...ids, ...alarms]);
		await trigger.close();
	});
});

test('over restarts and a crash of n8n: what ends while it is down starts the workflow afterwards, once', async () => {
	const userFolder = await folderOfThisRun(join(workFolder, 'iovoxTriggerTest'));
	const options = { userFolder, installPackage: await packPackage(), env: withoutEditor };
	let n8n = await startN8n(options);
	const own = await logIn(n8n.url, owner);
	const setup = await setUpIovox(own);
	try {
		const trigger = await openIovoxTrigger(own, setup.stored);
		await endedCalls(setup, 2);
		await trigger.publish();
		const ids: string[] = [];
		// Nothing has come since the publication.
		await n8n.stop();
		ids.push(...(await endedCalls(setup, 2)));
		n8n = await startN8n({ ...options, port: n8n.port });
		expect(await trigger.calls(2)).toEqual(ids);
		await n8n.kill();
		ids.push(...(await endedCalls(setup, 3)));
		n8n = await startN8n({ ...options, port: n8n.port });
		expect(await trigger.calls(5)).toEqual(ids);
		await n8n.stop();
		const polled = asked(setup);
		n8n = await startN8n({ ...options, port: n8n.port });
		await eventually(() => asked(setup) > polled);
		await pause(1000);
		expect(await trigger.calls(5)).toEqual(ids);
	} finally {
		await n8n.stop();
		await setup.pbx.close();
	}
});

test('Fetch Test Event shows the latest calls, and leaves them for the published workflow', async () => {
	await withSetup({}, async (setup) => {
		const trigger = await open(setup);
		const fetchTestEvent = async () => await client.execute(trigger.workflowId, triggerName);
		const none = await fetchTestEvent();
		expect(none.status).toBe('error');
		expect(none.error).toMatchObject({
			message: 'IOVOX has no call record to show.',
			description: expect.stringMatching(/^Test again when a call has ended/),
		});
		const ids = await endedCalls(setup);
		await trigger.publish();
		ids.push(...(await endedCalls(setup, 6)));
		const shown = itemsOf(await fetchTestEvent()).map(({ callId }) => callId);
		// Some of them began in the same second.
		expect([shown.length, new Set(shown).size]).toEqual([5, 5]);
		expect(ids).toEqual(expect.arrayContaining(shown));
		await publishWith(trigger, { options: { includeResponse: false } });
		expect(await trigger.calls(11)).toEqual([...shown, ...ids.slice(1)].sort());
		await trigger.unpublish();
		await trigger.close();
	});
});

test('a key of another address: n8n refuses to publish, with the words of IOVOX', async () => {
	await withSetup({ addressAllowed: false }, async (setup) => {
		const trigger = await open(setup);
		await expect(trigger.publish()).rejects.toThrow(
			/HTTP 401.* No event will start the workflow\./,
		);
		await trigger.close();
	});
});

test('the form has the links of the account', async () => {
	await withSetup({}, async ({ stored }) => {
		const { results } = await client.list({
			nodeType: `${packageName}.iovoxTrigger`,
			methodName: 'searchLinks',
			field: 'linkId',
			parameters: {},
			credentials: { iovoxApi: stored },
			filter: 'Documentation',
		});
		expect(results).toEqual([{ name: expect.stringContaining('link123'), value: 'link123' }]);
	});
});
