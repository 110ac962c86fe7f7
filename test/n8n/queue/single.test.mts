/** The crash of a single n8n with SQLite, as a small installation has it. */
import { join } from 'node:path';
import { until } from '../../until.mts';
import { logIn } from '../client.mts';
import { workFolder } from '../paths.mts';
import { folderOfThisRun } from '../processes.mts';
import { owner, startN8n, withoutEditor } from '../server.mts';
import type { N8nServer } from '../server.mts';
import { setUpSwitchvox } from '../switchvoxSetup.mts';
import type { SwitchvoxSetup } from '../switchvoxSetup.mts';
import { fiction, once, openHook } from './hook.mts';

let n8n: N8nServer;
let setup: SwitchvoxSetup;

/** With the same database each time, at the same address. */
async function start(port?: number): Promise<void> {
	const userFolder = await folderOfThisRun(join(workFolder, 'single'));
	const installPackage = String(process.env.PACKAGE_UNDER_TEST);
	n8n = await startN8n({ userFolder, installPackage, port, env: withoutEditor });
}

afterAll(async () => {
	await n8n.stop();
	await setup.pbx.close();
});

test('kill -9 of n8n while the phone rings: the same key places no call, and says that it may have been placed', async () => {
	await start();
	const client = await logIn(n8n.url, owner);
	setup = await setUpSwitchvox(client, { tls: false, secondMs: 1000 });
	const hook = await openHook({ client, setup, options: once });
	const body = { number: fiction(0), key: 'lead' };
	setup.pbx.setParty(body.number, { answersAfterSeconds: 4 });
	const first = hook.send(body).catch(() => 'the connection was cut');
	await until(() => setup.firstRings() > 0);
	const executionId = await hook.execution();
	await n8n.kill();
	expect(await first).toBe('the connection was cut');

	await start(n8n.port);
	expect((await client.waitFor(executionId)).status).toBe('crashed');
	expect(await hook.send(body)).toMatchObject({
		status: 'unknown',
		reason: 'crashed_earlier',
		output: 'error',
	});
	expect(setup.firstRings()).toBe(1);
});
