/**
 * The last step of the build. n8n gives a package no dependencies, so that the libraries of the shipped code have to be
 * inside: left as a require, they would silently become those that n8n happens to have.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { build } from 'esbuild';
import ts from 'typescript';

import { bundled } from './bundled.mts';

for (const [library, file] of Object.entries(bundled)) {
	await build({
		entryPoints: [`${file}.ts`],
		outfile: `dist/${file}.js`,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		minify: false,
		allowOverwrite: true,
		logLevel: 'warning',
	});
	console.log(`Bundled ${library} into dist/${file}.js`);
}
// n8n-node build copies every picture and schema of the tree; those of the tests, of README and of the links in packages/
// are not for n8n.
for (const folder of ['dist/test', 'dist/docs', 'dist/packages'])
	await rm(folder, { recursive: true, force: true });

// A program sees the declarations to which the entry leads. n8n needs none.
const declarations = await reachedFrom(join('dist', 'index.d.ts'));
for (const file of await readdir('dist', { recursive: true })) {
	const path = join('dist', file);
	if (path.endsWith('.d.ts') && !declarations.has(path)) await rm(path);
}

async function reachedFrom(file: string, reached = new Set<string>()): Promise<Set<string>> {
	reached.add(file);
	const { importedFiles } = ts.preProcessFile(await readFile(file, 'utf8'));
	for (const { fileName } of importedFiles) {
		const path = join(dirname(file), `${fileName}.d.ts`);
		if (!reached.has(path)) await reachedFrom(path, reached);
	}
	return reached;
}
