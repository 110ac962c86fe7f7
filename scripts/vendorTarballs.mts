/** Makes the package of each phone system from the whole one: its nodes and its credential, and all that they load. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

import { build } from 'esbuild';

import type { Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { packPackage } from '../test/n8n/pack.mts';
import { workFolder } from '../test/n8n/paths.mts';
import { runToEnd } from '../test/n8n/processes.mts';
import { manifestText, type VendorPackage, vendorPackageOf } from './vendorPackages.mts';

export interface VendorTarball extends VendorPackage {
	readonly tarball: string;
}

/** One tarball for each vendor of the registry; the same build as the whole package, whose tarball comes first. */
export async function packVendors(): Promise<{
	readonly whole: string;
	readonly vendors: readonly VendorTarball[];
}> {
	const whole = await packPackage();
	const work = await mkdtemp(join(workFolder, 'vendors-'));
	try {
		const unpacked = join(work, 'whole');
		await unpack(whole, unpacked);
		const require = createRequire(join(unpacked, 'package.json'));
		const { vendors } = require('./dist/nodes/vendors.js') as { vendors: readonly Vendor[] };
		const packages = vendors.map(vendorPackageOf);
		const packed = packages.map(async (one) => {
			const home = join(work, one.name, 'package');
			await fill(home, one, unpacked);
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

async function fill(home: string, one: VendorPackage, unpacked: string): Promise<void> {
	const files = [
		'LICENSE',
		'CHANGELOG.md',
		...(await reachedFrom([...one.manifest.n8n.nodes, ...one.manifest.n8n.credentials], unpacked)),
		...(await besideNode(one, unpacked)),
	];
	for (const file of files) {
		await mkdir(dirname(join(home, file)), { recursive: true });
		await copyFile(join(unpacked, file), join(home, file));
	}
	for (const { file, text } of one.codexes) await writeFile(join(home, 'dist', file), text);
	await writeFile(join(home, 'README.md'), one.readme);
	await writeFile(join(home, 'package.json'), manifestText(one));
}

/** All that these files load, themselves included. */
async function reachedFrom(entryPoints: readonly string[], folder: string): Promise<string[]> {
	const { metafile } = await build({
		absWorkingDir: folder,
		entryPoints: [...entryPoints],
		outdir: '.',
		bundle: true,
		write: false,
		metafile: true,
		platform: 'node',
		packages: 'external',
		logLevel: 'warning',
	});
	return Object.keys(metafile.inputs).map((file) => relative(folder, resolve(folder, file)));
}

/** Icons, schemas and the codex. */
async function besideNode({ folder }: VendorPackage, unpacked: string): Promise<string[]> {
	const home = join('dist', 'nodes', folder);
	const names = await readdir(join(unpacked, home), { recursive: true });
	return names.filter((name) => /\.(?:svg|json)$/.test(name)).map((name) => join(home, name));
}
