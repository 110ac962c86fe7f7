import type { IExecuteFunctions } from 'n8n-workflow';

import { failed, isFailed, rangNobody, type Failed, type Outcome } from './call';

/**
 * Places a call unless this workflow did so before under the same key: the option Once Key, on n8n's own store of what
 * was processed. The key is recorded before the call, and taken back when the call certainly did not come about; it
 * stays when that is unknown. n8n reads and writes the store in two steps, which are kept apart here within one process.
 */
export async function placeOnce(
	context: IExecuteFunctions,
	key: string | undefined,
	place: () => Promise<Outcome>,
): Promise<Outcome> {
	if (key === undefined) return await place();
	const isNew = await record(context, key);
	if (typeof isNew !== 'boolean') return isNew;
	if (!isNew) return { status: 'skipped', reason: 'duplicate', details: { onceKey: key } };
	const outcome = await place();
	if (rangNobody(outcome) || outcome.status === 'not_connected') {
		return await takeBack(context, key, outcome);
	}
	// Another process that wrote the store meanwhile has lost the key again: n8n writes all keys at once.
	await record(context, key);
	return outcome;
}

/** As many keys as a workflow keeps; beyond that, n8n forgets the oldest. A record of this size takes about 3 MB. */
const store = { mode: 'entries', maxEntries: 100_000 } as const;

/** Nodes such as Remove Duplicates use the same store, and may have seen the same value. */
const entryOf = (key: string) => `originate-call ${key}`;

async function record(context: IExecuteFunctions, key: string): Promise<boolean | Failed> {
	if (!context.getWorkflow().id) return notRecorded('the workflow is not saved');
	try {
		const { helpers } = context;
		const checked = await alone(
			async () => await helpers.checkProcessedAndRecord([entryOf(key)], 'workflow', store),
		);
		if (checked.processed.length > 0) return false;
		return checked.new.length > 0 || notRecorded('n8n does not say whether it is new');
	} catch (error) {
		return notRecorded(reasonOf(error));
	}
}

function notRecorded(reason: string): Failed {
	return failed(
		'not_sent',
		'store_unavailable',
		`The once key could not be recorded in n8n (${reason}).`,
		'Keys are kept with the saved workflow: save it first. If it has a Remove Duplicates node that compares with a highest value or a latest date, set its scope to Node.',
	);
}

async function takeBack(
	context: IExecuteFunctions,
	key: string,
	outcome: Outcome,
): Promise<Outcome> {
	try {
		const { helpers } = context;
		await alone(async () => await helpers.removeProcessed([entryOf(key)], 'workflow', store));
		return outcome;
	} catch (error) {
		if (!isFailed(outcome)) return outcome;
		const stays = `The once key could not be taken back in n8n (${reasonOf(error)}): use another one to call again.`;
		return { ...outcome, advice: `${outcome.advice} ${stays}` };
	}
}

let last: Promise<unknown> = Promise.resolve();

/** Waits until nobody else in this process is at the store. */
async function alone<Result>(access: () => Promise<Result>): Promise<Result> {
	const turn = last.then(access, access);
	last = turn.catch(() => undefined);
	return await turn;
}

function reasonOf(error: unknown): string {
	return error instanceof Error && error.message !== '' ? error.message : 'no reason given';
}
