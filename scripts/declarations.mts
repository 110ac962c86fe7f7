/**
 * The types that a program reads, without n8n: `dist/index.d.ts` leads to declarations in which types of n8n stand for
 * parts that a program never meets. Here they become unknown ones, so that a strict program needs no n8n-workflow.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const stub = 'dist/library/n8nTypes';
const fromN8n = /import (?:type )?\{([^}]*)\} from 'n8n-workflow';/g;

/** The declaration files that one leads to, itself included. */
async function reachable(file: string, found = new Map<string, string>()) {
	if (found.has(file)) return found;
	const text = await readFile(file, 'utf8');
	found.set(file, text);
	for (const [, target = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
		await reachable(`${join(dirname(file), target)}.d.ts`, found);
	}
	return found;
}

/** Returns how many files were changed; all are in folders beside that of the stub. */
export async function freeDeclarationsOfN8n(): Promise<number> {
	const names = new Set<string>();
	let changed = 0;
	for (const [file, text] of await reachable('dist/index.d.ts')) {
		const freed = text.replace(fromN8n, (_import, list: string) => {
			for (const name of list.split(',')) names.add(name.replace(/^\s*type /, '').trim());
			return `import type {${list.replace(/\btype /g, '')}} from '${relative(dirname(file), stub)}';`;
		});
		if (freed === text) continue;
		await writeFile(file, freed);
		changed += 1;
	}
	const types = [...names].sort().map((name) => `export type ${name} = any;\n`);
	const why = '/** Types of n8n, in parts of the declarations that a program never meets. */\n';
	await writeFile(`${stub}.d.ts`, why + types.join(''));
	return changed;
}
