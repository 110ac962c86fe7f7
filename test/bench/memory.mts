import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { itemsOf } from './contests.mts';
import type { Contest, Contestant } from './contests.mts';
import type { BenchN8n } from './n8n.mts';
import { interleave } from './statistics.mts';
import type { Row } from './table.mts';

export interface MemoryOptions {
	/** The smaller number of items; the larger is ten times as many. */
	readonly items: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

interface Use {
	readonly peak: number;
	/** What nine tenths of the items added to the peak. */
	readonly growth: number;
	readonly seconds: number;
}

const warmUpItems = 100;

/**
 * The peak of n8n's memory in one execution with many items, each time in an n8n of its own. HTTP Request gets all items
 * in one run, too; it does not wait for an answer before the next item.
 */
export async function measureMemory(
	n8n: BenchN8n,
	{ ours, theirs, system, title }: Contest,
	{ items, repeats, log }: MemoryOptions,
): Promise<readonly Row[]> {
	const uses: Record<'ours' | 'theirs', Use[]> = { ours: [], theirs: [] };
	const measure = (side: keyof typeof uses, contestant: Contestant) => async () => {
		await n8n.restart();
		system.reset();
		const use = await useOf(n8n, contestant, items);
		uses[side].push(use);
		const { peak, growth, seconds } = use;
		log(
			`${title}, ${side}: ${peak.toFixed(0)} MB, of it ${growth.toFixed(0)} by nine tenths of the items, ${seconds.toFixed(1)} s`,
		);
		return peak;
	};
	await interleave(repeats, { ours: measure('ours', ours), theirs: measure('theirs', theirs) });
	const row = (key: keyof Use, rest: Pick<Row, 'what' | 'unit' | 'goal' | 'isMain'>): Row => ({
		id: 'b',
		...rest,
		values: uses.ours.map((use) => use[key]),
		other: { what: 'HTTP Request', values: uses.theirs.map((use) => use[key]) },
	});
	const many = (items * 10).toLocaleString('en');
	const more = (items * 9).toLocaleString('en');
	return [
		row('peak', {
			what: `n8n's peak memory, ${many} calls: ${title}`,
			unit: 'MB',
			goal: { atMost: 1.1 },
			isMain: true,
		}),
		row('growth', { what: `What ${more} more calls add to the peak`, unit: 'MB' }),
		row('seconds', { what: `Time of ${many} calls`, unit: 's' }),
	];
}

async function useOf(n8n: BenchN8n, contestant: Contestant, items: number): Promise<Use> {
	const run = async (count: number) => {
		const workflow = await n8n.createWorkflow(contestant, itemsOf(count), 'once');
		await resetPeak(n8n.pid());
		const { milliseconds } = await n8n.execute(workflow);
		return { peak: await peakOf(n8n.pid()), seconds: milliseconds / 1000 };
	};
	await run(warmUpItems);
	const few = await run(items);
	const many = await run(items * 10);
	return { ...many, growth: many.peak - few.peak };
}

/** The highest resident memory of a process since it was last reset, in MB. Only Linux shows it. */
async function peakOf(pid: number): Promise<number> {
	const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
	return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function resetPeak(pid: number): Promise<void> {
	await writeFile(`/proc/${String(pid)}/clear_refs`, '5');
}

/** What a call adds to the memory of an execution, among few items and among many: its result and nothing else. */
export async function measureResults({
	items,
	repeats,
}: Omit<MemoryOptions, 'log'>): Promise<readonly Row[]> {
	const { few, many } = await interleave(repeats, {
		few: async () => await kilobytesOfOne(items),
		many: async () => await kilobytesOfOne(items * 10),
	});
	const count = (number: number) => number.toLocaleString('en');
	return [
		{
			id: 'b',
			what: `What one of ${count(items * 10)} calls leaves in memory`,
			unit: 'kB',
			values: many,
			other: { what: `one of ${count(items)}`, values: few },
			goal: { atMost: 1.1 },
		},
	];
}

async function kilobytesOfOne(items: number): Promise<number> {
	const script = new URL('results.mts', import.meta.url).pathname;
	const args = ['--expose-gc', script, String(items)];
	const { stdout } = await promisify(execFile)(process.execPath, args);
	return Number(stdout) / 1000;
}
