/** The packed package in an empty folder, as a program has it: no n8n, and undici only where it is put beside. */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { packPackage } from './pack.mts';
import { packageName, projectFolder } from './paths.mts';

let folder: string;
let pbx: SwitchvoxSimulator;

beforeAll(async () => {
	const tarball = await packPackage();
	// Outside of this project, where no node_modules of it can be found on the way up.
	folder = mkdtempSync(join(tmpdir(), `${packageName}-program-`));
	const home = join(folder, 'node_modules', packageName);
	mkdirSync(home, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', home]);
	pbx = await startSwitchvox({ secondMs: 5, authentication: 'digest' });
	writeFileSync(join(folder, 'ca.pem'), pbx.caCertificate);
});

afterAll(async () => {
	await pbx.close();
	rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
	pbx.reset();
	for (const name of ['undici', '@types']) remove(name);
});

function link(name: string): void {
	symlinkSync(join(projectFolder, 'node_modules', name), join(folder, 'node_modules', name));
}

function remove(name: string): void {
	rmSync(join(folder, 'node_modules', name), { force: true });
}

/** Runs a program in the folder to its end, and returns its output. */
async function run(name: string, program: string): Promise<string> {
	writeFileSync(join(folder, name), program);
	const env = {
		...process.env,
		NODE_PATH: '',
		NODE_OPTIONS: '',
		NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
		SWITCHVOX_URL: pbx.url,
		SWITCHVOX_PASSWORD: defaultAccounts.admin.password,
	};
	const { stdout, stderr } = await promisify(execFile)(process.execPath, [name], {
		cwd: folder,
		env,
		timeout: 20_000,
	});
	expect(stderr).toBe('');
	return stdout.trim();
}

/** The first one of docs/library.md places a call, the second one follows it. */
function exampleOfPage(number: 1 | 2 = 1): string {
	const page = readFileSync(join(projectFolder, 'docs', 'library.md'), 'utf8');
	const [, example] = [...page.matchAll(/```js\n(.*?)```/gs)][number - 1] ?? [];
	if (example === undefined) throw new Error('docs/library.md lacks an example.');
	return example;
}

const firstRings = () => pbx.rings.filter(({ party }) => party === 'first').length;

test('the example of docs/library.md runs as it stands, and ends by itself', async () => {
	link('undici');
	expect(await run('example.mjs', exampleOfPage())).toBe('answered');
	expect(pbx.rings.map(({ number }) => number)).toEqual(['101', '912025550123']);
});

test('the example of docs/library.md that follows a call and ends it runs as it stands', async () => {
	link('undici');
	pbx.setParty('912025550123', { answersAfterSeconds: 0, talksSeconds: 3000 });
	expect(await run('follow.mjs', exampleOfPage(2))).toBe(
		'answered Both parties are talking.\nhung_up',
	);
	expect(pbx.live.all().map(({ phase }) => phase)).toEqual(['ended']);
});

test('a program that does not close its client ends all the same', async () => {
	link('undici');
	const program = exampleOfPage().replace('await switchvox.close();', '');
	expect(await run('open.mjs', program)).toBe('answered');
	expect(firstRings()).toBe(1);
});

test('a program lives as long as it waits for a call', async () => {
	link('undici');
	// One call only: nothing distinguishes two calls of Switchvox between the same phones.
	const program = `${exampleOfPage().replace(/const call = .*/s, '')}
		console.log((await switchvox.originate(
			{ dialFirst: '101', dialSecond: '912025550123', accountId: '1106' },
			{ waitUntil: 'ended' },
		)).call?.state);`;
	expect(await run('waits.mjs', program)).toBe('ended');
});

test('without undici one sentence says so, and nothing is sent', async () => {
	const find = `try { require.resolve('undici'); console.log('found') } catch { console.log('none') }`;
	expect(await run('find.cjs', find)).toBe('none');
	expect(await run('without.mjs', exampleOfPage())).toBe(
		'not_sent\nCalls are sent with the package undici, which is not installed. No call was placed. ' +
			'Install it with: npm install undici. Or pass one of its dispatchers to createClient.',
	);
	expect(pbx.requests).toEqual([]);
});

test('it is loaded without n8n, and loads undici for the first call only', async () => {
	link('undici');
	const program = `
		const { createClient } = require('${packageName}');
		try { require.resolve('n8n-workflow'); console.log('n8n is here'); } catch {}
		createClient('iovox', { environment: 'production', username: 'u', secureKey: 'k' });
		const loaded = Object.keys(require.cache);
		console.log(loaded.filter((file) => /node_modules.undici|n8n-workflow|[.]node[.]js|credentials/.test(file)).length);`;
	expect(await run('loaded.cjs', program)).toBe('0');
});

test('a strict program is held to the types, without n8n and without undici', () => {
	link('@types');
	const program = `
		import { createClient } from '${packageName}';
		import type { CallOf, CredentialOf, Dispatcher, Outcome, VendorId } from '${packageName}';

		const credential: CredentialOf<'switchvox'> = { baseUrl: 'b', username: 'u', password: 'p' };
		const call: CallOf<'switchvox'> = { dialFirst: '1', dialSecond: '2', accountId: '3' };
		const id: VendorId = 'voipNow';

		export async function place(dispatcher: Dispatcher): Promise<string> {
			await using client = createClient('switchvox', credential, { dispatcher });
			const outcome: Outcome = await client.originate(call, { signal: AbortSignal.timeout(1) });
			switch (outcome.status) {
				case 'answered': case 'accepted': case 'scheduled':
					return outcome.callId ?? '';
				case 'skipped':
					return outcome.reason;
				case 'not_sent': case 'not_connected': case 'refused': case 'unknown':
					return outcome.message + outcome.vendorErrors.map(({ code }) => code ?? '').join();
			}
		}
		export const iovox = createClient('iovox', { environment: 'sandbox', username: 'u', secureKey: 'k' });
		export const enswitch = createClient('enswitch', credential).originate({ snumber: '1', cnumber: '2', options: { wait: 3 } });
		export const voipNow = createClient(id, { baseUrl: 'b', clientId: 'i', clientSecret: 's' });
		void voipNow.originate({ source: ['1', '2'], destination: '3' });

		// @ts-expect-error the credential of another vendor
		createClient('voipNow', credential);
		// @ts-expect-error no vendor
		createClient('acme', credential);
		// @ts-expect-error a custom environment needs an address
		createClient('iovox', { environment: 'custom', username: 'u', secureKey: 'k' });
		const client = createClient('switchvox', credential);
		// @ts-expect-error an unknown field
		void client.originate({ ...call, dialThird: '3' });
		// @ts-expect-error an unknown option
		void client.originate({ ...call, options: { timeot: 3 } });
		// @ts-expect-error a number where a text is asked for
		void client.originate({ ...call, options: { callerIdName: 3 } });
		// @ts-expect-error an option of the node
		void client.originate({ ...call, options: { maxConcurrent: 3 } });
		// @ts-expect-error a missing field
		void client.originate({ dialFirst: '1', dialSecond: '2' });
		// @ts-expect-error the call of another vendor
		void client.originate({ snumber: '1', cnumber: '2' });
	`;
	expect(check({ 'program.mts': program })).toBe('');
});

test('the examples of docs/library.md pass a strict check of types, too', () => {
	for (const name of ['@types', 'undici']) link(name);
	expect(check({ 'call.mts': exampleOfPage(1), 'follow.mts': exampleOfPage(2) })).toBe('');
});

/** What the compiler says about these programs. */
function check(programs: Readonly<Record<string, string>>): string {
	for (const [name, program] of Object.entries(programs)) {
		writeFileSync(join(folder, name), program);
	}
	const compilerOptions = {
		strict: true,
		exactOptionalPropertyTypes: true,
		skipLibCheck: false,
		noEmit: true,
		target: 'es2022',
		lib: ['es2022', 'esnext.disposable'],
		module: 'nodenext',
		types: ['node'],
	};
	const project = { compilerOptions, files: Object.keys(programs) };
	writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
	const tsc = join(projectFolder, 'node_modules', '.bin', 'tsc');
	return spawnSync(tsc, ['--project', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}
