import type { Trouble } from '../shared/calling/contract/outcome';
import type { Step } from '../shared/wire/exchange/conversation';
import { isExplanation } from '../shared/wire/reply/explanation';
import { askForCalls, isWithheld, troubleOfBoth, type Withheld } from './callLists';
import { callsIn, fits, type ListedCall, windowOf } from './calls';
import { type EnswitchReference, isNamed } from './reference';

/** The calls that a reference fits. */
export interface Matches {
	readonly kind: 'matches';
	readonly calls: readonly ListedCall[];
	/** The list that the user may not read, if there is one. */
	readonly withheld: Withheld | undefined;
}

/**
 * Looks for the calls that match a reference, first among the active ones, then in the records. With an ID, a call that is
 * active is the one. By numbers, both lists count, because nothing else distinguishes two calls that match.
 */
export function findCalls<Result>(
	reference: EnswitchReference,
	next: (found: Matches | Trouble) => Step<Result>,
): Step<Result> {
	const { callId, customer } = reference;
	const found = (calls: readonly ListedCall[], withheld?: Withheld) =>
		next({ kind: 'matches', calls: calls.filter(isMatchOf(reference)), withheld });
	return askForCalls('live', { callid: callId, customer }, (live) => {
		if (isExplanation(live)) return next(live);
		const active = isWithheld(live) ? [] : callsIn('live', live.rows);
		if (callId !== undefined && active.some(isMatchOf(reference))) return found(active);
		const parameters = { callid: callId, customer, ...timesOf(reference) };
		return askForCalls('record', parameters, (record) => {
			if (isExplanation(record)) return next(record);
			if (isWithheld(record)) {
				return isWithheld(live) ? next(troubleOfBoth(live, record)) : found(active, record);
			}
			const ended = callsIn('record', record.rows).filter(
				({ id }) => !active.some((call) => call.id === id),
			);
			return found([...active, ...ended], isWithheld(live) ? live : undefined);
		});
	});
}

/** Enswitch may ignore a filter that it does not know, and list all calls. */
function isMatchOf(reference: EnswitchReference): (call: ListedCall) => boolean {
	const { callId } = reference;
	if (callId !== undefined) return ({ id }) => id === callId;
	return (call) => isNamed(reference) && fits(call, reference);
}

const daySeconds = 86_400;

/** Without a time, a search of the records can be a heavy load for Enswitch. An ID needs no exact one. */
function timesOf(reference: EnswitchReference): { start?: number; end?: number } {
	if (reference.callId === undefined) return isNamed(reference) ? windowOf(reference) : {};
	const { since } = reference;
	return since === undefined ? {} : { start: Math.floor(since.getTime() / 1000) - daySeconds };
}
