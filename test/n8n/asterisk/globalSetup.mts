import type { GlobalConfig } from 'jest';
import startN8nUnderTest from '../globalSetup.mts';
import { ensurePrograms } from './install.mts';

/** An n8n for each of jest's workers. Each test file starts its own Asterisk. */
export default async function globalSetup(config: Pick<GlobalConfig, 'maxWorkers'>): Promise<void> {
	process.stderr.write('\n');
	await ensurePrograms();
	await startN8nUnderTest(config);
}
