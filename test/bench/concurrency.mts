import { itemsOf } from './contests.mts';
import type { SlowSystem } from './contests.mts';
import type { BenchN8n } from './n8n.mts';
import type { Row } from './table.mts';
import { watchTraffic } from './traffic.mts';

const calls = 200;
const atOnce = 20;

/** Calls whose answer takes its time: the node keeps as many under way as it may, never more. */
export async function measureConcurrency(
	n8n: BenchN8n,
	{ contestant, system, answerMs }: SlowSystem,
	repeats: number,
): Promise<readonly Row[]> {
	const { options } = contestant.parameters;
	const parameters = {
		...contestant.parameters,
		options: { ...Object(options), maxConcurrent: atOnce },
	};
	const workflow = await n8n.createWorkflow({ ...contestant, parameters }, itemsOf(calls), 'once');
	const values: number[] = [];
	for (let repeat = 0; repeat < repeats; repeat++) {
		system.reset();
		const { result, traffic } = await watchTraffic(() => n8n.execute(workflow));
		if (traffic.mostAnswering !== atOnce || system.calls.length !== calls) {
			const [most, placed] = [traffic.mostAnswering, system.calls.length].map(String);
			throw new Error(`${most ?? ''} calls at once, ${placed ?? ''} in all`);
		}
		values.push(result.milliseconds / 1000);
	}
	const least = (calls / atOnce) * (answerMs / 1000);
	return [
		{
			id: 'c',
			what: `${String(calls)} calls, each answered after ${String(answerMs)} ms, ${String(atOnce)} at once`,
			unit: 's',
			values,
			other: { what: 'no time but the answers', values: values.map(() => least) },
			goal: { atMost: 1.1 },
			isMain: true,
		},
	];
}
