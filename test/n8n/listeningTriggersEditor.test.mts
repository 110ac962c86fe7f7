/** The triggers without an address, click by click: one that keeps a connection to Asterisk, one that asks IOVOX for records. */
import { streamedCallsOf } from '../fixtures/fixtures.mts';
import { defaultUsers, startAsterisk } from '../simulators/asterisk.mts';
import { until } from '../until.mts';
import { ensureChromium } from './browser.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { endedCalls } from './iovoxEvents.mts';
import { setUpIovox } from './iovoxSetup.mts';
import { owner } from './server.mts';
import { storeCredential } from './setup.mts';

let client: N8nClient;
let editor: Editor;

beforeAll(async () => {
	await ensureChromium();
	client = await logInToN8n();
	editor = await openEditor(n8nUrl(), owner);
});
afterAll(() => editor.close());

async function add(vendor: string, action: string): Promise<void> {
	const { page } = editor;
	// Loaded again, so that it knows the credential that was stored since.
	await page.goto(`${n8nUrl()}/workflow/new`);
	await page.getByTestId('canvas-add-button').click();
	expect(await editor.search('missed call')).toContain(vendor);
	await editor.search(vendor);
	await editor.pick(vendor, action);
}

async function publish(): Promise<void> {
	const { page } = editor;
	await page.getByTestId('workflow-open-publish-modal-button').click();
	await page.getByTestId('workflow-publish-button').click();
	const dialog = page.getByRole('dialog').filter({ hasText: 'Workflow published' });
	await dialog.getByText('Got it').click();
	await dialog.waitFor({ state: 'hidden' });
}

async function unpublish(): Promise<void> {
	const { page } = editor;
	const button = page.getByTestId('workflow-open-publish-modal-button');
	await button.locator('xpath=following::button[1]').click();
	await page.getByRole('menuitem').filter({ hasText: 'Unpublish' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
	await page.getByText('Workflow unpublished successfully').waitFor();
}

/** Waits for a run of the published workflow, beside the one of the test. */
async function seeRun(picture: string): Promise<void> {
	const { page } = editor;
	const [, id = ''] = /\/workflow\/(\w+)/.exec(page.url()) ?? [];
	expect(await client.executionsWhen(id, 2)).toHaveLength(2);
	await page.getByTestId('radio-button-executions').click();
	await page.getByText('Succeeded in').first().waitFor();
	await editor.screenshot(picture);
	await page.getByTestId('radio-button-workflow').click();
}

test('Asterisk: a test waits for one event, and the published workflow gets all', async () => {
	const { page } = editor;
	const pbx = await startAsterisk({ tls: false });
	const stored = await storeCredential(client, 'asteriskApi', {
		...{ baseUrl: pbx.url, allowUnauthorizedCerts: false, caCertificate: '' },
		...defaultUsers.n8n,
	});
	const call = streamedCallsOf('asterisk').find(({ name }) => name === 'missed');
	const play = () => {
		for (const message of call?.messages ?? []) pbx.listeners.send(message);
	};
	try {
		await add('Asterisk', 'On call ended');
		await editor.chooseCredential(stored.name);
		expect(await editor.labels()).toEqual(['Credential', 'Events', 'Options']);
		// With one option only, the editor adds it without a menu.
		await page.getByTestId('node-parameters').getByText('Add option').click();
		expect(await editor.formText()).toContain('Include Response');
		await editor.screenshot('asteriskTrigger-1-form');
		await page.getByTestId('node-execute-button').click();
		await until(() => pbx.listeners.names().length === 1);
		await editor.screenshot('asteriskTrigger-2-listening');
		play();
		const output = page.getByTestId('output-panel');
		await output.getByText('no_answer').first().waitFor();
		await editor.screenshot('asteriskTrigger-3-output');
		await until(() => pbx.listeners.names().length === 0);
		await editor.closeNode();
		expect((await editor.canvas()).join()).toContain('Asterisk Trigger\nended');
		await publish();
		await until(() => pbx.listeners.names().length === 1);
		play();
		await seeRun('asteriskTrigger-4-executions');
		await unpublish();
		await until(() => pbx.listeners.names().length === 0);
	} finally {
		await pbx.close();
	}
});

test('IOVOX: a test fetches the latest calls, and the published workflow begins with those that end then', async () => {
	const { page } = editor;
	const setup = await setUpIovox(client);
	try {
		const [before] = await endedCalls(setup);
		await add('IOVOX', 'On new IOVOX event');
		await editor.chooseCredential(setup.stored.name);
		expect(await editor.labels()).toEqual(['Credential', 'Poll Times', 'Mode', 'Link', 'Options']);
		expect(await editor.chooseFromList('linkId', 'Documentation')).toContain('link123');
		await editor.screenshot('iovoxTrigger-1-form');
		await page.getByTestId('node-execute-button').click();
		const output = page.getByTestId('output-panel');
		await output.getByText(String(before)).first().waitFor();
		await editor.screenshot('iovoxTrigger-2-output');
		await editor.closeNode();
		expect((await editor.canvas()).join()).toContain('IOVOX Trigger\nlink123');
		await publish();
		await endedCalls(setup);
		await seeRun('iovoxTrigger-3-executions');
		await unpublish();
	} finally {
		await setup.close();
	}
});
