/** The rules of the house that neither the type checker nor a linter checks: which file may import which, and where tests are. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const sources = ['nodes', 'credentials', 'library']
	.flatMap((folder) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
			.map((entry) => join(entry.parentPath, entry.name)),
	)
	.concat('index.ts');

interface Import {
	readonly from: string;
	/** A file of ours, or a package. */
	readonly to: string;
	readonly typeOnly: boolean;
}

const imports: readonly Import[] = sources.flatMap((from) => {
	const text = readFileSync(from, 'utf8');
	const pattern = /^(?:import|export)\s+(type\s+)?([^;]*?)\s*from\s+'([^']+)';/gms;
	return [...text.matchAll(pattern)].map(([, type, names = '', target = '']) => ({
		from,
		to: target.startsWith('.') ? `${relative('.', join(dirname(from), target))}.ts` : target,
		typeOnly: type !== undefined || everyNameIsAType(names),
	}));
});

function everyNameIsAType(names: string): boolean {
	const listed = /^\{(.*)\}$/s
		.exec(names.trim())?.[1]
		?.split(',')
		.map((name) => name.trim());
	return listed?.filter(Boolean).every((name) => name.startsWith('type ')) ?? false;
}

const ours = imports.filter(({ to }) => sources.includes(to));

const vendorFolders = readdirSync('nodes', { withFileTypes: true })
	.filter((entry) => entry.isDirectory() && !['shared', 'OriginateCall'].includes(entry.name))
	.map((entry) => entry.name);

/**
 * From the lowest floor up: a file may import from its own room and from lower floors, types too. What an expression matches
 * is the room.
 */
const floors: readonly RegExp[] = [
	/^nodes\/shared\/wire\/text\//,
	/^nodes\/shared\/wire\/reply\//,
	/^nodes\/shared\/wire\/signIn\//,
	/^nodes\/shared\/wire\/exchange\//,
	/^nodes\/shared\/form\//,
	/^nodes\/shared\/calling\/contract\//,
	/^nodes\/shared\/calling\/report\//,
	/^nodes\/shared\/calling\/(?:limits|once|follow)\//,
	/^nodes\/shared\/calling\/(?=\w+\.ts$)/,
	/^nodes\/shared\/trigger\//,
	new RegExp(`^nodes/(?:${vendorFolders.join('|')})/`),
	/^nodes\/(?=(?:vendors|vendorTypes)\.ts$)/,
	/^(?:nodes\/OriginateCall|credentials|library)\//,
	/^index\.ts$/,
];
const floorOf = (file: string) => floors.findIndex((floor) => floor.test(file));
const roomOf = (file: string) => floors[floorOf(file)]?.exec(file)?.[0];

test('every file is on a floor, and every import of ours leads to a file', () => {
	expect(ours.length).toBeGreaterThan(100);
	expect(sources.filter((file) => floorOf(file) === -1)).toEqual([]);
	const lost = imports.filter(({ to }) => to.endsWith('.ts') && !sources.includes(to));
	expect(lost).toEqual([]);
});

test('no import leads upward, of a type neither', () => {
	expect(ours.filter(({ from, to }) => floorOf(to) > floorOf(from))).toEqual([]);
});

test('no room imports another one of its floor, such as a vendor another vendor', () => {
	const across = ours.filter(
		({ from, to }) => floorOf(from) === floorOf(to) && roomOf(from) !== roomOf(to),
	);
	expect(across).toEqual([]);
});

test('no file imports itself by way of others, of a type neither', () => {
	const inCircles = sources.filter((file) => reachableFrom(ours, file).has(file));
	expect(inCircles).toEqual([]);
});

/** All that a file leads to; itself only if it is part of a circle. */
function reachableFrom(links: readonly Import[], file: string): ReadonlySet<string> {
	const found = new Set<string>();
	const visit = (one: string) => {
		for (const { from, to } of links) {
			if (from !== one || found.has(to)) continue;
			found.add(to);
			visit(to);
		}
	};
	visit(file);
	return found;
}

test('a test of a file of shared lies in the same room', () => {
	const tests = globSync('test/shared/**/*.test.{ts,mts}');
	const fileOf = (one: string) => one.replace(/^test\/([^.]+)\..*$/, 'nodes/$1.ts');
	expect(tests.filter((one) => !sources.includes(fileOf(one)))).toEqual([]);
});

test('the library does not name a vendor', () => {
	const isVendor = (file: string) =>
		vendorFolders.some((name) => file.startsWith(`nodes/${name}/`));
	const named = ours.filter(({ from, to }) => from.startsWith('library/') && isVendor(to));
	expect(named).toEqual([]);
});

/** Whatever is not here is pure: it runs in any program, and takes no more than types from n8n. */
const takeValuesFromN8n = [
	/^nodes\/\w+\/\w+\.node\.ts$/,
	// A node's error.
	/^nodes\/shared\/calling\/report\/failure\.ts$/,
	// `sleep`.
	/^nodes\/Switchvox\/challenges\.ts$/,
];

test('only those who must take values from n8n', () => {
	const users = imports
		.filter(({ to, typeOnly }) => to === 'n8n-workflow' && !typeOnly)
		.map(({ from }) => from);
	expect(users.filter((file) => !takeValuesFromN8n.some((one) => one.test(file)))).toEqual([]);
	// No entry of the list is out of date.
	for (const one of takeValuesFromN8n)
		expect(users.filter((file) => one.test(file))).not.toEqual([]);
});

test('a program that imports the library loads nothing of n8n', () => {
	const loaded = reachableFrom(
		imports.filter(({ typeOnly }) => !typeOnly),
		'index.ts',
	);
	expect([...loaded]).toContain('nodes/VoipNow/vendor.ts');
	expect([...loaded].filter((file) => /n8n-workflow|\.node\.|credentials\//.test(file))).toEqual(
		[],
	);
});

test('one file each reads XML, knows phone numbers and IP addresses, and does HTTP inside n8n', () => {
	const usersOf = (pattern: RegExp) =>
		sources.filter((file) => pattern.test(readFileSync(file, 'utf8')));
	expect(usersOf(/from '@rgrove\/parse-xml'/)).toEqual(['nodes/shared/wire/text/xml.ts']);
	expect(usersOf(/from 'libphonenumber-js/)).toEqual(['nodes/shared/form/phoneNumber.ts']);
	expect(usersOf(/from 'ipaddr.js'/)).toEqual(['nodes/shared/trigger/addresses.ts']);
	expect(usersOf(/httpRequestWithAuthentication/)).toEqual([
		'nodes/shared/wire/exchange/connection.ts',
	]);
	expect(usersOf(/'undici'/)).toEqual(['library/undici.ts']);
});

test('nobody asks which vendor it is', () => {
	const asking = sources.filter((file) => /vendor\.id\s*[!=]==/.test(readFileSync(file, 'utf8')));
	expect(asking).toEqual([]);
});
