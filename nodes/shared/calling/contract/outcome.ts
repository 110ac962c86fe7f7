import type { Explanation } from '../../wire/reply/explanation';
import type { HttpRequest } from '../../wire/reply/http';
import type { FailureReason } from '../../wire/reply/reasons';
import { headlineOf, type Invalid } from '../../wire/text/invalid';
import type { JsonObject, JsonValue } from '../../wire/text/json';
import type { Followed } from './callState';

/**
 * What an operation does. The care of its run and the words of its failures follow from it:
 * - `rings`: rings phones. Sent once, guarded, and not repeated by Retry On Fail.
 * - `ends`: ends a call. Harmless when the call is gone, and never repeated blindly.
 * - `reads`: changes nothing, and can be repeated.
 */
export type Effect = 'rings' | 'ends' | 'reads';

/** What the text of a failure is about: an operation, or a trigger that waits for events. */
export type Subject = Effect | 'listens';

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
	/** What following the call showed; absent if it was not followed. */
	readonly call?: Followed;
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

/** The state of a call was read. */
export interface Seen {
	readonly status: 'seen';
	readonly seen: Followed;
}

/** A call was ended, or there was none to end. */
export interface HungUp {
	readonly status: 'hung_up' | 'not_found';
	readonly callId: string | null;
	readonly from?: string | null;
	readonly to?: string | null;
	readonly details: JsonObject;
	readonly response?: JsonValue;
}

/** What came of an item, whatever the operation. */
export type Result = Outcome | Seen | HungUp;

/** Whether something is a failure, by its status. */
export function isFailed(one: object): one is Failed {
	const { status } = one as { readonly status?: unknown };
	return typeof status === 'string' && Object.hasOwn(verdicts.rings, status);
}

/** Whether a call was placed for certain. */
export function isPlaced(outcome: Outcome): outcome is Placed {
	return !isFailed(outcome) && outcome.status !== 'skipped';
}

/** Whether it is certain that the operation rang no phone. */
export function noPhoneRang({ status }: Result): boolean {
	return !mayHaveRung.has(status);
}

const mayHaveRung: ReadonlySet<Result['status']> = new Set([
	'answered',
	'accepted',
	'scheduled',
	'not_connected',
	'unknown',
] as const);

const notEnded = 'The call was not ended.';
const notKnown = 'The state of the call is not known.';
const notListening = 'No event will start the workflow.';

/** The second sentence of a failure's message: what the operation has done for certain. */
const verdicts: Readonly<Record<Subject, Readonly<Record<Failed['status'], string>>>> = {
	rings: {
		not_sent: 'No call was placed.',
		not_connected: 'The first phone may have rung.',
		refused: 'No call was placed.',
		unknown: 'The call may have been placed.',
	},
	ends: {
		not_sent: notEnded,
		not_connected: notEnded,
		refused: notEnded,
		unknown: 'The call may have been ended.',
	},
	reads: { not_sent: notKnown, not_connected: notKnown, refused: notKnown, unknown: notKnown },
	listens: {
		not_sent: notListening,
		not_connected: notListening,
		refused: notListening,
		unknown: notListening,
	},
};

/** Makes the {@link Failed} of a call; `what` is a sentence that says what happened, `more` comes from the vendor's reply. */
export function failed(
	status: Failed['status'],
	reason: FailureReason,
	what: string,
	advice: string,
	more: Partial<Omit<Failed, 'status' | 'reason' | 'message' | 'advice'>> = {},
): Failed {
	return failedTo('rings', status, reason, what, advice, more);
}

/** The same for any operation. */
export function failedTo(
	effect: Subject,
	status: Failed['status'],
	reason: FailureReason,
	what: string,
	advice: string,
	more: Partial<Omit<Failed, 'status' | 'reason' | 'message' | 'advice'>> = {},
): Failed {
	const message = `${what} ${verdicts[effect][status]}`;
	return { status, reason, message, advice, vendorErrors: [], httpStatus: null, ...more };
}

/** The failure of input that cannot be sent. `advice` is used if the input's own texts have none. */
export function failedInput(input: Invalid, advice: string, effect: Subject = 'rings'): Failed {
	const { what, rest } = headlineOf(input);
	return failedTo(effect, 'not_sent', 'invalid_input', what, rest === '' ? advice : rest);
}

/** The failure of an operation that this phone system lacks. */
export function lacking(
	effect: Exclude<Effect, 'rings'>,
	displayName: string,
	advice = '',
): Failed {
	const what =
		effect === 'reads'
			? 'does not show calls to other programs'
			: 'does not let other programs end a call';
	return failedTo(effect, 'not_sent', 'invalid_input', `${displayName} ${what}.`, advice);
}

/** An explanation as the failure of a call. `howToCheck` ends the sentence "Before dialing again, ...". */
export function toFailed(
	{ status, reason, what, advice, httpStatus }: Explanation,
	howToCheck: string,
): Failed {
	const first = status === 'unknown' ? `Before dialing again, ${howToCheck}. ` : '';
	return failed(status, reason, what, first + advice, { httpStatus });
}

/** An explanation with the vendor's own errors and its reply, where there are any. */
export type Trouble = Explanation & Partial<Pick<Failed, 'vendorErrors' | 'response'>>;

/** An explanation as the failure of an operation that follows a call. */
export function troubleTo(effect: Subject, trouble: Trouble): Failed {
	const { status, reason, what, advice, httpStatus, vendorErrors = [], response } = trouble;
	return failedTo(effect, status, reason, what, advice, {
		httpStatus,
		vendorErrors,
		...(response === undefined ? {} : { response }),
	});
}
