/** README and the pages of docs/ are short, linked, and true to the forms, credentials, reasons and exchanges. */
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import type { ICredentialType, INodeProperties } from 'n8n-workflow';

import { skipReasons } from '../nodes/shared/calling/contract/outcome.ts';
import { genericVendor } from '../nodes/OriginateCall/vendor.ts';
import { commonOptions } from '../nodes/shared/form/fields.ts';
import { failureReasons } from '../nodes/shared/wire/reply/reasons.ts';
import { vendors } from '../nodes/vendors.ts';
import { fixturesOf, folderOf } from './fixtures/fixtures.mts';

const read = (file: string) => readFileSync(file, 'utf8');
const inFolder = (folder: string) =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.md'))
		.map((name) => join(folder, name));
const pages = [...inFolder('.'), ...inFolder('docs'), ...inFolder('examples')];

/** Without code blocks, in which nothing is a link or a heading. */
const prose = (file: string) => read(file).replace(/^```.*?^```$/gms, '');

/** What stands in backticks. */
const coded = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

/** As GitHub makes an anchor of a heading. */
function anchorsOf(file: string): readonly string[] {
	return [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

const links = pages.flatMap((page) =>
	[...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target = '']) => [page, target] as const)
		.filter(([, target]) => !/^(https?|mailto):/.test(target)),
);

test.each(links)('%s: %s leads somewhere', (page, target) => {
	const [path = '', anchor] = target.split('#');
	const file = path === '' ? page : normalize(join(dirname(page), path));
	expect([file, existsSync(file)]).toEqual([file, true]);
	if (anchor !== undefined) expect(anchorsOf(file)).toContain(anchor);
});

const ownPages = 'https://github.com/n8n-nodes-originate-call/n8n-nodes-originate-call/blob/main/';

test.each(readdirSync('nodes').filter((name) => existsSync(`nodes/${name}/${name}.node.json`)))(
	'the link Docs of the node %s opens its own page',
	(name) => {
		const { displayName } = vendors.find(({ id }) => folderOf(id) === name) ?? {
			displayName: 'Originate Call',
		};
		const codex = JSON.parse(read(`nodes/${name}/${name}.node.json`)) as {
			readonly resources: { readonly primaryDocumentation: readonly { readonly url: string }[] };
		};
		const [{ url } = { url: '' }, ...more] = codex.resources.primaryDocumentation;
		expect(more).toEqual([]);
		// n8n puts a query behind it, which would become part of an anchor.
		expect(url.startsWith(ownPages) && !url.includes('#')).toBe(true);
		expect(read(url.slice(ownPages.length))).toMatch(new RegExp(`^# ${displayName}\\n`));
	},
);

// Without the folders of the real n8n under test: reading those alone takes seconds.
const sources = globSync('{nodes,credentials,library,scripts,test}/**/*.{ts,mts}', {
	exclude: ['**/node_modules'],
}).map((file) => `/${file}`);
const namedFiles = pages.flatMap((page) =>
	coded(prose(page))
		// dist/ is there only after a build.
		.filter((text) => /^(?!dist\/)[\w./-]+\.m?ts$/.test(text))
		.map((file) => [page, file] as const),
);

test.each(namedFiles)('%s: %s is a file', (_page, file) => {
	expect(sources.some((one) => one.endsWith(`/${file}`)) || existsSync(file)).toBe(true);
});

test.each(vendors.map(({ displayName }) => displayName))(
	'the issue template offers %s',
	(displayName) => {
		expect(read('.github/ISSUE_TEMPLATE/bug.yml')).toMatch(new RegExp(`^ +- ${displayName}`, 'm'));
	},
);

test('the map of the house has two pages', () => {
	const lines = read('ARCHITECTURE.md').split('\n');
	expect(lines.length).toBeLessThanOrEqual(115);
	expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(125);
});

test('README is short, and has the sections of a community node', () => {
	const readme = read('README.md');
	expect(readme.split('\n').length).toBeLessThanOrEqual(151);
	const sections = [
		'Installation',
		'Operations',
		'Credentials',
		'Compatibility',
		'Usage',
		'Resources',
		'Version history',
	];
	const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
	expect(headings.filter((heading) => sections.includes(String(heading)))).toEqual(sections);
	expect(readme.match(/!\[/g)).toHaveLength(3);
});

/** The rows of the tables below a heading, cell by cell. */
function rowsBelow(page: string, heading: string): readonly (readonly string[])[] {
	const [, section = ''] = read(page).split(`\n## ${heading}\n`);
	return (section.split(/\n## /, 1)[0] ?? '')
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.map((line) =>
			line
				.split('|')
				.slice(1, -1)
				.map((cell) => cell.trim()),
		)
		.filter(([first = '']) => !/^(-+|)$/.test(first));
}

describe('docs/faults.md', () => {
	const rows = rowsBelow('docs/faults.md', 'Reasons').slice(1);

	test('has every reason once', () => {
		const documented = rows.flatMap(([reason]) => coded(reason));
		expect([...documented].sort()).toEqual([...skipReasons, ...failureReasons].sort());
	});

	test.each(
		vendors.flatMap(({ id }) =>
			fixturesOf(id).flatMap(({ name, outcome }) =>
				'message' in outcome ? [[name, outcome.reason, outcome.status] as const] : [],
			),
		),
	)('has the status that comes with the reason: %s', (_file, reason, status) => {
		const [, statuses] = rows.find(([name]) => coded(name).includes(reason)) ?? [];
		expect(coded(statuses)).toContain(status);
	});
});

/** The credential class of a type: its file and its export are named after it. */
async function credentialOf(type: string): Promise<ICredentialType> {
	const name = type.replace(/^./, (first) => first.toUpperCase());
	const classes = (await import(`../credentials/${name}.credentials.ts`)) as Readonly<
		Record<string, new () => ICredentialType>
	>;
	const Credential = classes[name];
	if (Credential === undefined) throw new Error(`There is no ${name}.`);
	return new Credential();
}

const withoutUnit = (label: string) => label.replace(/ \((Seconds|Minutes)\)$/, '');
const labelsOf = (fields: readonly INodeProperties[]) =>
	fields
		.filter(({ type }) => !['hidden', 'notice'].includes(type))
		.map(({ displayName }) => withoutUnit(displayName));

test.each(labelsOf(commonOptions as readonly INodeProperties[]))(
	'the option %s of every node is explained on a page of all',
	(label) => {
		const shared = ['numbers', 'limits', 'faults', 'follow']
			.map((name) => read(`docs/${name}.md`))
			.join();
		const name = label.replace(/^(Limit|Pace): /, '');
		expect(shared).toMatch(new RegExp(`(\\*\\*|^\\| |^## .*)${name}`, 'm'));
	},
);

test('the page of the generic node has every field and option of its own', () => {
	const { fields } = genericVendor(vendors[0]?.id).operations.originate;
	const options = fields.find(({ name }) => name === 'options')?.options ?? [];
	const common = new Set(commonOptions.map(({ name }) => name));
	const own = (options as readonly INodeProperties[]).filter(({ name }) => !common.has(name));
	const documented = rowsBelow('docs/originate-call.md', 'Fields').map(([cell = '']) => cell);
	for (const label of labelsOf(own)) {
		expect(documented.map((cell) => cell.replace(/,.*/, ''))).toContain(`Options > ${label}`);
	}
	for (const label of ['Ring First', 'Then Connect To']) expect(documented).toContain(label);
});

const sections = [
	'Set up',
	'Credential',
	'Fields',
	'Results',
	'Follow a call',
	'Call events',
	'Messages',
	'Limits',
	'Resources',
];

describe.each(vendors.map((vendor) => [vendor.displayName, vendor] as const))(
	'the page of %s',
	(name, vendor) => {
		const page = `docs/${folderOf(vendor.id).toLowerCase()}.md`;

		test('has the shape of all of them', () => {
			expect(read(page)).toMatch(new RegExp(`^# ${name}\\n`));
			const headings = [...read(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
			const hasEvents = vendor.events !== undefined;
			expect(headings).toEqual(sections.filter((one) => hasEvents || one !== 'Call events'));
			expect(read(page)).toContain('**Network**: ');
			expect(read(page)).toMatch(/## Resources\n.*https:\/\//s);
		});

		test('has every field and option of its form, and no other', () => {
			const form = vendor.operations.originate.fields;
			const common = new Set(commonOptions.map(({ name: option }) => option));
			const fields = form.filter(
				({ name: field }) => !['resource', 'operation', 'options'].includes(field),
			);
			const options = (form.find(({ name: field }) => field === 'options')?.options ??
				[]) as readonly INodeProperties[];
			const own = options.filter(({ name: option }) => !common.has(option));
			const labels = [
				...labelsOf(fields),
				...labelsOf(own).map((label) => `Options > ${label}`),
			].sort();
			const documented = rowsBelow(page, 'Fields')
				.slice(1)
				.flatMap(([cell = '']) =>
					cell.startsWith('Options > ')
						? cell
								.replace('Options > ', '')
								.split(', ')
								.map((label) => `Options > ${label}`)
						: [cell],
				)
				.sort();
			expect(documented).toEqual([...new Set(labels)].sort());
		});

		test('has every field of its credential', async () => {
			const { properties } = await credentialOf(vendor.credentialType);
			const documented = rowsBelow(page, 'Credential')
				.map(([cell]) => cell)
				.join(', ');
			for (const label of labelsOf(properties)) {
				expect(documented).toContain(label);
			}
		});

		const messages = rowsBelow(page, 'Messages').slice(1);

		test('has reasons that exist beside its messages', () => {
			const reasons = messages
				.filter((cells) => cells.length === 3)
				.flatMap(([, cell]) => coded(cell));
			expect(reasons.length).toBeGreaterThan(3);
			for (const reason of reasons) expect(failureReasons).toContain(reason);
		});

		test('has the reason that an exchange with the same code has', () => {
			const met = new Set(
				fixturesOf(vendor.id).flatMap(({ outcome }) =>
					'message' in outcome
						? outcome.vendorErrors.map(({ code }) => `${String(code)} ${outcome.reason}`)
						: [],
				),
			);
			for (const [message = '', reasons] of messages.filter(({ length }) => length === 3)) {
				const [, code] = / \(`?([0-9]+|[a-z_]+)`?\)/.exec(message) ?? [];
				if (code === undefined) continue;
				for (const reason of coded(reasons)) expect(met).toContain(`${code} ${reason}`);
			}
		});
	},
);
