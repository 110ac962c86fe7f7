/**
 * n8n's scanner for community packages, offline, over each package of the repository: the sources where it looks for them,
 * and what is in the tarball. The lint of n8n's strict mode reads every package.json; `pnpm lint` reads the rest.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
	analyzePackage,
	findPackageRoot,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';

import { packageName, projectFolder, workFolder } from '../test/n8n/paths.mts';
import { packVendors, unpack } from './vendorTarballs.mts';

const rules = join(projectFolder, 'eslint.config.mjs');

function report(what: string, findings: string | undefined): void {
	console.log(`${what}: ${findings ?? 'no finding'}`);
	if (findings !== undefined) process.exitCode = 1;
}

async function scan(what: string, folder: string, patterns: readonly string[]): Promise<void> {
	const { passed, message, details } = await analyzePackage(folder, patterns);
	report(
		what,
		passed && message === undefined ? undefined : `${message ?? ''}\n${details ?? ''}`.trim(),
	);
}

/** With the rules that `n8n-node lint` has for a package.json. */
async function lintManifest(name: string, folder: string): Promise<void> {
	const eslint = new ESLint({ cwd: folder, overrideConfigFile: rules });
	const results = await eslint.lintFiles(['package.json']);
	const messages = results.flatMap((result) => result.messages.map(({ message }) => message));
	report(`Lint of package.json of ${name}`, messages.length > 0 ? messages.join('\n') : undefined);
}

const { whole, vendors } = await packVendors();
for (const { name, tarball } of [{ name: packageName, tarball: whole }, ...vendors]) {
	const root = findPackageRoot(projectFolder, name);
	if (root === null) {
		report(`Sources of ${name}`, 'no folder has this name in package.json: run pnpm pack:vendors');
		continue;
	}
	await scan(`Scan of the sources of ${name}`, root, SOURCE_FILE_PATTERNS);
	await lintManifest(name, root);
	const unpacked = await mkdtemp(join(workFolder, 'scan-'));
	try {
		await unpack(tarball, unpacked);
		await scan(`Scan of the tarball of ${name}`, unpacked, ['**/*.js', 'package.json']);
	} finally {
		await rm(unpacked, { recursive: true, force: true });
	}
}
