/** Enswitch Trigger in the browser: added by clicks, its page followed to the letter. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import type { EnswitchSimulator } from '../simulators/enswitch.mts';
import { startEnswitch } from '../simulators/enswitch.mts';
import { until } from '../until.mts';
import { n8nUrl } from './context.mts';
import { type Editor, openEditor } from './editor.mts';
import { screenshotFolder } from './paths.mts';
import { owner } from './server.mts';

let editor: Editor;
let page: Page;
let pbx: EnswitchSimulator;

beforeAll(async () => {
	pbx = await startEnswitch({ secondMs: 50, talkSeconds: 10 });
	editor = await openEditor(n8nUrl(), owner);
	({ page } = editor);
});
afterAll(async () => {
	await editor.close();
	await pbx.close();
});

const incoming = { caller: '2125550142', dialed: '2125550100', line: '1234567' };

/** The address that the open node shows. */
async function addressOf(kind: 'Test URL' | 'Production URL'): Promise<string> {
	const tab = page.getByText(kind, { exact: true });
	if (!(await tab.isVisible())) await page.getByText('Webhook URLs', { exact: true }).click();
	await tab.click();
	const path = kind === 'Test URL' ? '/webhook-test/' : '/webhook/';
	const shown = page.getByTestId('ndv').getByText(new RegExp(`${path}[\\w-]+/events$`));
	return (await shown.innerText()).trim();
}

/** Opens an address as a person does, in a tab of its own. */
async function openTab(address: string): Promise<Page> {
	const tab = await page.context().browser()?.newPage({ colorScheme: 'light' });
	if (tab === undefined) throw new Error('The editor has no browser.');
	await tab.goto(address);
	return tab;
}

/** Click a value to select all of it. */
async function copy(tab: Page, label: string): Promise<string> {
	const value = tab.locator('dt', { hasText: label }).locator('xpath=following-sibling::dd[1]');
	await value.locator('code').click();
	return await tab.evaluate('String(getSelection())');
}

async function callOver(): Promise<void> {
	pbx.callIn(incoming);
	await until(() => pbx.live.all().every(({ phase }) => phase === 'ended'));
	await pbx.reported();
}

test('added, listened to, published, and followed', async () => {
	await editor.visit('/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	await page.getByTestId('node-creator-search-bar').waitFor();
	expect(await editor.search('missed call')).toContain('Enswitch');
	expect(await editor.search('enswitch')).toEqual(['Enswitch']);
	const shown = page.getByTestId('node-creator-item-name').filter({ visible: true });
	await shown.getByText('Enswitch', { exact: true }).click();
	await shown.getByText('On call ended', { exact: true }).click();
	await page.getByTestId('node-parameters').waitFor();
	expect(await editor.formText()).toContain('open that address in a browser');

	// Nothing listens: n8n knows no such address.
	const production = await addressOf('Production URL');
	const testAddress = await addressOf('Test URL');
	expect((await fetch(production)).status).toBe(404);

	// While the editor listens, the page is there, with the address to stay on it.
	await page.getByTestId('ndv').getByRole('button', { name: 'Execute step' }).first().click();
	await page.getByText('Listening for').first().waitFor();
	await editor.screenshot('enswitchTriggerListening');
	const early = await openTab(testAddress);
	expect(await copy(early, 'Send events to URL')).toBe(production);
	await early.close();
	// The page does not end the listening; an event does.
	pbx.report([{ by: 'events', url: testAddress }]);
	await callOver();
	const output = page.getByTestId('output-panel');
	await output.getByText('ended').first().waitFor();
	expect(await output.innerText()).toContain(incoming.caller);
	await editor.screenshot('enswitchTriggerOutput');

	// Published, the page at the production address says what to enter.
	await editor.closeNode();
	await editor.save();
	await page.getByRole('button', { name: 'Publish' }).first().click();
	await page.getByTestId('workflow-publish-button').click();
	await until(async () => (await fetch(production)).status === 200);
	const tab = await openTab(production);
	for (const colorScheme of ['dark', 'light'] as const) {
		await tab.emulateMedia({ colorScheme });
		const path = join(screenshotFolder, `enswitchTriggerPage-${colorScheme}.png`);
		await tab.screenshot({ path, fullPage: true });
	}
	const url = await copy(tab, 'Send events to URL');
	expect(url).toBe(production);
	const template = await copy(tab, 'Template of a webhook');
	expect(Object.keys(JSON.parse(template) as object)).toContain('talktime');
	expect(await copy(tab, 'informed when the call has been hung up')).toBe(`${url}?on=hangup`);
	await tab.close();
	const sent = pbx.deliveries.length;
	pbx.report([{ by: 'webhook', url, template }]);
	await callOver();
	expect(pbx.deliveries.slice(sent).map(({ status }) => status)).toEqual([200, 200, 200]);
});
