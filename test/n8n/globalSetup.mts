import { join } from 'node:path';
import { blockedAddress } from './context.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { folderOfThisRun, onInterrupt } from './processes.mts';
import { withProgress } from './progress.mts';
import { startN8n } from './server.mts';
import type { N8nServer } from './server.mts';

const networkPolicy = {
	N8N_SSRF_PROTECTION_ENABLED: 'true',
	N8N_SSRF_BLOCKED_IP_RANGES: `${blockedAddress}/32`,
};

declare global {
	var n8nUnderTest: N8nServer | undefined;
}

/** One n8n for all test files, on an empty database; its address is in N8N_UNDER_TEST, its log in N8N_UNDER_TEST_LOG. */
export default async function globalSetup(): Promise<void> {
	process.stderr.write('\n');
	onInterrupt(async () => {
		await globalThis.n8nUnderTest?.stop();
	});
	await installN8n();
	const installPackage = await packPackage();
	const userFolder = await folderOfThisRun(join(workFolder, 'test'));
	globalThis.n8nUnderTest = await withProgress('Starting n8n', () =>
		startN8n({ userFolder, installPackage, env: networkPolicy }),
	);
	process.env.N8N_UNDER_TEST = globalThis.n8nUnderTest.url;
	process.env.N8N_UNDER_TEST_LOG = globalThis.n8nUnderTest.logFile;
}
