import type { FailureReason } from '../../wire/reply/reasons';
import type { Placed } from '../contract/outcome';
import { type Fault, isFault, type Rows } from './store';

/** How the call of a key ended. `legacy`: the key is in the old record, which holds no ending. */
export type Ending = Placed['status'] | FailureReason | 'legacy';

/**
 * An ending is stored as the size of its row, the only thing that n8n returns. These numbers are in users' databases and
 * never change; a new ending gets the next one. `crashed_earlier` is the smallest, because a row only grows: an ending that
 * becomes known later replaces it.
 */
const sizes: Readonly<Record<Ending, number>> = {
	crashed_earlier: 1,
	legacy: 2,
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
	canceled: 25,
	invalid_input: 26,
	invalid_credential: 27,
	invalid_settings: 28,
	store_unavailable: 29,
};

const endings = new Map(Object.entries(sizes).map(([ending, size]) => [size, ending as Ending]));

/** The rows of one key: its claim, its ending, and the day of its call. */
export interface Journal {
	/** `open`: claimed, and without an ending. */
	look(): Promise<'free' | 'open' | Ending | Fault>;
	/** False: another call has it. */
	claim(): Promise<boolean | Fault>;
	end(ending: Ending): Promise<boolean | Fault>;
	/** Records that the call was today. */
	date(): Promise<boolean | Fault>;
	/** The day of the call in UTC, such as 2026-11-21; undefined if it is not known. */
	day(): Promise<string | undefined>;
	free(): Promise<undefined | Fault>;
}

const dayMs = 86_400_000;
/** How far back the day of a call is looked up; each week takes one query. */
const weeks = 13;
const today = () => Math.floor(Date.now() / dayMs);
const weekOf = (day: number) => Math.floor(day / 7);

export function journalOf(rows: Rows, key: string): Journal {
	const [claim, ending] = [`key ${key}`, `ending ${key}`];
	/** The size of this row is the day of the week, from 1. */
	const dated = (week: number) => `week ${week} ${key}`;
	return {
		async look() {
			const claimed = await rows.size(claim);
			if (isFault(claimed)) return claimed;
			if (claimed === 0) return 'free';
			const size = await rows.size(ending);
			if (isFault(size)) return size;
			// A later version of this package may know more endings.
			return size === 0 ? 'open' : (endings.get(size) ?? 'crashed_earlier');
		},
		claim: async () => await rows.add(claim),
		end: async (one) => await rows.raise(ending, sizes[one]),
		date: async () => await rows.raise(dated(weekOf(today())), (today() % 7) + 1),
		async day() {
			const latest = weekOf(today());
			for (let week = latest; week > latest - weeks; week--) {
				const size = await rows.size(dated(week));
				if (isFault(size)) return undefined;
				if (size > 0) return new Date((week * 7 + size - 1) * dayMs).toISOString().slice(0, 10);
			}
			return undefined;
		},
		async free() {
			// The claim comes last, so that a free key never has an ending.
			const removed = await rows.remove(ending);
			return isFault(removed) ? removed : await rows.remove(claim);
		},
	};
}
