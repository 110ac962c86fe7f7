/**
 * One more vendor is a folder, a credential, its exchanges, a line in the registry, one for its types and two in package.json: a copy of
 * the tree with an invented vendor passes type check, n8n's strict lint and the contract, programs can use it, and nothing
 * else was touched.
 */
import { spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const project = process.cwd();
let copy: string;

beforeAll(() => {
	copy = mkdtempSync(join(tmpdir(), 'fifth-vendor-'));
	const parts = [
		'nodes',
		'credentials',
		'library',
		'index.ts',
		'package.json',
		'pnpm-workspace.yaml',
		'tsconfig.json',
	];
	const checks = [
		'eslint.config.mjs',
		'jest.config.mjs',
		'docs',
		'test/fixtures',
		'test/contract.test.mts',
		'test/shortenPauses.mts',
		'test/architecture.test.mts',
		'test/outputSchema.test.mts',
		'test/Iovox/proof.mts',
		'test/OriginateCall',
		// jest looks for the set-up of every project.
		'test/n8n/globalSetup.mts',
		'test/n8n/globalTeardown.mts',
		'test/n8n/queue/globalSetup.mts',
		'test/n8n/asterisk/globalSetup.mts',
	];
	for (const part of [...parts, ...checks])
		cpSync(join(project, part), join(copy, part), { recursive: true });
	symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
	addVendor();
});

afterAll(() => {
	rmSync(copy, { recursive: true, force: true });
});

function addVendor(): void {
	// The template's TypeScript is named .txt, so that the linters of this project do not read it where it does not belong.
	const template = join(project, 'test', 'fifthVendor');
	const files = readdirSync(template, { recursive: true, encoding: 'utf8' });
	for (const file of files.filter((name) => extname(name) !== '')) {
		cpSync(join(template, file), join(copy, file.replace(/\.txt$/, '')));
	}
	for (const theme of ['', '.dark']) {
		cpSync(
			join(project, `nodes/Switchvox/switchvox${theme}.svg`),
			join(copy, `nodes/Acme/acme${theme}.svg`),
		);
	}
	edit('nodes/vendors.ts', (text) =>
		text
			.replace(/^/, "import { acme } from './Acme/vendor';\n")
			.replace(': readonly Vendor[] = [', ': readonly Vendor[] = [acme, '),
	);
	edit('nodes/vendorTypes.ts', (text) =>
		text
			.replace(
				/^/,
				"import type { AcmeForm } from './Acme/originate/form';\nimport type { AcmeCredential } from './Acme/signIn';\n",
			)
			.replace(
				'export interface VendorTypes {',
				'export interface VendorTypes {\nreadonly acme: { readonly call: AcmeForm; readonly credential: AcmeCredential };',
			),
	);
	edit('package.json', (text) =>
		text
			.replace('"credentials": [', '"credentials": [\n"dist/credentials/AcmeApi.credentials.js",')
			.replace('"nodes": [', '"nodes": [\n"dist/nodes/Acme/Acme.node.js",'),
	);
	// As `pnpm schema` does.
	const schemas = ['--selectProjects', 'unit', '--testPathPatterns', 'outputSchema'];
	runWith({ OUTPUT_SCHEMA: 'write' }, 'jest', ...schemas);
}

function edit(file: string, change: (text: string) => string): void {
	const path = join(copy, file);
	writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** Runs a tool of the project in the copy; throws with what it printed when it finds something. */
function run(tool: string, ...args: readonly string[]): void {
	runWith({}, tool, ...args);
}

function runWith(
	environment: Readonly<Record<string, string>>,
	tool: string,
	...args: readonly string[]
): void {
	const bin = join(project, 'node_modules', '.bin', tool);
	// jest's NODE_ENV makes n8n's lint rules take every file for a node.
	const env = { ...process.env, NODE_ENV: '', ...environment };
	const { status, stdout, stderr } = spawnSync(bin, args, { cwd: copy, env, encoding: 'utf8' });
	if (status !== 0) throw new Error(`${tool} ${args.join(' ')}\n${stdout}\n${stderr}`);
}

/** A program that uses the vendor, held to the vendor's own types. */
const program = `
	import { createClient } from './index';

	export async function placeCall(dispatcher: Parameters<typeof createClient>[2]) {
		const client = createClient('acme', { baseUrl: 'acme.example', apiKey: 'k' }, dispatcher);
		return await client.originate({ caller: '101', callee: '102' });
	}
	// @ts-expect-error the credential of another vendor
	createClient('acme', { baseUrl: 'acme.example', username: 'u', password: 'p' });
	// @ts-expect-error a field of another vendor
	void createClient('acme', { baseUrl: 'acme.example', apiKey: 'k' }).originate({ dialFirst: '1' });
`;

test('it passes the type check, and so does a program', () => {
	writeFileSync(join(copy, 'program.ts'), program);
	edit('tsconfig.json', (text) => text.replace('"index.ts"', '"index.ts", "program.ts"'));
	run('tsc');
});

test('the program places a call through it', () => {
	const script = `
		const { MockAgent } = require('undici');
		const dispatcher = new MockAgent();
		dispatcher.disableNetConnect();
		dispatcher
			.get('https://acme.example')
			.intercept({ path: '/calls', method: 'POST', body: '101 102', headers: { 'x-api-key': 'k' } })
			.reply(200, 'placed c1.');
		void require('./dist/program').placeCall({ dispatcher }).then(({ status, callId }) => {
			if (status !== 'accepted' || callId !== 'c1') process.exitCode = 1;
		});`;
	const { status } = spawnSync(process.execPath, ['-e', script], { cwd: copy, stdio: 'inherit' });
	expect(status).toBe(0);
});

test("it passes n8n's strict lint", () => {
	// All that a vendor adds or touches.
	const credential = 'credentials/AcmeApi.credentials.ts';
	run('eslint', 'nodes/Acme', credential, 'nodes/vendors.ts', 'package.json');
});

test('it passes the rules of the house', () => {
	runTests('architecture');
});

test('it passes the contract, and is on the generic form', () => {
	const ofIt = ['--testNamePattern', '^Acme '];
	runTests('test.(contract|outputSchema|OriginateCall)', ...ofIt, '--outputFile=result.json');
	const result = JSON.parse(readFileSync(join(copy, 'result.json'), 'utf8')) as {
		readonly numFailedTests: number;
		readonly testResults: readonly {
			readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
		}[];
	};
	expect(result.numFailedTests).toBe(0);
	const names = result.testResults
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'passed')
		.map(({ fullName }) => fullName);
	expect(names.length).toBeGreaterThan(15);
	expect(names).toContain('Acme what the generic form becomes is on its own form');
});

/** Runs tests of the copy, without those of other vendors' own folders. */
function runTests(pattern: string, ...more: readonly string[]): void {
	const of = ['--selectProjects', 'unit', '--testPathPatterns', pattern];
	run('jest', ...of, '--json', '--silent', ...more);
}
