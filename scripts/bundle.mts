/** The last step of the build: few files in place of the many modules in dist/, each of which takes n8n a third of a millisecond. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import ts from 'typescript';

import { type Listed, writeBundle } from './bundling.mts';

// n8n-node build copies every picture and schema of the tree. Those of the tests, of README and of packages/ are not for n8n.
for (const folder of ['dist/test', 'dist/docs', 'dist/packages'])
	await rm(folder, { recursive: true, force: true });

// A program sees the declarations to which the entry leads. n8n needs none.
const declarations = await reachedFrom(join('dist', 'index.d.ts'));
for (const file of await readdir('dist', { recursive: true })) {
	const path = join('dist', file);
	if (path.endsWith('.js') || (path.endsWith('.d.ts') && !declarations.has(path))) await rm(path);
}

const { n8n } = JSON.parse(await readFile('package.json', 'utf8')) as { readonly n8n: Listed };
await writeBundle('dist', n8n, 'index.ts');

async function reachedFrom(file: string, reached = new Set<string>()): Promise<Set<string>> {
	reached.add(file);
	const { importedFiles } = ts.preProcessFile(await readFile(file, 'utf8'));
	for (const { fileName } of importedFiles) {
		const path = join(dirname(file), `${fileName}.d.ts`);
		if (!reached.has(path)) await reachedFrom(path, reached);
	}
	return reached;
}
