import { chromium, selectors } from 'playwright-core';
import type { Page } from 'playwright-core';
import { canInstall, findProgram, installPackages } from './debian.mts';
import { Advice } from './processes.mts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run',
	'--disable-quic',
	// The editor is on loopback; no other host name is looked up.
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

const stepLimitMs = 90_000;

const howToGetIt =
	'The browser test needs Chromium or Chrome on the PATH: on Debian "apt-get install chromium" as root, elsewhere from chromium.org or google.com/chrome.';

/** The path of Chromium. If it is missing, it is installed, on Debian and as root. */
export async function ensureChromium(): Promise<string> {
	const found = await findProgram(names);
	if (found !== undefined) return found;
	if (!(await canInstall())) throw new Advice(howToGetIt);
	await installPackages('Installing Chromium', ['chromium'], howToGetIt);
	const installed = await findProgram(names);
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
