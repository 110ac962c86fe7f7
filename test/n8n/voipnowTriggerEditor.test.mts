/** VoipNow Trigger in n8n's editor, click by click. */
import { ensureChromium } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { owner } from './server.mts';
import { setUpVoipNow } from './voipnowSetup.mts';
import type { VoipNowSetup } from './voipnowSetup.mts';

jest.setTimeout(300_000);

let editor: Editor;
let setup: VoipNowSetup;

beforeAll(async () => {
	await ensureChromium();
	setup = await setUpVoipNow(await logInToN8n(), { secondMs: 50 });
	editor = await openEditor(n8nUrl(), owner);
});

afterAll(async () => {
	await editor.close();
	await setup.close();
});

test('a person finds it, enters its extensions, and has no address to copy', async () => {
	const { page } = editor;
	const { stored } = setup;
	await page.goto(`${n8nUrl()}/workflow/new`);
	await page.getByTestId('canvas-add-button').click();
	expect(await editor.search('missed call')).toContain('VoipNow');
	await editor.search('VoipNow');
	await editor.pick('VoipNow', 'On call ended');
	expect(await editor.labels()).toEqual([
		'Credential',
		'User ID',
		'Extensions',
		'Events',
		'Options',
	]);
	expect(await editor.formText()).not.toContain('/webhook');
	await editor.chooseCredential(stored.name);
	await editor.type('extensions', '0003*210, 0003*211');
	await editor.closeNode();
	const [node] = await editor.save();
	expect(node?.parameters).toEqual({
		extensions: '0003*210, 0003*211',
		events: ['ended'],
		options: {},
	});
	expect(await editor.canvas()).toEqual([expect.stringContaining('VoipNow Trigger\nended')]);
});
