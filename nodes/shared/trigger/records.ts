import type { CallRecord, Recorded, RecordPage, RecordQuery } from '../calling/contract/events';
import type { Trouble } from '../calling/contract/outcome';
import { done, type Step } from '../wire/exchange/conversation';
import { isExplanation } from '../wire/reply/explanation';
import { readLocalTime, writeLocalTime } from '../wire/text/localTime';
import { isRecord } from '../wire/text/values';

const hour = 3_600_000;

/**
 * Which call records a trigger has seen.
 *
 * A record appears after the end of its call, and carries the time when the call began: hours earlier, in a zone that
 * need not be known, by a clock that may differ from n8n's or be set. So only times of the phone system itself are
 * compared. Each poll asks for all calls that began up to {@link askedHours} before the latest that was seen, and takes
 * those whose ID it does not know. IDs are kept for longer than that, by {@link shiftHours}: if the phone system moves its
 * clock or its zone forward, records that were seen get a later time, and come into sight again.
 *
 * A poll that finds nothing new changes nothing, because n8n saves nothing after it. One that fails changes nothing either.
 */
export interface Known {
	/** When the latest call of all records began; null if there was no record yet. */
	readonly newest: number | null;
	/** The IDs of records by the day on which the call began. */
	readonly days: Readonly<Record<string, readonly string[]>>;
}

/** The longest call that is found, with the time until its record is there and with a clock that is put back meanwhile. */
const askedHours = 24;
/** As far as the zones of the world are apart. */
const shiftHours = 26;

/** Before the first call record of any phone system. */
const ever = Date.UTC(2000, 0, 1);

/** Before the first poll. */
export const noneKnown: Known = { newest: null, days: {} };

/** From when on the records can be new. */
export function newFrom({ newest }: Pick<Known, 'newest'>): number {
	return newest === null ? ever : newest - askedHours * hour;
}

/** From when on the IDs of records are kept. */
export function keptFrom({ newest }: Pick<Known, 'newest'>): number {
	return newest === null ? ever : newest - (askedHours + shiftHours) * hour;
}

/** Whether a record of an ended call was not seen before. */
export function isNewTo(known: Known): (record: CallRecord) => boolean {
	const ids = new Set(Object.values(known.days).flat());
	const from = newFrom(known);
	return ({ id, start, ended }) => ended !== undefined && start >= from && !ids.has(id);
}

/** The new ones, oldest first; each once, if records moved from page to page meanwhile. */
export function newAmong(known: Known, records: readonly CallRecord[]): readonly CallRecord[] {
	const found = new Map(records.filter(isNewTo(known)).map((record) => [record.id, record]));
	return [...found.values()].sort((one, other) => one.start - other.start);
}

/** Notes records. `newest` is of all that were read. */
export function add(known: Known, records: readonly CallRecord[], newest: Known['newest']): Known {
	const latest = Math.max(known.newest ?? ever, newest ?? ever);
	const next = { newest: known.newest === null && newest === null ? null : latest };
	const days = new Map(Object.entries(known.days).map(([day, ids]) => [day, [...ids]]));
	for (const { id, start } of records) {
		const day = dayOf(start);
		days.set(day, days.get(day) ?? []);
		days.get(day)?.push(id);
	}
	const oldest = dayOf(keptFrom(next));
	return { ...next, days: Object.fromEntries([...days].filter(([day]) => day >= oldest)) };
}

function dayOf(time: number): string {
	return writeLocalTime(time).slice(0, 10);
}

/** As n8n keeps it with the workflow. A change of `source` makes it worthless: other records have other IDs and times. */
export function toStored(source: string, { newest, days }: Known): Stored {
	return { source, newest: newest === null ? null : writeLocalTime(newest), days };
}

type Stored = Readonly<{ source: string; newest: string | null; days: Known['days'] }>;

/** Undefined if nothing is stored for this source. */
export function fromStored(
	stored: Readonly<Record<string, unknown>>,
	source: string,
): Known | undefined {
	const { newest, days } = stored;
	if (stored.source !== source || !isRecord(days)) return undefined;
	const time = typeof newest === 'string' ? readLocalTime(newest) : null;
	return time === undefined ? undefined : { newest: time, days: days as Known['days'] };
}

const pageSize = 500;
/** The most pages that are read at once; a conversation may send a few more requests. */
const mostPages = 90;
/** The most records that one poll reads. */
export const mostRecords = pageSize * mostPages;

/** What several pages have shown. */
export interface Shown {
	readonly kind: 'shown';
	/** Those that were wanted. */
	readonly records: readonly CallRecord[];
	/** When the latest call of all records began. */
	readonly newest: number | null;
	readonly unreadable: number;
	/** Whether there are more pages than are read at once. */
	readonly hasMore: boolean;
}

/** Reads the records from the oldest on, page by page, and keeps those that are wanted: there can be many others. */
export function readRecords(
	events: Recorded,
	query: Pick<RecordQuery, 'form' | 'from' | 'now'>,
	isWanted: (record: CallRecord) => boolean,
): Step<Shown | Trouble> {
	const askFor = (page: number, before: Shown): Step<Shown | Trouble> =>
		askOnce(events, { ...query, order: 'oldestFirst', page, limit: pageSize }, (read) => {
			const shown: Shown = {
				kind: 'shown',
				records: [...before.records, ...read.records.filter(isWanted)],
				newest: latestOf(before.newest, read.records),
				unreadable: before.unreadable + read.unreadable,
				hasMore: !read.isLast,
			};
			return read.isLast || page >= mostPages ? done(shown) : askFor(page + 1, shown);
		});
	return askFor(1, { kind: 'shown', records: [], newest: null, unreadable: 0, hasMore: true });
}

/** Reads the latest records, at most `limit`. */
export function readLatest(
	events: Recorded,
	query: Pick<RecordQuery, 'form' | 'now'>,
	limit: number,
): Step<RecordPage | Trouble> {
	return askOnce(events, { ...query, from: ever, order: 'latestFirst', page: 1, limit }, done);
}

function askOnce<Result>(
	events: Recorded,
	query: RecordQuery,
	next: (page: RecordPage) => Step<Result | Trouble>,
): Step<Result | Trouble> {
	return {
		kind: 'ask',
		request: events.request(query),
		next(response) {
			const read = events.read(response, query);
			return isExplanation(read) ? done(read) : next(read);
		},
	};
}

/** When the latest call began, of those before and of these records. */
export function latestOf(newest: number | null, records: readonly CallRecord[]): number | null {
	return records.reduce<number | null>(
		(latest, { start }) => (latest === null || start > latest ? start : latest),
		newest,
	);
}
