import { type Found, foundAmong } from '../../shared/calling/contract/found';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import { isExplanation } from '../../shared/wire/reply/explanation';
import { findCalls } from '../find';
import { sightingOf } from '../legs';
import type { EnswitchReference } from '../reference';

/** Asks for the active calls, and then for the call records: a call that is over is only there. */
export function look(reference: EnswitchReference): Step<Found> {
	const matchedBy = reference.callId === undefined ? 'numbers' : 'id';
	return findCalls(reference, (found) => {
		if (isExplanation(found)) return done(found);
		const { calls, withheld } = found;
		const unread = withheld && { list: withheld.list, why: withheld.why };
		if (calls.length === 0) return done({ kind: 'none', ...(unread && { unread }) });
		const sightings = calls.map((call) => {
			const seen = sightingOf(call, reference, matchedBy);
			if (unread === undefined) return seen;
			return { ...seen, details: { ...seen.details, notRead: unread.why } };
		});
		return done(foundAmong(sightings));
	});
}
