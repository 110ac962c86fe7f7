/** VoipNow Trigger in n8n's editor, click by click. */
import { until } from '../until.mts';
import { ensureChromium } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { owner } from './server.mts';
import { storeCredential } from './setup.mts';
import { appOf, setUpVoipNow } from './voipnowSetup.mts';
import type { VoipNowSetup } from './voipnowSetup.mts';

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

async function addTrigger(): Promise<void> {
	const { page } = editor;
	await editor.visit('/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	expect(await editor.search('missed call')).toContain('VoipNow');
	await editor.search('VoipNow');
	await editor.pick('VoipNow', 'On call ended');
}

async function publish(): Promise<void> {
	await editor.page.getByTestId('workflow-open-publish-modal-button').click();
	await editor.page.getByTestId('workflow-publish-button').click();
}

test('a person finds it, enters its extensions, and has no address to copy', async () => {
	const { stored } = setup;
	await addTrigger();
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

test('publishing registers its events, and unpublishing removes them', async () => {
	const { page } = editor;
	await publish();
	const dialog = page.getByRole('dialog').filter({ hasText: 'Workflow published' });
	await dialog.getByText('Got it').click();
	await dialog.waitFor({ state: 'hidden' });
	// n8n starts the triggers in the background.
	await until(() => setup.pbx.events.all.length === 2);
	await editor.screenshot('voipnowTrigger-1-published');
	await page
		.getByTestId('workflow-open-publish-modal-button')
		.locator('xpath=following::button[1]')
		.click();
	await page.getByRole('menuitem').filter({ hasText: 'Unpublish' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
	await page.getByText('Workflow unpublished successfully').waitFor();
	await until(() => setup.pbx.events.all.length === 0);
});

test('a secret that VoipNow does not know keeps the workflow from being published, and the editor says why', async () => {
	const { page } = editor;
	const client = await logInToN8n();
	const wrong = await storeCredential(client, 'voipNowOAuth2Api', {
		baseUrl: setup.pbx.url,
		grantType: 'clientCredentials',
		...appOf('user'),
		clientSecret: 'wrong',
		allowUnauthorizedCerts: true,
	});
	await addTrigger();
	await editor.chooseCredential(wrong.name);
	await editor.type('extensions', '0003*210');
	await editor.closeNode();
	await publish();
	await page.getByText('Workflow could not be published').waitFor();
	await page
		.getByText('No event will start the workflow. Check Client ID and Client Secret')
		.waitFor();
	await editor.screenshot('voipnowTrigger-2-refused');
	expect(setup.pbx.events.all).toEqual([]);
	await client.deleteCredential(wrong.id);
});
