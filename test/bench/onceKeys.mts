import { createHash, randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { itemsOf } from './contests.mts';
import type { Contest } from './contests.mts';
import { databaseFile } from './n8n.mts';
import type { BenchN8n } from './n8n.mts';
import { interleave } from './statistics.mts';
import type { Row } from './table.mts';

const storedKeys = 100_000;

interface Options {
	/** How many calls each repeat places. */
	readonly items: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

/** Calls with a Once Key, in a workflow that has placed very many of them and in one that has placed none. */
export async function measureOnceKeys(
	n8n: BenchN8n,
	{ ours, system }: Contest,
	{ items, repeats, log }: Options,
): Promise<readonly Row[]> {
	const { options } = ours.parameters;
	const onceKey = '={{ $execution.id }} {{ $itemIndex }}';
	const contestant = {
		...ours,
		parameters: { ...ours.parameters, options: { ...Object(options), onceKey } },
	};
	const create = async () => await n8n.createWorkflow(contestant, itemsOf(items), 'once');
	const [many, none] = [await create(), await create()];
	await storeKeys(many);
	const timeOf = (workflow: string) => async () => {
		system.reset();
		const { milliseconds, items: results } = await n8n.execute(workflow);
		const placed = results.filter(({ status }) => status === 'answered').length;
		if (placed !== items) throw new Error(`${String(placed)} calls of ${String(items)}`);
		return milliseconds / items;
	};
	const values = await interleave(repeats, { many: timeOf(many), none: timeOf(none) });
	log(`${String(storedKeys)} keys: ${values.many.map((value) => value.toFixed(2)).join(', ')} ms`);
	log(`no keys: ${values.none.map((value) => value.toFixed(2)).join(', ')} ms`);
	return [
		{
			id: 'h',
			what: `A call with a Once Key, ${storedKeys.toLocaleString('en')} keys stored`,
			unit: 'ms',
			values: values.many,
			other: { what: 'no key stored', values: values.none },
			goal: { atMost: 1.3 },
		},
	];
}

/** The rows that this many calls leave; placing them would take an hour. */
async function storeKeys(workflowId: string): Promise<void> {
	const database = new DatabaseSync(databaseFile);
	database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE');
	const insert = database.prepare(
		'INSERT INTO processed_data ("workflowId", "context", "value") VALUES (?, ?, ?)',
	);
	const run = randomUUID();
	const rowOf = (name: string) => createHash('sha256').update(`${run} ${name}`).digest('hex');
	const valueOf = (size: number) =>
		JSON.stringify({
			mode: 'entries',
			data: Array.from({ length: size }, (_, entry) =>
				createHash('md5').update(String(entry)).digest('base64'),
			),
		});
	// What was placed on the fourth day of a week is as long as all are on average.
	const [claim, day, settlement] = [valueOf(1), valueOf(4), valueOf(3)];
	for (let key = 0; key < storedKeys; key++) {
		// So that a connection that n8n closes meanwhile is seen to be closed.
		if (key % 1000 === 0) await nextTurn();
		insert.run(workflowId, `n:originate-call:${rowOf(`key ${String(key)}`)}`, claim);
		insert.run(workflowId, `n:originate-call:${rowOf(`week 2968 ${String(key)}`)}`, day);
		insert.run(workflowId, `n:originate-call:${rowOf(`ending ${String(key)}`)}`, settlement);
	}
	database.exec('COMMIT');
	database.close();
}
