/** For programs without n8n. They install undici themselves, which sends the requests. */
export { createClient } from './library/client';
export type { Dispatcher } from './library/exchange';
export type {
	CallOf,
	CallOptions,
	Client,
	ClientOptions,
	CredentialOf,
	FollowOptions,
	Outcome,
	Placed,
	VendorId,
} from './library/types';
export type {
	Failed,
	Skipped,
	SkipReason,
	VendorError,
} from './nodes/shared/calling/contract/outcome';
export type {
	CallReference,
	CallState,
	HangUpResult,
} from './nodes/shared/calling/contract/callState';
export type { JsonObject, JsonValue } from './nodes/shared/wire/text/json';
export type { FailureReason } from './nodes/shared/wire/reply/reasons';
