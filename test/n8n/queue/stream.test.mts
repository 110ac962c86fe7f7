/**
 * A trigger that keeps a connection, in queue mode: main has it, once, and the workers execute the workflow, once for each
 * event. The events are those that a real Asterisk sent; a simulated one sends them again.
 */
import { readFile } from 'node:fs/promises';
import { streamedCallsOf } from '../../fixtures/fixtures.mts';
import { defaultUsers, startAsterisk } from '../../simulators/asterisk.mts';
import type { AsteriskSimulator } from '../../simulators/asterisk.mts';
import { until } from '../../until.mts';
import { logIn } from '../client.mts';
import type { N8nClient } from '../client.mts';
import { workflow } from '../flow.mts';
import { packageName } from '../paths.mts';
import { owner } from '../server.mts';
import { storeCredential } from '../setup.mts';
import { startFleet } from './fleet.mts';
import type { Fleet } from './fleet.mts';

jest.setTimeout(300_000);

let fleet: Fleet;
let client: N8nClient;
let pbx: AsteriskSimulator;

beforeAll(async () => {
	fleet = await startFleet({ installPackage: String(process.env.PACKAGE_UNDER_TEST) });
	client = await logIn(fleet.url, owner);
	pbx = await startAsterisk({ tls: false });
});

afterAll(async () => {
	await fleet.stop();
	await pbx.close();
});

const calls = streamedCallsOf('asterisk');

test('main listens, and workers execute the workflow once for each event', async () => {
	const asteriskApi = await storeCredential(client, 'asteriskApi', {
		...{ baseUrl: pbx.url, allowUnauthorizedCerts: false, caCertificate: '' },
		...defaultUsers.n8n,
	});
	const id = await client.createWorkflow(
		workflow(
			[
				{
					id: crypto.randomUUID(),
					name: 'Event',
					type: `${packageName}.asteriskTrigger`,
					parameters: { events: ['ringing', 'answered', 'ended'], options: {} },
					credentials: { asteriskApi },
				},
				{ name: 'Note', type: 'n8n-nodes-base.noOp', parameters: {} },
			],
			[['Event', 'Note']],
		),
	);
	await client.publish(id);
	expect(pbx.listeners.names()).toHaveLength(1);

	for (const message of calls.flatMap(({ messages }) => messages)) pbx.listeners.send(message);
	const expected = calls.flatMap(({ events }) => events.map(inShort));
	await until(async () => (await client.executionsOf(id)).length >= expected.length);
	await new Promise((next) => setTimeout(next, 1_000));
	const executions = await client.executionsOf(id);
	const ended = await Promise.all(executions.map((one) => client.waitFor(one)));
	const found = ended.map(({ nodes }) => nodes.Note?.[0]?.outputs[0]?.[0]?.json ?? {});
	expect(found.map(inShort).sort()).toEqual([...expected].sort());

	const mainLog = await readFile(fleet.main.logFile, 'utf8');
	for (const execution of executions) {
		expect(await fleet.workerOf(execution)).toBeDefined();
		expect(mainLog).not.toContain(`started execution ${execution} `);
	}
	await client.unpublish(id);
	await until(() => pbx.listeners.names().length === 0);
});

function inShort(event: Readonly<Record<string, unknown>> | object): string {
	const { event: name, callId, legId } = event as Readonly<Record<string, unknown>>;
	return JSON.stringify([name, callId, legId]);
}
