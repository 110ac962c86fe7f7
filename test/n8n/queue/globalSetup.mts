import { installN8n } from '../install.mts';
import { packPackage } from '../pack.mts';
import { findPrograms } from './services.mts';

/** What every file of this project starts; each starts an n8n of its own, to end and restart it. */
export default async function globalSetup(): Promise<void> {
	process.stderr.write('\n');
	await findPrograms();
	await installN8n();
	process.env.PACKAGE_UNDER_TEST = await packPackage();
}
