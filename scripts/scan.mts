/** n8n's scanner for community packages, offline: the sources, and what is in the packed tarball. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import { packPackage } from '../test/n8n/pack.mts';
import { projectFolder, workFolder } from '../test/n8n/paths.mts';
import { runToEnd } from '../test/n8n/processes.mts';

const tarball = await packPackage();
const unpacked = await mkdtemp(join(workFolder, 'scan-'));
try {
	const code = await runToEnd({
		command: 'tar',
		args: ['-xzf', tarball, '--strip-components=1', '-C', unpacked],
		cwd: workFolder,
		logFile: join(workFolder, 'scan.log'),
	});
	if (code !== 0) throw new Error(`Could not unpack ${tarball}`);
	const scans = {
		sources: await analyzePackage(projectFolder, SOURCE_FILE_PATTERNS),
		tarball: await analyzePackage(unpacked, ['**/*.js', 'package.json']),
	};
	for (const [what, { passed, message, details }] of Object.entries(scans)) {
		console.log(
			`Scan of the ${what}: ${passed ? 'no finding' : (message ?? '')}\n${details ?? ''}`,
		);
		if (!passed || message !== undefined) process.exitCode = 1;
	}
} finally {
	await rm(unpacked, { recursive: true, force: true });
}
