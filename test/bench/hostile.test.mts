import type { Vendor } from '../../nodes/shared/calling/contract/vendor.ts';
import { vendors } from '../../nodes/vendors.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import { hostileReplies } from './hostile.mts';

const length = 4_000;
const replies = hostileReplies([length]);
const all: readonly Vendor[] = vendors;

test('each text is about as long as it was asked for, and no longer', () => {
	for (const { response } of replies) {
		expect(response.body.length).toBeLessThanOrEqual(length);
		expect(response.body.length).toBeGreaterThan(length * 0.9);
	}
});

describe.each(all.map((vendor) => [vendor.id, vendor] as const))('%s', (id, vendor) => {
	const call = fixturesOf(id)[0]?.call ?? {};
	// For VoipNow, an empty answer is a right one.
	const cases = replies
		.filter(({ response }) => response.body.trim() !== '')
		.map(({ what, response }) => [what, response] as const);

	test.each(cases)('takes no call from: %s', (_, response) => {
		const { status } = vendor.operations.originate.decode(response, call);
		expect(['refused', 'unknown', 'not_connected', 'not_sent']).toContain(status);
	});
});
