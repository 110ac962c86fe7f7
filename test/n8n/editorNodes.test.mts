/** Every node in n8n's editor, as a person uses it: find, add, sign in, fill, execute, and see what went wrong. */
import { startEnswitch } from '../simulators/enswitch.mts';
import { startIovox } from '../simulators/iovox.mts';
import { startSwitchvox } from '../simulators/switchvox.mts';
import { startVoipNow } from '../simulators/voipnow.mts';
import { ensureChromium } from './browser.mts';
import { n8nUrl } from './context.mts';
import { openEditor } from './editor.mts';
import type { Editor } from './editor.mts';
import { signInOf as enswitchSignIn } from './enswitchSetup.mts';
import { owner } from './server.mts';
import { signInOf as switchvoxSignIn } from './switchvoxSetup.mts';
import { appOf } from './voipnowSetup.mts';

/** So that a simulated second of ringing takes hardly any time. */
const secondMs = 10;

/** A simulated vendor, as a person at the editor meets it. */
interface PhoneSystem {
	/** Types the credential into its dialog, all but what is secret. */
	readonly typeCredential: (editor: Editor) => Promise<void>;
	readonly secret: { readonly field: string; readonly value: string };
	/** The numbers that rang, in order. */
	readonly rings: () => Promise<readonly string[]>;
	readonly close: () => Promise<void>;
}

interface Story {
	readonly node: string;
	/** What the person types into the panel. */
	readonly search: string;
	readonly start: () => Promise<PhoneSystem>;
	/** What the credential's test says about a wrong secret. */
	readonly wrongSecret: string;
	readonly labels: readonly string[];
	/** Fills the form; returns the entry that was chosen from a list. */
	readonly fill: (editor: Editor) => Promise<string>;
	readonly chosen: string;
	/** Values of the result in the output pane. */
	readonly result: readonly string[];
	readonly rings: readonly string[];
	/** Changes the form so that the vendor refuses it. */
	readonly spoil: (editor: Editor) => Promise<void>;
	readonly refusal: readonly string[];
	readonly subtitle: string;
}

const head = ['Credential', 'Resource', 'Operation'];

const switchvox: Story = {
	node: 'Switchvox',
	search: 'switchvox',
	start: async () => {
		const pbx = await startSwitchvox({ secondMs });
		const { username, password } = switchvoxSignIn('admin');
		return {
			typeCredential: async ({ type }) => {
				await type('baseUrl', pbx.url);
				await type('username', String(username));
				await type('caCertificate', pbx.caCertificate);
			},
			secret: { field: 'password', value: String(password) },
			rings: () => Promise.resolve(pbx.rings.map(({ number }) => number)),
			close: () => pbx.close(),
		};
	},
	wrongSecret: 'Check user name and password in the credential.',
	labels: [
		...head,
		'Signed In As',
		'Account',
		'Dial First',
		'Dial Second',
		'IVR Variables',
		'Options',
	],
	fill: async ({ type, chooseFromList }) => {
		await type('dialFirst', '101');
		await type('dialSecond', '1 202-555-0123');
		return await chooseFromList('accountId', 'müller');
	},
	chosen: '101 Anna Müller-Lüdenscheidt (ID 1106)',
	result: ['switchvox', 'answered', '101', '912025550123'],
	rings: ['101', '912025550123'],
	spoil: ({ typeId }) => typeId('accountId', '9999'),
	refusal: ['84711', 'account_id is invalid'],
	subtitle: '101 → 1 202-555-0123',
};

const iovox: Story = {
	node: 'IOVOX',
	search: 'iovox',
	start: async () => {
		const vendor = await startIovox({});
		return {
			typeCredential: async ({ choose, type }) => {
				await choose('environment', 'Custom');
				await type('baseUrl', vendor.url);
				await type('username', 'rest-user');
			},
			secret: { field: 'secureKey', value: 'test-secure-key' },
			rings: () => Promise.resolve(vendor.rings.map(({ number }) => number)),
			close: () => vendor.close(),
		};
	},
	wrongSecret: 'allow the IP address that requests come from',
	labels: [
		...head,
		'Link',
		'Call Destination',
		'Specify Call Variables',
		'Call Variables',
		'Options',
	],
	fill: async ({ type, chooseFromList }) => {
		await type('callDestination', '441632960001');
		return await chooseFromList('linkId', 'link123');
	},
	chosen: 'link123',
	result: ['iovox', 'accepted', 'link123', '441632960001'],
	rings: ['441632960001'],
	spoil: ({ typeId }) => typeId('linkId', 'nobody'),
	refusal: ['Link ID does not exist', 'check the ID of the link'],
	subtitle: 'link123 → 441632960001',
};

const enswitch: Story = {
	node: 'Enswitch',
	search: 'softswitch',
	start: async () => {
		const pbx = await startEnswitch({ secondMs });
		const { username, password } = enswitchSignIn('agent');
		return {
			typeCredential: async ({ type }) => {
				await type('baseUrl', pbx.url);
				await type('username', String(username));
				await type('caCertificate', pbx.caCertificate);
			},
			secret: { field: 'password', value: String(password) },
			rings: async () => {
				await pbx.idle();
				return pbx.rings.map(({ number }) => number);
			},
			close: () => pbx.close(),
		};
	},
	wrongSecret: 'Enswitch refused the sign-in (401). Check user name and password.',
	labels: [
		...head,
		'First Call Type',
		'First Call To',
		'Second Call Type',
		'Second Call To',
		'Options',
	],
	fill: async ({ type, chooseFromList }) => {
		await type('cnumber', '12025550123');
		return await chooseFromList('snumber', 'reception');
	},
	chosen: '1234570 Reception',
	result: ['enswitch', 'accepted', '1234570', '12025550123'],
	rings: ['1234570', '12025550123'],
	spoil: ({ typeId }) => typeId('snumber', '9999999'),
	refusal: ['Enswitch refused the call', 'Check First Call To'],
	subtitle: '1234570 → 12025550123',
};

const voipNow: Story = {
	node: 'VoipNow',
	search: '4psa',
	start: async () => {
		const pbx = await startVoipNow({});
		const { clientId, clientSecret } = appOf('user');
		return {
			typeCredential: async ({ type, toggle }) => {
				await type('baseUrl', pbx.url);
				await type('clientId', String(clientId));
				await toggle('allowUnauthorizedCerts');
			},
			secret: { field: 'clientSecret', value: String(clientSecret) },
			rings: () => Promise.resolve(pbx.rings.map(({ number }) => number)),
			close: () => pbx.close(),
		};
	},
	// n8n's own text: it asks for the token.
	wrongSecret: 'Client authentication failed',
	labels: [...head, 'User ID', 'Extension', 'Source', 'Destination', 'Options'],
	fill: async ({ type, chooseFromList }) => {
		await type('source', '0003*210');
		await type('destination', '12025550123');
		return await chooseFromList('extension', '0003*210');
	},
	chosen: '0003*210',
	result: ['voipNow', 'accepted', '0003*210', '12025550123'],
	rings: ['0003*210', '12025550123'],
	spoil: ({ typeId }) => typeId('extension', '0003*310'),
	refusal: ['extension_invalid', 'It must be a Phone Terminal extension of the user'],
	subtitle: '0003*210 → 12025550123',
};

let editor: Editor;

beforeAll(async () => {
	await ensureChromium();
	editor = await openEditor(n8nUrl(), owner);
});

afterAll(async () => {
	await editor.close();
});

describe.each([switchvox, iovox, enswitch, voipNow].map((story) => [story.node, story] as const))(
	'%s in the editor',
	(node, story) => {
		let vendor: PhoneSystem;

		beforeAll(async () => {
			vendor = await story.start();
			await editor.startWorkflow();
		});

		afterAll(async () => {
			await vendor.close();
		});

		const picture = (name: string) => editor.screenshot(`${node}-${name}`);

		test('is found and added, and shows its form', async () => {
			await editor.openPanel();
			expect(await editor.search(story.search)).toEqual([node]);
			await editor.pick(node);
			expect(await editor.labels()).toEqual(story.labels);
			expect(await editor.formText()).toContain('rings real phones');
			await picture('1-form');
		});

		test('gets a credential, whose test tells a wrong secret from a right one', async () => {
			await editor.newCredential();
			await vendor.typeCredential(editor);
			await editor.type(vendor.secret.field, 'wrong');
			expect(await editor.saveCredential()).toContain(story.wrongSecret);
			await picture('2-wrongSecret');
			await editor.type(vendor.secret.field, vendor.secret.value);
			expect(await editor.saveCredential()).toBe('');
			expect(await vendor.rings()).toEqual([]);
		});

		test('places a call from its form, and shows the result', async () => {
			expect(await story.fill(editor)).toContain(story.chosen);
			const run = await editor.execute();
			expect(run).toMatchObject({ succeeded: true });
			for (const value of story.result) expect(run.text).toContain(value);
			expect(await vendor.rings()).toEqual(story.rings);
			await picture('3-placed');
		});

		test('shows what the vendor refused, and what to do about it', async () => {
			await story.spoil(editor);
			const run = await editor.execute();
			expect(run).toMatchObject({ succeeded: false });
			for (const words of story.refusal) expect(run.text).toContain(words);
			expect(await vendor.rings()).toEqual(story.rings);
			await picture('4-refused');
		});
	},
);
