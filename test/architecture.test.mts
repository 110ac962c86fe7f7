/** The rules of the house that no type checker and no linter holds. */
import { readdirSync, readFileSync } from 'node:fs';
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
	readonly to: string;
	readonly typeOnly: boolean;
}

const imports: readonly Import[] = sources.flatMap((from) => {
	const text = readFileSync(from, 'utf8');
	const pattern = /^(?:import|export)\s+(type\s+)?([^;]*?)\s*from\s+'([^']+)';/gms;
	return [...text.matchAll(pattern)].map(([, type, names = '', target = '']) => ({
		from,
		to: target.startsWith('.') ? relative('.', join(dirname(from), target)) : target,
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

const vendorFolders = readdirSync('nodes', { withFileTypes: true })
	.filter(
		(entry) => entry.isDirectory() && entry.name !== 'shared' && entry.name !== 'OriginateCall',
	)
	.map((entry) => entry.name);

const inFolder = (path: string, folder: string) => path.startsWith(`nodes/${folder}/`);

test('there are imports to check', () => {
	expect(imports.length).toBeGreaterThan(30);
	expect(vendorFolders.length).toBeGreaterThan(0);
});

test('shared imports no vendor', () => {
	const wrong = imports.filter(
		({ from, to }) =>
			inFolder(from, 'shared') && to.startsWith('nodes/') && !inFolder(to, 'shared'),
	);
	expect(wrong).toEqual([]);
});

test('no vendor imports another, the registry or a credential', () => {
	const wrong = imports.filter(({ from, to }) =>
		vendorFolders.some(
			(folder) =>
				inFolder(from, folder) &&
				(to.startsWith('nodes/') || to.startsWith('credentials/')) &&
				!inFolder(to, folder) &&
				!inFolder(to, 'shared'),
		),
	);
	expect(wrong).toEqual([]);
});

test('what encodes, decodes and names calls takes no value from n8n', () => {
	const pure =
		/\/(?:read|encode|decode|fields|vendor|lists|signIn|call|xml|json|form|guards|number|phoneNumber|digest|token|transport|address|line|exchange|client)\.ts$/;
	const wrong = imports.filter(
		({ from, to, typeOnly }) => pure.test(from) && to === 'n8n-workflow' && !typeOnly,
	);
	expect(wrong).toEqual([]);
});

test('the library is for programs: nothing that n8n loads imports it, and it names no vendor', () => {
	const isLibrary = (path: string) => path.startsWith('library/') || /^index(?:\.ts)?$/.test(path);
	const users = imports.filter(({ from, to }) => isLibrary(to) && !isLibrary(from));
	expect(users).toEqual([]);
	const named = imports.filter(
		({ from, to }) => isLibrary(from) && vendorFolders.some((folder) => inFolder(to, folder)),
	);
	expect(named).toEqual([]);
});

test('a program that imports the library loads nothing of n8n', () => {
	const loaded = new Set<string>();
	const load = (file: string) => {
		if (loaded.has(file)) return;
		loaded.add(file);
		for (const { from, to, typeOnly } of imports) {
			if (from === file && !typeOnly) load(sources.includes(`${to}.ts`) ? `${to}.ts` : to);
		}
	};
	load('index.ts');
	expect([...loaded]).toContain('nodes/VoipNow/vendor.ts');
	expect([...loaded].filter((file) => /n8n-workflow|\.node\.|credentials\//.test(file))).toEqual(
		[],
	);
});

test('one file each reads XML, knows phone numbers, and does HTTP inside n8n', () => {
	const usersOf = (pattern: RegExp) =>
		sources.filter((file) => pattern.test(readFileSync(file, 'utf8')));
	expect(usersOf(/from 'fast-xml-parser'/)).toEqual(['nodes/shared/wire/xml.ts']);
	expect(usersOf(/from 'libphonenumber-js/)).toEqual(['nodes/shared/form/phoneNumber.ts']);
	expect(usersOf(/httpRequestWithAuthentication/)).toEqual(['nodes/shared/wire/connection.ts']);
	expect(usersOf(/'undici'/)).toEqual(['library/undici.ts']);
});

test('nobody asks which vendor it is', () => {
	const asking = sources.filter((file) => /vendor\.id\s*[!=]==/.test(readFileSync(file, 'utf8')));
	expect(asking).toEqual([]);
});
