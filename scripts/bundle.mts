/**
 * The last step of the build. n8n installs no dependencies of a package, so the shipped code has to contain its libraries. A
 * `require` would silently load the versions that n8n happens to have.
 */
import { rm } from 'node:fs/promises';

import { build } from 'esbuild';

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
// n8n-node build copies every picture and schema of the tree. Those of the tests, of README and of packages/ are not for n8n.
for (const folder of ['dist/test', 'dist/docs', 'dist/packages'])
	await rm(folder, { recursive: true, force: true });
