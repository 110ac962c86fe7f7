/** Nothing on the form does the opposite of its label: the notices are followed to the letter, click by click. */
import { startEnswitch } from '../simulators/enswitch.mts';
import { startSwitchvox } from '../simulators/switchvox.mts';
import { ensureChromium } from './browser.mts';
import type { N8nClient, WorkflowNode } from './client.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { signInOf as enswitchSignIn } from './enswitchSetup.mts';
import { flow, startName } from './flow.mts';
import { packageName } from './paths.mts';
import { owner } from './server.mts';
import { storeCredential } from './setup.mts';
import { signInOf } from './switchvoxSetup.mts';

let editor: Editor;
let client: N8nClient;
let pbx: Awaited<ReturnType<typeof startSwitchvox>>;
const credentials = { switchvox: '', enswitch: '' };
let softswitch: Awaited<ReturnType<typeof startEnswitch>>;

beforeAll(async () => {
	await ensureChromium();
	pbx = await startSwitchvox({ secondMs: 10 });
	softswitch = await startEnswitch({ secondMs: 10 });
	client = await logInToN8n();
	const { url: baseUrl, caCertificate } = pbx;
	const created = [
		await storeCredential(client, 'switchvoxApi', { baseUrl, caCertificate, ...signInOf('admin') }),
		await storeCredential(client, 'enswitchApi', {
			baseUrl: softswitch.url,
			caCertificate: softswitch.caCertificate,
			...enswitchSignIn('agent'),
		}),
	];
	[credentials.switchvox = '', credentials.enswitch = ''] = created.map(({ name }) => name);
	editor = await openEditor(n8nUrl(), owner);
});

afterAll(async () => {
	await editor.close();
	await Promise.all([pbx.close(), softswitch.close()]);
});

const rings = async () => {
	await softswitch.idle();
	return [...pbx.rings, ...softswitch.rings].map(({ number }) => number);
};

/** The trigger and a node whose form is open, filled in as far as a call needs. */
async function addNode(node: string): Promise<void> {
	await editor.startWorkflow();
	await editor.openPanel();
	await editor.search(node);
	await editor.pick(node);
}

async function fillSwitchvox(): Promise<void> {
	await addNode('Switchvox');
	await editor.chooseCredential(credentials.switchvox);
	await editor.type('dialFirst', '101');
	await editor.type('dialSecond', '301');
	await editor.typeId('accountId', '1106');
}

/** Leaves the saved workflow and opens it again, as n8n has stored it. */
async function openAgain(): Promise<void> {
	const { pathname } = new URL(editor.page.url());
	await editor.visit('/home/workflows');
	await editor.page.getByTestId('canvas-node').first().waitFor({ state: 'hidden' });
	await editor.visit(pathname);
	await editor.openNode();
}

async function expectSkipped(reason: string): Promise<void> {
	const before = await rings();
	const run = await editor.execute();
	expect(run).toMatchObject({ succeeded: true });
	for (const text of ['skipped', reason]) expect(run.text).toContain(text);
	expect(await rings()).toEqual(before);
}

const optionsOf = (nodes: readonly WorkflowNode[]) => nodes.at(-1)?.parameters.options;

describe('"add the option Dry Run"', () => {
	test('it is on: executing the step rings nobody', async () => {
		await fillSwitchvox();
		expect(await editor.formText()).toContain('add the option Dry Run');
		await editor.addOption('Dry Run');
		await editor.page.getByText('rings real phones').waitFor({ state: 'hidden' });
		await expectSkipped('dry_run');
		await editor.screenshot('options-1-dryRun');
	});

	test('it is on when saved and opened again', async () => {
		await editor.closeNode();
		expect(optionsOf(await editor.save())).toEqual({ dryRun: true });
		await openAgain();
		await expectSkipped('dry_run');
	});

	test('it is on in a published workflow, as the editor saved it', async () => {
		await editor.closeNode();
		const node = (await editor.save()).at(-1);
		if (node === undefined) throw new Error('Nothing was saved.');
		const path = crypto.randomUUID();
		const webhook = {
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0] as const,
			webhookId: path,
			parameters: { path, responseMode: 'lastNode' },
		};
		const id = await client.createWorkflow({
			name: `Test of a saved option ${path}`,
			nodes: [webhook, node],
			connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		});
		await client.publish(id);
		const before = await rings();
		const response = await fetch(`${n8nUrl()}/webhook/${path}`);
		expect(await response.json()).toMatchObject({ status: 'skipped', reason: 'dry_run' });
		expect(await rings()).toEqual(before);
		await client.deleteWorkflow(id);
	});

	test('without it, the same form rings', async () => {
		const before = await rings();
		await fillSwitchvox();
		expect(await editor.execute()).toMatchObject({ succeeded: true });
		expect((await rings()).slice(before.length)).toEqual(['101', '301']);
	});
});

test('Calling Hours stay on the form, and hold, when another option is added', async () => {
	await fillSwitchvox();
	await editor.addOption('Limit: Calling Hours');
	for (const label of ['Days', 'From', 'To', 'Time Zone', 'More Hours']) {
		expect(await editor.labels()).toContain(label);
	}
	await editor.screenshot('options-2-hours');
	await editor.addOption('Limit: Max Calls');
	expect(await editor.labels()).toEqual(
		expect.arrayContaining(['Limit: Calling Hours', 'Days', 'From', 'Limit: Max Calls']),
	);
	// Hours that begin two hours from now are never open. n8n does not save the field's own times, 09:00 and 17:00.
	const now = new Date().getUTCHours();
	const [from = '', to = ''] = [2, 3].map((ahead) => `${String((now + ahead) % 24)}:30`);
	await editor.type('from', from);
	await editor.type('to', to);
	await editor.type('timeZone', 'UTC');
	await editor.screenshot('options-3-hoursAndMore');
	await expectSkipped('outside_calling_hours');
	await editor.closeNode();
	expect(optionsOf(await editor.save())).toEqual({
		callingHours: { window: { from, to, timeZone: 'UTC' } },
		maxCalls: 10,
	});
	await openAgain();
	expect(await editor.input('from').inputValue()).toBe(from);
	await expectSkipped('outside_calling_hours');
});

test('hours left as they are, are saved and hold', async () => {
	await fillSwitchvox();
	await editor.addOption('Limit: Calling Hours');
	await editor.closeNode();
	expect(optionsOf(await editor.save())).toEqual({ callingHours: { window: {} } });
	await openAgain();
	expect(await editor.input('from').inputValue()).toBe('09:00');
});

test('a delay stays when the phone system is changed, and is refused by name by one that has none', async () => {
	await addNode('Originate Call');
	await editor.choose('vendor', 'Enswitch');
	await editor.type('from', '101');
	await editor.type('to', '301');
	await editor.addOption('Delay (Seconds)');
	expect(await editor.input('delay').inputValue()).toBe('60');
	await editor.type('delay', '3600');
	await editor.choose('vendor', 'Switchvox');
	await editor.chooseCredential(credentials.switchvox);
	await editor.typeId('accountId', '1106');
	expect(await editor.input('delay').inputValue()).toBe('3600');
	const before = await rings();
	const run = await editor.execute();
	expect(run).toMatchObject({ succeeded: false });
	expect(run.text).toContain('Delay (Seconds) is not supported by Switchvox. No call was placed.');
	expect(run.text).toContain('Remove the option');
	expect(await rings()).toEqual(before);
	await editor.screenshot('options-4-delay');
});

test('with Enswitch a number is typed, and a telephone line is chosen from the list, for either party', async () => {
	await addNode('Enswitch');
	await editor.chooseCredential(credentials.enswitch);
	await editor.choose('stype', 'Number');
	await editor.type('snumber', '12025550101');
	await editor.choose('ctype', 'Telephone Line');
	expect(await editor.chooseFromList('cnumber', 'reception')).toContain('1234570 Reception');
	await editor.screenshot('options-7-enswitch');
	const before = await rings();
	expect(await editor.execute()).toMatchObject({ succeeded: true });
	expect((await rings()).slice(before.length)).toEqual(['12025550101', '1234570']);
	// A value stays when the type is changed back and forth.
	await editor.choose('stype', 'Telephone Line');
	await editor.choose('stype', 'Number');
	expect(await editor.input('snumber').inputValue()).toBe('12025550101');
});

// n8n's editor turns a field into an expression while {{ is typed, but not what came in another way.
test('an expression that stands in a fixed field rings nobody, and is named', async () => {
	await fillSwitchvox();
	await editor.closeNode();
	const node = (await editor.save()).at(-1);
	if (node === undefined) throw new Error('Nothing was saved.');
	const parameters = { ...node.parameters, options: { onceKey: '{{ $json.ticket }}' } };
	const id = await client.createWorkflow(
		flow([{}], [{ ...node, parameters }], [[startName, node.name]]),
	);
	await editor.visit(`/workflow/${id}`);
	await editor.openNode();
	const before = await rings();
	const run = await editor.execute();
	expect(run).toMatchObject({ succeeded: false });
	expect(run.text).toContain('Once Key contains the text "{{ $json.ticket }}"');
	expect(run.text).toContain('Switch the field to Expression.');
	expect(await rings()).toEqual(before);
	await editor.screenshot('options-5-onceKey');
});

test('the form of a tool, and only that one, says to set limits for the model', async () => {
	const notice = 'A model decides';
	for (const [type, told, untold] of [
		['switchvoxTool', notice, 'Executing this step'],
		['originateCallTool', notice, 'Executing this step'],
		['switchvox', 'Executing this step', notice],
	] as const) {
		const id = await client.createWorkflow({
			name: `Test of a notice ${crypto.randomUUID()}`,
			nodes: [
				{
					name: 'Node',
					type: `${packageName}.${type}`,
					typeVersion: 1,
					position: [0, 0],
					parameters: { resource: 'call', operation: 'originate' },
				},
			],
			connections: {},
		});
		await editor.visit(`/workflow/${id}`);
		await editor.openNode();
		await editor.page.getByText(told).waitFor();
		expect(await editor.formText()).not.toContain(untold);
		await editor.screenshot(`options-6-${type}`);
		await editor.addOption('Dry Run');
		await editor.page.getByText(told).waitFor({ state: 'hidden' });
		await client.deleteWorkflow(id);
	}
});
