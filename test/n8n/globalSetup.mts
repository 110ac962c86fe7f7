import { join } from 'node:path';
import type { GlobalConfig } from 'jest';
import { blockedAddress } from './context.mts';
import { installN8n } from './install.mts';
import { packPackage } from './pack.mts';
import { workFolder } from './paths.mts';
import { folderOfThisRun, onInterrupt } from './processes.mts';
import { withProgress } from './progress.mts';
import { startN8n, withoutCode } from './server.mts';
import type { N8nServer } from './server.mts';

const env = {
	...withoutCode,
	N8N_SSRF_PROTECTION_ENABLED: 'true',
	N8N_SSRF_BLOCKED_IP_RANGES: `${blockedAddress}/32`,
};

declare global {
	var n8nsUnderTest: N8nServer[] | undefined;
}

/** An n8n for each of jest's workers, on an empty database; their addresses and logs are in N8N_UNDER_TEST. */
export default async function globalSetup({
	maxWorkers,
}: Pick<GlobalConfig, 'maxWorkers'>): Promise<void> {
	process.stderr.write('\n');
	const started: N8nServer[] = [];
	globalThis.n8nsUnderTest = started;
	onInterrupt(async () => {
		await Promise.all(started.map(({ stop }) => stop()));
	});
	await installN8n();
	const installPackage = await packPackage();
	const folder = await folderOfThisRun(join(workFolder, 'test'));
	const start = async (_: unknown, index: number) => {
		const userFolder = join(folder, String(index + 1));
		started[index] = await startN8n({ userFolder, installPackage, env });
	};
	await withProgress('Starting n8n', () => Promise.all(Array.from({ length: maxWorkers }, start)));
	process.env.N8N_UNDER_TEST = JSON.stringify(
		started.map(({ url, logFile }) => ({ url, logFile })),
	);
}
