// n8n's own lint reads *.ts only. This one reads what runs outside n8n: simulators, scripts, tests in a real n8n.
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist/', '**/node_modules/', '**/*.ts'] },
	{
		files: ['**/*.mts', '**/*.mjs', '**/*.js'],
		extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic],
		rules: { eqeqeq: 'error', '@typescript-eslint/consistent-type-imports': 'error' },
	},
);
