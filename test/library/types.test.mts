/** The types that hold a program to its vendor: they name what is on the form and in the credential, and nothing else. */
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

import { skipReasons } from '../../nodes/shared/calling/contract/outcome.ts';
import { commonOptions } from '../../nodes/shared/form/fields.ts';
import { failureReasons } from '../../nodes/shared/wire/reply/reasons.ts';
import { vendors } from '../../nodes/vendors.ts';

/** One program for all: a type for each vendor. */
const file = resolve('library/typesOfTheTest.ts');
const text = [
	"import type { CallOf, CredentialOf, FailureReason, SkipReason } from '../index';",
	'export type Failure = FailureReason;',
	'export type Skip = SkipReason;',
	...vendors.flatMap(({ id }) => [
		`export type Call_${id} = CallOf<'${id}'>;`,
		`export type Options_${id} = NonNullable<CallOf<'${id}'>['options']>;`,
		`export type Credential_${id} = CredentialOf<'${id}'>;`,
	]),
].join('\n');

let typeOf: (name: string) => ts.Type;
let program: ts.Program;

beforeAll(() => {
	const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as {
		config: { compilerOptions: object };
	};
	const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
	const host = ts.createCompilerHost(options);
	const { getSourceFile, fileExists } = host;
	host.fileExists = (path) => path === file || fileExists(path);
	host.getSourceFile = (path, ...rest) =>
		path === file
			? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
			: getSourceFile.call(host, path, ...rest);
	// A program has no n8n-workflow, and meets none of its types.
	host.resolveModuleNameLiterals = (names, from) =>
		names.map(({ text: name }) =>
			name === 'n8n-workflow'
				? { resolvedModule: undefined }
				: ts.resolveModuleName(name, from, options, host),
		);
	program = ts.createProgram([file], options, host);
	const checker = program.getTypeChecker();
	const source = program.getSourceFile(file);
	const symbol = source && checker.getSymbolAtLocation(source);
	const exported = new Map(
		symbol && checker.getExportsOfModule(symbol).map((one) => [one.name, one]),
	);
	typeOf = (name) => {
		const found = exported.get(name);
		if (found === undefined) throw new Error(`no type ${name}`);
		return checker.getDeclaredTypeOfSymbol(found);
	};
});

test('the declarations that a program loads name no package', () => {
	const declarations = new Map<string, string>();
	program.emit(
		undefined,
		(path, written) => declarations.set(resolve(path), written),
		undefined,
		true,
	);
	const loaded = new Set<string>();
	const packages = new Set<string>();
	const load = (path: string) => {
		if (loaded.has(path)) return;
		loaded.add(path);
		for (const specifier of modulesNamedIn(declarations.get(path) ?? `import '${path}'`)) {
			if (specifier.startsWith('.')) load(`${resolve(dirname(path), specifier)}.d.ts`);
			else packages.add(`${path}: ${specifier}`);
		}
	};
	load(resolve('dist/index.d.ts'));
	expect([...loaded]).toContain(resolve('dist/nodes/VoipNow/signIn.d.ts'));
	expect([...packages]).toEqual([]);
});

function modulesNamedIn(declaration: string): readonly string[] {
	const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(declaration);
	return [...importedFiles, ...typeReferenceDirectives].map(({ fileName }) => fileName);
}

/** Of a choice between types, those of each. */
function membersOf(name: string): string[] {
	const type = typeOf(name);
	const parts = type.isUnion() ? type.types : [type];
	return [...new Set(parts.flatMap((part) => part.getProperties().map((one) => one.name)))].sort();
}

describe.each(vendors.map((vendor) => [vendor.id, vendor] as const))('%s', (id, vendor) => {
	test('a call has the fields of the form', () => {
		const own = vendor.operations.originate.fields
			.filter(({ type }) => type !== 'notice')
			.map(({ name }) => name);
		const wanted = own.filter((name) => name !== 'resource' && name !== 'operation');
		// A field of two types, by the value of another one, is there twice.
		expect(membersOf(`Call_${id}`)).toEqual([...new Set(wanted)].sort());
	});

	test('its options are those of the form, but what is the business of a workflow', () => {
		const ofTheCall = ['numberFormat', 'defaultCountry'];
		const common = commonOptions
			.map(({ name }) => name)
			.filter((name) => !ofTheCall.includes(name));
		const options =
			vendor.operations.originate.fields.find(({ name }) => name === 'options')?.options ?? [];
		const own = options.map(({ name }) => name).filter((name) => !common.includes(name));
		expect(membersOf(`Options_${id}`)).toEqual(own.sort());
	});

	test('a required field is required, and no other', () => {
		const required = typeOf(`Call_${id}`)
			.getProperties()
			.filter((one) => !(one.flags & ts.SymbolFlags.Optional))
			.map((one) => one.name);
		const defaults = new Map(
			vendor.operations.originate.fields.map((field) => [field.name, field.default]),
		);
		const wanted = vendor.operations.originate.fields
			.filter((field) => field.required)
			// A field that is filled in already can be left out.
			.filter(({ name }) => typeof defaults.get(name) !== 'string' || defaults.get(name) === '')
			.map(({ name }) => name);
		expect(required.sort()).toEqual([...new Set(wanted)].sort());
	});

	test('the credential has the fields of the one in n8n', async () => {
		const name = vendor.credentialType.replace(/^./, (first) => first.toUpperCase());
		const module = (await import(`../../credentials/${name}.credentials.ts`)) as Record<
			string,
			new () => { properties: readonly { name: string; type: string }[] }
		>;
		const credential = module[name];
		if (credential === undefined) throw new Error(`no credential ${name}`);
		const known = new credential().properties.map((property) => property.name);
		// n8n's own OAuth2 brings the App's ID and secret, and takes no certificate.
		const more = known.includes('grantType') ? ['clientId', 'clientSecret', 'caCertificate'] : [];
		for (const member of membersOf(`Credential_${id}`)) {
			expect([...known, ...more]).toContain(member);
		}
	});
});

test.each([
	['Failure', failureReasons],
	['Skip', skipReasons],
])('every reason of the type %s has a name that a program can branch on', (name, reasons) => {
	const type = typeOf(name);
	const members = type.isUnion() ? type.types : [type];
	const named = members.flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
	expect(named.sort()).toEqual([...reasons].sort());
});
