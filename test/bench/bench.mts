/** Measures the package against its alternatives; see CONTRIBUTING.md. Prints tables and writes them as JSON. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../n8n/install.mts';
import { packPackage } from '../n8n/pack.mts';
import { projectFolder } from '../n8n/paths.mts';
import { Advice, onInterrupt } from '../n8n/processes.mts';
import { withProgress } from '../n8n/progress.mts';
import { measurePure } from './codec.mts';
import { measureConcurrency } from './concurrency.mts';
import { startContests, startSlowSystem } from './contests.mts';
import { measureLibrary } from './library.mts';
import { measureLists } from './lists.mts';
import { describeMachine, machineText } from './machine.mts';
import { measureMemory, measureResults } from './memory.mts';
import { benchFolder, openN8n } from './n8n.mts';
import type { BenchN8n } from './n8n.mts';
import { measureOnceKeys } from './onceKeys.mts';
import { measurePackage } from './package.mts';
import { measureCalls, measureOtherWays } from './perCall.mts';
import { judge, renderTables, replaceBetweenMarks } from './table.mts';
import type { Row } from './table.mts';
import { measureTriggers } from './triggers.mts';
import { measureWaiting } from './waiting.mts';

const usage = `Measures this package, next to what else could do its work. Takes a quiet machine and half an hour.

  --only <letters>  some of the benchmarks, e.g. ef
  --quick           few calls and repeats: to see that it works, not for figures
  --write           put the tables into docs/benchmarks.md`;

const resultFile = join(benchFolder, 'results.json');
const pageFile = join(projectFolder, 'docs', 'benchmarks.md');

function say(line: string): void {
	process.stderr.write(`  ${line}\n`);
}

/** What has to be ended, the latest first. */
const cleanups: (() => Promise<void>)[] = [];

async function cleanUp(): Promise<void> {
	for (let next = cleanups.pop(); next; next = cleanups.pop()) await next();
}

interface Plan {
	/** Which of the benchmarks, by their letters. */
	readonly has: (letter: string) => boolean;
	readonly items: number;
	readonly repeats: number;
}

/** What was measured, and what could not be: a part that fails leaves the others alone. */
class Results {
	readonly rows: Row[] = [];
	readonly failures: string[] = [];

	async add(part: string, measure: () => Promise<readonly Row[]>): Promise<void> {
		try {
			this.rows.push(...(await withProgress(part, measure)));
		} catch (error) {
			this.fail(part, error);
		}
	}

	fail(part: string, error: unknown): void {
		console.error(error instanceof Advice ? error.message : error);
		this.failures.push(part);
	}
}

async function measureAll(plan: Plan, results: Results): Promise<void> {
	const { has, items, repeats } = plan;
	await mkdir(benchFolder, { recursive: true });
	if (['a', 'b', 'c'].some(has)) await installN8n();
	await packPackage();
	if ([...'abch'].some(has)) await measureInN8n(plan, results);
	if (has('b')) {
		await results.add('Results', () => measureResults({ items: 1000, repeats: repeats * 2 }));
	}
	if (has('d')) {
		await results.add('The library', () =>
			measureLibrary({ calls: items / 2, repeats: repeats * 15, log: say }),
		);
	}
	if (has('e')) {
		await results.add('Encoders and decoders', () =>
			measurePure({ repeats: repeats * 3, callsInRepeat: items * 10, log: say }),
		);
	}
	if (has('f')) await results.add('The package', () => measurePackage(repeats * 5, say));
	if (has('i')) await results.add('Waiting calls', () => measureWaiting(repeats));
	if (has('j')) {
		await results.add('Replies of a trigger', () =>
			measureTriggers({ events: items / 10, log: say }),
		);
	}
	if (has('g')) {
		await results.add('Long lists', () => measureLists({ items: items * 10, repeats }));
	}
}

/** The simulators are there before n8n is, so that n8n trusts them. */
async function measureInN8n(plan: Plan, results: Results): Promise<void> {
	const contests = await startContests();
	const slow = await startSlowSystem();
	const systems = [...contests.map(({ system }) => system), slow.system];
	cleanups.push(async () => {
		await Promise.all(systems.map(({ close }) => close()));
	});
	const certificates = systems.map(({ caCertificate }) => caCertificate);
	const n8n = await withProgress('Starting n8n', () => openN8n(certificates));
	cleanups.push(n8n.stop);
	await measureWith(n8n, contests, slow, plan, results);
	await cleanUp();
}

async function measureWith(
	n8n: BenchN8n,
	contests: Awaited<ReturnType<typeof startContests>>,
	slow: Awaited<ReturnType<typeof startSlowSystem>>,
	{ has, items, repeats }: Plan,
	results: Results,
): Promise<void> {
	const [first] = contests;
	if (first === undefined) return;
	const options = { items, repeats, log: say };
	if (has('a')) {
		// Short turns: a slow moment of the machine then falls on both sides.
		const more = { ...options, items: items / 4, repeats: repeats * 8 };
		await results.add('Calls one at a time', () => measureCalls(n8n, contests, more));
		await results.add('Calls in other ways', () => measureOtherWays(n8n, first, more));
	}
	if (has('c')) {
		await results.add('Slow answers', () => measureConcurrency(n8n, slow, repeats));
	}
	if (has('h')) {
		const more = { ...options, items: items / 5, repeats: repeats * 4 };
		await results.add('Once keys', () => measureOnceKeys(n8n, first, more));
	}
	if (has('b')) {
		// Each repeat takes two starts of n8n and 22 times as many calls.
		const fewer = { ...options, repeats: Math.ceil(repeats / 2) };
		await results.add('Memory', () => measureMemory(n8n, first, fewer));
	}
}

async function report({ rows, failures }: Results, seconds: number, write: boolean): Promise<void> {
	const judged = rows.map(judge).sort((one, other) => one.id.localeCompare(other.id));
	const machine = describeMachine();
	const text = `${renderTables(judged)}\n\nMedians of repeats that took turns, with the lowest and the highest in brackets; the ratio is the median of the ratios of single repeats. Measured on ${machineText(machine)}`;
	console.log(`\n${text}\n`);
	await writeFile(
		resultFile,
		`${JSON.stringify({ machine, seconds, failures, rows: judged }, null, '\t')}\n`,
	);
	console.log(`${String(Math.round(seconds))} s; the single values are in ${resultFile}`);
	const missed = judged.filter(({ met }) => met === false).map(({ what }) => what);
	console.log(missed.length === 0 ? 'All goals are met.' : `Missed: ${missed.join('; ')}`);
	if (failures.length > 0) throw new Advice(`Not measured: ${failures.join('; ')}`);
	if (!write) return;
	const page = replaceBetweenMarks(await readFile(pageFile, 'utf8'), text);
	if (page === undefined) throw new Advice('docs/benchmarks.md has no place for the tables.');
	await writeFile(pageFile, page);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			quick: { type: 'boolean', default: false },
			write: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(usage);
		return;
	}
	const { only, quick } = values;
	const has = (letter: string) => only === undefined || only.includes(letter);
	onInterrupt(cleanUp);
	const started = performance.now();
	const results = new Results();
	const plan = { has, items: quick ? 100 : 1000, repeats: quick ? 1 : 3 };
	try {
		await measureAll(plan, results);
	} catch (error) {
		results.fail('what comes after that', error);
	}
	await report(results, (performance.now() - started) / 1000, values.write);
}

try {
	await main();
} catch (error) {
	console.error(error instanceof Advice ? error.message : error);
	process.exitCode = 1;
} finally {
	await cleanUp();
}
