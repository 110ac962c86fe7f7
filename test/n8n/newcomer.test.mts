/** A person who has read the README and never seen n8n's editor before rings a phone, click by click. */
import { startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { ensureChromium } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { owner } from './server.mts';
import { createSwitchvoxCredential, signInOf } from './switchvoxBench.mts';

jest.setTimeout(300_000);

let editor: Editor;
let pbx: SwitchvoxSimulator;

beforeAll(async () => {
	await ensureChromium();
	pbx = await startSwitchvox({ secondMs: 10 });
	editor = await openEditor(n8nUrl(), owner);
});

afterAll(async () => {
	await editor.close();
	await pbx.close();
});

test('from an empty workflow to a phone that rings', async () => {
	const { page } = editor;
	await editor.startWorkflow();

	await editor.openPanel();
	expect(await editor.search('phone')).toContain('Originate Call');
	await editor.screenshot('newcomer-1-panel');
	await editor.pick('Originate Call');
	await editor.choose('vendor', 'Switchvox');
	await editor.screenshot('newcomer-2-vendor');

	await editor.newCredential();
	const { username, password } = signInOf('admin');
	await editor.type('baseUrl', pbx.url);
	await editor.type('username', String(username));
	await editor.type('password', String(password));
	await editor.type('caCertificate', pbx.caCertificate);
	await editor.screenshot('newcomer-3-credential');
	expect(await editor.saveCredential()).toBe('');
	expect(await editor.testSavedCredential()).toContain('Connection tested successfully');

	expect(await editor.chooseFromList('accountId', 'Podolsky')).toBe('104 David Podolsky (ID 1110)');
	await editor.type('from', '104');
	await editor.type('to', '301');
	await editor.closeNode();
	expect((await editor.canvas()).at(-1)).toContain('104 → 301');
	expect(pbx.rings).toEqual([]);

	await page.getByTestId('execute-workflow-button').click();
	await page.getByTestId('canvas-node-status-success').nth(1).waitFor();
	expect(pbx.rings.map(({ number, party }) => [number, party])).toEqual([
		['104', 'first'],
		['301', 'second'],
	]);
	await editor.screenshot('newcomer-4-rang');
});

test('with the credential of a phone system that is not there, nothing rings, and the node says so', async () => {
	const rings = pbx.rings.length;
	const client = await logInToN8n();
	const other = await createSwitchvoxCredential(client, {
		baseUrl: 'https://127.0.0.1:9',
		...signInOf('admin'),
		authentication: 'basic',
	});
	await editor.page.reload();
	await editor.openNode();
	const right = await editor.credential();
	await editor.chooseCredential(other.name);
	const failed = await editor.execute();
	expect(failed).toMatchObject({ succeeded: false });
	expect(failed.text).toContain('No call was placed.');
	expect(failed.text).toContain('Base URL');
	await editor.screenshot('newcomer-5-notThere');
	expect(pbx.rings.length).toBe(rings);

	await editor.chooseCredential(right);
	// n8n empties what was chosen from the list of another phone system.
	await editor.chooseFromList('accountId', 'Podolsky');
	const placed = await editor.execute();
	expect(placed).toMatchObject({ succeeded: true });
	for (const value of ['switchvox', 'answered', '104', '301']) expect(placed.text).toContain(value);
	await editor.screenshot('newcomer-6-result');
	expect(pbx.rings.length).toBe(rings + 2);
	await client.deleteCredential(other.id);
});
