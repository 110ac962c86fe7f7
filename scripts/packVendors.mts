/**
 * `pnpm pack:vendors`: the tarballs of all packages into tarballs/, and into packages/ what n8n's scanner looks for in the
 * repository, which is a folder with the package's name in its package.json, and the sources; beside it the examples.
 */
import { copyFile, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { packageName, projectFolder } from '../test/n8n/paths.mts';
import { manifestText, type VendorPackage } from './vendorPackages.mts';
import { packVendors } from './vendorTarballs.mts';

const packagesFolder = join(projectFolder, 'packages');
const tarballsFolder = join(projectFolder, 'tarballs');

async function writeSources(one: VendorPackage): Promise<void> {
	const home = join(packagesFolder, one.name);
	await mkdir(home, { recursive: true });
	await writeFile(join(home, 'package.json'), manifestText(one));
	for (const { file, text } of one.examples) {
		await mkdir(dirname(join(home, file)), { recursive: true });
		await writeFile(join(home, file), text);
	}
	for (const source of one.sources) {
		const link = join(home, source);
		await mkdir(dirname(link), { recursive: true });
		await symlink(relative(dirname(link), join(projectFolder, source)), link);
	}
}

const { whole, vendors } = await packVendors();
for (const folder of [packagesFolder, tarballsFolder]) {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder);
}
for (const one of vendors) await writeSources(one);
const version = String(vendors[0]?.manifest.version);
for (const [index, from] of [whole, ...vendors.map(({ tarball }) => tarball)].entries()) {
	const name = vendors[index - 1]?.name ?? packageName;
	const to = join(tarballsFolder, `${name}-${version}.tgz`);
	await copyFile(from, to);
	const { size } = await stat(to);
	console.log(`${relative(projectFolder, to)}  ${String(Math.round(size / 1000))} kB`);
}
