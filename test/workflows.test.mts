/** The workflows run the code that was reviewed: each action is pinned by its commit, with its version beside it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = '.github/workflows';
const uses = readdirSync(folder).flatMap((file) =>
	[...readFileSync(join(folder, file), 'utf8').matchAll(/uses:\s*(.+)$/gm)].map(
		([, action = '']) => [file, action] as const,
	),
);

test.each(readdirSync(folder))('%s tests as .ci/run does, in a Debian of its own', (file) => {
	const workflow = readFileSync(join(folder, file), 'utf8');
	expect(workflow).toMatch(/^ {4}container: buildpack-deps:/m);
	expect(workflow).toMatch(/run: \.ci\/run$/m);
});

test('the workflows use actions', () => {
	expect(uses.length).toBeGreaterThan(2);
});

test.each(uses)('%s: %s is pinned by its commit', (_file, action) => {
	expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});
