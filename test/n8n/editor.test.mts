import { ensureChromium } from './browser.mts';
import type { WorkflowData } from './client.mts';
import { logInToN8n, n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { packageName } from './paths.mts';
import { owner } from './server.mts';

/** What workflows store: these names never change. */
const parameterNames = [
	'resource',
	'operation',
	'ringsNotice',
	'toolNotice',
	'accountType',
	'accountId',
	'dialFirst',
	'dialSecond',
	'variables',
	'options',
	// Of Get, then of Hang Up.
	...['from', 'to', 'since', 'status', 'timeout', 'options'],
	...['from', 'to', 'since', 'status', 'timeout', 'options'],
];

const optionNames = [
	'allowedDestinations',
	'autoAnswer',
	'blockedDestinations',
	'callerIdName',
	'callingHours',
	'defaultCountry',
	'dryRun',
	'ignoreUserApiSettings',
	'ignoreUserCallRules',
	'includeInputData',
	'includeResponse',
	'interval',
	'intervalCounts',
	'lookUpUnknown',
	'maxCalls',
	'maxConcurrent',
	'numberFormat',
	'onceKey',
	'timeout',
	'timeoutSecondCall',
	'waitAtMost',
	'waitUntil',
];

const labels = [
	'Resource',
	'Operation',
	'Signed In As',
	'Account',
	'Dial First',
	'Dial Second',
	'IVR Variables',
	'Options',
];

const optionLabels = [
	'Auto Answer',
	'Caller ID Name',
	'Ignore User API Settings',
	'Ignore User Call Rules',
	'Second Timeout (Seconds)',
	'Timeout (Seconds)',
	'Limit: Allowed Numbers',
	'Limit: Blocked Numbers',
	'Limit: Calling Hours',
	'Limit: Max Calls',
	'Limit: Once Key',
	'Number Format',
	'Default Country',
	'Pace: Interval (Seconds)',
	'Pace: Interval Counts',
	'Pace: Calls at Once',
	'Wait: Until',
	'Wait: At Most (Seconds)',
	'Look Up If Unknown',
	'Dry Run',
	'Include Input Data',
	'Include Response',
];

test('n8n knows the Switchvox node with its parameters', async () => {
	const client = await logInToN8n();
	const types = await client.nodeTypes();
	const properties = types.find(({ name }) => name === `${packageName}.switchvox`)?.properties;
	expect(properties?.map(({ name }) => name)).toEqual(parameterNames);
	const options = properties?.find(({ name }) => name === 'options')?.options;
	expect(options?.map(({ name }) => name).sort()).toEqual(optionNames);
});

describe('in the editor', () => {
	let editor: Editor;

	beforeAll(async () => {
		await ensureChromium();
		editor = await openEditor(n8nUrl(), owner);
	});

	afterAll(async () => {
		await editor.close();
	});

	const pbxes = ['Asterisk', 'Enswitch', 'Originate Call', 'Switchvox', 'VoipNow'];
	const all = ['IOVOX', ...pbxes];

	/** The nodes of this package that have to be found, and whether nothing else may come before or between them. */
	const searches: readonly (readonly [string, readonly string[], 'alone' | 'among others'])[] = [
		['call', all, 'among others'],
		['phone', all, 'among others'],
		['dial', all, 'among others'],
		['make a call', all, 'alone'],
		['click to call', all, 'alone'],
		['click-to-call', all, 'alone'],
		...[
			'phone call',
			'place a call',
			'outbound call',
			'reminder call',
			'dialer',
			'telephony',
			'callback',
		].map((text) => [text, all, 'among others'] as const),
		['SIP', pbxes, 'among others'],
		['IVR', ['IOVOX', 'Originate Call', 'Switchvox'], 'among others'],
		['PBX', pbxes, 'among others'],
		['switchvox', ['Switchvox'], 'alone'],
		['sangoma', ['Asterisk', 'Switchvox'], 'alone'],
		['iovox', ['IOVOX'], 'alone'],
		['asterisk', ['Asterisk'], 'alone'],
		['freepbx', ['Asterisk'], 'alone'],
		['enswitch', ['Enswitch'], 'alone'],
		['voipnow', ['VoipNow'], 'alone'],
		['4psa', ['VoipNow'], 'alone'],
	];

	test('the panel finds the nodes by what people call them', async () => {
		await editor.startWorkflow();
		await editor.openPanel();
		for (const [text, expected, company] of searches) {
			const found = await editor.search(text);
			const own = found.filter((name) => all.includes(name));
			expect([text, [...own].sort()]).toEqual([text, [...expected].sort()]);
			expect([text, company === 'alone' ? found.length : own.length]).toEqual([text, own.length]);
			// What is found is seen without scrolling.
			expect(Math.max(...own.map((name) => found.indexOf(name)))).toBeLessThan(all.length + 3);
		}
		// n8n also finds letters in their order, far below: those of "call tracking".
		expect((await editor.search('ari')).slice(0, all.length + 3)).toContain('Asterisk');
		await editor.search('call');
		await editor.screenshot('panel');
	});

	test('the Switchvox form has its fields and options, with their labels', async () => {
		await editor.startWorkflow();
		await editor.openPanel();
		await editor.search('Switchvox');
		await editor.pick('Switchvox');
		expect((await editor.labels()).slice(1)).toEqual(labels);

		expect(await editor.openOptions()).toEqual(optionLabels);
		await editor.screenshot('Switchvox-options');
		await editor.addOption('Timeout (Seconds)');
		expect((await editor.labels()).slice(1)).toEqual([...labels, 'Timeout (Seconds)']);
		expect(await editor.input('timeout').inputValue()).toBe('30');
	});

	test('a form that rings nobody does not say that it rings', async () => {
		expect(await editor.formText()).toContain('rings real phones');
		await editor.addOption('Dry Run');
		await editor.page.getByText('rings real phones').waitFor({ state: 'hidden' });
	});

	/** What each vendor's choice shows between the vendor and the options. */
	const own: Readonly<Record<string, readonly string[]>> = {
		Asterisk: ['Context', 'Ring First', 'Then Connect To'],
		Enswitch: ['Ring First', 'Then Connect To'],
		IOVOX: ['Link', 'Then Connect To'],
		Switchvox: ['Signed In As', 'Account', 'Ring First', 'Then Connect To'],
		VoipNow: ['User ID', 'Extension', 'Ring First', 'Then Connect To'],
	};
	const genericOptions = ['Caller ID', 'Delay (Seconds)', 'Ring Timeout (Seconds)', 'Variables'];

	test('the generic form shows the credential and the fields of the chosen vendor only', async () => {
		await editor.startWorkflow();
		await editor.openPanel();
		await editor.search('Originate Call');
		await editor.pick('Originate Call');
		expect(await editor.labels()).toEqual(['Resource', 'Operation', 'Phone System', 'Options']);
		for (const [vendor, fields] of Object.entries(own)) {
			await editor.choose('vendor', vendor);
			const credential = `${vendor} ${vendor === 'VoipNow' ? 'OAuth2 API' : 'API'}`;
			const shown = ['Phone System', `Credential for ${credential}`, ...fields, 'Options'];
			expect(await editor.labels()).toEqual(['Resource', 'Operation', ...shown]);
			await editor.screenshot(`OriginateCall-${vendor}`);
			const offered = await editor.openOptions();
			expect(offered.slice(0, 4)).toEqual(genericOptions);
			await editor.page.keyboard.press('Escape');
		}
	});

	test('another vendor keeps what is valid for it too', async () => {
		await editor.choose('vendor', 'Switchvox');
		await editor.type('from', '101');
		await editor.type('to', '12025550123');
		await editor.addOption('Ring Timeout (Seconds)');
		await editor.type('ringTimeout', '45');
		await editor.choose('vendor', 'VoipNow');
		await editor.page.getByText('Credential for VoipNow OAuth2 API').waitFor();
		expect(await editor.input('ringTimeout').inputValue()).toBe('45');
		for (const vendor of ['Enswitch', 'VoipNow', 'Switchvox']) {
			await editor.choose('vendor', vendor);
			expect(await editor.input('from').inputValue()).toBe('101');
			expect(await editor.input('to').inputValue()).toBe('12025550123');
		}
		await editor.choose('vendor', 'IOVOX');
		expect(await editor.input('to').inputValue()).toBe('12025550123');
	});

	/** What the fields of a form have as their expressions. */
	const expressions = async (fields: readonly string[]) =>
		await Promise.all(
			fields.map(async (field) => {
				const shown = editor.page.getByTestId(`parameter-input-${field}`).filter({ visible: true });
				return (await shown.locator('.cm-content').innerText()).trim();
			}),
		);
	const named = {
		callId: '{{ $json.callId }}',
		from: '{{ $json.from }}',
		to: '{{ $json.to }}',
		since: '{{ $json.requestedAt ?? $json.startedAt }}',
		userId: '{{ $json.details?.userId }}',
		extension: '{{ $json.details?.extension }}',
		nonce: '{{ $json.details?.nonce }}',
		linkId: '{{ $json.from }}',
	};
	type Named = keyof typeof named;

	async function addBehind(node: string, action?: string) {
		await editor.openPanel();
		await editor.search(node);
		await editor.pick(node, action);
	}

	test('behind a node that calls, Get and Hang Up of its own node are filled in', async () => {
		await editor.startWorkflow();
		await addBehind('Switchvox');
		await editor.closeNode();
		await addBehind('Switchvox', 'Get the state of a call');
		const shown = ['From', 'To', 'Since', 'Options'];
		expect((await editor.labels()).slice(1)).toEqual(['Resource', 'Operation', ...shown]);
		expect(await expressions(['from', 'to', 'since'])).toEqual([named.from, named.to, named.since]);
		expect(await editor.formText()).not.toContain('rings real phones');
		expect(await editor.openOptions()).toEqual([
			'Wait: Until',
			'Wait: At Most (Seconds)',
			'Pace: Calls at Once',
			'Include Input Data',
			'Include Response',
		]);
		await editor.addOption('Wait: Until');
		expect(await editor.input('waitUntil').inputValue()).toBe('Ended');
		await editor.screenshot('Switchvox-get');

		await editor.choose('operation', 'Hang Up');
		await editor.page.getByText('Wait: Until').waitFor({ state: 'hidden' });
		expect((await editor.labels()).slice(1)).toEqual(['Resource', 'Operation', ...shown]);
		expect(await expressions(['from', 'to', 'since'])).toEqual([named.from, named.to, named.since]);
		expect(await editor.formText()).not.toContain('rings real phones');
		expect(await editor.openOptions()).toEqual(['Include Input Data', 'Include Response']);
		await editor.page.keyboard.press('Escape');
		await editor.screenshot('Switchvox-hangUp');
	});

	test('the generic node asks for what names a call of the chosen vendor', async () => {
		const fields: Readonly<Record<'get' | 'hangUp', Readonly<Record<string, readonly Named[]>>>> = {
			get: {
				Asterisk: ['callId'],
				Enswitch: ['callId', 'from', 'to', 'since'],
				IOVOX: ['linkId', 'to', 'since'],
				Switchvox: ['from', 'to', 'since'],
				VoipNow: ['callId', 'nonce', 'userId', 'extension', 'from', 'to', 'since'],
			},
			hangUp: {
				Asterisk: ['callId'],
				Enswitch: ['callId', 'from', 'to', 'since'],
				IOVOX: [],
				Switchvox: ['from', 'to', 'since'],
				VoipNow: ['callId', 'nonce', 'userId', 'extension', 'since'],
			},
		};
		await editor.startWorkflow();
		await addBehind('Originate Call');
		await editor.closeNode();
		await addBehind('Originate Call', 'Get the state of a call');
		for (const operation of ['get', 'hangUp'] as const) {
			if (operation === 'hangUp') await editor.choose('operation', 'Hang Up');
			for (const [vendor, shown] of Object.entries(fields[operation])) {
				await editor.choose('vendor', vendor);
				await editor.page.getByText(`Credential for ${vendor}`).waitFor();
				expect([vendor, await expressions(shown)]).toEqual([
					vendor,
					shown.map((field) => named[field]),
				]);
				const lacks = (await editor.formText()).includes('IOVOX cannot end a call');
				expect([vendor, lacks]).toEqual([vendor, vendor === 'IOVOX' && operation === 'hangUp']);
				if (!lacks) expect((await editor.labels()).at(-1)).toBe('Options');
				await editor.screenshot(`OriginateCall-${operation}-${vendor}`);
			}
		}
	});

	test('the canvas shows whom a node calls, also where an expression says it', async () => {
		const workflowId = await (await logInToN8n()).createWorkflow(workflowOf(subtitles));
		await editor.visit(`/workflow/${workflowId}`);
		await editor.page.getByTestId('canvas-node').nth(subtitles.length).waitFor();
		await editor.page.getByTestId('zoom-to-fit').click();
		const shown = await editor.canvas();
		for (const [index, [, , subtitle]] of subtitles.entries()) {
			expect(shown).toContain(`${nameOf(index)}\n${subtitle}`);
		}
		await editor.screenshot('canvas');
	});

	test('the fields of a result can be picked before anything rang', async () => {
		const { page } = editor;
		await editor.startWorkflow();
		await editor.openPanel();
		await editor.search('Switchvox');
		await editor.pick('Switchvox');
		await editor.closeNode();
		await editor.openPanel();
		await editor.search('Edit Fields');
		await page.getByTestId('node-creator-item-name').getByText('Edit Fields (Set)').click();
		const pane = page.getByTestId('ndv-input-panel');
		const items = pane.getByTestId('run-data-schema-item');
		await pane.getByText('vendor', { exact: true }).waitFor();
		await editor.screenshot('fieldsBeforeTheRun');
		const names = new Set<string>();
		// n8n renders only those in view.
		for (let looks = 0; looks < 40 && !names.has('call'); looks++) {
			for (const text of await items.allInnerTexts())
				names.add(text.trim().split('\n', 1)[0] ?? '');
			await items.last().scrollIntoViewIfNeeded();
			await items.last().hover();
			await page.mouse.wheel(0, 200);
		}
		await editor.screenshot('fieldsBeforeTheRun-end');
		const expected = ['vendor', 'status', 'callId', 'from', 'to', 'details', 'message'];
		expect([...names]).toEqual(expect.arrayContaining([...expected, 'vendorErrors', 'call']));
	});
});

const rl = (value: string) => ({ __rl: true, mode: 'id', value });

/** A node, what its form holds, and what the canvas shows of it. */
const subtitles: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
	['switchvox', { dialFirst: '101', dialSecond: '12025550123' }, '101 → 12025550123'],
	['switchvox', { dialFirst: '101', dialSecond: '={{ $json.phone }}' }, '101 → {{ $json.phone }}'],
	['switchvox', {}, 'originate: call'],
	['iovox', { linkId: rl('link123'), callDestination: '441632960001' }, 'link123 → 441632960001'],
	['iovox', { linkId: rl('={{ $json.link }}') }, '{{ $json.link }}'],
	['asterisk', { endpoint: rl('PJSIP/101'), extension: '301' }, 'PJSIP/101 → 301'],
	['enswitch', { snumber: rl('1234567'), cnumber: '12025550123' }, '1234567 → 12025550123'],
	['enswitch', { snumber: '1234567' }, '1234567'],
	[
		'voipNow',
		{ source: ['0003*210', '0003*211'], destination: '={{ $json.phones }}' },
		'0003*210, 0003*211 → {{ $json.phones }}',
	],
	['originateCall', { vendor: 'enswitch', from: '101', to: '12025550123' }, '101 → 12025550123'],
	[
		'originateCall',
		{ vendor: 'iovox', linkId: rl('link123'), to: "={{ $fromAI('to') }}" },
		'link123 → (chosen by AI)',
	],
	['originateCall', {}, 'originate: call'],
];

const nameOf = (index: number) => `Node ${String(index + 1)}`;

function workflowOf(nodes: typeof subtitles): WorkflowData {
	const columns = 4;
	return {
		name: `Test of subtitles ${crypto.randomUUID()}`,
		nodes: [
			{
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			...nodes.map(([type, parameters], index) => ({
				name: nameOf(index),
				type: `${packageName}.${type}`,
				typeVersion: 1,
				position: [300 * (index % columns), 200 + 200 * Math.floor(index / columns)] as const,
				parameters,
			})),
		],
		connections: {},
	};
}

test('every node says that it rings real phones, also to an AI agent that gets it as a tool', async () => {
	const client = await logInToN8n();
	const types = (await client.nodeTypes()).filter(({ name }) => name.startsWith(`${packageName}.`));
	const phoneSystems = ['asterisk', 'enswitch', 'iovox', 'switchvox', 'voipNow'];
	const triggers = phoneSystems.map((name) => `${name}Trigger`);
	const nodes = [...phoneSystems, 'originateCall'].flatMap((name) => [name, `${name}Tool`]);
	expect(types.map(({ name }) => name.split('.')[1]).sort()).toEqual(
		[...triggers, ...nodes].sort(),
	);
	for (const { name, description } of types) {
		// The node panel shows a trigger's text for the node, too.
		const text = name.endsWith('Trigger')
			? 'Placed calls ring real phones and can cost money.'
			: 'It rings real phones, and calls can cost money.';
		expect([name, description]).toEqual([name, expect.stringContaining(text)]);
	}
});

test('n8n hands out the output schema of every operation and trigger', async () => {
	const client = await logInToN8n();
	const types = (await client.nodeTypes()).filter(({ name }) => name.startsWith(`${packageName}.`));
	const triggers = types.filter(({ name }) => name.endsWith('Trigger'));
	expect(triggers.length).toBe(5);
	for (const { name } of triggers) {
		const response = await fetch(`${n8nUrl()}/schemas/${name}/1.0.0.json`);
		expect([name, response.status]).toEqual([name, 200]);
		const schema = (await response.json()) as { readonly required: readonly string[] };
		expect(schema.required).toContain('disposition');
	}
	const nodes = types.filter(({ name }) => !/(?:Tool|Trigger)$/.test(name));
	expect(nodes.length).toBe(6);
	for (const { name } of nodes) {
		const schemas = { originate: 'status', get: 'state', hangUp: 'status' };
		for (const [operation, key] of Object.entries(schemas)) {
			const response = await fetch(`${n8nUrl()}/schemas/${name}/1.0.0/call/${operation}.json`);
			const isThere = operation !== 'hangUp' || !name.endsWith('.iovox');
			expect([name, operation, response.status]).toEqual([name, operation, isThere ? 200 : 404]);
			if (!isThere) continue;
			const schema = (await response.json()) as { readonly required: readonly string[] };
			expect(schema.required).toContain(key);
		}
	}
});
