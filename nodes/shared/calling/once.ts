import type { IExecuteFunctions } from 'n8n-workflow';

import type { FailureReason } from '../wire/reasons';
import { forgetFormerly, isKnownFormerly, recordFormerly } from './formerKeys';
import {
	failed,
	type Failed,
	isFailed,
	type Outcome,
	type Placed,
	rangNobody,
	type Skipped,
} from './outcome';
import { pause } from './pause';
import { type Fault, isFault, type Rows, rowsOf } from './store';

/** The option Once Key of one item. */
export interface Once {
	readonly key: string;
	/** How long another call with this key may take. */
	readonly replySeconds: number;
	/** Of the vendor. */
	readonly howToCheck: string;
}

/** A call that is to be placed. */
export interface Attempt {
	/** Waits for the call's turn; an outcome where it is not to be sent after all. */
	ready(): Promise<Outcome | undefined>;
	send(): Promise<Outcome>;
	/** Aborted when `ready` keeps every call back from then on. */
	readonly over: AbortSignal;
}

/**
 * Places a call unless this workflow did so before under the same key. Two rows make the journal of a key: it is claimed
 * when the call is about to be sent, and settled when its outcome is known. When the call certainly did not come about,
 * the key is free again. A claim that nobody settles tells of a call of which nothing is known.
 */
export async function placeOnce(
	context: IExecuteFunctions,
	once: Once | undefined,
	attempt: Attempt,
): Promise<Outcome> {
	if (once === undefined) return (await attempt.ready()) ?? (await attempt.send());
	const rows = await rowsOf(context);
	if (rows === undefined) return await placeByRecord(context, once, attempt);
	return isFault(rows) ? unavailable(rows) : await placeByRow(context, rows, once, attempt);
}

async function placeByRow(
	context: IExecuteFunctions,
	rows: Rows,
	once: Once,
	attempt: Attempt,
): Promise<Outcome> {
	const journal = journalOf(rows, once.key);
	const ending = await waitForOther(journal, once, attempt.over);
	if (isFault(ending)) return unavailable(ending);
	if (ending !== 'free') return tell(ending, once);

	// The turn ahead of the claim: a key is held for the time of a call, not for that of a pause.
	const kept = await attempt.ready();
	if (kept !== undefined) return kept;
	const claimed = await journal.claim();
	if (isFault(claimed)) return unavailable(claimed);
	// Another call with the key was faster in the meantime.
	if (!claimed) return await placeByRow(context, rows, once, attempt);

	const known = await isKnownFormerly(context, once.key);
	if (isFault(known)) return await freed(journal, unavailable(known));
	if (known) {
		await journal.settle('former');
		return tell('former', once);
	}
	const outcome = await attempt.send();
	if (isFree(outcome)) return await freed(journal, outcome);
	// Where this cannot be written, the key says later that nothing is known.
	await journal.settle(endingOf(outcome));
	return outcome;
}

/** Whether the call certainly did not come about, so that the next one with its key is no second one. */
function isFree(outcome: Outcome): boolean {
	return rangNobody(outcome) || outcome.status === 'not_connected';
}

/** What came of the call of a key; `former`: it was recorded in the way of formerly, which does not tell. */
type Ending = Placed['status'] | FailureReason | 'former';

function endingOf(outcome: Outcome): Ending {
	if (isFailed(outcome)) return outcome.reason;
	return outcome.status === 'skipped' ? 'former' : outcome.status;
}

/**
 * The size of the row that tells the ending: n8n gives nothing else back. These numbers are in people's databases and
 * never change; a new ending gets the next one. `crashed_earlier` is the least, so that what is known later stands.
 */
const sizes: Readonly<Record<Ending, number>> = {
	crashed_earlier: 1,
	former: 2,
	answered: 3,
	accepted: 4,
	scheduled: 5,
	timed_out: 6,
	connection_lost: 7,
	server_fault: 8,
	unreadable_reply: 9,
	undocumented_code: 10,
	contradictory_reply: 11,
	node_fault: 12,
	redirected: 13,
	unreachable: 14,
	connection_refused: 15,
	host_not_found: 16,
	certificate: 17,
	tls: 18,
	blocked_by_policy: 19,
	unauthorized: 20,
	rate_limited: 21,
	vendor_refused: 22,
	no_answer: 23,
	busy: 24,
	cancelled: 25,
	invalid_input: 26,
	invalid_credential: 27,
	invalid_settings: 28,
	store_unavailable: 29,
};

const endings = new Map(Object.entries(sizes).map(([ending, size]) => [size, ending as Ending]));

interface Journal {
	look(): Promise<'free' | 'open' | Ending | Fault>;
	/** False: somebody else has it. */
	claim(): Promise<boolean | Fault>;
	settle(ending: Ending): Promise<boolean | Fault>;
	free(): Promise<undefined | Fault>;
}

function journalOf(rows: Rows, key: string): Journal {
	const [claim, settlement] = [`key ${key}`, `settled ${key}`];
	return {
		async look() {
			const claimed = await rows.size(claim);
			if (isFault(claimed)) return claimed;
			if (claimed === 0) return 'free';
			const size = await rows.size(settlement);
			if (isFault(size)) return size;
			// A later version of this package may know more endings.
			return size === 0 ? 'open' : (endings.get(size) ?? 'crashed_earlier');
		},
		claim: async () => await rows.add(claim),
		settle: async (ending) => await rows.raise(settlement, sizes[ending]),
		async free() {
			// The claim last: a key is never free and settled.
			const removed = await rows.remove(settlement);
			return isFault(removed) ? removed : await rows.remove(claim);
		},
	};
}

/** What n8n and its store may take on top of the vendor. */
const marginSeconds = 15;
const shortestPause = 50;
const longestPause = 1000;

/** Waits for the end of another call with the key, no longer than such a call may take. */
async function waitForOther(
	journal: Journal,
	{ replySeconds }: Once,
	over: AbortSignal,
): Promise<'free' | Ending | Fault> {
	const deadline = Date.now() + (replySeconds + marginSeconds) * 1000;
	let next = shortestPause;
	let state = await journal.look();
	while (state === 'open') {
		// `ready` has the words for it.
		if (over.aborted) return 'free';
		const left = deadline - Date.now();
		if (left <= 0) {
			// So that the next one need not wait. Should the other end after all, its own ending takes the place of this.
			await journal.settle('crashed_earlier');
			return 'crashed_earlier';
		}
		await pause(Math.min(next, left), over);
		next = Math.min(next * 1.5, longestPause);
		state = await journal.look();
	}
	return state;
}

/** What a call is told whose key was called before. */
function tell(ending: Ending, { key, howToCheck }: Once): Skipped | Failed {
	switch (ending) {
		case 'former':
			return { status: 'skipped', reason: 'duplicate', details: { onceKey: key } };
		case 'answered':
		case 'accepted':
		case 'scheduled': {
			const details = { onceKey: key, earlierStatus: ending };
			return { status: 'skipped', reason: 'duplicate', details };
		}
		case 'crashed_earlier':
			return failed(
				'unknown',
				ending,
				'An earlier execution recorded this Once Key and ended without saying what came of its call.',
				howToGoOn(howToCheck),
				{ details: { onceKey: key } },
			);
		default:
			return failed(
				'unknown',
				ending,
				'It is not known what came of an earlier call with this Once Key.',
				howToGoOn(howToCheck),
				{ details: { onceKey: key } },
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

function withKeyTaken(outcome: Outcome, { fault }: Fault): Outcome {
	if (!isFailed(outcome)) return outcome;
	const stays = `The Once Key could not be taken back in n8n (${fault}): use another one to call again.`;
	return { ...outcome, advice: `${outcome.advice} ${stays}` };
}

function unavailable({ fault }: Fault): Failed {
	return failed(
		'not_sent',
		'store_unavailable',
		`The Once Key could not be looked up and recorded in n8n (${fault}).`,
		"Keys are kept with the saved workflow: save it first. If it is saved, check n8n's database.",
	);
}

/** The way where n8n keeps no rows of our own: recorded is all that is known of a key. */
async function placeByRecord(
	context: IExecuteFunctions,
	once: Once,
	attempt: Attempt,
): Promise<Outcome> {
	const { key } = once;
	const isNew = await recordFormerly(context, key);
	if (isFault(isNew)) return unavailable(isNew);
	if (!isNew) return tell('former', once);
	const outcome = (await attempt.ready()) ?? (await attempt.send());
	if (isFree(outcome)) {
		const answer = await forgetFormerly(context, key);
		return isFault(answer) ? withKeyTaken(outcome, answer) : outcome;
	}
	// Another process that wrote the record meanwhile has lost the key again.
	await recordFormerly(context, key);
	return outcome;
}
