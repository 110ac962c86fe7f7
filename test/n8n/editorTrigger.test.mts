/** A trigger whose address a person enters, click by click: find it, publish it, do what its page says, and make a call. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createHandClock } from '../simulators/clock.mts';
import type { HandClock } from '../simulators/clock.mts';
import { startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { until } from '../until.mts';
import { ensureChromium } from './browser.mts';
import { n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { screenshotFolder } from './paths.mts';
import { owner } from './server.mts';

const customer = '12025550123';

let editor: Editor;
let clock: HandClock;
let pbx: SwitchvoxSimulator;

beforeAll(async () => {
	await ensureChromium();
	clock = createHandClock();
	pbx = await startSwitchvox({ clock, talkSeconds: 30 });
	pbx.setParty('202', { answersAfterSeconds: 5 });
	editor = await openEditor(n8nUrl(), owner);
	await editor.page
		.context()
		.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: n8nUrl() });
});

afterAll(async () => {
	await editor.close();
	await pbx.close();
});

async function copied(): Promise<string> {
	await editor.page.bringToFront();
	return await editor.page.evaluate<string>('navigator.clipboard.readText()');
}

/** In the panel that the first click on an empty canvas opens. */
async function findTrigger(): Promise<void> {
	const { page } = editor;
	await editor.visit('/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	await page.getByTestId('node-creator-search-bar').waitFor();
	for (const words of ['missed call', 'incoming call', 'screen pop', 'voicemail']) {
		expect([words, await editor.search(words)]).toEqual([
			words,
			expect.arrayContaining(['Switchvox']),
		]);
	}
	await editor.screenshot('trigger-1-panel');
	const names = page.getByTestId('node-creator-item-name').filter({ visible: true });
	await names.getByText('Switchvox', { exact: true }).click();
	const events = ['ringing', 'answered', 'ended'].map((event) => `On call ${event}`);
	const others = ['On outgoing call', 'On other event'];
	await until(async () => {
		const shown = await names.allInnerTexts();
		return [...shown].sort().join() === [...events, ...others].sort().join();
	});
	await editor.screenshot('trigger-2-events');
	await names.getByText('On call ended', { exact: true }).click();
	await page.getByTestId('node-parameters').waitFor();
}

/** Does what the form's notice says, up to the address. */
async function copyAddress(): Promise<string> {
	const { page } = editor;
	expect(await editor.formText()).toContain(
		'Publish the workflow, open Webhook URLs above, choose Production URL, and open that address in a browser',
	);
	expect(await editor.formText()).toContain('Ended');
	await page.getByText('When will this node trigger my flow?').click();
	await page.getByText('To listen here for one event instead').waitFor();
	await page.getByText('Webhook URLs', { exact: true }).click();
	await page.getByText('Production URL', { exact: true }).click();
	await editor.screenshot('trigger-3-form');
	await page.getByText(/^http.*\/webhook\/.*\/events$/).click();
	let address = '';
	// The editor copies it in the background.
	await until(async () => (address = await copied()) !== '');
	expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/webhook\/[\w-]{36}\/events$/);
	return address;
}

async function publish(): Promise<void> {
	const { page } = editor;
	await page.getByTestId('workflow-open-publish-modal-button').click();
	await page.getByTestId('workflow-publish-button').click();
	const dialog = page.getByRole('dialog').filter({ hasText: 'Workflow published' });
	await dialog.getByText('Got it').click();
	await dialog.waitFor({ state: 'hidden' });
}

/** As a person opens an address that was copied. */
async function browse(address: string, picture: string): Promise<Page> {
	const page = await editor.page.context().browser()?.newPage();
	if (page === undefined) throw new Error('The editor has no browser.');
	await page.goto(address);
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		const path = join(screenshotFolder, `${picture}-${colorScheme}.png`);
		await page.screenshot({ path, fullPage: true });
	}
	return page;
}

/** Copies each value of the page into Switchvox, one click each. */
async function enter(page: Page): Promise<void> {
	const labels = await page.locator('dt').allInnerTexts();
	const entered: Record<string, string> = {};
	for (const [index, label] of labels.entries()) {
		await page.bringToFront();
		await page.locator('dd code').nth(index).click();
		await page.keyboard.press('Control+c');
		entered[label] = await copied();
	}
	pbx.eventTriggers.enter(entered);
}

test('find it, publish it, enter what its page says, make a call, and see it', async () => {
	const { page } = editor;
	await findTrigger();
	const address = await copyAddress();
	const early = await browse(address, 'trigger-4-unpublished');
	expect(await early.innerText('body')).toContain('is not registered');
	await early.close();

	await editor.closeNode();
	expect((await editor.canvas()).join()).toMatch(/^Switchvox Trigger\nended\n/);
	await publish();
	// n8n starts the triggers in the background.
	await until(async () => (await fetch(address)).status === 200);
	const shown = await browse(address, 'trigger-5-page');
	const text = await shown.innerText('body');
	expect(text).toContain('This address works only on this computer. Set WEBHOOK_URL');
	expect(text).toContain('open Tools > PBX Features > Event Triggers');
	await enter(shown);
	await shown.close();

	pbx.dial({ caller: { number: customer, name: 'Jim Jones' }, to: ['202'] });
	clock.turn(60);
	const { deliveries } = pbx.eventTriggers;
	await until(() => deliveries.length === 4);
	expect(deliveries.map(({ fault }) => fault)).toEqual([null, null, null, null]);

	await page.getByTestId('radio-button-executions').click();
	await page.getByText('Succeeded in').first().waitFor();
	await editor.screenshot('trigger-6-executions');
	await editor.openNode();
	await page.getByTestId('output-panel').getByText(customer).first().waitFor();
	await editor.screenshot('trigger-7-run');
});

test('an option that cannot be used keeps the workflow from being published', async () => {
	const { page } = editor;
	await findTrigger();
	await editor.addOption('Allowed Addresses');
	await editor.type('allowedAddresses', 'pbx.example.com');
	await editor.closeNode();
	await page.getByTestId('workflow-open-publish-modal-button').click();
	await page.getByTestId('workflow-publish-button').click();
	await page
		.getByText('Allowed Addresses contains "pbx.example.com". No event will start the workflow.')
		.first()
		.waitFor();
	await editor.screenshot('trigger-8-refused');
});
