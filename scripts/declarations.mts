/**
 * The types that a program reads, without n8n: `dist/index.d.ts` leads to declarations in which types of other packages,
 * n8n's above all, stand for parts that a program never meets. Here they become unknown ones, so that a strict program
 * needs none of these packages.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const stub = 'dist/library/foreignTypes';
const fromPackage = /import (?:type )?\{([^}]*)\} from '[^.'][^']*';/g;

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
export async function freeDeclarations(): Promise<number> {
	const names = new Set<string>();
	let changed = 0;
	for (const [file, text] of await reachable('dist/index.d.ts')) {
		const freed = text.replace(fromPackage, (_import, list: string) => {
			const bare = list.replace(/\btype /g, '');
			for (const name of bare.split(',')) names.add(name.trim());
			return `import type {${bare}} from '${relative(dirname(file), stub)}';`;
		});
		if (freed === text) continue;
		await writeFile(file, freed);
		changed += 1;
	}
	const types = [...names].sort().map((name) => `export type ${name} = any;\n`);
	const why =
		'/** Types of other packages, in parts of the declarations that a program never meets. */\n';
	await writeFile(`${stub}.d.ts`, why + types.join(''));
	return changed;
}
