import { formFor } from '../../form/followFields';
import { pause } from '../../wire/exchange/pause';
import { isExplanation } from '../../wire/reply/explanation';
import { isInvalid } from '../../wire/text/invalid';
import type { CallReference, Sighting } from '../contract/callState';
import type { Failed, Outcome, Placed } from '../contract/outcome';
import type { Get, Originate } from '../contract/vendor';
import { callJson } from '../report/result';
import { look, passing, type Send } from './follow';

/** When it looks, in seconds after the outcome: a call can take a moment to show up. */
const looks = [0, 2, 5];

/** The longest time that it takes. */
export const lookUpSeconds = 15;

/**
 * Whether to look for a call. Unless a form says otherwise, only a tag of ours is worth it. After a cancellation, nothing
 * more is sent.
 */
export function isToLookUp(
	outcome: Outcome,
	{ tag }: Originate,
	wanted = tag !== undefined,
): outcome is Failed {
	return wanted && outcome.status === 'unknown' && outcome.reason !== 'canceled';
}

/**
 * Looks for a call that may have been placed. If an ID or a tag of ours shows that one is it, the call is `accepted`, or
 * `answered`. If not, it stays `unknown`, with the calls that it may be in `details.candidates`. Never places a call.
 */
export async function lookUpUnknown(
	outcome: Failed,
	reference: CallReference,
	get: Get,
	{ send, over }: { send: Send; over: AbortSignal | undefined },
): Promise<Outcome> {
	const read = get.read(formFor(get.fields, reference));
	if (isInvalid(read)) return outcome;
	const start = Date.now();
	const left = () => start + lookUpSeconds * 1000 - Date.now();
	const sendInTime: Send = async (request, timeoutSeconds) =>
		await send(request, Math.max(1, Math.min(timeoutSeconds, left() / 1000)));
	for (const seconds of looks) {
		await pause(start + seconds * 1000 - Date.now(), over);
		if (over?.aborted === true || left() <= 0) return outcome;
		const found = await look(get, read, sendInTime);
		if (isExplanation(found)) {
			if (!passing.has(found.reason)) return outcome;
		} else if (found.kind === 'several') {
			return withCandidates(outcome, found.candidates);
		} else if (found.kind === 'call') {
			const { call } = found;
			return call.matchedBy === 'numbers'
				? withCandidates(outcome, [call])
				: placedAs(outcome, call);
		}
	}
	return outcome;
}

function withCandidates(outcome: Failed, candidates: readonly Sighting[]): Failed {
	const details = { ...outcome.details, candidates: candidates.map(callJson) };
	return { ...outcome, details };
}

function placedAs({ callId = null, details }: Failed, call: Sighting): Placed {
	return {
		status: call.answeredByFirst === true ? 'answered' : 'accepted',
		callId: call.callId ?? callId,
		details: { ...details, ...call.details, foundBy: call.matchedBy },
		...(call.response === undefined ? {} : { response: call.response }),
		call: {
			kind: 'followed',
			call,
			candidates: [],
			timedOut: false,
			checkedAt: new Date().toISOString(),
		},
	};
}

/** Adds what names a call to an outcome that is not known. */
export function withTag(outcome: Outcome, tag: Pick<Failed, 'callId' | 'details'> = {}): Outcome {
	if (outcome.status !== 'unknown') return outcome;
	const details = { ...tag.details, ...outcome.details };
	return { ...outcome, callId: outcome.callId ?? tag.callId ?? null, details };
}
