/** A person who has read the README and never seen n8n's editor before rings a phone, click by click. */
import { startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { ensureChromium } from './browser.mts';
import { n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { owner } from './server.mts';
import { signInOf } from './switchvoxBench.mts';

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

	expect(await editor.chooseFromList('accountId', 'Podolsky')).toBe('104 David Podolsky');
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
