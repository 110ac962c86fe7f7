import type { IExecuteFunctions } from 'n8n-workflow';

import { pause } from '../../wire/exchange/pause';
import {
	failed,
	type Failed,
	isFailed,
	type Outcome,
	noPhoneRang,
	type Skipped,
} from '../contract/outcome';
import { type Ending, type Journal, journalOf } from './journal';
import { forgetLegacyKey, hasLegacyKey, recordLegacyKey } from './legacyKeys';
import { type Fault, isFault, type Rows, rowsOf } from './store';

/** The call that a key is for. */
export interface CallOfKey {
	/** The longest time that a call with this key may take. */
	readonly replySeconds: number;
	/** Ends the sentence "Before dialing again, ...". */
	readonly howToCheck: string;
}

/** The Once Key of one item, on its way from free to used. */
export interface OnceKey {
	/** Waits until no other call with the key is in progress. An outcome means that the key is used or cannot be looked up. */
	wait(over: AbortSignal): Promise<Outcome | undefined>;
	/** `taken`: another call reserved it first, so wait again. */
	reserve(): Promise<'reserved' | 'taken' | Outcome>;
	/** Records the outcome of the call, and frees the key if the call certainly did not connect. */
	record(outcome: Outcome): Promise<Outcome>;
}

/**
 * The option Once Key: this workflow places one call for each key. The key is claimed right before the call is sent, and
 * gets an ending when the outcome is known. A claim without an ending means that the outcome of the call is not known.
 */
export async function openOnceKey(
	context: IExecuteFunctions,
	key: string | undefined,
	call: CallOfKey,
): Promise<OnceKey> {
	if (key === undefined) return noKey;
	const rows = await rowsOf(context);
	if (rows === undefined) return keyInRecord(context, key, call);
	return isFault(rows) ? keyOutOfReach(rows) : keyInRows(context, rows, key, call);
}

const noKey: OnceKey = {
	wait: async () => undefined,
	reserve: async () => 'reserved',
	record: async (outcome) => outcome,
};

function keyOutOfReach(fault: Fault): OnceKey {
	return { ...noKey, wait: async () => unavailable(fault) };
}

function keyInRows(context: IExecuteFunctions, rows: Rows, key: string, call: CallOfKey): OnceKey {
	const journal = journalOf(rows, key);
	return {
		async wait(over) {
			const ending = await waitForOther(journal, call, over);
			if (isFault(ending)) return unavailable(ending);
			return ending === 'free' ? undefined : outcomeOf(ending, key, call, await journal.day());
		},
		async reserve() {
			const claimed = await journal.claim();
			if (isFault(claimed)) return unavailable(claimed);
			if (!claimed) return 'taken';
			const known = await hasLegacyKey(context, key);
			if (isFault(known)) return await freed(journal, unavailable(known));
			if (!known) return 'reserved';
			await journal.end('legacy');
			return outcomeOf('legacy', key, call);
		},
		async record(outcome) {
			if (isFree(outcome)) return await freed(journal, outcome);
			// The day comes first, so that an ending never lacks it. If the ending cannot be written, the next call with the key
			// is `unknown`.
			await journal.date();
			await journal.end(endingOf(outcome));
			return outcome;
		},
	};
}

/** Whether the call certainly did not connect, so that another one with its key is not a second call. */
function isFree(outcome: Outcome): boolean {
	return noPhoneRang(outcome) || outcome.status === 'not_connected';
}

function endingOf(outcome: Outcome): Ending {
	if (isFailed(outcome)) return outcome.reason;
	return outcome.status === 'skipped' ? 'legacy' : outcome.status;
}

/** For n8n and its store, in addition to the vendor's time. */
const marginSeconds = 15;
const shortestPause = 50;
const longestPause = 1000;

/** Waits for another call with the key to end, but no longer than such a call may take. */
async function waitForOther(
	journal: Journal,
	{ replySeconds }: CallOfKey,
	over: AbortSignal,
): Promise<'free' | Ending | Fault> {
	const deadline = Date.now() + (replySeconds + marginSeconds) * 1000;
	let next = shortestPause;
	let state = await journal.look();
	while (state === 'open') {
		// The item fails at its next turn, with a text that says why.
		if (over.aborted) return 'free';
		const left = deadline - Date.now();
		if (left <= 0) {
			// The next call need not wait then. If the other call ends after all, its own ending replaces this one.
			await journal.end('crashed_earlier');
			return 'crashed_earlier';
		}
		await pause(Math.min(next, left), over);
		next = Math.min(next * 1.5, longestPause);
		state = await journal.look();
	}
	return state;
}

/** The outcome of a call whose key was used before, on `day`. */
function outcomeOf(
	ending: Ending,
	key: string,
	{ howToCheck }: CallOfKey,
	day?: string,
): Skipped | Failed {
	const details = { onceKey: key, ...(day !== undefined && { earlierOn: day }) };
	switch (ending) {
		case 'legacy':
			return { status: 'skipped', reason: 'duplicate', details };
		case 'answered':
		case 'accepted':
		case 'scheduled':
			return {
				status: 'skipped',
				reason: 'duplicate',
				details: { ...details, earlierStatus: ending },
			};
		case 'crashed_earlier':
			return failed(
				'unknown',
				ending,
				'An earlier execution used this Once Key and ended before it recorded the outcome of its call.',
				howToGoOn(howToCheck),
				{ details },
			);
		default:
			return failed(
				'unknown',
				ending,
				`The outcome of an earlier call with this Once Key is not known${day === undefined ? '' : ` (${day})`}.`,
				howToGoOn(howToCheck),
				{ details },
			);
	}
}

function howToGoOn(howToCheck: string): string {
	return `Before dialing again, ${howToCheck}. Then use another key.`;
}

async function freed(journal: Journal, outcome: Outcome): Promise<Outcome> {
	const answer = await journal.free();
	return isFault(answer) ? withKeyTaken(outcome, answer) : outcome;
}

function withKeyTaken(outcome: Outcome, { why }: Fault): Outcome {
	if (!isFailed(outcome)) return outcome;
	const stays = `n8n could not free the Once Key (${why}): use another key to call again.`;
	return { ...outcome, advice: `${outcome.advice} ${stays}` };
}

function unavailable({ why }: Fault): Failed {
	return failed(
		'not_sent',
		'store_unavailable',
		`n8n could not look up or record the Once Key (${why}).`,
		"Keys are kept with the saved workflow: save it first. If it is saved, check n8n's database.",
	);
}

/** The key where n8n keeps no rows of our own: only its use is known. */
function keyInRecord(context: IExecuteFunctions, key: string, call: CallOfKey): OnceKey {
	return {
		wait: async () => undefined,
		async reserve() {
			const isNew = await recordLegacyKey(context, key);
			if (isFault(isNew)) return unavailable(isNew);
			return isNew ? 'reserved' : outcomeOf('legacy', key, call);
		},
		async record(outcome) {
			if (isFree(outcome)) {
				const answer = await forgetLegacyKey(context, key);
				return isFault(answer) ? withKeyTaken(outcome, answer) : outcome;
			}
			// Another process may have written the record in the meantime, without the key.
			await recordLegacyKey(context, key);
			return outcome;
		},
	};
}
