/** n8n's editor, used click by click as a person uses it. */
import { join } from 'node:path';
import type { Locator, Page, Request } from 'playwright-core';
import { until } from '../until.mts';
import type { WorkflowNode } from './client.mts';
import { openBrowser } from './browser.mts';
import { chooseIn, entry, openMenu, persist } from './menu.mts';
import { screenshotFolder } from './paths.mts';

export interface Account {
	readonly email: string;
	readonly password: string;
}

/** The content of the output pane after the node has run. */
export interface Run {
	readonly succeeded: boolean;
	readonly text: string;
}

export interface Editor {
	readonly page: Page;
	/** Opens a page of n8n. */
	readonly visit: (path: string) => Promise<void>;
	/** Opens an empty workflow and adds the trigger that starts it by hand. */
	readonly startWorkflow: () => Promise<void>;
	/** Opens the panel that adds a node after the last one. */
	readonly openPanel: () => Promise<void>;
	/** Searches in the open panel; returns the names that it finds, best first. */
	readonly search: (text: string) => Promise<readonly string[]>;
	/** Chooses a node of the open panel, and its action, which opens its form. */
	readonly pick: (name: string, action?: string) => Promise<void>;
	/** The labels on the open node's form, from top to bottom. */
	readonly labels: () => Promise<readonly string[]>;
	/** The whole text of the open node's form. */
	readonly formText: () => Promise<string>;
	/** Opens "Add option" of the open node's form and returns its entries. */
	readonly openOptions: () => Promise<readonly string[]>;
	/** Adds an option to the open node's form. */
	readonly addOption: (label: string) => Promise<void>;
	/** Removes the option that has this field. */
	readonly removeOption: (field: string) => Promise<void>;
	/** Chooses a field's value by its label in the list. This and the following work on the form and on the open credential. */
	readonly choose: (field: string, label: string) => Promise<void>;
	readonly type: (field: string, text: string) => Promise<void>;
	readonly toggle: (field: string) => Promise<void>;
	/** The visible input of a field. */
	readonly input: (field: string) => Locator;
	/** Searches the list of a resource locator, and chooses the only entry found; returns its text. */
	readonly chooseFromList: (field: string, search: string) => Promise<string>;
	/** Types the value of a resource locator, By ID. */
	readonly typeId: (field: string, id: string) => Promise<void>;
	/** Opens the dialog for a new credential of the open node. */
	readonly newCredential: () => Promise<void>;
	/** Saves the open credential, which tests it. Returns the message of the test; it is empty, and the dialog closes, if the test passes. */
	readonly saveCredential: () => Promise<string>;
	/** Opens the saved credential of the open node again, which tests it. Returns the message of the test and closes the dialog. */
	readonly testSavedCredential: () => Promise<string>;
	/** The name of the open node's credential. */
	readonly credential: () => Promise<string>;
	/** Chooses one of the saved credentials for the open node. */
	readonly chooseCredential: (name: string) => Promise<void>;
	/** Presses "Execute step" and waits for the end. */
	readonly execute: () => Promise<Run>;
	readonly closeNode: () => Promise<void>;
	/** Opens the last node of the canvas again. */
	readonly openNode: () => Promise<void>;
	/** The name and subtitle of each node on the canvas. */
	readonly canvas: () => Promise<readonly string[]>;
	/** Saves the workflow, while no node is open; returns its nodes as n8n stores them. */
	readonly save: () => Promise<readonly WorkflowNode[]>;
	/** Saves a screenshot in the light theme and one in the dark theme. */
	readonly screenshot: (name: string) => Promise<void>;
	readonly close: () => Promise<void>;
}

/** Starts a browser and signs in. */
export async function openEditor(url: string, account: Account): Promise<Editor> {
	const { page, close } = await openBrowser();
	const endedRuns = watchRuns(page);
	const saves = watchSaves(page);
	try {
		await signIn(page, url, account);
		return {
			page,
			close,
			visit: (path) => visit(page, url, path),
			startWorkflow: () => startWorkflow(page, url),
			openPanel: () => openPanel(page),
			search: (text) => search(page, text),
			pick: (name, action) => pick(page, name, action),
			labels: () => labels(page),
			formText: async () => {
				await later(page, drawnAfterMs);
				return await form(page).innerText();
			},
			openOptions: async () => await (await openMenu(addOptions(page))).allInnerTexts(),
			addOption: (label) => chooseIn(addOptions(page), entry(label)),
			removeOption: (field) => removeOption(page, field),
			choose: (field, label) => chooseIn(parameter(page, field), entry(label)),
			type: (field, text) => type(inputOf(page, field), text),
			toggle: (field) => parameter(page, field).locator('.el-switch').click(),
			input: (field) => inputOf(page, field),
			chooseFromList: (field, text) => chooseFromList(page, field, text),
			typeId: (field, id) => typeId(page, field, id),
			newCredential: () => newCredential(page),
			saveCredential: () => saveCredential(page),
			testSavedCredential: () => testSavedCredential(page),
			credential: () =>
				page.getByTestId('node-credentials-select').getByRole('combobox').inputValue(),
			chooseCredential: (name) =>
				chooseIn(page.getByTestId('node-credentials-select'), entry(name)),
			execute: () => execute(page, endedRuns),
			closeNode: () => closeNode(page),
			openNode: () => openNode(page),
			save: () => save(page, saves),
			canvas: () => page.getByTestId('canvas-node').allInnerTexts(),
			screenshot: (name) => screenshot(page, name),
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** The page has the session, too. */
async function signIn(page: Page, url: string, { email, password }: Account): Promise<void> {
	const data = { emailOrLdapLoginId: email, password };
	const response = await page.request.post(`${url}/rest/login`, { data });
	if (!response.ok()) throw new Error(`n8n answered the sign-in ${String(response.status())}.`);
}

/** What n8n's editor is: an app that goes to its pages by itself. */
interface App {
	readonly config: {
		readonly globalProperties: { readonly $router: { push(path: string): Promise<unknown> } };
	};
}

/** Opens a page of n8n as its own links do: to load the editor takes a busy machine many seconds. */
async function visit(page: Page, url: string, path: string): Promise<void> {
	if (!page.url().startsWith(url)) {
		await page.goto(`${url}${path}`);
		return;
	}
	let isThere = false;
	const going = page
		.evaluate(async (to) => {
			const { document } = globalThis as unknown as {
				readonly document: { querySelector(of: string): unknown };
			};
			const { __vue_app__: app } = document.querySelector('#app') as { readonly __vue_app__: App };
			await app.config.globalProperties.$router.push(to);
		}, path)
		.finally(() => (isThere = true));
	const leave = page.getByRole('button', { name: 'Leave without saving' });
	await until(async () => {
		if (!isThere && (await leave.isVisible())) await leave.click();
		return isThere;
	});
	await going;
}

async function startWorkflow(page: Page, url: string): Promise<void> {
	await visit(page, url, '/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	await found(page).getByText('Trigger manually', { exact: true }).click();
	await page.getByTestId('canvas-node').waitFor();
}

async function openPanel(page: Page): Promise<void> {
	const bar = page.getByTestId('node-creator-search-bar');
	await persist(async (limit) => {
		if (await bar.isVisible()) return;
		await page.getByTestId('canvas-handle-plus').last().click(limit);
		await bar.waitFor(limit);
	});
}

function found(page: Page): Locator {
	return page.getByTestId('node-creator-item-name').filter({ visible: true });
}

async function search(page: Page, text: string): Promise<readonly string[]> {
	await page.getByTestId('node-creator-search-bar').fill(text);
	await later(page, appliedAfterMs);
	return await found(page).allInnerTexts();
}

/** The editor searches, and applies what is typed, 100 to 300 ms after the last key. */
const appliedAfterMs = 400;
/** What was chosen is on the form immediately; some of it is looked up. */
const drawnAfterMs = 100;

/** Waits in the page, whose timers fire in the order in which they are due, however busy it is. */
async function later(page: Page, milliseconds: number): Promise<void> {
	await page.evaluate(
		async (ms) => await new Promise((fire) => setTimeout(fire, ms)),
		milliseconds,
	);
}

async function pick(
	page: Page,
	name: string,
	action = 'Originate a call that rings real phones and can cost money',
): Promise<void> {
	const node = found(page).getByText(name, { exact: true });
	const chosen = found(page).getByText(action, { exact: true });
	const opened = page.getByTestId('node-parameters');
	await persist(async (limit) => {
		if (await opened.isVisible()) return;
		if (!(await chosen.isVisible())) await node.click(limit);
		await chosen.click(limit);
	});
	await opened.waitFor();
}

function form(page: Page): Locator {
	return page.getByTestId('node-parameters').first();
}

async function labels(page: Page): Promise<readonly string[]> {
	await later(page, drawnAfterMs);
	const label = form(page)
		.getByTestId(/^(credentials|input)-label$/)
		.filter({ visible: true });
	const texts = await label.allInnerTexts();
	// Rows of a field with several values have no label, only their switch to an expression.
	return texts
		.map((text) => text.trim().split('\n', 1)[0] ?? '')
		.filter((text) => text !== 'Fixed');
}

function addOptions(page: Page): Locator {
	return page.getByTestId('collection-parameter-add').filter({ visible: true });
}

async function removeOption(page: Page, field: string): Promise<void> {
	const option = page.locator('.parameter-item').filter({ has: inputOf(page, field) });
	await persist(async (limit) => {
		// The input of a switch is never visible.
		if ((await inputOf(page, field).count()) === 0) return;
		await option.last().hover(limit);
		await option.last().getByTitle('Delete').click(limit);
		await inputOf(page, field).waitFor({ ...limit, state: 'detached' });
	});
}

function parameter(page: Page, field: string): Locator {
	return page.getByTestId(`parameter-input-${field}`).filter({ visible: true });
}

function inputOf(page: Page, field: string): Locator {
	return parameter(page, field).locator('input, textarea').first();
}

/** The editor applies a text shortly after the last key, or immediately when the field loses focus. */
async function type(input: Locator, text: string): Promise<void> {
	await input.fill(text);
	await input.blur();
}

function locator(page: Page, field: string): Locator {
	return page.getByTestId(`resource-locator-${field}`);
}

async function chooseFromList(page: Page, field: string, text: string): Promise<string> {
	const search = locator(page, field).getByTestId('rlc-search').filter({ visible: true });
	const items = locator(page, field).getByTestId('rlc-item').filter({ visible: true });
	return await persist(async (limit) => {
		if (!(await search.isVisible()))
			await locator(page, field).getByTestId('rlc-input').click(limit);
		await items.first().waitFor(limit);
		await search.fill(text, limit);
		await items.nth(1).waitFor({ ...limit, state: 'detached' });
		const item = items.filter({ hasText: text });
		const chosen = await item.innerText(limit);
		await item.click(limit);
		return chosen;
	});
}

async function typeId(page: Page, field: string, id: string): Promise<void> {
	const mode = locator(page, field).getByTestId('rlc-mode-selector');
	await chooseIn(mode, (menu) => menu.getByTestId('mode-id'));
	await type(locator(page, field).getByTestId('rlc-input'), id);
	await later(page, appliedAfterMs);
}

function credentialDialog(page: Page): Locator {
	return page.getByTestId('editCredential-modal');
}

async function newCredential(page: Page): Promise<void> {
	const first = page.getByTestId('node-credentials-empty-state').getByRole('button').first();
	const select = page.getByTestId('node-credentials-select');
	await first.or(select).waitFor();
	if (await select.isVisible()) {
		await chooseIn(select, (menu) => menu.getByTestId('node-credentials-select-item-new'));
	} else {
		await first.click();
	}
	await credentialDialog(page).waitFor();
}

async function saveCredential(page: Page): Promise<string> {
	const dialog = credentialDialog(page);
	const tested = page.waitForResponse((response) => response.url().endsWith('/credentials/test'));
	await page.getByTestId('credential-save-button').click();
	const { data } = (await (await tested).json()) as { data: { status: string } };
	if (data.status === 'OK') {
		await dialog.waitFor({ state: 'hidden' });
		return '';
	}
	await dialog.getByText('More details').click();
	return await dialog.innerText();
}

async function testSavedCredential(page: Page): Promise<string> {
	await page.getByTestId('credential-edit-button').click();
	const banner = page.getByTestId('credentials-config-container-test-success');
	await banner.waitFor();
	const text = await banner.innerText();
	await page.getByRole('button', { name: 'Close this dialog' }).click();
	await credentialDialog(page).waitFor({ state: 'hidden' });
	return text;
}

/** The statuses of the runs whose end n8n has reported to this page: success, error, ... */
type EndedRuns = readonly string[];

function watchRuns(page: Page): EndedRuns {
	const ended: string[] = [];
	page.on('websocket', (socket) => {
		socket.on('framereceived', ({ payload }) => {
			const message = payload.toString();
			if (!message.includes('"type":"executionFinished"')) return;
			ended.push(/"status":"(\w+)"/.exec(message)?.[1] ?? '');
		});
	});
	return ended;
}

const runLimitMs = 90_000;

/** The pane shows the previous run for a while, so the result of this one comes from n8n's message about its end. */
async function execute(page: Page, ended: EndedRuns): Promise<Run> {
	const before = ended.length;
	await page.getByTestId('node-execute-button').click();
	await until(() => ended.length > before, runLimitMs);
	const succeeded = ended[before] === 'success';
	const pane = page.getByTestId('output-panel');
	const shown = pane.getByTestId(succeeded ? 'node-run-status-success' : 'node-error-message');
	await shown.waitFor().catch(async (cause: unknown) => {
		const text = await pane.innerText();
		throw new Error(`The run ended: ${String(ended[before])}. The pane shows: ${text}`, { cause });
	});
	if (succeeded) await pane.getByRole('table').waitFor();
	const button = '[data-test-id="node-execute-button"]';
	await page.locator(`${button}[aria-busy], ${button} [aria-busy]`).waitFor({ state: 'detached' });
	return { succeeded, text: await pane.innerText() };
}

async function closeNode(page: Page): Promise<void> {
	await page.getByTestId('ndv-close-button').click();
	await page.getByTestId('ndv').waitFor({ state: 'hidden' });
}

async function openNode(page: Page): Promise<void> {
	await page.getByTestId('canvas-node').last().dblclick();
	await page.getByTestId('node-parameters').waitFor();
}

/** What the page has n8n save, on its own or when it is asked to. */
interface Saves {
	sent: number;
	ended: number;
	/** The nodes of the workflow that n8n has stored last. */
	nodes?: readonly WorkflowNode[];
}

function watchSaves(page: Page): Saves {
	const saves: Saves = { sent: 0, ended: 0 };
	const isSave = (request: Request) =>
		['POST', 'PATCH'].includes(request.method()) &&
		/\/rest\/workflows(\/\w+)?$/.test(request.url().split('?')[0] ?? '');
	const read = async (request: Request) => {
		const response = await request.response();
		const { data } = (await response?.json()) as { data?: Pick<Saves, 'nodes'> };
		if (data?.nodes !== undefined) saves.nodes = data.nodes;
	};
	page.on('request', (request) => {
		if (!isSave(request)) return;
		saves.sent++;
		// A page that is left takes its replies along.
		void read(request)
			.catch(() => undefined)
			.finally(() => saves.ended++);
	});
	return saves;
}

/** The editor saves by itself, too, and sends a save after one that is under way. */
async function save(page: Page, saves: Saves): Promise<readonly WorkflowNode[]> {
	await page.keyboard.press('Control+s');
	for (let sent = -1; sent !== saves.sent; ) {
		({ sent } = saves);
		await until(() => saves.ended === saves.sent, runLimitMs);
		await later(page, appliedAfterMs);
	}
	if (saves.nodes === undefined) throw new Error('n8n did not report a saved workflow.');
	return saves.nodes;
}

async function screenshot(page: Page, name: string): Promise<void> {
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		const path = join(screenshotFolder, `${name}-${colorScheme}.png`);
		await page.screenshot({ path, animations: 'disabled' });
	}
}
