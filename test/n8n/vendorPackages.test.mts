/** The packages of one phone system each, in a real n8n: alone from an empty folder, and beside the whole package. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
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
import { owner, startN8n, withoutCode } from './server.mts';
import type { N8nServer, PackedPackage } from './server.mts';

const ids = vendors.map(({ id }) => id);

/** n8n starts six times here, two at once. */
const lanes = 2;

let folder: string;
let whole: PackedPackage;
let packages: readonly VendorTarball[];
let systems: readonly PhoneSystem[];
const started = new Set<N8nServer>();

beforeAll(async () => {
	folder = await folderOfThisRun(join(workFolder, 'vendorPackagesTest'));
	await rm(folder, { recursive: true, force: true });
	const packed = await packVendors();
	whole = { name: packageName, tarball: packed.whole };
	packages = packed.vendors;
	systems = await startPhoneSystems({ secondMs: 10 });
});

afterAll(async () => {
	for (const { stop } of started) await stop();
	for (const { close } of systems) await close();
});

/** Uses an n8n with these packages and no other; what the lane's earlier ones stored is still there. */
async function withN8n<T>(
	lane: number,
	installPackage: readonly PackedPackage[],
	use: (client: N8nClient) => Promise<T>,
): Promise<T> {
	const n8n = await startN8n({
		userFolder: join(folder, String(lane)),
		installPackage,
		env: withoutCode,
	});
	started.add(n8n);
	try {
		return await use(await logIn(n8n.url, owner));
	} finally {
		await n8n.stop();
		started.delete(n8n);
	}
}

function found<T>(thing: T | undefined): T {
	if (thing === undefined) throw new Error('The registry has a vendor without it.');
	return thing;
}

const packageOf = (id: string) => found(packages.find(({ nodes }) => nodes[0] === id));
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
	'the tarball of %s holds the code of its nodes and no other, and loads from an empty folder',
	async (id) => {
		const { name, folder: own, manifest, tarball } = packageOf(id);
		// Outside of this project, where no node_modules of it can be found on the way up.
		const empty = await mkdtemp(join(tmpdir(), `${name}-`));
		try {
			const modules = join(empty, 'node_modules');
			const home = join(modules, name);
			await unpack(tarball, home);
			const files = await readdir(home, { recursive: true });
			for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json'])
				expect(files).toContain(file);
			const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
			const libraries = ['ipaddr', 'libphonenumber-js', 'parse-xml']
				.map((name) => `dist/${name}.js`)
				.filter((file) => files.includes(file));
			expect(files.filter((file) => /\.[jt]s$/.test(file)).sort()).toEqual(
				['dist/nodes.js', ...libraries, ...entries].sort(),
			);
			const code = await readFile(join(home, 'dist', 'nodes.js'), 'utf8');
			// esbuild writes the path of each module above it.
			const folders = [...code.matchAll(/^\/\/ ((?:nodes|library)\/.*?|credentials)\//gm)];
			expect(new Set(folders.map(([, path]) => path))).toEqual(
				new Set(['credentials', `nodes/${own}`, 'nodes/shared']),
			);
			const schemas = files.filter((file) => /__schema__.*\.json$/.test(file));
			const { operations, events } = found(vendors.find((vendor) => vendor.id === id));
			const triggers = events === undefined ? 0 : 1;
			expect(schemas).toHaveLength(Object.keys(operations).length + triggers);

			const workflow = join(projectFolder, 'node_modules', 'n8n-workflow');
			await symlink(workflow, join(modules, 'n8n-workflow'));
			expect(namesIn(entries.map((file) => join(home, file)))).toEqual([
				...packageOf(id).nodes,
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

/** What n8n has and does with the package of one vendor alone. */
async function tryAlone(lane: number, id: string) {
	const own = packageOf(id);
	return await withN8n(lane, [own], async (client) => {
		const types = (await client.nodeTypes()).map(({ name }) => name);
		const example = await exampleOf(id, await storedCredential(client, id));
		return { types, call: await place(client, id, movedTo(own.name, example)) };
	});
}

describe('alone', () => {
	const tries = new Map<string, PromiseSettledResult<Awaited<ReturnType<typeof tryAlone>>>>();

	beforeAll(async () => {
		const inLane = async (lane: number) => {
			for (const id of ids.filter((_, index) => index % lanes === lane)) {
				const [result] = await Promise.allSettled([tryAlone(lane, id)]);
				tries.set(id, result);
			}
		};
		await Promise.all(Array.from({ length: lanes }, (_, lane) => inLane(lane)));
	});

	test.each(ids)('%s: n8n has no other node of ours, and the example places a call', (id) => {
		const result = found(tries.get(id));
		if (result.status === 'rejected') throw result.reason;
		const { types, call } = result.value;
		const { name, nodes } = packageOf(id);
		const ours = types.filter((type) => /^n8n-nodes-(?!base\.)/.test(type));
		expect(ours.sort()).toEqual([...nodes, `${id}Tool`].map((node) => `${name}.${node}`).sort());
		expectPlaced(call);
	});
});

test('beside the whole package, one credential serves the nodes of both', async () => {
	await withN8n(0, [whole, ...packages], async (client) => {
		const types = (await client.nodeTypes()).map(({ name }) => name);
		for (const id of ids) {
			const { name } = packageOf(id);
			expect(types).toEqual(expect.arrayContaining([`${packageName}.${id}`, `${name}.${id}`]));
			const { credential } = systemOf(id);
			// For the vendors of this lane, it was stored when n8n had their own package alone.
			const stored = await storedCredential(client, id);
			const example = await exampleOf(id, stored);
			expectPlaced(await place(client, id, example));
			expectPlaced(await place(client, id, movedTo(name, example)));
			// n8n tests an OAuth2 credential by its token, which nobody has fetched here.
			if (credential.type.endsWith('OAuth2Api')) continue;
			expect(await client.testCredential(credential)).toMatchObject({ status: 'OK' });
		}
	});
});
