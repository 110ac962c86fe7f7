/** The names and contents of the packages of single phone systems, without a build. */
import { lstatSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

import { vendors } from '../nodes/vendors.ts';
import { manifestText, vendorPackageOf } from '../scripts/vendorPackages.mts';

const packages = vendors.map(vendorPackageOf);

test('packages/ has one folder for each vendor of the registry', () => {
	expect(readdirSync('packages').sort()).toEqual(packages.map(({ name }) => name).sort());
	expect(new Set(packages.map(({ name }) => name)).size).toBe(vendors.length);
});

describe.each(packages.map((one) => [one.name, one] as const))('%s', (name, one) => {
	const home = join('packages', name);

	test('has a folder that n8n finds by its package.json, up to date (pnpm pack:vendors)', () => {
		expect(readFileSync(join(home, 'package.json'), 'utf8')).toBe(manifestText(one));
	});

	test('has its sources in that folder, as links', () => {
		for (const source of one.sources) {
			expect(lstatSync(join(home, source)).isSymbolicLink()).toBe(true);
			expect(realpathSync(join(home, source))).toBe(realpathSync(source));
		}
	});

	test('has the examples of its page in that folder, with nodes of this package alone', () => {
		expect(one.examples.length).toBeGreaterThan(0);
		for (const { file, text } of one.examples) {
			expect(readFileSync(join(home, file), 'utf8')).toBe(text);
			const { nodes } = JSON.parse(text) as { nodes: readonly { readonly type: string }[] };
			const ours = nodes
				.map(({ type }) => type)
				.filter((type) => !/^(@n8n\/)?n8n-nodes-(base|langchain)\./.test(type));
			expect(ours).not.toEqual([]);
			for (const type of ours) expect(one.nodes.map((node) => `${name}.${node}`)).toContain(type);
			expect(one.readme).toContain(`/packages/${name}/${file})`);
		}
	});

	test('is found by n8n, and by its search words', () => {
		expect(name).toMatch(/^n8n-nodes-[a-z-]+$/);
		const { keywords, dependencies, description } = one.manifest;
		expect(keywords).toEqual(
			expect.arrayContaining(['n8n-community-node-package', one.nodes[0].toLowerCase(), 'phone']),
		);
		expect(dependencies).toBeUndefined();
		expect(description).toMatch(/^n8n community node\. .+\.$/);
		expect(description).not.toMatch(/[*_`[\]]/);
		expect(
			one.codexes.map(({ text }) => (JSON.parse(text) as { readonly node: string }).node),
		).toEqual(one.nodes.map((node) => `${name}.${node}`));
	});

	test('has a README with the sections of a community node, whose links lead out of the package', () => {
		const headings = [...one.readme.matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading);
		expect(headings).toEqual([
			name,
			'Installation',
			'Operations',
			'Set up',
			'Credential',
			'Fields',
			'Results',
			'Follow a call',
			'Call events',
			'Messages',
			'Limits',
			'Resources',
			'The result',
			'Compatibility',
			'Version history',
		]);
		const targets = [...one.readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
		expect(targets.length).toBeGreaterThan(10);
		for (const target of targets) expect(target).toMatch(/^(https?:\/\/|#)/);
	});
});
