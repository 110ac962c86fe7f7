/** All checks and tests. Ends with one line, the number of passed and failed ones, and with exit code 1 if any failed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { packPackage } from '../test/n8n/pack.mts';
import { projectFolder, workFolder } from '../test/n8n/paths.mts';
import { pnpm } from '../test/n8n/pnpm.mts';
import { onInterrupt, stopProcess, stopWhenInterrupted } from '../test/n8n/processes.mts';

const stepLimitMs = 40 * 60_000;
/** Holds the last line of the output, for tools that add lines of their own after it. */
const countFile = join(workFolder, 'count.txt');

interface Count {
	readonly passed: number;
	readonly failed: number;
}

const one: Count = { passed: 1, failed: 0 };
const none: Count = { passed: 0, failed: 1 };

/** Runs a program with its output shown; false if it failed or took too long. */
async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
	const child = spawn(command, args, {
		cwd: projectFolder,
		stdio: ['ignore', 'inherit', 'inherit'],
		detached: true,
	});
	const release = stopWhenInterrupted(child);
	const late = setTimeout(() => {
		console.error(`Stopped after ${String(stepLimitMs / 60_000)} minutes.`);
		void stopProcess(child, 10_000);
	}, stepLimitMs);
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return code === 0;
	} catch (error) {
		console.error(error);
		return false;
	} finally {
		clearTimeout(late);
		release();
	}
}

async function runScript(name: string, ...flags: readonly string[]): Promise<Count> {
	const { command, args } = pnpm('run', name, ...flags);
	return (await succeeds(command, args)) ? one : none;
}

async function buildAndPack(): Promise<Count> {
	if ((await runScript('build')).failed > 0) return none;
	try {
		await packPackage({ built: true });
		return one;
	} catch (error) {
		console.error(error);
		return none;
	}
}

interface JestResult {
	readonly success: boolean;
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
	readonly numTodoTests: number;
	readonly numRuntimeErrorTestSuites: number;
	readonly testResults: readonly {
		/** The path of the file. */
		readonly name: string;
		readonly status: string;
		readonly assertionResults: readonly { readonly status: string }[];
	}[];
}

/** Nothing is skipped silently: a skipped test counts as failed, and so does a file that could not be run. */
function countOf(result: JestResult): Count {
	const skipped = skippedOf(result);
	if (skipped > 0) console.error(`${String(skipped)} tests were skipped: they count as failed.`);
	const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped;
	const ended = result.success || failed > 0;
	return { passed: result.numPassedTests, failed: ended ? failed : 1 };
}

function skippedOf({ numPendingTests, numTodoTests }: JestResult): number {
	return numPendingTests + numTodoTests;
}

interface JestRun {
	readonly count: Count;
	/** Undefined if jest ended without one. */
	readonly result: JestResult | undefined;
}

async function runJest(
	title: string,
	project: string,
	...args: readonly string[]
): Promise<JestRun> {
	const outputFile = join(workFolder, `jest-${title}.json`);
	await rm(outputFile, { force: true });
	const ended = await succeeds('jest', [
		'--selectProjects',
		project,
		'--json',
		`--outputFile=${outputFile}`,
		...args,
	]);
	const text = await readFile(outputFile, 'utf8').catch(() => undefined);
	if (text === undefined) return { count: none, result: undefined };
	const result = JSON.parse(text) as JestResult;
	const { passed, failed } = countOf(result);
	return { count: { passed, failed: ended || failed > 0 ? failed : 1 }, result };
}

/** With more files than these, it is not the machine. */
const mostAgain = 3;

/**
 * Tests in a real n8n wait for what happens on a machine that may be busy with the other worker's n8n and browser. If few files
 * fail, they run once more, one at a time. What fails then has failed, and the output says which files failed at first.
 */
async function runInN8n(project: string, ...args: readonly string[]): Promise<Count> {
	const { count, result } = await runJest(project, project, ...args);
	if (result === undefined || skippedOf(result) > 0) return count;
	const files = result.testResults.filter(({ status }) => status === 'failed');
	if (files.length === 0 || files.length > mostAgain) return count;
	const paths = files.map(({ name }) => name);
	const list = paths.map((path) => relative(projectFolder, path)).join(', ');
	console.log(`\nFailed, and run once more: ${list}`);
	const again = await runJest(
		`${project}-again`,
		project,
		'--maxWorkers=1',
		'--runTestsByPath',
		...paths,
	);
	if (again.count.failed === 0) console.log(`Passed only when run once more: ${list}`);
	const passedAtFirst = files
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'passed').length;
	return {
		passed: count.passed - passedAtFirst + again.count.passed,
		failed: again.count.failed,
	};
}

const steps: Readonly<Record<string, () => Promise<Count>>> = {
	lint: () => runScript('lint'),
	'type check': () => runScript('typecheck'),
	build: buildAndPack,
	scan: () => runScript('scan'),
	'unit tests': async () => (await runJest('unit', 'unit')).count,
	// An n8n for each of two workers: they wait most of the time.
	'tests in n8n': () => runInN8n('n8n', '--maxWorkers=2'),
	// Its two files have an n8n each, too.
	'tests in queue mode': () => runInN8n('queue', '--maxWorkers=2'),
	'tests with a real Asterisk': () => runInN8n('asterisk', '--maxWorkers=1'),
	demo: () => runScript('demo', '--once'),
};

async function runSteps(): Promise<Count> {
	let passed = 0;
	let failed = 0;
	for (const [title, step] of Object.entries(steps)) {
		console.log(styleText('bold', `\n── ${title} ──`));
		const started = Date.now();
		const count = await step();
		passed += count.passed;
		failed += count.failed;
		const seconds = Math.round((Date.now() - started) / 1000);
		console.log(
			`${title}: ${String(count.passed)} passed, ${String(count.failed)} failed, ${String(seconds)} s`,
		);
	}
	return { passed, failed };
}

onInterrupt(() => Promise.resolve());
await mkdir(workFolder, { recursive: true });
await rm(countFile, { force: true });
const { passed, failed } = await runSteps();
const line = `${String(passed)} passed, ${String(failed)} failed`;
await writeFile(countFile, `${line}\n`);
console.log(`\n${line}`);
process.exitCode = failed === 0 ? 0 : 1;
