import type { IExecuteFunctions } from 'n8n-workflow';

import { type Fault, inTime, isFault } from './store';

/**
 * The one record in which a workflow's keys were first kept, and still are where n8n keeps no rows of our own
 * (`store.ts`). n8n reads all of it, changes it and writes it back, so that of several processes one can lose a key of
 * another.
 */

/** As many keys as the record holds; beyond that, n8n forgets the oldest. */
const store = { mode: 'entries', maxEntries: 100_000 } as const;

/** Nodes such as Remove Duplicates use the same record, and may have seen the same value. */
const entryOf = (key: string) => `originate-call ${key}`;

/** Records the key; false when it was there. */
export async function recordLegacyKey(
	context: IExecuteFunctions,
	key: string,
): Promise<boolean | Fault> {
	return await exclusively(context, async () => await record(context, key));
}

export async function forgetLegacyKey(
	context: IExecuteFunctions,
	key: string,
): Promise<undefined | Fault> {
	return await exclusively(context, async () => await forget(context, key));
}

/** Whether the key is in the record. n8n can only be asked by recording it, so that a new one is taken out again. */
export async function hasLegacyKey(
	context: IExecuteFunctions,
	key: string,
): Promise<boolean | Fault> {
	const count = await inTime(context.helpers.getProcessedDataCount('workflow', store));
	if (isFault(count) || count === 0) return isFault(count) ? count : false;
	return await exclusively(context, async () => {
		const isNew = await record(context, key);
		if (isNew) await forget(context, key);
		return !isNew;
	});
}

async function record({ helpers }: IExecuteFunctions, key: string): Promise<boolean> {
	const checked = await helpers.checkProcessedAndRecord([entryOf(key)], 'workflow', store);
	if (checked.processed.length > 0) return false;
	if (checked.new.length > 0) return true;
	throw new TypeError('n8n does not say whether it is new');
}

async function forget({ helpers }: IExecuteFunctions, key: string): Promise<undefined> {
	await helpers.removeProcessed([entryOf(key)], 'workflow', store);
}

const last = new Map<string, Promise<unknown>>();

/** Waits until nobody else in this process is at the record of this workflow. */
async function exclusively<Result>(
	context: IExecuteFunctions,
	access: () => Promise<Result>,
): Promise<Result | Fault> {
	const workflow = context.getWorkflow().id ?? '';
	const before = last.get(workflow) ?? Promise.resolve();
	const turn = before.then(async () => await inTime(access()));
	last.set(workflow, turn);
	const answer = await turn;
	if (last.get(workflow) === turn) last.delete(workflow);
	return answer;
}
