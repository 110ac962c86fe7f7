/** A newcomer with the editor and the wall of phones side by side executes a step and picks up the phone that rings. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { ensureChromium } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { screenshotFolder } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import type { PhoneSystem } from './phoneSystems.mts';
import { owner } from './server.mts';
import { startWall } from './wall/server.mts';
import type { Wall } from './wall/server.mts';

let systems: readonly PhoneSystem[];
let wall: Wall;
let editor: Editor;
let page: Page;
/** What went wrong on the page. */
const complaints: string[] = [];

beforeAll(async () => {
	await ensureChromium();
	systems = await startPhoneSystems();
	wall = await startWall(
		systems.map((system) => system.wall),
		n8nUrl(),
	);
	wall.setOthers('byHand');
	const client = await logInToN8n();
	for (const { credential } of systems) await client.putCredential(credential);
	editor = await openEditor(n8nUrl(), owner);
	page = await openWall();
});

afterAll(async () => {
	expect(complaints).toEqual([]);
	await editor.close();
	await wall.close();
	await Promise.all(systems.map(({ close }) => close()));
});

async function openWall(): Promise<Page> {
	const browser = editor.page.context().browser();
	if (browser === null) throw new Error('The editor has no browser.');
	const opened = await browser.newPage({
		viewport: { width: 1200, height: 900 },
		colorScheme: 'light',
		reducedMotion: 'reduce',
	});
	opened.on('pageerror', ({ message }) => complaints.push(message));
	opened.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
	});
	await opened.goto(wall.url);
	return opened;
}

const system = (name: string) => page.getByRole('region', { name });
const phone = (name: string, number: string) =>
	page.getByRole('article', { name: `${name}, phone ${number}`, exact: true });
const button = (place: Locator, name: string) => place.getByRole('button', { name, exact: true });
const lastCall = (name: string) => system(name).getByRole('row').nth(1);

/** In the light and the dark theme, and as wide as a column beside the editor. */
async function screenshot(name: string): Promise<void> {
	for (const [width, colorScheme] of [
		[1200, 'light'],
		[1200, 'dark'],
		[440, 'light'],
	] as const) {
		await page.setViewportSize({ width, height: 900 });
		await page.emulateMedia({ colorScheme });
		const path = join(screenshotFolder, `wall-${name}-${String(width)}-${colorScheme}.png`);
		await page.screenshot({ path, fullPage: true });
	}
	await page.setViewportSize({ width: 1200, height: 900 });
	await page.emulateMedia({ colorScheme: 'light' });
}

async function addAsterisk(): Promise<void> {
	await editor.startWorkflow();
	await editor.openPanel();
	await editor.search('Asterisk');
	await editor.pick('Asterisk');
	await editor.chooseCredential('Simulated Asterisk');
	await editor.typeId('endpoint', '101');
	await editor.type('extension', '102');
}

test('who executes the step sees a phone ring, picks it up, sees the other one ring, and picks that up', async () => {
	await addAsterisk();
	await editor.addOption('Wait: Until');
	await editor.choose('waitUntil', 'Connected');
	const run = editor.execute();

	await button(phone('Asterisk', '101'), 'Pick Up').waitFor();
	expect(await phone('Asterisk', '101').innerText()).toContain('then 102');
	expect(await lastCall('Asterisk').innerText()).toContain('ringing_first');
	expect(await page.title()).toBe('☎ 101 – Wall of phones');
	await page.getByRole('link', { name: 'Asterisk 101: ringing' }).waitFor();
	await screenshot('1-ringing');

	// By keyboard: what was pressed is gone, and the focus is on what can be done now.
	await button(phone('Asterisk', '101'), 'Pick Up').press('Enter');
	await button(phone('Asterisk', '102'), 'Pick Up').waitFor();
	expect(await page.locator(':focus').innerText()).toBe('Hang Up');
	expect(await phone('Asterisk', '101').innerText()).toContain('while 102 rings');
	await screenshot('2-second');
	await button(phone('Asterisk', '102'), 'Pick Up').click();

	const { succeeded, text } = await run;
	expect(succeeded).toBe(true);
	expect(text).toMatch(/state:?\s*connected/);
	const row = (await lastCall('Asterisk').innerText()).split('\t');
	expect(row[1]).toBe('connected');
	expect(text).toContain(row[2]);
	expect(await phone('Asterisk', '102').innerText()).toContain('with 101');
	await screenshot('3-talking');
	await editor.screenshot('wall-3-connected');

	await button(phone('Asterisk', '101'), 'Hang Up').click();
	await lastCall('Asterisk').getByText('ended: answered').waitFor();
	expect(
		await phone('Asterisk', '101')
			.getByRole('group', { name: /Talking/ })
			.count(),
	).toBe(0);
	expect(await page.title()).toBe('Wall of phones');
	expect(await page.locator('#announcer').textContent()).toContain('has ended, answered');
});

test('nobody answers: the wait is over when the phone has rung', async () => {
	await editor.addOption('Timeout (Seconds)');
	await editor.type('timeout', '3');
	const run = editor.execute();
	await button(phone('Asterisk', '101'), 'Pick Up').waitFor();
	await lastCall('Asterisk').getByText('ended: no_answer').waitFor();
	const { succeeded, text } = await run;
	expect(succeeded).toBe(true);
	expect(text).toContain('ended');
	expect(text).not.toContain('connected');
});

test('a call is rejected, and a phone is busy', async () => {
	await editor.removeOption('timeout');
	const rejected = editor.execute();
	await button(phone('Asterisk', '101'), 'Reject').click();
	await lastCall('Asterisk').getByText('ended: rejected').waitFor();
	await rejected;

	const byHand = phone('Asterisk', '101').getByRole('radio', { name: 'By hand' });
	await byHand.press('ArrowRight');
	await page.keyboard.press('ArrowRight');
	expect(await phone('Asterisk', '101').getByRole('radio', { name: 'Busy' }).isChecked()).toBe(
		true,
	);
	await editor.execute();
	await lastCall('Asterisk').getByText('ended: busy').waitFor();
	expect(await button(phone('Asterisk', '101'), 'Pick Up').count()).toBe(0);
	await byHand.check({ force: true });
	await editor.closeNode();
});

test('the reply is lost: the phone rings, and the status is unknown', async () => {
	await editor.startWorkflow();
	await editor.openPanel();
	await editor.search('Originate Call');
	await editor.pick('Originate Call');
	await editor.choose('vendor', 'Enswitch');
	await editor.chooseCredential('Simulated Enswitch');
	await editor.type('from', '101');
	await editor.type('to', '102');
	const lose = button(system('Enswitch'), 'Lose the next reply');
	await lose.click();
	await system('Enswitch').getByText('n8n gets no reply').waitFor();
	expect(await lose.getAttribute('aria-pressed')).toBe('true');
	const { succeeded, text } = await editor.execute();
	expect(succeeded).toBe(false);
	expect(text).toContain('may have been placed');
	await button(phone('Enswitch', '101'), 'Pick Up').waitFor();
	expect(await lose.getAttribute('aria-pressed')).toBe('false');
	await screenshot('4-lost');
	await editor.screenshot('wall-4-unknown');
	await button(phone('Enswitch', '101'), 'Reject').click();
	await lastCall('Enswitch').getByText('ended: rejected').waitFor();
});

test('it moves only for those who like it', async () => {
	const animations = 'document.getAnimations().length';
	const run = (async () => {
		await editor.closeNode();
		await editor.openNode();
		await editor.execute();
	})();
	await button(phone('Enswitch', '101'), 'Reject').waitFor();
	expect(await page.evaluate(animations)).toBe(0);
	await page.emulateMedia({ reducedMotion: 'no-preference' });
	// They start with the next frame.
	await page.waitForFunction(`${animations} > 0`);
	await page.emulateMedia({ reducedMotion: 'reduce' });
	await button(phone('Enswitch', '101'), 'Reject').click();
	await run;
});

test('the page says when the demo has ended, and goes on when it is back', async () => {
	await page.route('**/events', (route) => route.abort());
	await page.reload();
	await page.getByText('The demo has ended').waitFor();
	complaints.length = 0;
	await page.unroute('**/events');
	await page.reload();
	await phone('Asterisk', '101').waitFor();
	expect(await page.getByText('The demo has ended').count()).toBe(0);
});
