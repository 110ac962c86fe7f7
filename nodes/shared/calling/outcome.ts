import type { Explanation } from '../wire/explanation';
import type { HttpRequest, JsonObject, JsonValue } from '../wire/http';
import { headlineOf, type Invalid } from '../wire/invalid';
import type { FailureReason } from '../wire/reasons';

/** One error in the vendor's own words. */
export interface VendorError {
	readonly code: string | null;
	readonly message: string;
	/** The parameter at fault, in the vendor's spelling. */
	readonly parameter?: string;
}

/** The vendor accepted the request. */
export interface Placed {
	readonly status: 'answered' | 'accepted' | 'scheduled';
	readonly callId: string | null;
	/** The numbers that the vendor says it dialed; absent if it does not say. */
	readonly from?: string;
	readonly to?: string;
	/** Information that only this vendor gives. */
	readonly details: JsonObject;
	/** The vendor's reply, parsed. */
	readonly response?: JsonValue;
}

/** Not sent on purpose. */
export interface Skipped {
	readonly status: 'skipped';
	readonly reason: SkipReason;
	/** The values that led to the reason, such as the number and the entry that blocks it. */
	readonly details: JsonObject;
	/** In a dry run, the exact request that would have been sent. */
	readonly request?: JsonObject;
}

/** Why a call was skipped: a dry run, a once key that was used before, or a limit of the workflow. */
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

/** The outcome of a dry run. The request it shows has no secrets yet. */
export function dryRunOf(
	{ method, path, headers, body = '' }: HttpRequest,
	baseUrl: string,
): Skipped {
	const request = { method, url: baseUrl + path, headers, body };
	return { status: 'skipped', reason: 'dry_run', details: {}, request };
}

/**
 * The call was not placed, or may have been:
 * - `not_sent`: certainly nothing was placed
 * - `not_connected`: the first phone rang, but the call did not connect
 * - `refused`: the vendor refused before any phone rang
 * - `unknown`: a call may have been placed
 */
export interface Failed {
	readonly status: 'not_sent' | 'not_connected' | 'refused' | 'unknown';
	readonly reason: FailureReason;
	/** Two short sentences: what happened, and whether a phone rang. */
	readonly message: string;
	/** What to do next. */
	readonly advice: string;
	/** The ID of a call that failed, if the vendor gave one. */
	readonly callId?: string | null;
	/** Information that only this vendor gives. */
	readonly details?: JsonObject;
	readonly vendorErrors: readonly VendorError[];
	readonly httpStatus: number | null;
	/** The vendor's reply, parsed, where it could be. */
	readonly response?: JsonValue;
}

export type Outcome = Placed | Skipped | Failed;

/** Whether an outcome is a failure, by its status. */
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

/** Makes a {@link Failed}; `what` is a sentence that says what happened, `more` comes from the vendor's reply. */
export function failed(
	status: Failed['status'],
	reason: FailureReason,
	what: string,
	advice: string,
	more: Partial<Omit<Failed, 'status' | 'reason' | 'message' | 'advice'>> = {},
): Failed {
	const message = `${what} ${verdicts[status]}`;
	return { status, reason, message, advice, vendorErrors: [], httpStatus: null, ...more };
}

/** The failure of input that cannot be sent. `advice` is used if the input's own texts have none. */
export function failedInput(input: Invalid, advice: string): Failed {
	const { what, rest } = headlineOf(input);
	return failed('not_sent', 'invalid_input', what, rest === '' ? advice : rest);
}

/** An explanation as the failure of a call. `howToCheck` ends the sentence "Before dialing again, ...". */
export function toFailed(
	{ status, reason, what, advice, httpStatus }: Explanation,
	howToCheck: string,
): Failed {
	const first = status === 'unknown' ? `Before dialing again, ${howToCheck}. ` : '';
	return failed(status, reason, what, first + advice, { httpStatus });
}
