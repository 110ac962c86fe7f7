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
