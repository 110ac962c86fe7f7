/** The contract of every vendor that sends its events to n8n, run from the registry. */
import fc from 'fast-check';

import type { Pushed } from '../nodes/shared/calling/contract/events.ts';
import { vendors } from '../nodes/vendors.ts';
import { pushedEventsOf } from './fixtures/fixtures.mts';

const pushing = vendors.flatMap(({ id, displayName, events }) =>
	events?.kind === 'pushed' ? [{ id, displayName, events }] : [],
);

test('there are vendors whose events are sent', () => {
	expect(pushing.length).toBeGreaterThan(0);
});

describe.each(pushing)('$displayName', ({ id, events }) => {
	const pushes = pushedEventsOf(id);

	test('there are requests of each event that the form offers', () => {
		const shown = pushes.map(({ event }) => (event.kind === 'event' ? event.event : event.kind));
		expect(shown).toEqual(expect.arrayContaining([...events.names, 'ignored']));
	});

	test.each(pushes)('$title', ({ push, event }) => {
		const read = events.read(push);
		if (read.kind === 'ignored') {
			expect(read).toEqual(event);
			return;
		}
		const { response, ...rest } = read;
		expect(rest).toEqual(event);
		// Nothing that came is lost.
		expect(response).toMatchObject({ ...push.query, ...push.body });
	});

	test('whatever is sent, it is an event of the form or nothing, with a text or null where one is due', () => {
		const known = pushes.flatMap(({ push }) => [
			...Object.keys(push.query),
			...Object.keys(push.body),
		]);
		const name = fc.oneof(fc.constantFrom(...known), fc.string());
		fc.assert(
			fc.property(
				fc.dictionary(name, fc.string()),
				fc.dictionary(name, fc.oneof(fc.string(), fc.jsonValue())),
				(query, body) => {
					isSound(events, events.read({ query, body: body as never }));
				},
			),
		);
	});
});

function isSound({ names }: Pushed, read: ReturnType<Pushed['read']>): void {
	if (read.kind === 'ignored') {
		expect(read.why).not.toBe('');
		return;
	}
	expect(names).toContain(read.event);
	for (const text of [read.callId, read.legId, read.from, read.to]) {
		expect(text === null || (typeof text === 'string' && text !== '')).toBe(true);
	}
	if (read.at !== null) expect(new Date(read.at).toISOString()).toBe(read.at);
	expect(read.details.vendorEvent).toEqual(expect.any(String));
}
