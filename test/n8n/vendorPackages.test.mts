/** The packages of one phone system each, in a real n8n: alone from an empty folder, and beside the whole package. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packVendors, unpack } from '../../scripts/vendorTarballs.mts';
import type { VendorTarball } from '../../scripts/vendorTarballs.mts';
import { vendors } from '../../nodes/vendors.ts';
import { logIn } from './client.mts';
import type { CredentialRef, N8nClient, WorkflowData } from './client.mts';
import { manualTriggerOf, readExample, withoutDryRun } from './example.mts';
import { packageName, projectFolder, workFolder } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import type { PhoneSystem } from './phoneSystems.mts';
import { folderOfThisRun } from './processes.mts';
import { owner, startN8n } from './server.mts';
import type { N8nServer, PackedPackage } from './server.mts';

jest.setTimeout(180_000);

const ids = vendors.map(({ id }) => id);

/** n8n starts six times here: what Node compiled the first time serves the others. */
const env = { NODE_COMPILE_CACHE: join(workFolder, 'compileCache') };

let userFolder: string;
let whole: PackedPackage;
let packages: readonly VendorTarball[];
let systems: readonly PhoneSystem[];
let n8n: N8nServer | undefined;

beforeAll(async () => {
	userFolder = await folderOfThisRun(join(workFolder, 'vendorPackagesTest'));
	await rm(userFolder, { recursive: true, force: true });
	const packed = await packVendors();
	whole = { name: packageName, tarball: packed.whole };
	packages = packed.vendors;
	systems = await startPhoneSystems({ secondMs: 10 });
});

afterEach(async () => {
	await n8n?.stop();
	n8n = undefined;
});

afterAll(async () => {
	for (const { close } of systems) await close();
});

/** n8n with these packages and no other; what it stored before is still there. */
async function start(...installPackage: readonly PackedPackage[]): Promise<N8nClient> {
	n8n = await startN8n({ userFolder, installPackage, env });
	return await logIn(n8n.url, owner);
}

function found<T>(thing: T | undefined): T {
	if (thing === undefined) throw new Error('The registry has a vendor without it.');
	return thing;
}

const packageOf = (id: string) => found(packages.find(({ node }) => node === id));
const systemOf = (id: string) => found(systems.find(({ vendor }) => vendor === id));

/** A workflow of the whole package with the name of another one in it. */
function movedTo(name: string, workflow: WorkflowData): WorkflowData {
	const text = JSON.stringify(workflow).replaceAll(`"${packageName}.`, `"${name}.`);
	return JSON.parse(text) as WorkflowData;
}

async function storedCredential(client: N8nClient, id: string): Promise<CredentialRef> {
	return await client.putCredential(systemOf(id).credential);
}

/** The documented example, as somebody has it after importing it, choosing a credential and removing Dry Run. */
async function exampleOf(id: string, credential: CredentialRef): Promise<WorkflowData> {
	const credentials = { [systemOf(id).credential.type]: credential };
	return withoutDryRun(await readExample(id.toLowerCase(), credentials));
}

/** Runs a workflow; the statuses that its nodes of the phone system had, and how many calls that placed. */
async function place(client: N8nClient, id: string, workflow: WorkflowData) {
	const { calls, idle } = systemOf(id);
	const before = calls.length;
	const workflowId = await client.createWorkflow(workflow);
	const execution = await client.execute(workflowId, String(manualTriggerOf(workflow)));
	await idle();
	const ours = workflow.nodes.filter(({ type }) => type.endsWith(`.${id}`));
	const items = ours.flatMap(
		({ name }) => execution.nodes[name]?.flatMap(({ outputs }) => outputs[0] ?? []) ?? [],
	);
	return {
		execution: execution.status,
		statuses: items.map(({ json }) => json.status),
		calls: systemOf(id).calls.length - before,
	};
}

const placed = { answered: true, accepted: true, scheduled: true };

function expectPlaced({ execution, statuses, calls }: Awaited<ReturnType<typeof place>>): void {
	expect(execution).toBe('success');
	expect(statuses.length).toBeGreaterThan(0);
	for (const status of statuses) expect(placed).toHaveProperty(String(status));
	expect(calls).toBe(statuses.length);
}

test.each(ids)(
	'the tarball of %s holds what its node reaches, and loads from an empty folder',
	async (id) => {
		const { name, folder, manifest, tarball } = packageOf(id);
		// Outside of this project, where no node_modules of it can be found on the way up.
		const empty = await mkdtemp(join(tmpdir(), `${name}-`));
		try {
			const modules = join(empty, 'node_modules');
			const home = join(modules, name);
			await unpack(tarball, home);
			const files = await readdir(home, { recursive: true });
			for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json'])
				expect(files).toContain(file);
			expect((await readdir(join(home, 'dist'))).sort()).toEqual(['credentials', 'nodes']);
			expect((await readdir(join(home, 'dist', 'nodes'))).sort()).toEqual([folder, 'shared']);
			expect(files.filter((file) => file.endsWith('.ts'))).toEqual([]);
			const schemas = files.filter((file) => /__schema__.*\.json$/.test(file));
			const { operations } = found(vendors.find((vendor) => vendor.id === id));
			expect(schemas).toHaveLength(Object.keys(operations).length);

			const workflow = join(projectFolder, 'node_modules', 'n8n-workflow');
			await symlink(workflow, join(modules, 'n8n-workflow'));
			const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
			expect(namesIn(entries.map((file) => join(home, file)))).toEqual([
				id,
				systemOf(id).credential.type,
			]);
			const { size } = await stat(tarball);
			console.log(`${name} has ${String(Math.round(size / 1000))} kB.`);
		} finally {
			await rm(empty, { recursive: true, force: true });
		}
	},
);

/** What the classes in these files are called in n8n. */
function namesIn(files: readonly string[]): readonly string[] {
	const script = `
		for (const file of ${JSON.stringify(files)}) {
			for (const Class of Object.values(require(file))) {
				const made = new Class();
				console.log(made.description?.name ?? made.name);
			}
		}`;
	const env = { ...process.env, NODE_PATH: '', NODE_OPTIONS: '' };
	const printed = execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
	return printed.trim().split('\n');
}

test.each(ids)(
	'%s alone: n8n has its node and no other of ours, and its example places a call',
	async (id) => {
		const own = packageOf(id);
		const client = await start(own);
		const types = (await client.nodeTypes()).map(({ name }) => name);
		const ours = types.filter((name) => /^n8n-nodes-(?!base\.)/.test(name));
		expect(ours.sort()).toEqual([`${own.name}.${id}`, `${own.name}.${id}Tool`]);
		const credential = await storedCredential(client, id);
		expectPlaced(await place(client, id, movedTo(own.name, await exampleOf(id, credential))));
	},
);

test('beside the whole package, one credential serves the nodes of both', async () => {
	const client = await start(whole, ...packages);
	const types = (await client.nodeTypes()).map(({ name }) => name);
	for (const id of ids) {
		const { name } = packageOf(id);
		expect(types).toEqual(expect.arrayContaining([`${packageName}.${id}`, `${name}.${id}`]));
		const { credential } = systemOf(id);
		// The one that was stored when n8n had the other package alone.
		const stored = await storedCredential(client, id);
		const example = await exampleOf(id, stored);
		expectPlaced(await place(client, id, example));
		expectPlaced(await place(client, id, movedTo(name, example)));
		// n8n tests an OAuth2 credential by its token, which nobody has fetched here.
		if (credential.type.endsWith('OAuth2Api')) continue;
		expect(await client.testCredential(credential)).toMatchObject({ status: 'OK' });
	}
});
