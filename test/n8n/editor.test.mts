import { access } from 'node:fs/promises';
import { ensureChromium, openEditor } from './browser.mts';
import type { Editor } from './browser.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { packageName } from './paths.mts';
import { owner } from './server.mts';

const installLimitMs = 300_000;
const testLimitMs = 120_000;

/** What workflows store: these names never change. */
const parameterNames = [
	'resource',
	'operation',
	'accountType',
	'dialFirst',
	'dialSecond',
	'accountId',
	'variables',
	'options',
];

const optionNames = [
	'autoAnswer',
	'callerIdName',
	'dryRun',
	'ignoreUserApiSettings',
	'ignoreUserCallRules',
	'includeResponse',
	'interval',
	'maxConcurrent',
	'timeout',
	'timeoutSecondCall',
];

const labels = [
	'Credential',
	'Resource',
	'Operation',
	'Account Type',
	'Dial First',
	'Dial Second',
	'Account',
	'IVR Variables',
	'Options',
];

const optionLabels = [
	'Auto Answer',
	'Caller ID Name',
	'Dry Run',
	'Ignore User API Settings',
	'Ignore User Call Rules',
	'Include Response',
	'Interval (Seconds)',
	'Max Concurrent',
	'Timeout (Seconds)',
	'Timeout of Second Call (Seconds)',
];

test('n8n knows the Switchvox node with its parameters', async () => {
	const client = await logInToN8n();
	const types = await client.nodeTypes();
	const properties = types.find(({ name }) => name === `${packageName}.switchvox`)?.properties;
	expect(properties?.map(({ name }) => name)).toEqual(parameterNames);
	const options = properties?.find(({ name }) => name === 'options')?.options;
	expect(options?.map(({ name }) => name).sort()).toEqual(optionNames);
});

describe("the Switchvox node's form in the editor", () => {
	let editor: Editor | undefined;

	beforeAll(async () => {
		await ensureChromium();
		editor = await openEditor(n8nUrl(), owner);
	}, installLimitMs);

	afterAll(async () => {
		await editor?.close();
	});

	test(
		'has its fields and options, with their labels',
		async () => {
			if (!editor) throw new Error('The editor did not open.');
			await editor.addNode('Switchvox', 'Originate call');
			expect(await editor.labels()).toEqual(labels);
			await access(await editor.screenshot('switchvox'));

			const offered = await editor.openOptions();
			expect(await offered.allInnerTexts()).toEqual(optionLabels);
			await editor.screenshot('switchvox-options');
			await offered.getByText('Timeout (Seconds)', { exact: true }).click();
			expect(await editor.labels()).toEqual([...labels, 'Timeout (Seconds)']);
			const timeout = editor.page.getByTestId('parameter-input-timeout').locator('input');
			expect(await timeout.first().inputValue()).toBe('30');
			await editor.screenshot('switchvox-timeout');
		},
		testLimitMs,
	);
});

describe("the generic node's form in the editor", () => {
	let editor: Editor | undefined;

	beforeAll(async () => {
		await ensureChromium();
		editor = await openEditor(n8nUrl(), owner);
	}, installLimitMs);

	afterAll(async () => {
		await editor?.close();
	});

	interface Shown {
		/** Between vendor and options. */
		readonly fields: readonly string[];
		/** Offered, beside those of every node. */
		readonly options: readonly string[];
	}

	/** What each vendor's choice shows. */
	const own: Readonly<Record<string, Shown>> = {
		Enswitch: {
			fields: ['Ring First', 'Then Connect To'],
			options: ['Caller ID', 'Delay (Seconds)'],
		},
		IOVOX: { fields: ['Then Connect To', 'Link'], options: ['Delay (Seconds)', 'Variables'] },
		Switchvox: {
			fields: ['Ring First', 'Then Connect To', 'Account Type', 'Account'],
			options: ['Ring Timeout (Seconds)', 'Variables'],
		},
		VoipNow: {
			fields: ['Ring First', 'Then Connect To', 'User ID', 'Extension'],
			options: ['Caller ID', 'Ring Timeout (Seconds)'],
		},
	};
	const ownOptions = Object.values(own).flatMap(({ options }) => options);

	test(
		'shows the credential and the fields of the chosen vendor only',
		async () => {
			if (!editor) throw new Error('The editor did not open.');
			await editor.addNode('Originate Call', 'Originate call');
			await editor.screenshot('originateCall');
			expect(await editor.labels()).toEqual(['Resource', 'Operation', 'Vendor', 'Options']);
			for (const [vendor, { fields, options }] of Object.entries(own)) {
				await editor.choose('vendor', vendor);
				const credential = `${vendor} ${vendor === 'VoipNow' ? 'OAuth2 API' : 'API'}`;
				expect(await editor.labels()).toEqual([
					'Resource',
					'Operation',
					`Credential for ${credential}`,
					'Vendor',
					...fields,
					'Options',
				]);
				await editor.screenshot(`originateCall-${vendor}`);
				const offered = await (await editor.openOptions()).allInnerTexts();
				expect(offered.filter((option) => ownOptions.includes(option))).toEqual(options);
				await editor.page.keyboard.press('Escape');
			}
		},
		testLimitMs,
	);
});

test('every node says that it rings real phones, also to an AI agent that gets it as a tool', async () => {
	const client = await logInToN8n();
	const types = (await client.nodeTypes()).filter(({ name }) => name.startsWith(`${packageName}.`));
	const nodes = ['enswitch', 'iovox', 'originateCall', 'switchvox', 'voipNow'];
	const expected = nodes.flatMap((name) => [name, `${name}Tool`]);
	expect(types.map(({ name }) => name.split('.')[1]).sort()).toEqual(expected.sort());
	for (const { description } of types) {
		expect(description).toContain('It rings real phones, and calls can cost money.');
	}
});
