import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { blockedAddress } from './context.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { isAlive, onInterrupt } from './processes.mts';
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

/** A folder of this run's own; those of runs that have ended are removed now, so that the last log can be read. */
async function freshUserFolder(): Promise<string> {
	const parent = join(workFolder, 'test');
	for (const run of await readdir(parent).catch(() => [])) {
		if (isAlive(Number(run))) continue;
		await rm(join(parent, run), { recursive: true, force: true });
	}
	return join(parent, String(process.pid));
}

/** One n8n for all test files, on an empty database; its address is in N8N_UNDER_TEST. */
export default async function globalSetup(): Promise<void> {
	process.stderr.write('\n');
	onInterrupt(async () => {
		await globalThis.n8nUnderTest?.stop();
	});
	await installN8n();
	const installPackage = await packPackage();
	const userFolder = await freshUserFolder();
	globalThis.n8nUnderTest = await withProgress('Starting n8n', () =>
		startN8n({ userFolder, installPackage, env: networkPolicy }),
	);
	process.env.N8N_UNDER_TEST = globalThis.n8nUnderTest.url;
}
