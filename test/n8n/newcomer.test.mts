/** A person who has read the README and never seen n8n's editor before rings a phone, click by click. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { ensureChromium } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { projectFolder } from './paths.mts';
import { owner } from './server.mts';
import { storeCredential } from './setup.mts';
import { signInOf } from './switchvoxSetup.mts';

let editor: Editor;
let pbx: SwitchvoxSimulator;

beforeAll(async () => {
	await ensureChromium();
	pbx = await startSwitchvox({ secondMs: 10 });
	editor = await openEditor(n8nUrl(), owner);
});

afterAll(async () => {
	await editor.close();
	await pbx.close();
});

/** The numbered steps of the README's first call. */
async function readmeSteps(): Promise<readonly string[]> {
	const readme = await readFile(join(projectFolder, 'README.md'), 'utf8');
	const [, section = ''] = readme.split('### The first call\n');
	return section.split('\n#', 1)[0]?.match(/^\d\. .*$/gm) ?? [];
}

const ringing = () => pbx.rings.map(({ number, party }) => [number, party]);

/** In a new workflow, n8n's panel offers what can start one, and keeps the actions closed. */
async function findAction(): Promise<void> {
	const { page } = editor;
	await editor.visit('/workflow/new');
	await page.getByTestId('canvas-add-button').click();
	await editor.search('switchvox');
	const names = page.getByTestId('node-creator-item-name').filter({ visible: true });
	await names.getByText('Switchvox', { exact: true }).click();
	await names.getByText('On call ringing', { exact: true }).waitFor();
	const action = names.getByText('Originate a call that rings real phones and can cost money');
	expect(await action.count()).toBe(0);
	await page
		.getByText(/^Actions \(\d\)$/)
		.first()
		.click();
	await action.click();
	await page.getByTestId('node-parameters').waitFor();
	await editor.closeNode();
	expect(await editor.canvas()).toHaveLength(2);
}

async function findNode(): Promise<void> {
	await findAction();
	await editor.startWorkflow();
	await editor.openPanel();
	expect(await editor.search('switchvox')).toContain('Switchvox');
	expect(await editor.search('phone')).toContain('Originate Call');
	await editor.screenshot('newcomer-1-panel');
	await editor.pick('Originate Call');
	const docs = editor.page.getByRole('link', { name: 'Docs' });
	expect(await docs.first().getAttribute('href')).toMatch(/\/docs\/originate-call\.md\?/);
	await editor.choose('vendor', 'Switchvox');
	await editor.screenshot('newcomer-2-vendor');
}

async function createCredential(): Promise<void> {
	await editor.newCredential();
	const { username, password } = signInOf('admin');
	await editor.type('baseUrl', pbx.url);
	await editor.type('username', String(username));
	await editor.type('password', String(password));
	await editor.type('caCertificate', pbx.caCertificate);
	await editor.screenshot('newcomer-3-credential');
	expect(await editor.saveCredential()).toBe('');
	expect(await editor.testSavedCredential()).toContain('Connection tested successfully');
	expect(pbx.requests.length).toBeGreaterThan(0);
	expect(pbx.rings).toEqual([]);
}

async function enterPhones(): Promise<void> {
	expect(await editor.chooseFromList('accountId', 'Podolsky')).toContain('104 David Podolsky');
	await editor.type('from', '104');
	await editor.type('to', '301');
}

async function dryRun(): Promise<void> {
	const before = pbx.requests.length;
	await editor.addOption('Dry Run');
	const { succeeded, text } = await editor.execute();
	expect(succeeded).toBe(true);
	for (const value of ['skipped', 'dry_run', '104', '301']) expect(text).toContain(value);
	await editor.screenshot('newcomer-4-dryRun');
	expect(pbx.requests).toHaveLength(before);
}

async function removeDryRun(): Promise<void> {
	await editor.removeOption('dryRun');
	const { succeeded, text } = await editor.execute();
	expect(succeeded).toBe(true);
	expect(text).toContain('answered');
	await editor.screenshot('newcomer-5-rang');
	expect(ringing()).toEqual([
		['104', 'first'],
		['301', 'second'],
	]);
}

/** What each step says, and the clicks of somebody who does just that. */
const steps: readonly (readonly [RegExp, () => Promise<void>])[] = [
	[
		/press \*\*\+\*\* and search for your phone system, or for _phone_.* under \*\*Actions\*\*, _Originate a call …_/,
		findNode,
	],
	[/create its \*\*credential\*\*.* Saving tests the sign-in; no phone rings/, createCredential],
	[/Enter the phone that rings \*\*first\*\*.* such as _Account_, choose from it/, enterPhones],
	[/Add the option \*\*Dry Run\*\*.* press _Execute step_\. Nothing rings/, dryRun],
	[/Remove the option and execute again\. The first phone rings/, removeDryRun],
];

test('who does what the README says hears a phone ring at its last step, and not before', async () => {
	const written = await readmeSteps();
	expect(written).toHaveLength(steps.length);
	for (const [index, [says, follow]] of steps.entries()) {
		expect(written[index]).toMatch(says);
		await follow();
	}
	await editor.closeNode();
	expect((await editor.canvas()).at(-1)).toContain('104 → 301');
});

test('with the credential of a phone system that is not there, nothing rings, and the node says so', async () => {
	const rings = pbx.rings.length;
	const client = await logInToN8n();
	const other = await storeCredential(client, 'switchvoxApi', {
		baseUrl: 'https://127.0.0.1:9',
		...signInOf('admin'),
		authentication: 'basic',
	});
	await editor.page.reload();
	await editor.openNode();
	const right = await editor.credential();
	await editor.chooseCredential(other.name);
	// n8n empties what was chosen from the list of another credential, and runs no node with an empty required field.
	await editor.typeId('accountId', '1106');
	const failed = await editor.execute();
	expect(failed).toMatchObject({ succeeded: false });
	expect(failed.text).toContain('No call was placed.');
	expect(failed.text).toContain('Base URL');
	await editor.screenshot('newcomer-6-notThere');
	expect(pbx.rings.length).toBe(rings);

	await editor.chooseCredential(right);
	await editor.typeId('accountId', '1106');
	const placed = await editor.execute();
	expect(placed).toMatchObject({ succeeded: true });
	for (const value of ['switchvox', 'answered', '104', '301']) expect(placed.text).toContain(value);
	await editor.screenshot('newcomer-7-result');
	expect(pbx.rings.length).toBe(rings + 2);
	await client.deleteCredential(other.id);
});
