/**
 * The name and content of the package of one phone system. All of it follows from the vendor's value, its page in docs/,
 * its node's codex, and package.json and README of the whole package.
 */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import type { Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { bundledLibraries } from './bundling.mts';

const projectFolder = join(import.meta.dirname, '..');

/** The names that are not `n8n-nodes-` and the vendor's id. Asterisk has more interfaces than the one that places calls. */
const otherNames: Readonly<Record<string, string>> = { asterisk: 'n8n-nodes-asterisk-call' };

interface Manifest {
	readonly name: string;
	readonly version: string;
	readonly repository: { readonly type: string; readonly url: string };
	readonly devDependencies?: Readonly<Record<string, string>>;
	readonly n8n: { readonly credentials: readonly string[]; readonly nodes: readonly string[] };
	readonly [key: string]: unknown;
}

interface Codex {
	readonly node: string;
	readonly alias: readonly string[];
}

/** The package of one phone system. */
export interface VendorPackage {
	readonly name: string;
	/** The types of its nodes in a workflow, without the name of the package: the node itself comes first. */
	readonly nodes: readonly [string, ...string[]];
	/** Of the vendor, in nodes/. */
	readonly folder: string;
	/** Its package.json: in the tarball and, for n8n's scanner, in packages/. */
	readonly manifest: Manifest;
	readonly readme: string;
	/** The files that n8n reads the search words from, by their path in the repository, with the name of this package in them. */
	readonly codexes: readonly { readonly file: string; readonly text: string }[];
	/** The workflows that its page links to, by their path in its folder in packages/, with the name of this package in them. */
	readonly examples: readonly { readonly file: string; readonly text: string }[];
	/** The sources that n8n's scanner reads, by their path in the repository. */
	readonly sources: readonly string[];
}

const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
const capitalized = (text: string) => text.replace(/^./, (first) => first.toUpperCase());

/** Makes the package of a vendor from the files of the repository. */
export function vendorPackageOf(vendor: Vendor): VendorPackage {
	const { id, credentialType } = vendor;
	const whole = JSON.parse(read('package.json')) as Manifest;
	const name = otherNames[id] ?? `n8n-nodes-${id.toLowerCase()}`;
	const folder = capitalized(id);
	const page = `docs/${id.toLowerCase()}.md`;
	const examples = examplesOf(read(page), whole.name, id);
	const nodes = nodesOf(vendor);
	const files = nodes.map((node) => `nodes/${folder}/${capitalized(node)}.node`);
	const codexes = files.map((file) => ({ file: `${file}.json`, codex: codexIn(`${file}.json`) }));
	const credential = `credentials/${capitalized(credentialType)}.credentials`;
	const { version, license, author, repository, bugs, engines, peerDependencies } = whole;
	const manifest = {
		name,
		version,
		description: `n8n community node. ${plain(introductionOf(read(page)))}`,
		license,
		homepage: `${addressOf(whole)}/blob/main/${page}`,
		keywords: keywordsOf(
			id,
			codexes.flatMap(({ codex }) => codex.alias),
		),
		author,
		repository: { ...repository, directory: `packages/${name}` },
		bugs,
		engines,
		files: ['dist', 'CHANGELOG.md'],
		n8n: {
			...whole.n8n,
			credentials: [`dist/${credential}.js`],
			nodes: files.map((file) => `dist/${file}.js`),
		},
		// Nobody installs them. n8n's lint takes the import of a bundled library from here.
		devDependencies: Object.fromEntries(
			bundledLibraries.map((library) => [library, whole.devDependencies?.[library] ?? '']),
		),
		peerDependencies,
		peerDependenciesMeta: whole.peerDependenciesMeta,
	};
	return {
		name,
		nodes,
		folder,
		manifest,
		readme: readmeOf({ name, vendor, page, examples, whole }),
		codexes: codexes.map(({ file, codex }, index) => ({
			file,
			text: textOf({ ...codex, node: `${name}.${nodes[index] ?? id}` }),
		})),
		examples: examples.map((file) => ({
			file,
			text: read(file).replaceAll(`"type": "${whole.name}.`, `"type": "${name}.`),
		})),
		sources: [`credentials/${posix.basename(credential)}.ts`, `nodes/${folder}`, 'nodes/shared'],
	};
}

function nodesOf({ id, events }: Vendor): VendorPackage['nodes'] {
	return events === undefined ? [id] : [id, `${id}Trigger`];
}

function codexIn(file: string): Codex {
	return JSON.parse(read(file)) as Codex;
}

export function manifestText({ manifest }: VendorPackage): string {
	return textOf(manifest);
}

function textOf(json: object): string {
	return `${JSON.stringify(json, null, '\t')}\n`;
}

/** n8n's own keyword, and the words by which the editor finds the nodes. */
function keywordsOf(id: string, searchWords: readonly string[]): readonly string[] {
	const words = [id, ...searchWords].map((word) => word.toLowerCase().replaceAll(' ', '-'));
	return ['n8n-community-node-package', 'n8n', ...new Set(words)];
}

function addressOf({ repository }: Manifest): string {
	return repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** The examples that a page links to and that need no other node of ours, by their path. */
function examplesOf(page: string, whole: string, id: string): readonly string[] {
	const otherNode = new RegExp(`"type": "${whole}\\.(?!${id}(?:Trigger)?")`);
	return [...page.matchAll(/\]\(\.\.\/(examples\/\w+\.json)\)/g)]
		.map(([, file = '']) => file)
		.filter((file) => !otherNode.test(read(file)));
}

/** What a page says below its title. */
function introductionOf(page: string): string {
	return page.split('\n\n', 2)[1] ?? '';
}

/** The first sentence, without marks. */
function plain(text: string): string {
	const [sentence = ''] = text.split(/(?<=\.) (?=[A-Z])/, 1);
	return sentence.replace(/\*\*|[_`]/g, '').replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

/** A section of README with its heading, which ends at the next heading of its level or above. */
function sectionOf(readme: string, heading: string): string {
	const start = readme.indexOf(`\n${heading}\n`);
	if (start === -1) throw new Error(`README has no section "${heading}".`);
	const level = heading.indexOf(' ');
	const rest = readme.slice(start + heading.length + 2);
	const end = rest.search(new RegExp(`^#{1,${String(level)}} `, 'm'));
	return heading + '\n' + rest.slice(0, end === -1 ? undefined : end).trimEnd();
}

/** The page of the vendor, with what README says about all of them. */
function readmeOf({
	name,
	vendor,
	page,
	examples,
	whole,
}: {
	readonly name: string;
	readonly vendor: Vendor;
	readonly page: string;
	readonly examples: readonly string[];
	readonly whole: Manifest;
}): string {
	const address = addressOf(whole);
	const text = read(page);
	const introduction = introductionOf(text);
	const sections = text.slice(text.indexOf(introduction) + introduction.length).trim();
	const operations = Object.keys(vendor.operations)
		.map((operation) => capitalized(operation).replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' '))
		.join(', ');
	const own = [
		`# ${name}`,
		introduction,
		`This is a community node for [n8n](https://n8n.io).`,
		'## Installation',
		`In n8n, under **Settings > Community nodes**, press **Install a community node** (**Install** if there are others), and enter \`${name}\` as the _npm Package Name_. n8n's guide to [community nodes](https://docs.n8n.io/integrations/community-nodes/installation/) has the details.`,
		`[${whole.name}](${address}#readme) has the same nodes beside those of other phone systems, one node for all of them, and a library for programs. Both packages can be installed at once. To move a workflow, exchange the type of its nodes in the JSON of the workflow: \`${name}.${vendor.id}\` here, \`${whole.name}.${vendor.id}\` there. Credentials stay as they are.`,
		'## Operations',
		`**Call**: ${operations}.`,
		...(vendor.events === undefined
			? []
			: [`**${vendor.displayName} Trigger**: starts a workflow with the events of a call.`]),
	];
	const readme = read('README.md');
	return [
		...own,
		withAddresses(
			examples.reduce(
				(moved, file) => moved.replaceAll(`](../${file})`, `](../packages/${name}/${file})`),
				sections,
			),
			page,
			address,
		),
		...['### The result', '## Compatibility'].map((heading) =>
			withAddresses(sectionOf(readme, heading).replace(/^#+/, '##'), 'README.md', address),
		),
		'## Version history',
		`See [CHANGELOG.md](${address}/blob/main/CHANGELOG.md). MIT licensed. Not affiliated with n8n or with the vendor of the phone system.\n`,
	].join('\n\n');
}

/** Links to other files lead to the repository, because npm shows README alone. */
function withAddresses(text: string, file: string, address: string): string {
	return text.replace(/\]\((?!https?:|mailto:|#)([^)\s]+)\)/g, (_, target: string) => {
		const path = posix.join(posix.dirname(file), target);
		return `](${address}/blob/main/${path})`;
	});
}
