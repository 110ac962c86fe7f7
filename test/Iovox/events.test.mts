/** The requests of the IOVOX Trigger, and the events that it reads from the replies. */
import fc from 'fast-check';

import { events } from '../../nodes/Iovox/events.ts';
import { query } from '../fixtures/callRecords.mts';
import { recordedPagesOf } from '../fixtures/fixtures.mts';

describe.each(recordedPagesOf('iovox'))('$title', ({ query, request, response, page }) => {
	test('asks', () => {
		expect(events.request(query)).toEqual(request);
	});

	test('reads', () => {
		const read = events.read(response, query);
		if (read.kind !== 'page') {
			expect(read).toMatchObject(page);
			return;
		}
		const records = read.records.map(({ ended, ...record }) => {
			const { response: seen, ...rest } = ended ?? {};
			if (ended !== undefined) expect(response.body).toContain(JSON.stringify(seen));
			return { ...record, ended: ended && rest };
		});
		expect({ ...read, records }).toEqual(page);
	});
});

test('whatever comes, every record has an ID, a time and the words of an event, or is counted', () => {
	const name = fc.constantFrom(
		'id',
		'call_start',
		'call_end',
		'call_result',
		'talk_time_sec',
		'has_recording',
		'direction',
		'link_id',
	);
	const value = fc.oneof(
		fc.constantFrom('2026-11-21 10:30:05', 'ANSWERED', '', '0', 0),
		fc.string(),
		fc.jsonValue(),
	);
	fc.assert(
		fc.property(fc.array(fc.dictionary(name, value), { minLength: 1 }), (results) => {
			const body = JSON.stringify({ response: { results: { result: results } } });
			const read = events.read({ status: 200, headers: {}, body }, query);
			if (read.kind !== 'page') {
				expect(read.reason).toBe('unreadable_reply');
				return;
			}
			expect(read.records.length + read.unreadable).toBe(results.length);
			for (const { id, start, ended } of read.records) {
				expect([id === '', Number.isFinite(start)]).toEqual([false, true]);
				expect(ended?.event ?? 'ended').toBe('ended');
				expect(ended?.details.vendorEvent ?? '').toEqual(expect.any(String));
			}
		}),
	);
});
