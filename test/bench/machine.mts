import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { n8nFolder } from '../n8n/paths.mts';

/** What the figures depend on; nothing that identifies the machine. */
export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryGB: number;
	readonly node: string;
	readonly n8n: string;
}

export function describeMachine(): Machine {
	const manifest = readFileSync(join(n8nFolder, 'node_modules', 'n8n', 'package.json'), 'utf8');
	const { version } = JSON.parse(manifest) as { version: string };
	const processors = cpus();
	return {
		cpu: processors[0]?.model.trim() ?? 'unknown processor',
		cores: processors.length,
		memoryGB: Math.round(totalmem() / 1024 ** 3),
		node: process.versions.node,
		n8n: version,
	};
}

export function machineText({ cpu, cores, memoryGB, node, n8n }: Machine): string {
	return `${cpu}, ${String(cores)} cores, ${String(memoryGB)} GB of memory; Node ${node}, n8n ${n8n}.`;
}
