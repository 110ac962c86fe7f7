/** Makes CommonJS of the sources. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { compileFunction } from 'node:vm';

import { build, type BuildOptions } from 'esbuild';

const projectFolder = join(import.meta.dirname, '..');

/**
 * The libraries in the shipped code. n8n installs no dependencies of a package, and a `require` would silently load the
 * versions that n8n happens to have.
 */
export const bundledLibraries = ['fast-xml-parser', 'libphonenumber-js', 'ipaddr.js'] as const;

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
 * Writes the code of these nodes and credentials into nodes.js, that of the library into index.js if there is one, and
 * what both use into shared.js. The files that n8n loads are where n8n looks for them.
 */
export async function writeBundle(dist: string, listed: Listed, library?: string): Promise<void> {
	const files = [...listed.nodes, ...listed.credentials].map((file) => relative('dist', file));
	const classes = files.map(
		(file) => `export { ${classIn(file)} } from './${file.replace(/\.js$/, '')}';`,
	);
	const { outputFiles } = await build({
		...options,
		entryPoints: library === undefined ? [] : [library],
		stdin: { contents: classes.join('\n'), resolveDir: projectFolder, sourcefile: 'nodes.ts' },
		outdir: dist,
		// esbuild splits what several entries use from ES modules alone.
		format: 'esm',
		splitting: true,
		chunkNames: 'shared',
		external: [...options.external, ...bundledLibraries],
	});
	await mkdir(dist, { recursive: true });
	for (const { library: name, uses } of outputFiles.flatMap(({ text }) => librariesIn(text))) {
		await build({
			...options,
			stdin: {
				contents: `export { ${uses.join(', ')} } from '${name}';`,
				resolveDir: projectFolder,
			},
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

/** The libraries that an ES module imports, each as a whole, with what it uses of them. */
function librariesIn(text: string) {
	const imports = text.matchAll(/^import \* as (\w+) from "(.*)";$/gm);
	return [...imports].map(([line, name = '', library = '']) => {
		const use = new RegExp(`\\b${name}\\.(\\w+)`, 'g');
		const uses = [...new Set([...text.matchAll(use)].map(([, used = '']) => used))];
		return { line, use, library, uses };
	});
}

function fileOf(library: string): string {
	return library.replace(/\/.*|\.js$/, '') + '.js';
}

/**
 * n8n loads no library when it starts, which takes a third less time: each use loads it, and Node keeps what is loaded.
 */
function withLazyLibraries(text: string): string {
	return librariesIn(text).reduce(
		(changed, { line, use, library }) =>
			changed.replace(line, '').replace(use, `(require("./${fileOf(library)}")).$1`),
		text,
	);
}

/** Of an ES module that esbuild wrote. Its chunks do not import each other in a circle, so nothing has to be bound late. */
function toCommonJs(text: string): string {
	const converted = withLazyLibraries(text)
		.replace(
			/^import \{([^}]*)\} from (".*");$/gm,
			(_, names: string, from: string) =>
				`const {${names.replace(/(\w+) as (\w+)/g, '$1: $2')}} = require(${from});`,
		)
		.replace(
			/^export \{([^}]*)\};$/m,
			(_, names: string) => `module.exports = {${names.replace(/(\w+) as (\w+)/g, '$2: $1')}};`,
		)
		.replace(/\bimport\((".*?")\)/g, 'Promise.resolve().then(() => require($1))')
		// esbuild leaves them in comments alone. V8 takes twice the memory for a file that has any, and more time.
		.replace(/[^\0-\x7f]/g, '-');
	const left = /^(?:import|export)\b.*/m.exec(converted);
	if (left) throw new Error(`esbuild wrote a line of another form: ${left[0]}`);
	return `'use strict';\n${converted}`;
}

/** What a source file exports. Plain Node does not run the sources, whose imports have no extension. */
export async function loadSource<Exports>(file: string): Promise<Exports> {
	const { outputFiles } = await build({ ...options, entryPoints: [file], format: 'cjs' });
	const module = { exports: {} };
	compileFunction(outputFiles[0]?.text ?? '', ['module', 'exports', 'require'])(
		module,
		module.exports,
		createRequire(import.meta.url),
	);
	return module.exports as Exports;
}
