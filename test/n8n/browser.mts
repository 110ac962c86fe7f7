import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, selectors } from 'playwright-core';
import type { Locator, Page } from 'playwright-core';
import { screenshotFolder, workFolder } from './paths.mts';
import { Advice, runToEnd, tailOf } from './processes.mts';
import { withProgress } from './progress.mts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
	'--disable-quic',
	// The editor is on loopback; no other name is ever looked up.
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

const stepLimitMs = 30_000;

const howToGetIt =
	'The browser test needs Chromium or Chrome on the PATH: on Debian "apt-get install chromium" as root, elsewhere from chromium.org or google.com/chrome.';

async function findChromium(): Promise<string | undefined> {
	const folders = (process.env.PATH ?? '').split(delimiter);
	for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
		const found = await access(path, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (found) return path;
	}
	return undefined;
}

async function runApt(title: string, ...args: readonly string[]): Promise<void> {
	const logFile = join(workFolder, 'apt.log');
	await withProgress(title, async ({ update }) => {
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		const command = { command: 'apt-get', args, cwd: workFolder, env, logFile, onLine: update };
		if ((await runToEnd(command)) === 0) return;
		throw new Advice(`${howToGetIt} apt-get did not get it:\n${await tailOf(logFile)}`);
	});
}

/** The path of Chromium; on Debian as root it is installed when it is missing. */
export async function ensureChromium(): Promise<string> {
	const found = await findChromium();
	if (found !== undefined) return found;
	const debian = await access('/etc/debian_version').then(
		() => true,
		() => false,
	);
	if (!debian || process.getuid?.() !== 0) throw new Advice(howToGetIt);
	await runApt('Updating the list of packages', 'update');
	await runApt('Installing Chromium', 'install', '-y', '--no-install-recommends', 'chromium');
	const installed = await findChromium();
	if (installed === undefined) throw new Advice(howToGetIt);
	return installed;
}

export interface Account {
	readonly email: string;
	readonly password: string;
}

/** n8n's editor in a browser, signed in. */
export interface Editor {
	readonly page: Page;
	/** Opens an empty workflow and adds a node by its name and one of its actions; its form is open then. */
	readonly addNode: (name: string, action: string) => Promise<void>;
	/** The labels that the open node's form shows, from top to bottom. */
	readonly labels: () => Promise<string[]>;
	/** Opens "Add option" of the open node's form and returns what it offers. */
	readonly openOptions: () => Promise<Locator>;
	/** Chooses a value of a field of the open node's form by what the list shows. */
	readonly choose: (field: string, label: string) => Promise<void>;
	/** Saves a picture in the folder of this run; returns its path. */
	readonly screenshot: (name: string) => Promise<string>;
	readonly close: () => Promise<void>;
}

async function signIn(page: Page, url: string, account: Account): Promise<void> {
	await page.goto(`${url}/signin`);
	await page.locator('input[type="email"]').fill(account.email);
	await page.locator('input[type="password"]').fill(account.password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL((address) => !address.pathname.startsWith('/signin'));
}

async function addNode(page: Page, url: string, name: string, action: string): Promise<void> {
	await page.goto(`${url}/workflow/new`);
	await page.getByTestId('canvas-wrapper').waitFor();
	await page.keyboard.press('n');
	await page.getByTestId('node-creator-search-bar').fill(name);
	const found = page.getByTestId('node-creator-item-name');
	await found.getByText(name, { exact: true }).click();
	await found.getByText(action, { exact: true }).click();
	await page.getByTestId('node-parameters').waitFor();
}

async function labels(page: Page): Promise<string[]> {
	const form = page.getByTestId('node-parameters').first();
	const label = form.getByTestId(/^(credentials|input)-label$/).filter({ visible: true });
	const found = await label.allInnerTexts();
	return found.map((text) => text.trim().split('\n', 1)[0] ?? '');
}

async function openOptions(page: Page): Promise<Locator> {
	await page.getByTestId('collection-parameter-add').filter({ visible: true }).click();
	const options = page.getByTestId('collection-parameter-option').filter({ visible: true });
	await options.first().waitFor();
	return options;
}

async function choose(page: Page, field: string, label: string): Promise<void> {
	await page.getByTestId(`parameter-input-${field}`).locator('input').first().click();
	const option = page.getByTestId('parameter-input-item').filter({ visible: true, hasText: label });
	await option.first().click();
}

async function screenshot(page: Page, name: string): Promise<string> {
	const path = join(screenshotFolder, `${name}.png`);
	await page.screenshot({ path, animations: 'disabled' });
	return path;
}

/** Starts a browser and signs in. */
export async function openEditor(url: string, account: Account): Promise<Editor> {
	selectors.setTestIdAttribute('data-test-id');
	const browser = await chromium.launch({ executablePath: await ensureChromium(), args: flags });
	try {
		const page = await browser.newPage({ viewport: { width: 1440, height: 1200 } });
		page.setDefaultTimeout(stepLimitMs);
		await signIn(page, url, account);
		return {
			page,
			addNode: (name, action) => addNode(page, url, name, action),
			labels: () => labels(page),
			openOptions: () => openOptions(page),
			choose: (field, label) => choose(page, field, label),
			screenshot: (name) => screenshot(page, name),
			close: () => browser.close(),
		};
	} catch (error) {
		await browser.close();
		throw error;
	}
}
