/** Makes the package of each phone system: its nodes and its credential, and all that they load. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { packPackage } from '../test/n8n/pack.mts';
import { projectFolder, workFolder } from '../test/n8n/paths.mts';
import { runToEnd } from '../test/n8n/processes.mts';
import { loadSource, writeBundle } from './bundling.mts';
import { manifestText, type VendorPackage, vendorPackageOf } from './vendorPackages.mts';

export interface VendorTarball extends VendorPackage {
	readonly tarball: string;
}

/** The tarball of the whole package, and one for each vendor of the registry, from the same sources. */
export async function packVendors(): Promise<{
	readonly whole: string;
	readonly vendors: readonly VendorTarball[];
}> {
	const whole = await packPackage();
	const work = await mkdtemp(join(workFolder, 'vendors-'));
	try {
		const { vendors } = await loadSource<{ readonly vendors: readonly Vendor[] }>(
			'nodes/vendors.ts',
		);
		const packages = vendors.map(vendorPackageOf);
		const packed = packages.map(async (one) => {
			const home = join(work, one.name, 'package');
			await fill(home, one);
			return { ...one, tarball: await packFolder(home, one) };
		});
		return { whole, vendors: await Promise.all(packed) };
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/** Unpacks the tarball of a package into a folder, which becomes the package's own. */
export async function unpack(tarball: string, folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	await tar('-xzf', tarball, '--strip-components=1', '-C', folder);
}

async function packFolder(home: string, { name }: VendorPackage): Promise<string> {
	const tarball = join(workFolder, `${name}.tgz`);
	// Renamed when it is complete, because another run may be reading the previous one.
	const fresh = `${home}.tgz`;
	await tar('-czf', fresh, '-C', dirname(home), 'package');
	await rename(fresh, tarball);
	return tarball;
}

async function tar(...args: readonly string[]): Promise<void> {
	const logFile = join(workFolder, 'tar.log');
	const code = await runToEnd({ command: 'tar', args, cwd: workFolder, logFile });
	if (code !== 0) throw new Error(`tar ${args.join(' ')} failed, see ${logFile}`);
}

async function fill(home: string, one: VendorPackage): Promise<void> {
	const dist = join(home, 'dist');
	await writeBundle(dist, one.manifest.n8n);
	for (const file of ['LICENSE', 'CHANGELOG.md'])
		await copyFile(join(projectFolder, file), join(home, file));
	for (const file of await besideNodes(one)) {
		await mkdir(dirname(join(dist, file)), { recursive: true });
		await copyFile(join(projectFolder, file), join(dist, file));
	}
	for (const { file, text } of one.codexes) await writeFile(join(dist, file), text);
	await writeFile(join(home, 'README.md'), one.readme);
	await writeFile(join(home, 'package.json'), manifestText(one));
}

/** Icons and schemas. */
async function besideNodes({ folder }: VendorPackage): Promise<readonly string[]> {
	const home = join('nodes', folder);
	const names = await readdir(join(projectFolder, home), { recursive: true });
	return names.filter((name) => /\.(?:svg|json)$/.test(name)).map((name) => join(home, name));
}
