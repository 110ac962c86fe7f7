import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { startRealAsterisk } from './asterisk/phoneSystem.mts';
import { logIn } from './client.mts';
import type { CredentialData, Execution, Item, N8nClient } from './client.mts';
import { dryRunsOf, importExamples } from './example.mts';
import type { ImportedExample } from './example.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { packageName, workFolder } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import type { Misbehaviour, PhoneSystem } from './phoneSystems.mts';
import { Advice, isAlive, isPortFree, onInterrupt } from './processes.mts';
import { printLine, withProgress } from './progress.mts';
import { owner, startN8n } from './server.mts';
import { startWall } from './wall/server.mts';
import type { Wall } from './wall/server.mts';

const usage = `Starts n8n with this package and simulated phone systems, all on this machine, and places calls. Their phones are
on a page of their own, to pick them up by a click.

  --asterisk     a real Asterisk with SIP phones in place of the simulated one; brought on Debian, as root
  --once         end after the calls; exit code 0 only if they were placed
  --port <port>  where the editor listens (5678, or DEMO_PORT; a free port when that is taken)`;

const defaultPort = 5678;
const demoFolder = join(workFolder, 'demo');
const lockFile = join(demoFolder, 'running.json');

/** The header that a simulated CRM or monitoring system sends to the webhooks of the examples. */
const webhookHeader: CredentialData = {
	name: 'Header X-Demo: demo',
	type: 'httpHeaderAuth',
	data: { name: 'X-Demo', value: 'demo' },
};

interface Started {
	readonly url: string;
	readonly client: N8nClient;
	readonly systems: readonly PhoneSystem[];
}

/** The exit code after Ctrl-C: the normal way to leave the demo once the editor is open. */
let endedByHand: number | undefined;

/** Everything to stop at the end, latest first. */
const cleanups: (() => Promise<void>)[] = [];

async function cleanUp(): Promise<void> {
	for (let next = cleanups.pop(); next; next = cleanups.pop()) await next();
}

function say(line = ''): void {
	printLine(line);
}

function bold(text: string): string {
	return styleText('bold', text);
}

async function choosePort(wanted: string | undefined): Promise<number | undefined> {
	const port = wanted === undefined ? defaultPort : Number(wanted);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new Advice(`"${String(wanted)}" is not a port. Give a number from 1 to 65535.`);
	}
	if (await isPortFree(port)) return port;
	if (wanted === undefined) {
		say(`Port ${String(port)} is taken, so the editor gets another one. To choose it, use --port.`);
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
			`The demo is already running, as process ${String(pid)}: end that one with Ctrl-C. If that process is not the demo, delete ${lockFile}.`,
		);
	}
	await mkdir(demoFolder, { recursive: true });
	await writeFile(lockFile, JSON.stringify({ pid: process.pid }));
	cleanups.push(() => rm(lockFile, { force: true }));
}

async function startAll(
	port: number | undefined,
	tarball: string,
	isReal: boolean,
): Promise<Started> {
	const log = (line: string) => {
		say(`  ${line}`);
	};
	const systems = await startPhoneSystems({ log }, isReal ? startRealAsterisk : undefined);
	cleanups.push(async () => {
		await Promise.all(systems.map(({ close }) => close()));
	});
	const n8n = await withProgress('Starting n8n', () =>
		startN8n({ userFolder: demoFolder, port, installPackage: tarball }),
	);
	cleanups.push(n8n.stop);
	return { url: n8n.url, client: await logIn(n8n.url, owner), systems };
}

const placedStatuses: ReadonlySet<unknown> = new Set(['answered', 'accepted', 'scheduled']);

/** The phones, on a page beside the editor. */
async function hangWall({ url, systems }: Started): Promise<Wall> {
	const wall = await startWall(
		systems.map((system) => system.wall),
		url,
	);
	cleanups.push(wall.close);
	say();
	say(`The phones are at ${bold(wall.url)}: see them ring while the examples are executed.`);
	return wall;
}

/** Runs an example; true if the phone systems accepted as many calls as the workflow reports, and one at least if it rings. */
async function tryExample(
	example: ImportedExample,
	manualTrigger: string,
	{ client, systems }: Started,
): Promise<boolean> {
	const callsTaken = () => systems.reduce((sum, { calls }) => sum + calls.length, 0);
	say();
	say(bold(example.workflow.name));
	const before = callsTaken();
	const execution = await withProgress('Executing the workflow', () =>
		client.execute(example.id, manualTrigger),
	);
	await Promise.all(systems.map(({ idle }) => idle()));
	say('  The workflow got');
	for (const item of lastItems(example, execution)) say(`    ${textOf(item)}`);
	if (execution.error) {
		say(`    ${execution.error.message}`);
		if (execution.error.description) say(`    ${execution.error.description}`);
	}
	const reported = resultsOf(example, execution).filter(({ status }) => placedStatuses.has(status));
	const taken = callsTaken() - before;
	const isEnough = taken > 0 || dryRunsOf(example.workflow).length === 0;
	const placed = execution.status === 'success' && isEnough && taken === reported.length;
	say(
		`  Calls placed: ${String(taken)}${placed ? '' : `, but the workflow knows of ${String(reported.length)}`}`,
	);
	return placed;
}

/** The output of the last nodes. */
function lastItems({ workflow }: ImportedExample, execution: Execution): readonly Item[] {
	return workflow.nodes
		.filter(({ name }) => workflow.connections[name] === undefined)
		.flatMap(({ name }) => itemsOf(execution, name));
}

function textOf({ json, binary = {} }: Item): string {
	const [file] = Object.values(binary);
	return file ? `a file, ${file.fileName ?? file.mimeType}` : JSON.stringify(json);
}

/** The results of this package's nodes. */
function resultsOf({ workflow }: ImportedExample, execution: Execution): readonly Item['json'][] {
	return workflow.nodes
		.filter(({ type }) => type.startsWith(`${packageName}.`))
		.flatMap(({ name }) => itemsOf(execution, name).map(({ json }) => json));
}

/** The items of all runs of a node; a node in a loop has several runs. */
function itemsOf(execution: Execution, node: string): readonly Item[] {
	return execution.nodes[node]?.flatMap(({ outputs }) => outputs[0] ?? []) ?? [];
}

/** Runs the examples that start by hand; true if every call was placed exactly once. */
async function tryExamples(
	examples: readonly ImportedExample[],
	started: Started,
): Promise<boolean> {
	let allPlaced = true;
	for (const example of examples) {
		if (example.manualTrigger === undefined) continue;
		allPlaced = (await tryExample(example, example.manualTrigger, started)) && allPlaced;
	}
	return allPlaced;
}

const labels: Readonly<Record<string, string>> = {
	environment: 'Environment',
	baseUrl: 'Base URL',
	grantType: 'Grant Type',
	username: 'User Name',
	password: 'Password',
	secureKey: 'Secure Key',
	clientId: 'Client ID',
	clientSecret: 'Client Secret',
};

/** The names that values have on the form. */
const shown: Readonly<Record<string, string>> = {
	custom: 'Custom',
	clientCredentials: 'Client Credentials',
};

const misbehaviours: Readonly<Record<Misbehaviour, string>> = {
	silent: 'rings, and nobody answers',
	busy: 'is busy',
	cut: 'rings, and then the connection to n8n is cut',
};

/** Everything that a user needs to go on by hand. */
function introduce(
	examples: readonly ImportedExample[],
	{ url, systems }: Started,
	wall: Wall,
): void {
	say();
	say(`The editor is open at ${bold(url)}`);
	say(`  e-mail   ${owner.email}`);
	say(`  password ${owner.password}`);
	say(`The phones are at   ${bold(wall.url)}`);
	say();
	say(
		'Put both windows side by side and execute a workflow: a phone rings, and you pick it up with a',
	);
	say('click. Or let it ring, reject the call, or lose the reply, and see what the node reports.');
	say('The examples have the tag "example". The demo has removed their option Dry Run, because');
	say('these phones are simulated.');
	say('Some are started by a schedule, a webhook, a chat or a call; their notes say how:');
	for (const { workflow, manualTrigger } of examples) {
		if (manualTrigger === undefined) say(`  ${workflow.name}`);
	}
	say(
		'Triggers: calls on these phones start those of VoipNow and IOVOX, and with --asterisk that of',
	);
	say('Asterisk. The simulated Switchvox and Enswitch have no page to enter an address.');
	say();
	say(bold('Phones that misbehave'));
	say('  Enter one as the phone that rings first (IOVOX: as the number to call).');
	for (const line of specialPhoneLines(systems)) say(`  ${line}`);
	say(
		'  accepted: this phone system accepts a call and does not report who answered. If a reply is',
	);
	say('  lost, the node asks Asterisk or VoipNow for the call, and finds it.');
	say();
	say(bold('To create a credential by hand'));
	say('  The addresses change with every start. https: turn on Ignore SSL Issues.');
	for (const system of systems) {
		say(`  ${system.name}`);
		for (const line of accountLines(system)) say(`    ${line}`);
	}
	say();
	say('Ctrl-C ends the demo.');
}

/** One line for each phone, with the outcome of calling it. */
function specialPhoneLines(systems: readonly PhoneSystem[]): readonly string[] {
	return (Object.keys(misbehaviours) as Misbehaviour[]).flatMap((does) => {
		const found = systems.flatMap(({ name, specialPhones }) =>
			specialPhones.filter((phone) => phone.does === does).map((phone) => ({ name, ...phone })),
		);
		const [phone] = found;
		if (phone === undefined) return [];
		const statuses = [...new Set(found.map(({ status }) => status))].map((status) => {
			const names = found.filter((one) => one.status === status).map(({ name }) => name);
			return `${status} (${names.length === systems.length ? 'all' : names.join(', ')})`;
		});
		return [`${bold(phone.number)} ${misbehaviours[does]}: ${statuses.join(', ')}`];
	});
}

function accountLines({ credential, otherAccounts }: PhoneSystem): readonly string[] {
	const own = Object.entries(labels).flatMap(([key, label]) => {
		const value = credential.data[key];
		return typeof value === 'string' ? [`${label.padEnd(15)}${shown[value] ?? value}`] : [];
	});
	const others = otherAccounts.map(
		({ data, may }) => `or ${Object.values(data).join(' / ')}, which may ${may}`,
	);
	return [...own, ...others];
}

async function run(once: boolean, port: string | undefined, isReal: boolean): Promise<number> {
	await takeLock();
	await installN8n();
	const tarball = await packPackage();
	const started = await startAll(await choosePort(port), tarball, isReal);
	const examples = await importExamples(started.client, [
		...started.systems.map(({ credential }) => credential),
		webhookHeader,
	]);
	const wall = once ? undefined : await hangWall(started);
	const allPlaced = await tryExamples(examples, started);
	say();
	say(bold(allPlaced ? 'Every call was placed, once.' : 'Not every call was placed as expected.'));
	const verdict = allPlaced ? 0 : 1;
	if (wall === undefined) return verdict;
	wall.setOthers('byHand');
	introduce(examples, started, wall);
	endedByHand = verdict;
	return await new Promise(() => setInterval(() => undefined, 60_000));
}

async function main(): Promise<number> {
	const args = process.argv.slice(2).filter((argument) => argument !== '--');
	const { values } = parseArgs({
		args,
		options: {
			asterisk: { type: 'boolean', default: false },
			once: { type: 'boolean', default: false },
			port: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		say(usage);
		return 0;
	}
	return await run(values.once, values.port ?? process.env.DEMO_PORT, values.asterisk);
}

onInterrupt(
	async () => {
		process.stderr.write('\nEnding n8n and the simulated phone systems …\n');
		await cleanUp();
	},
	() => endedByHand,
);

try {
	process.exitCode = await main();
} catch (error) {
	const isKnown = error instanceof Advice || (error instanceof Error && 'code' in error);
	process.stderr.write(`${isKnown ? error.message : String((error as Error).stack)}\n`);
	process.exitCode = 1;
} finally {
	await cleanUp();
}
