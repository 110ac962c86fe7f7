import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packPackage } from '../n8n/pack.mts';
import { n8nFolder, packageName } from '../n8n/paths.mts';
import { benchFolder } from './n8n.mts';
import type { Row } from './table.mts';

const run = promisify(execFile);

interface Loaded {
	readonly milliseconds: number;
	/** Of the package, in the order of loading. */
	readonly modules: readonly string[];
}

/** Size of what is installed, and the cost of starting n8n with it. */
export async function measurePackage(
	repeats: number,
	log: (line: string) => void,
): Promise<readonly Row[]> {
	const tarball = await packPackage();
	const { size } = await stat(tarball);
	const home = join(benchFolder, 'loading', 'node_modules', packageName);
	await rm(home, { recursive: true, force: true });
	await mkdir(home, { recursive: true });
	await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', home]);
	const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
		readonly n8n: { readonly nodes: readonly string[]; readonly credentials: readonly string[] };
	};
	const files = (paths: readonly string[]) => paths.map((path) => join(home, path));
	const nodes = files(manifest.n8n.nodes);
	const all = [...nodes, ...files(manifest.n8n.credentials)];
	const sheets = ofN8n('n8n-nodes-base/dist/nodes/Google/Sheet/GoogleSheets.node.js');
	const [forNodes, forSheets, forAll]: [Loaded[], Loaded[], Loaded[]] = [[], [], []];
	for (let repeat = 0; repeat < repeats; repeat++) {
		forNodes.push(await load(nodes, home));
		forSheets.push(await load([sheets], home));
		forAll.push(await load(all, home));
	}
	const modules = forAll[0]?.modules ?? [];
	log(`Loaded before the first execution: ${modules.join(', ')}`);
	const times = (loaded: readonly Loaded[]) => loaded.map(({ milliseconds }) => milliseconds);
	return [
		{
			id: 'f',
			what: 'The packed package',
			unit: 'kB',
			values: [size / 1000],
			goal: { atMost: 300 },
		},
		{
			id: 'f',
			what: `Loading its ${String(nodes.length)} nodes when n8n starts`,
			unit: 'ms',
			values: times(forNodes),
			goal: { atMost: 40 },
			isMain: true,
		},
		{
			id: 'f',
			what: 'Loading its nodes and credentials',
			unit: 'ms',
			values: times(forAll),
			other: { what: "n8n's Google Sheets node alone", values: times(forSheets) },
		},
	];
}

/** A file of a package that n8n depends on. */
function ofN8n(path: string): string {
	const n8n = realpathSync(join(n8nFolder, 'node_modules', 'n8n', 'package.json'));
	return createRequire(n8n).resolve(path);
}

/** As n8n's loader does, in a process of its own that has n8n-workflow already, as n8n has. */
async function load(files: readonly string[], home: string): Promise<Loaded> {
	const workflow = ofN8n('n8n-workflow/package.json');
	const script = `
		const { createContext, Script } = require('node:vm');
		const { parse } = require('node:path');
		require('n8n-workflow');
		const context = createContext({ require });
		const started = performance.now();
		for (const file of ${JSON.stringify(files)}) {
			const [name] = parse(file).name.split('.');
			new Script(\`new (require('\${file}').\${name})()\`).runInContext(context);
			if (file.endsWith('.node.js')) require(file + 'on');
		}
		const milliseconds = performance.now() - started;
		const home = ${JSON.stringify(`${home}/`)};
		const modules = Object.keys(require.cache).filter((path) => path.startsWith(home));
		console.log(JSON.stringify({ milliseconds, modules: modules.map((path) => path.slice(home.length)) }));`;
	const env = { ...process.env, NODE_PATH: dirname(dirname(workflow)), NODE_OPTIONS: '' };
	const { stdout } = await run(process.execPath, ['-e', script], { cwd: benchFolder, env });
	return JSON.parse(stdout) as Loaded;
}
