/** All checks and tests. Ends with one line, the number of passed and failed ones, and with exit code 1 if any failed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
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

/** Where a step writes: this program's own output, or a file as long as other steps run beside it. */
interface Output {
	readonly stream: 'inherit' | number;
	readonly say: (text: unknown) => void;
}

type Step = (output: Output) => Promise<Count>;

/** Runs a program; false if it failed or took too long. */
async function succeeds(
	{ stream, say }: Output,
	command: string,
	args: readonly string[],
): Promise<boolean> {
	const child = spawn(command, args, {
		cwd: projectFolder,
		stdio: ['ignore', stream, stream],
		detached: true,
	});
	const release = stopWhenInterrupted(child);
	const late = setTimeout(() => {
		say(`Stopped after ${String(stepLimitMs / 60_000)} minutes.`);
		void stopProcess(child, 10_000);
	}, stepLimitMs);
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return code === 0;
	} catch (error) {
		say(error);
		return false;
	} finally {
		clearTimeout(late);
		release();
	}
}

const script =
	(name: string, ...flags: readonly string[]): Step =>
	async (output) => {
		const { command, args } = pnpm('run', name, ...flags);
		return (await succeeds(output, command, args)) ? one : none;
	};

async function buildAndPack(output: Output): Promise<Count> {
	if ((await script('build')(output)).failed > 0) return none;
	try {
		await packPackage({ built: true });
		return one;
	} catch (error) {
		output.say(error);
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
function countOf(result: JestResult, { say }: Output): Count {
	const skipped = skippedOf(result);
	if (skipped > 0) say(`${String(skipped)} tests were skipped: they count as failed.`);
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
	output: Output,
	title: string,
	project: string,
	...args: readonly string[]
): Promise<JestRun> {
	const outputFile = join(workFolder, `jest-${title}.json`);
	await rm(outputFile, { force: true });
	const ended = await succeeds(output, 'jest', [
		'--selectProjects',
		project,
		'--json',
		`--outputFile=${outputFile}`,
		...args,
	]);
	const text = await readFile(outputFile, 'utf8').catch(() => undefined);
	if (text === undefined) return { count: none, result: undefined };
	const result = JSON.parse(text) as JestResult;
	const { passed, failed } = countOf(result, output);
	return { count: { passed, failed: ended || failed > 0 ? failed : 1 }, result };
}

/** With more files than these, it is not the machine. */
const mostAgain = 3;

/**
 * Tests in a real n8n wait for what happens on a machine that may be busy with the other worker's n8n and browser. If few files
 * fail, they run once more, one at a time. What fails then has failed, and the output says which files failed at first.
 */
async function runInN8n(
	output: Output,
	project: string,
	...args: readonly string[]
): Promise<Count> {
	const { count, result } = await runJest(output, project, project, ...args);
	if (result === undefined || skippedOf(result) > 0) return count;
	const files = result.testResults.filter(({ status }) => status === 'failed');
	if (files.length === 0 || files.length > mostAgain) return count;
	const paths = files.map(({ name }) => name);
	const list = paths.map((path) => relative(projectFolder, path)).join(', ');
	output.say(`\nFailed, and run once more: ${list}`);
	const again = await runJest(
		output,
		`${project}-again`,
		project,
		'--maxWorkers=1',
		'--runTestsByPath',
		...paths,
	);
	if (again.count.failed === 0) output.say(`Passed only when run once more: ${list}`);
	const passedAtFirst = files
		.flatMap(({ assertionResults }) => assertionResults)
		.filter(({ status }) => status === 'passed').length;
	return {
		passed: count.passed - passedAtFirst + again.count.passed,
		failed: again.count.failed,
	};
}

type Steps = Readonly<Record<string, Step>>;

/**
 * Row after row. The lanes of a row run at the same time, and the steps of a lane one after the other. The tests with a
 * real phone system or database wait half of the time, so what computes on one processor runs beside them.
 */
const rows: readonly (readonly Steps[])[] = [
	[{ build: buildAndPack }],
	[
		{
			lint: script('lint'),
			'type check': script('typecheck'),
			scan: script('scan'),
			'unit tests': async (output) => (await runJest(output, 'unit', 'unit')).count,
		},
		// Two files at a time, each with an n8n of its own.
		{ 'tests in queue mode': (output) => runInN8n(output, 'queue', '--maxWorkers=2') },
	],
	[
		// An n8n for each of two workers.
		{ 'tests in n8n': (output) => runInN8n(output, 'n8n', '--maxWorkers=2') },
		{
			'tests with a real Asterisk': (output) => runInN8n(output, 'asterisk', '--maxWorkers=1'),
			demo: script('demo', '--once'),
		},
	],
];

/** Runs a step that has the output for itself. */
async function runAlone(title: string, step: Step): Promise<Count> {
	console.log(styleText('bold', `\n── ${title} ──`));
	return await step({ stream: 'inherit', say: console.log });
}

/** Runs a step beside others, and prints at its end what it has written. */
async function runBeside(title: string, step: Step): Promise<Count> {
	const file = join(workFolder, `${title.replaceAll(' ', '-')}.log`);
	const log = await open(file, 'w');
	try {
		return await step({
			stream: log.fd,
			say: (text) => {
				appendFileSync(log.fd, `${String(text)}\n`);
			},
		});
	} finally {
		await log.close();
		console.log(styleText('bold', `\n── ${title} ──`));
		console.log(await readFile(file, 'utf8'));
	}
}

const noCount: Count = { passed: 0, failed: 0 };

function sumOf(counts: readonly Count[]): Count {
	return counts.reduce(
		(sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
		noCount,
	);
}

async function runLane(steps: Steps, run: typeof runAlone): Promise<Count> {
	const counts: Count[] = [];
	for (const [title, step] of Object.entries(steps)) {
		const started = Date.now();
		const count = await run(title, step);
		counts.push(count);
		const seconds = Math.round((Date.now() - started) / 1000);
		console.log(
			`${title}: ${String(count.passed)} passed, ${String(count.failed)} failed, ${String(seconds)} s`,
		);
	}
	return sumOf(counts);
}

async function runRows(): Promise<Count> {
	const counts: Count[] = [];
	for (const lanes of rows) {
		if (lanes.length > 1) {
			const titles = lanes.map((steps) => Object.keys(steps).join(', '));
			console.log(`\nAt the same time, printed when they end: ${titles.join('; ')}`);
		}
		const run = lanes.length > 1 ? runBeside : runAlone;
		counts.push(...(await Promise.all(lanes.map((steps) => runLane(steps, run)))));
	}
	return sumOf(counts);
}

onInterrupt(() => Promise.resolve());
await mkdir(workFolder, { recursive: true });
await rm(countFile, { force: true });
const { passed, failed } = await runRows();
const line = `${String(passed)} passed, ${String(failed)} failed`;
await writeFile(countFile, `${line}\n`);
console.log(`\n${line}`);
process.exitCode = failed === 0 ? 0 : 1;
