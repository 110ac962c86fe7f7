import type { Explanation } from '../wire/explanation';
import type { HttpRequest, JsonObject, JsonValue } from '../wire/http';
import { headlineOf, type Invalid } from '../wire/invalid';
import type { FailureReason } from '../wire/reasons';

/** What a vendor itself said about one thing that was wrong. */
export interface VendorError {
	readonly code: string | null;
	readonly message: string;
	/** The parameter it is about, in the vendor's spelling. */
	readonly parameter?: string;
}

/** The vendor took the request. */
export interface Placed {
	readonly status: 'answered' | 'accepted' | 'scheduled';
	readonly callId: string | null;
	/** The numbers the vendor says it dialed; absent where it does not say. */
	readonly from?: string;
	readonly to?: string;
	/** What only this vendor tells. */
	readonly details: JsonObject;
	/** The vendor's reply, parsed. */
	readonly response?: JsonValue;
}

/** Not sent on purpose. */
export interface Skipped {
	readonly status: 'skipped';
	readonly reason: SkipReason;
	/** What the reason looked at. */
	readonly details: JsonObject;
	/** Of a dry run: the exact request that was not sent. */
	readonly request?: JsonObject;
}

/** A dry run, a key that was called before, or a guard of the workflow. */
export const skipReasons = [
	'dry_run',
	'duplicate',
	'destination_blocked',
	'destination_not_allowed',
	'emergency_number',
	'outside_calling_hours',
	'max_calls',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** A request that is shown and not sent; it has no secrets yet. */
export function dryRunOf(
	{ method, path, headers, body = '' }: HttpRequest,
	baseUrl: string,
): Skipped {
	const request = { method, url: baseUrl + path, headers, body };
	return { status: 'skipped', reason: 'dry_run', details: {}, request };
}

/**
 * - `not_sent`: certainly nothing was placed
 * - `not_connected`: the first party was rung, and the call did not come about
 * - `refused`: the vendor said no before ringing anybody
 * - `unknown`: a call may have been placed
 */
export interface Failed {
	readonly status: 'not_sent' | 'not_connected' | 'refused' | 'unknown';
	readonly reason: FailureReason;
	/** What happened, and whether a phone rang: two short sentences. */
	readonly message: string;
	/** All the rest, and what to do next. */
	readonly advice: string;
	/** Of a call that the vendor named, though it failed. */
	readonly callId?: string | null;
	/** What only this vendor tells. */
	readonly details?: JsonObject;
	readonly vendorErrors: readonly VendorError[];
	readonly httpStatus: number | null;
	/** The vendor's reply, parsed, where it could be. */
	readonly response?: JsonValue;
}

export type Outcome = Placed | Skipped | Failed;

export function isFailed(outcome: Outcome): outcome is Failed {
	return Object.hasOwn(verdicts, outcome.status);
}

/** Whether it is certain that no phone rang. */
export function noPhoneRang({ status }: Outcome): boolean {
	return status === 'skipped' || status === 'not_sent' || status === 'refused';
}

/** The second sentence of a failure's message: whether a phone rang. */
const verdicts: Readonly<Record<Failed['status'], string>> = {
	not_sent: 'No call was placed.',
	not_connected: 'The first phone may have rung.',
	refused: 'No call was placed.',
	unknown: 'The call may have been placed.',
};

/** Builds a {@link Failed}; `what` is what happened, in a sentence; what is left out was not told by anybody. */
export function failed(
	status: Failed['status'],
	reason: FailureReason,
	what: string,
	advice: string,
	told: Partial<Omit<Failed, 'status' | 'reason' | 'message' | 'advice'>> = {},
): Failed {
	const message = `${what} ${verdicts[status]}`;
	return { status, reason, message, advice, vendorErrors: [], httpStatus: null, ...told };
}

/** Input that cannot be sent. `advice` is for input that does not say itself what to do. */
export function failedInput(input: Invalid, advice: string): Failed {
	const { what, rest } = headlineOf(input);
	return failed('not_sent', 'invalid_input', what, rest === '' ? advice : rest);
}

/** The same, said of a call. `howToCheck` ends the sentence "Before dialing again, ...". */
export function toFailed(
	{ status, reason, what, advice, httpStatus }: Explanation,
	howToCheck: string,
): Failed {
	const told = { httpStatus };
	switch (status) {
		case 'not_sent':
			return failed(status, reason, what, advice, told);
		case 'refused':
			return failed(status, reason, what, advice, told);
		case 'unknown':
			return failed(status, reason, what, `Before dialing again, ${howToCheck}. ${advice}`, told);
	}
}
