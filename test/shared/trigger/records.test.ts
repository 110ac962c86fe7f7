import type {
	CallEvent,
	CallRecord,
	Recorded,
} from '../../../nodes/shared/calling/contract/events';
import {
	add,
	fromStored,
	isNewTo,
	keptFrom,
	type Known,
	mostRecords,
	newAmong,
	newFrom,
	noneKnown,
	readLatest,
	readRecords,
	type Shown,
	toStored,
} from '../../../nodes/shared/trigger/records';
import { converse } from '../../../nodes/shared/wire/exchange/conversation';
import { isExplanation } from '../../../nodes/shared/wire/reply/explanation';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 21, 12);

const record = (id: string, start = noon, isOver = true): CallRecord => ({
	id,
	start,
	ended: isOver ? ({ callId: id } as CallEvent) : undefined,
});

const idsOf = (records: readonly CallRecord[]) => records.map(({ id }) => id);

/** A phone system that answers with what it was asked. */
function recordsOf(all: () => readonly CallRecord[]): { events: Recorded; pages: number[] } {
	const pages: number[] = [];
	const events: Recorded = {
		kind: 'recorded',
		names: ['ended'],
		fields: [],
		request: (query) => {
			pages.push(query.page);
			return { method: 'GET', path: JSON.stringify(query), headers: {} };
		},
		read(_response, { from, order, page, limit }) {
			const found = all().filter(({ start }) => start >= from);
			const sorted = order === 'oldestFirst' ? found : [...found].reverse();
			return {
				kind: 'page',
				records: sorted.slice((page - 1) * limit, page * limit),
				unreadable: 1,
				isLast: page * limit >= found.length,
			};
		},
	};
	return { events, pages };
}

const send = () => Promise.resolve({ status: 200, headers: {}, body: '' });

async function read(
	{ events }: ReturnType<typeof recordsOf>,
	known: Known = noneKnown,
): Promise<Shown> {
	const query = { form: {}, from: newFrom(known), now: noon };
	const shown = await converse(readRecords(events, query, isNewTo(known)), send);
	if (isExplanation(shown)) throw new Error(shown.what);
	return shown;
}

test('a record is new once, and not before its call is over', () => {
	const records = [record('2', noon + 1), record('1'), record('3', noon, false), record('1')];
	const found = newAmong(noneKnown, records);
	expect(idsOf(found)).toEqual(['1', '2']);
	const known = add(noneKnown, found, noon + 1);
	expect(newAmong(known, records)).toEqual([]);
	expect(idsOf(newAmong(known, [record('3')]))).toEqual(['3']);
});

test('a call that began a day before the latest is too old, whatever its ID', () => {
	const known = add(noneKnown, [record('1')], noon);
	const ids = [noon - 24 * hour, noon - 24 * hour - 1000].map((start) => `${start}`);
	const records = ids.map((id) => record(id, Number(id)));
	expect(idsOf(newAmong(known, records))).toEqual([ids[0]]);
});

test('IDs are kept for longer than records are new, even by the clock of the farthest zone', () => {
	const known = add(noneKnown, [record('1')], noon);
	const later = add(known, [record('2', noon + 49 * hour)], noon + 49 * hour);
	// The phone system moves from the zone in the farthest west to the one in the farthest east.
	expect(idsOf(newAmong(later, [record('1', noon + 26 * hour)]))).toEqual([]);
	expect(newFrom(later)).toBe(noon + 25 * hour);
	expect(keptFrom(later)).toBe(noon - hour);
	const latest = add(later, [], noon + 80 * hour);
	expect(Object.values(latest.days).flat()).toEqual(['2']);
});

test('a clock that is put back does not move what is asked for', () => {
	const known = add(add(noneKnown, [record('1')], noon), [record('2', noon - hour)], noon - hour);
	expect(known.newest).toBe(noon);
});

test('what is stored can be read again, for the same source only', () => {
	const known = add(noneKnown, [record('1')], noon);
	const stored = JSON.parse(JSON.stringify(toStored('a', known))) as Record<string, unknown>;
	expect(stored).toEqual({
		source: 'a',
		newest: '2026-11-21 12:00:00',
		days: { '2026-11-21': ['1'] },
	});
	expect(fromStored(stored, 'a')).toEqual(known);
	expect(fromStored(stored, 'b')).toBeUndefined();
	expect(fromStored({}, 'a')).toBeUndefined();
	expect(fromStored({ ...stored, newest: 'noon' }, 'a')).toBeUndefined();
	const empty = JSON.parse(JSON.stringify(toStored('a', noneKnown))) as Record<string, unknown>;
	expect(fromStored(empty, 'a')).toEqual(noneKnown);
});

test('20,000 records of a day: each once, in a state of a few bytes each', async () => {
	const all = Array.from({ length: 20_000 }, (_, index) =>
		record(String(123_456 + index), noon + index * 4000),
	);
	const system = recordsOf(() => all);
	const shown = await read(system);
	const found = newAmong(noneKnown, shown.records);
	expect(idsOf(found)).toEqual(idsOf(all));
	expect(system.pages).toHaveLength(40);
	expect(shown).toMatchObject({ hasMore: false, unreadable: 40, newest: noon + 19_999 * 4000 });
	const known = add(noneKnown, found, shown.newest);
	expect(JSON.stringify(toStored('a', known)).length).toBeLessThan(20_000 * 10);
	const again = await read(system, known);
	// What is known is not even kept while it is read.
	expect(again.records).toEqual([]);
});

test('more records than are read at once: the oldest first, and the rest with the next polls', async () => {
	const count = mostRecords + 700;
	const all = Array.from({ length: count }, (_, index) =>
		record(String(index), noon + index * 4000),
	);
	const system = recordsOf(() => all);
	let known = noneKnown;
	const found: string[] = [];
	for (const hasMore of [true, false]) {
		const shown = await read(system, known);
		const records = newAmong(known, shown.records);
		expect(shown.hasMore).toBe(hasMore);
		found.push(...idsOf(records));
		known = add(known, records, shown.newest);
	}
	expect(found).toEqual(idsOf(all));
});

test('records that move to another page while they are read', async () => {
	const late: CallRecord[] = [];
	const early = Array.from({ length: 600 }, (_, index) => record(`e${index}`, noon + index));
	const system = recordsOf(() => {
		// A record of a call that began before all others appears between two pages.
		if (system.pages.length === 2 && late.length === 0) late.push(record('late', noon - 1));
		return [...late, ...early];
	});
	const shown = await read(system);
	expect(shown.records).toHaveLength(601);
	const found = newAmong(noneKnown, shown.records);
	expect(idsOf(found)).toEqual(idsOf(early));
	const known = add(noneKnown, found, shown.newest);
	expect(idsOf((await read(system, known)).records)).toEqual(['late']);
});

test('the latest records, whenever they were', async () => {
	const all = [record('1', Date.UTC(2003, 0, 1)), record('2', Date.UTC(2004, 0, 1))];
	const { events } = recordsOf(() => all);
	const latest = await converse(readLatest(events, { form: {}, now: noon }, 1), send);
	expect(latest).toMatchObject({ records: [{ id: '2' }] });
});
