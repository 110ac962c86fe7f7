/** The packed package, unpacked into an empty folder: it brings all that it needs but n8n-workflow. */
import { execFileSync } from 'node:child_process';
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { packPackage } from './pack.mts';
import { packageName, projectFolder } from './paths.mts';

interface Manifest {
	readonly n8n: { readonly nodes: readonly string[]; readonly credentials: readonly string[] };
	readonly dependencies?: unknown;
	readonly peerDependencies: unknown;
}

let folder: string;
let tarball: string;
let manifest: Manifest;

beforeAll(async () => {
	tarball = await packPackage();
	// Outside of this project, where no node_modules of it can be found on the way up.
	folder = mkdtempSync(join(tmpdir(), `${packageName}-`));
	const home = join(folder, 'node_modules', packageName);
	mkdirSync(home, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', home]);
	manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
});

afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

/** Runs a script in the folder and returns its output. */
function run(script: string): string {
	const env = { ...process.env, NODE_PATH: '', NODE_OPTIONS: '' };
	return execFileSync(process.execPath, ['-e', script], { cwd: folder, env, encoding: 'utf8' });
}

/** A file of the package in a script, by its path: n8n loads nodes that way, and programs are given the entry alone. */
function fileOf(path: string): string {
	return JSON.stringify(`./node_modules/${packageName}/${path}`);
}

test('the folder is empty: what the package bundles cannot be found beside it', () => {
	const script = `try { require.resolve('fast-xml-parser'); console.log('found') } catch { console.log('none') }`;
	expect(run(script).trim()).toBe('none');
});

test('programs get the entry and the manifest, and nothing behind them', () => {
	const script = `
		for (const path of ['', '/package.json', '/dist/nodes/vendors.js']) {
			try { require(${JSON.stringify(packageName)} + path); console.log('found') }
			catch ({ code }) { console.log(code) }
		}`;
	expect(run(script).trim().split('\n')).toEqual([
		'found',
		'found',
		'ERR_PACKAGE_PATH_NOT_EXPORTED',
	]);
});

test('XML is read with what is inside', () => {
	const script = `
		const { parseXml } = require(${fileOf('dist/nodes/shared/wire/text/xml.js')});
		console.log(parseXml('<a b="007"/>').attributes.b);`;
	expect(run(script).trim()).toBe('007');
});

test('every node and credential loads with n8n-workflow alone', () => {
	const workflow = join(projectFolder, 'node_modules', 'n8n-workflow');
	symlinkSync(workflow, join(folder, 'node_modules', 'n8n-workflow'));
	const files = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	expect(files.length).toBeGreaterThanOrEqual(2);
	for (const file of files) {
		const name = /([^/.]+)\.(?:node|credentials)\.js$/.exec(file)?.[1] ?? '';
		const script = `
			const loaded = new (require(${fileOf(file)})[${JSON.stringify(name)}])();
			console.log(loaded.description?.name ?? loaded.name);`;
		expect(run(script).trim()).toMatch(new RegExp(`^${name}$`, 'i'));
	}
});

test('it has no dependencies, and nothing of the tests', () => {
	expect(manifest.dependencies).toBeUndefined();
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	const files = readdirSync(join(folder, 'node_modules', packageName), { recursive: true }).map(
		String,
	);
	expect(
		files.filter((file) =>
			/\.test\.|fixture|simulator|example|svg\.|^dist\/(?:test|docs)/i.test(file),
		),
	).toEqual([]);
	for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) expect(files).toContain(file);
	console.log(`The packed package has ${String(Math.round(statSync(tarball).size / 1000))} kB.`);
});
