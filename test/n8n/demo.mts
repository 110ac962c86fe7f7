import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { logIn } from './client.mts';
import type { Execution, N8nClient } from './client.mts';
import { exampleNames, readExample, triggerOf } from './example.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { Advice, isAlive, isPortFree, onInterrupt } from './processes.mts';
import { withProgress } from './progress.mts';
import { owner, startN8n } from './server.mts';

const usage = `Starts n8n with this package and a simulated Switchvox PBX, all on this machine, and places a call.

  --once         end after the call; exit code 0 only if it was placed
  --port <port>  where the editor listens (5678, or DEMO_PORT; a free port when that is taken)`;

const defaultPort = 5678;
const demoFolder = join(workFolder, 'demo');
const lockFile = join(demoFolder, 'running.json');

interface Started {
	readonly url: string;
	readonly client: N8nClient;
	readonly simulator: SwitchvoxSimulator;
}

/** What has to be ended, the latest first. */
const cleanups: (() => Promise<void>)[] = [];

async function cleanUp(): Promise<void> {
	for (let next = cleanups.pop(); next; next = cleanups.pop()) await next();
}

function say(line = ''): void {
	process.stdout.write(`${line}\n`);
}

function bold(text: string): string {
	return styleText('bold', text);
}

async function choosePort(wanted: string | undefined): Promise<number | undefined> {
	const port = wanted === undefined ? defaultPort : Number(wanted);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new Advice(`"${String(wanted)}" is no port. Give a number from 1 to 65535.`);
	}
	if (await isPortFree(port)) return port;
	if (wanted === undefined) {
		say(`Port ${String(port)} is taken, so the editor gets another one. Choose it with --port.`);
		return undefined;
	}
	throw new Advice(
		`Port ${String(port)} is taken by another program. Choose another one with --port.`,
	);
}

/** Two demos would share one database. */
async function takeLock(): Promise<void> {
	const text = await readFile(lockFile, 'utf8').catch(() => '{}');
	const { pid } = JSON.parse(text) as { pid?: number };
	if (pid !== undefined && isAlive(pid)) {
		throw new Advice(
			`The demo is running already, as process ${String(pid)}: end that one with Ctrl-C. If it is no demo, delete ${lockFile}.`,
		);
	}
	await mkdir(demoFolder, { recursive: true });
	await writeFile(lockFile, JSON.stringify({ pid: process.pid }));
	cleanups.push(() => rm(lockFile, { force: true }));
}

async function startAll(port: number | undefined, tarball: string): Promise<Started> {
	const simulator = await startSwitchvox({
		log: (line) => {
			say(`  PBX: ${line}`);
		},
	});
	cleanups.push(() => simulator.close());
	const n8n = await withProgress('Starting n8n', () =>
		startN8n({ userFolder: demoFolder, port, installPackage: tarball }),
	);
	cleanups.push(n8n.stop);
	return { url: n8n.url, client: await logIn(n8n.url, owner), simulator };
}

/** Brings credential and examples to their state of now, also when the database has those of an earlier start. */
async function importExamples({ client, simulator }: Started): Promise<Map<string, string>> {
	const { username, password } = defaultAccounts.admin;
	const credential = await client.putCredential({
		name: 'Simulated Switchvox',
		type: 'switchvoxApi',
		data: {
			baseUrl: simulator.url,
			username,
			password,
			authentication: 'auto',
			allowUnauthorizedCerts: false,
			caCertificate: simulator.caCertificate,
		},
	});
	const ids = new Map<string, string>();
	for (const name of await exampleNames()) {
		const workflow = await readExample(name, { switchvoxApi: credential });
		ids.set(name, await client.putWorkflow(workflow));
	}
	return ids;
}

async function placeCall({ client }: Started, workflowId: string): Promise<Execution> {
	const trigger = triggerOf(await readExample('switchvox', {}));
	return await withProgress('Executing the workflow', () => client.execute(workflowId, trigger));
}

function itemsOf(execution: Execution, node: string | undefined): Record<string, unknown>[] {
	const [run] = (node === undefined ? undefined : execution.nodes[node]) ?? [];
	return run?.outputs[0]?.map(({ json }) => json) ?? [];
}

/** Whether the workflow says "answered", and each of the two phones rang once. */
function report(execution: Execution, { simulator }: Started): boolean {
	say();
	say(bold('What rang'));
	for (const { number, party } of simulator.rings) say(`  ${number}, ${party} party`);
	if (simulator.rings.length === 0) say('  nothing');
	say(bold('What the workflow got'));
	for (const item of itemsOf(execution, execution.lastNode)) say(`  ${JSON.stringify(item)}`);
	if (execution.error) {
		say(`  ${execution.error.message}`);
		if (execution.error.description) say(`  ${execution.error.description}`);
	}
	const [result, ...others] = itemsOf(execution, 'Switchvox');
	const numbers = simulator.rings.map(({ number }) => number);
	const placed =
		execution.status === 'success' &&
		others.length === 0 &&
		result?.status === 'answered' &&
		numbers.length === 2 &&
		new Set(numbers).size === 2;
	say(
		placed ? bold('The call was placed, once.') : bold('The call was not placed as it should be.'),
	);
	return placed;
}

async function run(once: boolean, port: string | undefined): Promise<number> {
	await takeLock();
	await installN8n();
	const tarball = await packPackage();
	const started = await startAll(await choosePort(port), tarball);
	const ids = await importExamples(started);
	const workflowId = ids.get('switchvox');
	if (workflowId === undefined) throw new Advice('examples/switchvox.json is missing.');
	const placed = report(await placeCall(started, workflowId), started);
	if (!once) {
		say();
		say(`The editor is open at ${bold(`${started.url}/workflow/${workflowId}`)}`);
		say(`  e-mail   ${owner.email}`);
		say(`  password ${owner.password}`);
		say('Execute the workflow again to see the phones ring here. Ctrl-C ends the demo.');
		await new Promise(() => setInterval(() => undefined, 60_000));
	}
	return placed ? 0 : 1;
}

async function main(): Promise<number> {
	const args = process.argv.slice(2).filter((argument) => argument !== '--');
	const { values } = parseArgs({
		args,
		options: {
			once: { type: 'boolean', default: false },
			port: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		say(usage);
		return 0;
	}
	return await run(values.once, values.port ?? process.env.DEMO_PORT);
}

onInterrupt(async () => {
	process.stderr.write('\nEnding n8n and the simulated PBX …\n');
	await cleanUp();
});

try {
	process.exitCode = await main();
} catch (error) {
	const told = error instanceof Advice || (error instanceof Error && 'code' in error);
	process.stderr.write(`${told ? error.message : String((error as Error).stack)}\n`);
	process.exitCode = 1;
} finally {
	await cleanUp();
}
