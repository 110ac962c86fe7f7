/** Takes the README's pictures in the real editor, with simulated phones. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { logIn } from './client.mts';
import type { CredentialRef, N8nClient, WorkflowData } from './client.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { packageName, projectFolder, workFolder } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import { onInterrupt } from './processes.mts';
import { owner, startN8n } from './server.mts';
import { openTrigger } from './trigger.mts';
import { startWall } from './wall/server.mts';

const pictureFolder = join(projectFolder, 'docs');

/** Where each picture is, from its upper left corner. */
const frames = {
	workflow: { x: 250, y: 225, width: 860, height: 425 },
	form: { x: 510, y: 24, width: 900, height: 900 },
	panel: { x: 810, y: 66, width: 390, height: 704 },
} as const;

/** Of the form beside the wall of phones. */
const formFrame = { x: 510, y: 66, width: 420, height: 600 };
const wallWidth = 540;

async function shoot({ page }: Editor, name: keyof typeof frames): Promise<void> {
	const path = join(pictureFolder, `${name}.png`);
	await page.screenshot({ path, clip: frames[name], animations: 'disabled' });
	console.log(path);
}

/** The message about the end of the run appears and disappears on its own. */
async function afterToast({ page }: Editor): Promise<void> {
	const toast = page.getByText('executed successfully');
	await toast.waitFor();
	await toast.waitFor({ state: 'hidden' });
}

/** Calls back two people: one answers, the other's account is refused. */
function callBack(switchvoxApi: CredentialRef): WorkflowData {
	const set = (name: string, y: number) => ({
		name,
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [520, y] as const,
		parameters: {},
	});
	const people = [
		{ name: 'Ann', phone: '1 202-555-0123', account: '1106' },
		{ name: 'Bob', phone: '1 202-555-0124', account: '9999' },
	];
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	return {
		name: 'Call back',
		nodes: [
			{
				name: 'New leads',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				name: 'Call back',
				type: `${packageName}.originateCall`,
				typeVersion: 1,
				position: [260, 0],
				parameters: {
					vendor: 'switchvox',
					accountId: { __rl: true, mode: 'id', value: '={{ $json.account }}' },
					from: '207',
					to: '={{ $json.phone }}',
				},
				credentials: { switchvoxApi },
				onError: 'continueErrorOutput',
			},
			set('Note the call', -110),
			set('Ask somebody to look', 110),
		],
		connections: {
			'New leads': { main: [to('Call back')] },
			'Call back': { main: [to('Note the call'), to('Ask somebody to look')] },
		},
		pinData: { 'New leads': people.map((json) => ({ json })) },
	};
}

async function photographWorkflow(
	editor: Editor,
	client: N8nClient,
	url: string,
	pbx: CredentialRef,
) {
	const { page } = editor;
	const id = await client.createWorkflow(callBack(pbx));
	await page.goto(`${url}/workflow/${id}`);
	await page.getByTestId('canvas-node').nth(3).waitFor();
	await page.getByTestId('execute-workflow-button').click();
	await afterToast(editor);
	await page.getByTestId('zoom-to-fit').click();
	await shoot(editor, 'workflow');
}

async function photographForm(editor: Editor, pbx: SwitchvoxSimulator): Promise<void> {
	const { page } = editor;
	await editor.startWorkflow();
	await editor.openPanel();
	await editor.search('phone');
	await shoot(editor, 'panel');
	await editor.pick('Originate Call');
	await page.setViewportSize({ width: 1440, height: 1000 });
	await editor.choose('vendor', 'Switchvox');
	await editor.chooseFromList('accountId', 'Lobby');
	await editor.type('from', '207');
	await editor.type('to', '1 202-555-0123');
	await editor.execute();
	if (pbx.rings.length === 0) throw new Error('No phone rang.');
	await page.getByTestId('output-panel').getByText('JSON', { exact: true }).click();
	await afterToast(editor);
	await shoot(editor, 'form');
}

/** The editor and the wall of phones side by side: the step was executed, one phone is picked up, the other one rings. */
async function photographWall(editor: Editor, client: N8nClient, url: string): Promise<void> {
	const systems = await startPhoneSystems();
	const [asterisk] = systems.filter(({ vendor }) => vendor === 'asterisk');
	if (asterisk === undefined) throw new Error('There is no Asterisk.');
	const wall = await startWall([asterisk.wall], url);
	wall.setOthers('byHand');
	await client.putCredential(asterisk.credential);
	const { page } = editor;
	await page.setViewportSize({ width: 1440, height: 1000 });
	await editor.startWorkflow();
	await editor.openPanel();
	await editor.search('Asterisk');
	await editor.pick('Asterisk');
	await editor.chooseCredential(asterisk.credential.name);
	await editor.typeId('endpoint', '101');
	await editor.type('extension', '102');
	await editor.addOption('Caller ID');
	await editor.type('callerId', 'Sales <12025550100>');
	const phones = await page
		.context()
		.browser()
		?.newPage({
			viewport: { width: wallWidth, height: formFrame.height },
			colorScheme: 'light',
		});
	if (phones === undefined) throw new Error('The editor has no browser.');
	await phones.goto(wall.url);
	await editor.execute();
	await phones.getByRole('button', { name: 'Pick Up' }).click();
	await phones.getByRole('button', { name: 'Pick Up' }).waitFor();
	// A bell that is seen ringing is worth more than one at rest.
	await phones.waitForTimeout(1000);
	const form = await page.screenshot({ clip: formFrame, animations: 'disabled' });
	const shown = await phones.screenshot();
	await sideBySide(phones, [form, shown], join(pictureFolder, 'wall.png'));
	await wall.close();
	await Promise.all(systems.map(({ close }) => close()));
}

/** What the address of a trigger shows in a browser. */
async function photographPage(editor: Editor, client: N8nClient, type: string): Promise<void> {
	const trigger = await openTrigger(client, { type });
	await trigger.publish();
	const viewport = { width: 760, height: 640 };
	const page = await editor.page.context().browser()?.newPage({ viewport, colorScheme: 'light' });
	if (page === undefined) throw new Error('The editor has no browser.');
	await page.goto(trigger.address);
	const path = join(pictureFolder, `${type}.png`);
	await page.screenshot({ path });
	console.log(path);
	await page.close();
}

async function sideBySide(page: Page, pictures: readonly Buffer[], path: string): Promise<void> {
	const images = pictures.map(
		(picture) => `<img src="data:image/png;base64,${picture.toString('base64')}">`,
	);
	await page.goto('about:blank');
	await page.setViewportSize({ width: formFrame.width + wallWidth, height: formFrame.height });
	await page.setContent(`<body style="display: flex; margin: 0">${images.join('')}</body>`);
	await page.screenshot({ path });
	console.log(path);
}

onInterrupt(() => Promise.resolve());
await installN8n();
await mkdir(pictureFolder, { recursive: true });
const userFolder = join(workFolder, 'pictures');
await rm(userFolder, { recursive: true, force: true });
const pbx = await startSwitchvox({ secondMs: 10 });
const n8n = await startN8n({
	userFolder,
	installPackage: await packPackage(),
	env: { N8N_WEBHOOK_URL: 'https://n8n.example' },
});
try {
	const client = await logIn(n8n.url, owner);
	const credential = await client.createCredential({
		name: 'Switchvox in the office',
		type: 'switchvoxApi',
		data: {
			baseUrl: pbx.url,
			username: 'admin',
			password: 'test-password-admin',
			authentication: 'auto',
			caCertificate: pbx.caCertificate,
		},
	});
	const editor = await openEditor(n8n.url, owner);
	try {
		await photographWall(editor, client, n8n.url);
		await editor.page.setViewportSize({ width: 1200, height: 800 });
		await photographWorkflow(editor, client, n8n.url, credential);
		await photographForm(editor, pbx);
		for (const type of ['switchvoxTrigger', 'enswitchTrigger']) {
			await photographPage(editor, client, type);
		}
	} finally {
		await editor.close();
	}
} finally {
	await n8n.stop();
	await pbx.close();
}
