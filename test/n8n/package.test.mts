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
import { join, relative } from 'node:path';

import { bundledLibraries } from '../../scripts/bundling.mts';
import { packPackage } from './pack.mts';
import { packageName, projectFolder } from './paths.mts';

interface Manifest {
	readonly n8n: { readonly nodes: readonly string[]; readonly credentials: readonly string[] };
	readonly dependencies?: unknown;
	readonly devDependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: unknown;
}

let folder: string;
let home: string;
let tarball: string;
let manifest: Manifest;

beforeAll(async () => {
	tarball = await packPackage();
	// Outside of this project, where no node_modules of it can be found on the way up.
	folder = mkdtempSync(join(tmpdir(), `${packageName}-`));
	home = join(folder, 'node_modules', packageName);
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
	const script = `try { require.resolve('@rgrove/parse-xml'); console.log('found') } catch { console.log('none') }`;
	expect(run(script).trim()).toBe('none');
});

test('programs get the entry and the manifest, and nothing behind them', () => {
	const script = `
		for (const path of ['', '/package.json', '/dist/nodes.js']) {
			try { require(${JSON.stringify(packageName)} + path); console.log('found') }
			catch ({ code }) { console.log(code) }
		}`;
	expect(run(script).trim().split('\n')).toEqual([
		'found',
		'found',
		'ERR_PACKAGE_PATH_NOT_EXPORTED',
	]);
});

test('a program works without n8n, and loads nothing of the nodes', () => {
	const script = `
		const { createClient } = require(${JSON.stringify(packageName)});
		const client = createClient('iovox', { environment: 'sandbox', username: 'user', secureKey: 'key' });
		client.originate({ linkId: 'link', callDestination: '12025550123' }, { dryRun: true }).then(({ status }) => {
			const files = Object.keys(require.cache).map((file) => require('node:path').basename(file));
			console.log(JSON.stringify({ status, files }));
		});`;
	expect(JSON.parse(run(script))).toEqual({
		status: 'skipped',
		files: ['index.js', 'shared.js'],
	});
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
			const files = Object.keys(require.cache).filter((file) => file.includes(${JSON.stringify(packageName)}));
			console.log(loaded.description?.name ?? loaded.name, files.length);`;
		// The line, nodes.js and shared.js: libraries are loaded when they are used.
		expect(run(script).trim()).toMatch(new RegExp(`^${name} 3$`, 'i'));
	}
});

/** The files below a folder of the package. */
function filesIn(path: string): readonly string[] {
	return readdirSync(join(home, path), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(home, join(entry.parentPath, entry.name)));
}

const scripts = () => filesIn('dist').filter((file) => file.endsWith('.js'));
const read = (file: string) => readFileSync(join(home, file), 'utf8');

test('its code is in three files and one for each library, and a line for each node and credential', () => {
	const libraries = ['dist/ipaddr.js', 'dist/libphonenumber-js.js', 'dist/parse-xml.js'];
	const own = ['dist/index.js', 'dist/nodes.js', 'dist/shared.js', ...libraries];
	const { nodes, credentials } = manifest.n8n;
	expect([...scripts()].sort()).toEqual([...own, ...nodes, ...credentials].sort());
	for (const file of [...nodes, ...credentials]) expect(read(file)).toMatch(/^exports\..*\n$/);
});

test('no module is in it twice, so what a process keeps is kept once', () => {
	// esbuild writes the path of each module above it.
	const modules = scripts().flatMap((file) => [
		...new Set(read(file).match(/^\/\/ (?:nodes|credentials|library|node_modules)\/.*$/gm)),
	]);
	expect(modules).toContain('// nodes/vendors.ts');
	expect(modules.filter((path, index) => modules.indexOf(path) !== index)).toEqual([]);
});

test('its libraries are inside, in the versions of package.json', () => {
	const code = scripts().map(read).join('\n');
	for (const name of bundledLibraries) {
		// pnpm's folder of `@scope/name` is `@scope+name`.
		const folder = `${name.replace('/', '+')}@${String(manifest.devDependencies[name])}`;
		expect(code).toContain(`node_modules/.pnpm/${folder}/`);
	}
	const required = [...code.matchAll(/\brequire\((["'])(.*?)\1\)/g)].map(
		([, , name]) => name ?? '',
	);
	const outside = required.filter((name) => !name.startsWith('.'));
	expect([...new Set(outside)].sort()).toEqual(['crypto', 'n8n-workflow', 'undici']);
});

const kinds = [
	/^(?:README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/,
	/^dist\/(?:credentials\/|nodes\/\w+\/)?[\w-]+(?:\.node|\.credentials)?\.js$/,
	// For n8n.
	/^dist\/nodes\/\w+\/(?:\w+\.node\.json|__schema__\/[\w./]+\.json|\w+(?:\.dark)?\.svg)$/,
	// For programs.
	/^dist\/(?:index|(?:library|nodes)\/[\w/]+)\.d\.ts$/,
];

test('it has no dependencies, and only files of these kinds', () => {
	expect(manifest.dependencies).toBeUndefined();
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	const files = filesIn('.');
	for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) expect(files).toContain(file);
	expect(files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
	console.log(`The packed package has ${String(Math.round(statSync(tarball).size / 1000))} kB.`);
});
