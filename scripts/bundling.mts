/** Makes CommonJS of the sources. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { compileFunction } from 'node:vm';

import { build, type BuildOptions, type Plugin } from 'esbuild';
import ts from 'typescript';

const projectFolder = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/**
 * The libraries in the shipped code. n8n installs no dependencies of a package, and a `require` would silently load the
 * versions that n8n happens to have.
 */
export const bundledLibraries = ['@rgrove/parse-xml', 'libphonenumber-js', 'ipaddr.js'] as const;

const options = {
	absWorkingDir: projectFolder,
	bundle: true,
	write: false,
	platform: 'node',
	target: 'node20',
	external: ['n8n-workflow', 'undici'],
	logLevel: 'warning',
} satisfies BuildOptions;

/** What package.json lists for n8n, by paths that begin with dist/. */
export interface Listed {
	readonly nodes: readonly string[];
	readonly credentials: readonly string[];
}

/**
 * Writes the code of these nodes and credentials into nodes.js, that of the library into index.js if there is one, what
 * both use into shared.js, and each bundled library into a file of its own. The files that n8n loads are where n8n looks for
 * them.
 */
export async function writeBundle(dist: string, listed: Listed, library?: string): Promise<void> {
	const files = [...listed.nodes, ...listed.credentials].map((file) => relative('dist', file));
	const classes = files.map(
		(file) => `export { ${classIn(file)} } from './${file.replace(/\.js$/, '')}';`,
	);
	const used = new Map<string, readonly string[]>();
	const { outputFiles } = await build({
		...options,
		entryPoints: library === undefined ? [] : [library],
		stdin: { contents: classes.join('\n'), resolveDir: projectFolder, sourcefile: 'nodes.ts' },
		outdir: dist,
		// esbuild splits what several entries use from ES modules alone.
		format: 'esm',
		splitting: true,
		chunkNames: 'shared',
		plugins: [loadedAtFirstUse(used)],
	});
	await mkdir(dist, { recursive: true });
	for (const [name, members] of used) {
		const contents = `export { ${members.join(', ')} } from '${name}';`;
		await build({
			...options,
			stdin: { contents, resolveDir: projectFolder },
			outfile: join(dist, fileOf(name)),
			format: 'cjs',
			write: true,
		});
	}
	for (const { path, text } of outputFiles) {
		// What comes from no file, esbuild calls stdin.js.
		const name = basename(path).replace('stdin', 'nodes');
		await writeFile(join(dist, name), toCommonJs(text));
	}
	for (const file of files) {
		const bundle = join(relative(dirname(file), '.'), 'nodes.js');
		await mkdir(dirname(join(dist, file)), { recursive: true });
		await writeFile(
			join(dist, file),
			`exports.${classIn(file)} = require('${bundle}').${classIn(file)};\n`,
		);
	}
}

/** The class in a file has the file's name, as n8n wants it. */
function classIn(file: string): string {
	return basename(file).replace(/\..*$/, '');
}

/** Named after the library, without its scope and the path inside it. */
function fileOf(path: string): string {
	const library = bundledLibraries.find((name) => `${path}/`.startsWith(`${name}/`)) ?? path;
	return `${basename(library, '.js')}.js`;
}

/**
 * Puts an object whose members load the file of a library in place of the library, because n8n uses none when it starts.
 * Collects the libraries in `used`, with what their only importer takes of them.
 */
function loadedAtFirstUse(used: Map<string, readonly string[]>): Plugin {
	const names = bundledLibraries.map((name) => name.replace('.', '\\.'));
	const namespace = 'loaded at first use';
	return {
		name: namespace,
		setup({ onResolve, onLoad }) {
			onResolve({ filter: new RegExp(`^(?:${names.join('|')})(?:/|$)`) }, ({ path, importer }) => {
				if (used.has(path)) throw new Error(`${path} has a second importer: ${importer}`);
				used.set(path, importedNames(importer, path));
				return { path, namespace };
			});
			onResolve({ filter: /^\./, namespace }, ({ path }) => ({ path, external: true }));
			onLoad({ filter: /^/, namespace }, ({ path }) => {
				const members = (used.get(path) ?? []).map(
					(name) => `get ${name}() { return load().${name}; },`,
				);
				const contents = `
					let loaded;
					const load = () => (loaded ??= require('./${fileOf(path)}'));
					module.exports = { ${members.join(' ')} };`;
				return { contents };
			});
		},
	};
}

/** The values that a source file imports from a module, by name. */
function importedNames(file: string, module: string): readonly string[] {
	const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022);
	return source.statements
		.filter(ts.isImportDeclaration)
		.filter(({ moduleSpecifier: from }) => ts.isStringLiteral(from) && from.text === module)
		.map(({ importClause }) => importClause)
		.filter((clause) => clause?.isTypeOnly === false)
		.map((clause) => clause?.namedBindings)
		.filter((bindings) => bindings !== undefined && ts.isNamedImports(bindings))
		.flatMap(({ elements }) => elements.filter(({ isTypeOnly }) => !isTypeOnly))
		.map(({ name, propertyName = name }) => propertyName.text);
}

/** esbuild itself would leave out the paths of the modules, and look up each import through a getter. */
function toCommonJs(text: string): string {
	const { ES2022 } = ts.ScriptTarget;
	const { CommonJS } = ts.ModuleKind;
	return ts.transpileModule(text, { compilerOptions: { target: ES2022, module: CommonJS } })
		.outputText;
}

/** What a source file exports. Plain Node does not run the sources, whose imports have no extension. */
export async function loadSource<Exports>(file: string): Promise<Exports> {
	const { outputFiles } = await build({ ...options, entryPoints: [file], format: 'cjs' });
	const module = { exports: {} };
	compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require'])(
		module,
		module.exports,
		require,
	);
	return module.exports as Exports;
}
