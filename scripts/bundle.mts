/**
 * The last step of the build. n8n gives a package no dependencies, so that fast-xml-parser has to be inside: left as a
 * require, it would silently become the older one that n8n happens to have.
 */
import { rm } from 'node:fs/promises';

import { build } from 'esbuild';

import { freeDeclarations } from './declarations.mts';
import { loadLazily } from './lazy.mts';

const file = 'dist/nodes/shared/xml.js';

await build({
	entryPoints: ['nodes/shared/xml.ts'],
	outfile: file,
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node20',
	minify: false,
	allowOverwrite: true,
	logLevel: 'warning',
});
await loadLazily(file);
// n8n-node build copies every picture and schema of the tree; those under test/ belong to the n8n of the tests.
await rm('dist/test', { recursive: true, force: true });
const freed = await freeDeclarations();
console.log(
	`Bundled fast-xml-parser into ${file}; freed ${String(freed)} declarations of other packages`,
);
