/** The versions of n8n that the promise is tested with, each in a workspace of its own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installN8n } from '../install.mts';
import { n8nFolder, workFolder } from '../paths.mts';

export interface Version {
	readonly version: string;
	/** Exact versions of packages whose newest ones do not fit, or come from elsewhere than the registry. */
	readonly overrides: Readonly<Record<string, string>>;
}

/** The one that the other tests run has a workspace already. */
export const olderVersions: readonly Version[] = [
	{
		version: '1.123.81',
		overrides: {
			xlsx: '0.18.5',
			'@langchain/langgraph': '1.0.2',
			'@langchain/langgraph-checkpoint': '1.0.0',
		},
	},
	{
		version: '2.0.3',
		overrides: {
			xlsx: '0.18.5',
			'@langchain/langgraph': '1.0.2',
			'@langchain/langgraph-checkpoint': '1.0.0',
		},
	},
	{
		version: '2.20.12',
		overrides: {
			xlsx: '0.18.5',
			'@langchain/langgraph': '1.1.5',
			'@langchain/langgraph-checkpoint': '1.0.0',
			linkedom: '0.18.12',
		},
	},
];

/** What may run install scripts is the same in all of them; older ones ask about one package more. */
async function allowBuilds(): Promise<string> {
	const settings = await readFile(join(n8nFolder, 'pnpm-workspace.yaml'), 'utf8');
	const list = settings.slice(settings.indexOf('allowBuilds:')).trimEnd();
	return `${list}\n  '@sentry-internal/node-native-stacktrace': false\n`;
}

/** Makes sure that this version is installed; returns where. */
export async function installVersion({ version, overrides }: Version): Promise<string> {
	const folder = join(workFolder, 'versions', version);
	await mkdir(folder, { recursive: true });
	const manifest = { name: 'n8n-for-tests', private: true, dependencies: { n8n: version } };
	await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
	const lines = Object.entries(overrides).map(([name, exact]) => `  '${name}': ${exact}\n`);
	const settings = `overrides:\n${lines.join('')}${await allowBuilds()}`;
	await writeFile(join(folder, 'pnpm-workspace.yaml'), settings);
	await installN8n({
		folder,
		saidBy: ['package.json', 'pnpm-workspace.yaml'],
		flags: ['--no-frozen-lockfile'],
	});
	return folder;
}
