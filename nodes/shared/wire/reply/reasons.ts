/**
 * Why a call failed, for workflows and programs to branch on. These are not clear from the name alone:
 * - `invalid_input`: a value of the form, or the data it comes from, cannot be used
 * - `invalid_credential`: a value of the credential cannot be used, or n8n cannot read it
 * - `invalid_settings`: a setting of the node, of n8n or of the library does not allow the call
 * - `redirected`: the reply is an HTTP redirect, which is not followed
 * - `unauthorized`: the sign-in was refused, or the account lacks a right
 * - `rate_limited`: too many requests or calls
 * - `vendor_refused`: any other refusal
 * - `no_answer`: nobody answered the first phone, or it was busy and the vendor does not say so
 * - `unreadable_reply`, `undocumented_code`, `contradictory_reply`: the reply does not show whether a call was placed
 * - `store_unavailable`: n8n's store of once keys and slots does not work
 * - `node_fault`: a bug in this package
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
	'canceled',
	'crashed_earlier',
	'store_unavailable',
	'node_fault',
] as const;

export type FailureReason = (typeof failureReasons)[number];
