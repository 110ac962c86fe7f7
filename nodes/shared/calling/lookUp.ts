import type { Explanation } from '../wire/explanation';
import type { HttpRequest, HttpResponse } from '../wire/http';
import type { Outcome, Placed } from './outcome';

/** How a vendor recognizes a call by an ID that was made before it was sent. */
export interface LookUp<Call extends object> {
	callId(call: Call): string;
	/** The question for the call; it changes nothing. */
	encode(call: Call): HttpRequest;
	/** The call, where the answer proves that it is this one. */
	found(response: HttpResponse, call: Call): Placed | undefined;
}

/** A phone system that has the call says so at once. */
const timeoutSeconds = 10;

/**
 * What is known of a call in the end: one that may have been placed is looked for, once. Found, it was accepted; not found, it
 * may be over already, and stays unknown, with the ID to look for. A call that was canceled is not looked for.
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
	const answer = await send(lookUp.encode(call), timeoutSeconds);
	const found = 'what' in answer ? undefined : lookUp.found(answer, call);
	if (found === undefined) return unknown;
	return { ...found, details: { ...found.details, foundBy: 'id' } };
}
