import { formFor } from '../../form/followFields';
import { isExplanation } from '../../wire/reply/explanation';
import { isInvalid } from '../../wire/text/invalid';
import { reasonOf } from '../../wire/text/values';
import { type CallReference, type Sighting, sighting, type Wait } from '../contract/callState';
import { isPlaced, type Outcome, type Placed } from '../contract/outcome';
import type { Get } from '../contract/vendor';
import { follow, type Send } from './follow';

/** Follows a call that was placed until the wait is over. Never throws, and never changes that it was placed. */
export async function followPlaced(
	outcome: Outcome,
	reference: CallReference,
	get: Get,
	wait: Wait,
	connection: { send: Send; over: AbortSignal | undefined },
): Promise<Outcome> {
	if (wait.until === 'doNotWait' || !isPlaced(outcome)) return outcome;
	const read = get.read(formFor(get.fields, reference));
	if (isInvalid(read)) return notFollowed(outcome, read.texts.join(' '));
	const before = sightingOf(outcome);
	try {
		const call = await follow(get, read, wait, { ...connection, before });
		return isExplanation(call)
			? notFollowed(outcome, `${call.what} ${call.advice}`, before)
			: { ...outcome, call };
	} catch (error) {
		return notFollowed(outcome, reasonOf(error), before);
	}
}

/** What the reply shows of a call. */
function sightingOf({ status, callId, from, to, call }: Placed): Sighting {
	if (call?.call !== undefined) return call.call;
	return sighting({
		state:
			status === 'scheduled' ? status : status === 'answered' ? 'ringing_second' : 'ringing_first',
		callId,
		...(from === undefined ? {} : { from }),
		...(to === undefined ? {} : { to }),
		answeredByFirst: status === 'answered' ? true : null,
		seenIn: 'reply',
		matchedBy: callId === null ? 'numbers' : 'id',
	});
}

/** The call is placed, and nobody knows how it went on. */
function notFollowed(outcome: Placed, why: string, before = sightingOf(outcome)): Placed {
	const call = { ...before, state: 'unknown', details: { notFollowed: why } } as const;
	const checkedAt = new Date().toISOString();
	return {
		...outcome,
		call: { kind: 'followed', call, candidates: [], timedOut: false, checkedAt },
	};
}
