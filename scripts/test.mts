/** All checks and tests. Ends with one line, the number of passed and failed ones, and with exit code 1 if any failed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
}

/** Nothing is skipped silently: a skipped test counts as failed, and so does a file that could not be run. */
function countOf(result: JestResult): Count {
	const skipped = result.numPendingTests + result.numTodoTests;
	if (skipped > 0) console.error(`${String(skipped)} tests were skipped: they count as failed.`);
	const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped;
	const ended = result.success || failed > 0;
	return { passed: result.numPassedTests, failed: ended ? failed : 1 };
}

async function runJest(project: string, ...args: readonly string[]): Promise<Count> {
	const outputFile = join(workFolder, `jest-${project}.json`);
	await rm(outputFile, { force: true });
	const ended = await succeeds('jest', [
		'--selectProjects',
		project,
		'--json',
		`--outputFile=${outputFile}`,
		...args,
	]);
	const text = await readFile(outputFile, 'utf8').catch(() => undefined);
	if (text === undefined) return none;
	const { passed, failed } = countOf(JSON.parse(text) as JestResult);
	return { passed, failed: ended || failed > 0 ? failed : 1 };
}

const steps: Readonly<Record<string, () => Promise<Count>>> = {
	lint: () => runScript('lint'),
	'type check': () => runScript('typecheck'),
	build: buildAndPack,
	scan: () => runScript('scan'),
	'unit tests': () => runJest('unit'),
	// An n8n for each of two workers: they wait most of the time.
	'tests in n8n': () => runJest('n8n', '--maxWorkers=2'),
	// Its two files have an n8n each, too.
	'tests in queue mode': () => runJest('queue', '--maxWorkers=2'),
	'tests with a real Asterisk': () => runJest('asterisk', '--maxWorkers=1'),
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
