import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, selectors } from 'playwright-core';
import type { Page } from 'playwright-core';
import { workFolder } from './paths.mts';
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

export interface Browser {
	readonly page: Page;
	readonly close: () => Promise<void>;
}

/** Starts a browser with one page, in the light theme. */
export async function openBrowser(): Promise<Browser> {
	selectors.setTestIdAttribute('data-test-id');
	const browser = await chromium.launch({ executablePath: await ensureChromium(), args: flags });
	const close = () => browser.close();
	try {
		const page = await browser.newPage({
			viewport: { width: 1440, height: 1200 },
			colorScheme: 'light',
			reducedMotion: 'reduce',
		});
		page.setDefaultTimeout(stepLimitMs);
		return { page, close };
	} catch (error) {
		await close();
		throw error;
	}
}
