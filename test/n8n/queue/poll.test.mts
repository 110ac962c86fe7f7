/** A trigger that polls, in queue mode: main polls, and the workers execute the workflow, once for each call. */
import { readFile } from 'node:fs/promises';

import { logIn } from '../client.mts';
import type { N8nClient } from '../client.mts';
import { endedCalls, everyFiveSeconds, furtherPolls, openIovoxTrigger } from '../iovoxEvents.mts';
import { setUpIovox } from '../iovoxSetup.mts';
import type { IovoxSetup } from '../iovoxSetup.mts';
import { owner } from '../server.mts';
import { startFleet } from './fleet.mts';
import type { Fleet } from './fleet.mts';

jest.setTimeout(300_000);

let fleet: Fleet;
let client: N8nClient;
let setup: IovoxSetup;

beforeAll(async () => {
	fleet = await startFleet({ installPackage: String(process.env.PACKAGE_UNDER_TEST) });
	client = await logIn(fleet.url, owner);
	setup = await setUpIovox(client);
});

afterAll(async () => {
	await fleet.stop();
	await setup.pbx.close();
});

test('main asks for the records, and workers execute the workflow, once for each call', async () => {
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

	const mainLog = await readFile(fleet.main.logFile, 'utf8');
	for (const { id } of await trigger.ended()) {
		expect(await fleet.workerOf(id)).toBeDefined();
		expect(mainLog).not.toContain(`started execution ${id} `);
	}
	await trigger.unpublish();
});
