/** What the demo promises in what it prints, with its simulated phone systems and the n8n under test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CredentialData, N8nClient } from './client.mts';
import { logInToN8n, runNode } from './context.mts';
import { dryRunsOf, exampleNames, importExamples } from './example.mts';
import { n8nFolder } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import type { PhoneSystem } from './phoneSystems.mts';
import { printLine, withProgress } from './progress.mts';

let client: N8nClient;
let systems: readonly PhoneSystem[];

beforeAll(async () => {
	client = await logInToN8n();
	systems = await startPhoneSystems({ secondMs: 10 });
});

afterAll(async () => {
	await Promise.all(systems.map(({ close }) => close()));
});

const ofVendors: Readonly<Record<string, object>> = {
	switchvox: { accountType: 'admin', accountId: '1106' },
	iovox: { linkId: 'link123' },
	asterisk: { context: 'from-internal' },
	enswitch: {},
	voipNow: { userId: '@me', extension: '0003*210' },
};

/** The phone that rings first. For a link, which chooses that phone itself, it is the number to call. */
async function ring(system: PhoneSystem, number: string, credential: CredentialData) {
	const { vendor, credential: own, rings } = system;
	const { type, name, data } = credential;
	const ref = await client.createCredential({ type, name, data: { ...own.data, ...data } });
	const before = rings.length;
	const numbers = vendor === 'iovox' ? { to: number } : { from: number, to: '301' };
	const { items, failedItems } = await runNode(client, {
		type: 'originateCall',
		parameters: {
			resource: 'call',
			operation: 'originate',
			vendor,
			...ofVendors[vendor],
			...numbers,
			options: {},
		},
		credentials: { [type]: ref },
		settings: { onError: 'continueErrorOutput' },
	});
	await system.idle();
	await client.deleteCredential(ref.id);
	const [item] = [...items, ...failedItems];
	return {
		status: item?.json.status,
		rang: rings.slice(before).map((one) => one.number),
	};
}

test('each phone that misbehaves does it, and the node tells what the demo says', async () => {
	for (const system of systems) {
		for (const { number, does, status } of system.specialPhones) {
			const reported = await ring(system, number, system.credential);
			const { rang } = reported;
			expect([system.name, does, reported.status]).toEqual([system.name, does, status]);
			// Nobody is connected to a phone that is silent or busy, and a busy one does not ring.
			if (does === 'silent') expect(rang).toEqual([number]);
			if (does === 'busy') expect(rang).toEqual([]);
			if (does === 'cut') expect(rang).toContain(number);
		}
		expect(system.specialPhones.map(({ does }) => does)).toContain('cut');
	}
});

test('any other phone is called as if there were none of them', async () => {
	for (const system of systems) {
		const { status } = await ring(system, '600', system.credential);
		expect([system.name, ['answered', 'accepted'].includes(String(status))]).toEqual([
			system.name,
			true,
		]);
	}
});

test('the other accounts sign in and may not place the calls of the examples', async () => {
	for (const system of systems) {
		for (const { data, may } of system.otherAccounts) {
			const reported = await ring(system, '101', { ...system.credential, data });
			expect([may, reported]).toEqual([may, { status: 'refused', rang: [] }]);
		}
	}
});

test('the examples are imported with a tag, and ready to ring', async () => {
	const examples = await importExamples(
		client,
		systems.map(({ credential }) => credential),
	);
	expect(examples.map(({ name }) => name)).toEqual(await exampleNames());
	for (const { id, workflow } of examples) {
		const stored = await client.readWorkflow(id);
		expect(stored.tags.map(({ name }) => name)).toEqual(['example']);
		expect(dryRunsOf(stored)).toEqual(dryRunsOf(workflow).map(() => undefined));
		await client.deleteWorkflow(id);
	}
});

test('in a terminal, a line is printed above the one that counts, not behind it', async () => {
	const terminal = process.stderr.isTTY;
	const screen: string[] = [];
	const write = (text: unknown) => screen.push(String(text)) > 0;
	const spies = [process.stdout, process.stderr].map((stream) =>
		jest.spyOn(stream, 'write').mockImplementation(write),
	);
	try {
		process.stderr.isTTY = true;
		await withProgress('Working', () => Promise.resolve(printLine('  ring  700')));
		printLine('Done');
	} finally {
		process.stderr.isTTY = terminal;
		for (const spy of spies) spy.mockRestore();
	}
	const clear = '\r\u001b[K';
	expect(screen.slice(0, 4)).toEqual([
		`${clear}… Working, 0 s`,
		clear,
		'  ring  700\n',
		`${clear}… Working, 0 s`,
	]);
	expect(screen.at(-1)).toBe('Done\n');
	expect(screen).toHaveLength(6);
});

describe('an interrupted program', () => {
	/** Its exit code after this function has ended it. */
	async function exitCodeOf(end: string, signal: NodeJS.Signals): Promise<unknown> {
		const processes = JSON.stringify(join(n8nFolder, 'processes.mts'));
		const program = `
			import { onInterrupt } from ${processes};
			onInterrupt(${end});
			setInterval(() => undefined, 1000);
			console.log('ready');`;
		const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
		await once(child.stdout, 'data');
		child.kill(signal);
		const [code] = (await once(child, 'exit')) as unknown[];
		return code;
	}

	test.each([
		['async () => {}', 'SIGINT', 130],
		['async () => {}', 'SIGTERM', 143],
		['async () => {}, () => undefined', 'SIGINT', 130],
		['async () => {}, () => 0', 'SIGINT', 0],
		['async () => {}, () => 0', 'SIGTERM', 143],
	] as const)('with (%s), ended by %s, ends with %d', async (end, signal, code) => {
		expect(await exitCodeOf(end, signal)).toBe(code);
	});
});
