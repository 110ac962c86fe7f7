import { converse, type Step } from '../wire/conversation';
import { type Explanation, isExplanation } from '../wire/explanation';
import type { HttpRequest, HttpResponse } from '../wire/http';
import type { Outcome, Placed } from './outcome';

/** Asks the phone system for a call by the ID that the call got before it was sent. */
export interface LookUp<Call extends object> {
	callId(call: Call): string;
	/** Only reads. Ends with the call if the reply proves that it is this one. */
	find(call: Call): Step<Placed | undefined>;
}

/** For each request. A phone system that has the call replies at once. */
const timeoutSeconds = 10;

/**
 * Looks once for a call that may have been placed. If it is found, it is `accepted`. If not, it may be over already: it stays
 * `unknown`, with the ID to look for. After a cancellation nothing more is sent.
 */
export async function lookUpUnknown<Call extends object>(
	outcome: Outcome,
	call: Call,
	lookUp: LookUp<Call> | undefined,
	send: (request: HttpRequest, timeoutSeconds: number) => Promise<HttpResponse | Explanation>,
): Promise<Outcome> {
	if (outcome.status !== 'unknown' || lookUp === undefined) return outcome;
	const unknown = { ...outcome, callId: lookUp.callId(call) };
	if (outcome.reason === 'cancelled') return unknown;
	const found = await converse(lookUp.find(call), (request) => send(request, timeoutSeconds));
	if (found === undefined || isExplanation(found)) return unknown;
	return { ...found, details: { ...found.details, foundBy: 'id' } };
}
