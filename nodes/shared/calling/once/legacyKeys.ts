import type { IExecuteFunctions } from 'n8n-workflow';

import { type Fault, inTime, isFault } from './store';

/**
 * Keys in a single record for each workflow: the first version of Once Key, and the fallback where n8n cannot keep rows of
 * our own (`store.ts`). n8n reads the record, changes it and writes it back, so one process can lose a key of another.
 */

/** If the record has more keys than this, n8n forgets the oldest. */
const store = { mode: 'entries', maxEntries: 100_000 } as const;

/** The prefix keeps keys apart from the values of nodes such as Remove Duplicates, which use the same record. */
const entryOf = (key: string) => `originate-call ${key}`;

/** Records the key. False: it was there already. */
export async function recordLegacyKey(
	context: IExecuteFunctions,
	key: string,
): Promise<boolean | Fault> {
	return await exclusively(context, async () => await record(context, key));
}

/** Removes the key from the record. */
export async function forgetLegacyKey(
	context: IExecuteFunctions,
	key: string,
): Promise<undefined | Fault> {
	return await exclusively(context, async () => await forget(context, key));
}

/** Whether the key is in the record. n8n says so only when it records a key, so a new one is removed again. */
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

/** Runs `access` when no other access of this process to the workflow's record is in progress. */
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
