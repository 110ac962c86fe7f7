import startN8nUnderTest from '../globalSetup.mts';
import { ensurePrograms } from './install.mts';

/** One n8n for all files of this project; each file starts an Asterisk of its own. */
export default async function globalSetup(): Promise<void> {
	process.stderr.write('\n');
	await ensurePrograms();
	await startN8nUnderTest();
}
