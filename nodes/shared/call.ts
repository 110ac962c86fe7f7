/**
 * The package's own words: what is sent, what comes back, what it proves, and what the workflow gets.
 * Nothing here knows n8n or a vendor.
 */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
	readonly [key: string]: JsonValue;
}

/** One request to a vendor, without host and without secrets: the credential adds both. */
export interface HttpRequest {
	readonly method: 'POST' | 'GET';
	/** Starts with a slash; relative to the credential's base URL. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}

export interface HttpResponse {
	readonly status: number;
	/** Names in lower case; of a header sent several times, the values joined with ", ". */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** What it answers; a redirect is judged by it. Absent where nobody knows. */
	readonly asked?: Asked;
}

/** The address of a request in its two parts; it has no secrets. */
export interface Asked {
	/** Scheme, host, port and path prefix, as the credential has it. */
	readonly baseUrl: string;
	/** Of the API, as the request has it, query included. */
	readonly path: string;
}

/** Input that cannot be sent as it is; each text says what to change. */
export interface Invalid {
	readonly invalid: readonly string[];
}

export function isInvalid(value: object | string): value is Invalid {
	return typeof value === 'object' && 'invalid' in value;
}

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

/**
 * Why a call failed, for a workflow or program to branch on; the text beside it is for people.
 * - `invalid_input`: a value of the form, or the data it comes from
 * - `invalid_credential`: a value of the credential, or a credential that cannot be read
 * - `invalid_settings`: a setting of the node or of n8n
 * - `redirected`: an HTTP redirect, which is not followed
 * - `unauthorized`: the sign-in, or what the account may do
 * - `rate_limited`: too many requests or calls
 * - `vendor_refused`: any other refusal
 * - `no_answer`: nobody answered the first phone, or it was busy where the vendor does not tell these apart
 * - `unreadable_reply`, `undocumented_code`, `contradictory_reply`: a reply that does not tell what came of the call
 * - `store_unavailable`: n8n's store of once keys
 * - `node_fault`: a mistake in this package
 */
export const failureReasons = [
	'invalid_input',
	'invalid_credential',
	'invalid_settings',
	'host_not_found',
	'connection_refused',
	'unreachable',
	'certificate',
	'tls',
	'blocked_by_policy',
	'redirected',
	'unauthorized',
	'rate_limited',
	'vendor_refused',
	'no_answer',
	'busy',
	'timed_out',
	'connection_lost',
	'server_fault',
	'unreadable_reply',
	'undocumented_code',
	'contradictory_reply',
	'cancelled',
	'crashed_earlier',
	'store_unavailable',
	'node_fault',
] as const;
export type FailureReason = (typeof failureReasons)[number];

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
	return 'message' in outcome;
}

/** Whether it is certain that nobody was rung. */
export function rangNobody({ status }: Outcome): boolean {
	return status === 'skipped' || status === 'not_sent' || status === 'refused';
}

/** How many of a vendor's errors a text has, and how many characters of each; `vendorErrors` has them all. */
const saidErrors = 5;
const saidCharacters = 500;

/** What a vendor said, for the middle of a sentence; without its full stop. Its first sentence has to do. */
export function brief(saying: string): string {
	return firstSentence(saying).replace(/\.$/, '');
}

/** What a vendor said, for a text; each saying as {@link brief} has it. */
export function listSayings(sayings: readonly string[]): string {
	const said = sayings
		.slice(0, saidErrors)
		.map((text) => (text.length > saidCharacters ? `${text.slice(0, saidCharacters)}…` : text));
	const more = sayings.length - said.length;
	return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Whether a phone rang; {@link failed} puts it behind what happened. */
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

/** What is wrong in a sentence, and the rest of it: several texts are a list, each on a line of its own. */
export function headlineOf(
	{ invalid }: Invalid,
	several = 'values',
): { readonly what: string; readonly rest: string } {
	const [only = '', ...more] = invalid;
	if (more.length > 0) {
		const rest = invalid.map((text) => `• ${text}`).join('\n');
		return { what: `${invalid.length} ${several} cannot be used.`, rest };
	}
	const what = firstSentence(only);
	return { what, rest: only.slice(what.length).trim() };
}

/** Up to the first full stop outside of quotes that a capital letter follows. */
export function firstSentence(text: string): string {
	return /^(?:"[^"]*"|[^"])*?[.!?](?=\s+\p{Lu})/su.exec(text)?.[0] ?? text;
}
