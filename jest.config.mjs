/** Strips the types; `tsc` checks them in the `typecheck` script. */
const transform = {
	'\\.m?ts$': [
		'@swc/jest',
		{ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
	],
};

const shared = {
	transform,
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'],
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/n8n/node_modules/'],
};

export default {
	// Ends what hangs. A machine can be slow, and a hanging server is waited for as long as a call may take.
	testTimeout: 600_000,
	projects: [
		{
			...shared,
			displayName: 'unit',
			testMatch: ['<rootDir>/test/**/*.test.{ts,mts}'],
			// What the tests in n8n use can have tests without it, in folders of its own.
			testPathIgnorePatterns: ['<rootDir>/test/n8n/(?!wall/)', '/node_modules/'],
		},
		{
			...shared,
			displayName: 'n8n',
			testMatch: ['<rootDir>/test/n8n/*.test.mts'],
			globalSetup: '<rootDir>/test/n8n/globalSetup.mts',
			globalTeardown: '<rootDir>/test/n8n/globalTeardown.mts',
		},
		{
			...shared,
			displayName: 'queue',
			testMatch: ['<rootDir>/test/n8n/queue/*.test.mts'],
			globalSetup: '<rootDir>/test/n8n/queue/globalSetup.mts',
		},
		{
			...shared,
			displayName: 'asterisk',
			testMatch: ['<rootDir>/test/n8n/asterisk/*.test.mts'],
			globalSetup: '<rootDir>/test/n8n/asterisk/globalSetup.mts',
			globalTeardown: '<rootDir>/test/n8n/globalTeardown.mts',
		},
		{
			...shared,
			displayName: 'versions',
			testMatch: ['<rootDir>/test/n8n/versions/*.test.mts'],
			globalSetup: '<rootDir>/test/n8n/queue/globalSetup.mts',
		},
	],
};
