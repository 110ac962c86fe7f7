import { rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename } from 'node:path';

/**
 * Makes a built module load when one of its exports is first used, not with the module that imports it: n8n loads every
 * node at its start, to show its form, and most of them are not executed. TypeScript reads an import where it is used, so
 * that nothing else changes. Takes the module's path, which ends in `.js`; the module itself moves to `.bundle.js`.
 */
export async function loadLazily(file: string): Promise<void> {
	const bundle = file.replace(/\.js$/, '.bundle.js');
	await rename(file, bundle);
	const exported = createRequire(import.meta.url)(`../${bundle}`) as object;
	const getters = Object.keys(exported).map(
		(name) =>
			`Object.defineProperty(exports, '${name}', { enumerable: true, get: () => load().${name} });`,
	);
	const lines = [
		"'use strict';",
		"Object.defineProperty(exports, '__esModule', { value: true });",
		'let loaded;',
		`const load = () => (loaded ??= require('./${basename(bundle)}'));`,
		...getters,
	];
	await writeFile(file, `${lines.join('\n')}\n`);
}
