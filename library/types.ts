/** What programs give and get. It loads the types of no package: a program need not install n8n's. */
import type {
	CallReference,
	CallState,
	HangUpResult,
	Wait,
} from '../nodes/shared/calling/contract/callState';
import type {
	Failed,
	Placed as PlacedCall,
	Skipped,
} from '../nodes/shared/calling/contract/outcome';
import type { VendorTypes } from '../nodes/vendorTypes';
import type { Dispatcher } from './exchange';

/** The vendors by their IDs. */
export type VendorId = keyof VendorTypes;

/** The fields of a vendor's credential in n8n. */
export type CredentialOf<Id extends VendorId> = VendorTypes[Id]['credential'];

/** A call in the vendor's own terms: the fields of its node in n8n. */
export type CallOf<Id extends VendorId> = VendorTypes[Id]['call'];

export interface ClientOptions {
	/** Sends the requests in place of our own connections. Certificates, proxies and closing it are then up to you. */
	readonly dispatcher?: Dispatcher;
}

export interface CallOptions {
	/** Aborts the call: `not_sent` before it is sent, `unknown` from then on. */
	readonly signal?: AbortSignal;
	/** Checks everything and sends nothing: `skipped`, with the request. */
	readonly dryRun?: boolean;
	/** Follows the call until this is so, or until it ends; `call` of the outcome has what was seen. Default: `doNotWait`. */
	readonly waitUntil?: Wait['until'];
	/** Seconds. Default: 300. */
	readonly waitAtMost?: number;
	/**
	 * Whether to look for a call that may have been placed, for up to 15 seconds. Default: true for a phone system that
	 * recognizes the call for certain.
	 */
	readonly lookUpUnknown?: boolean;
}

/** How to look at a call. */
export type FollowOptions = Pick<CallOptions, 'signal' | 'waitUntil' | 'waitAtMost'>;

/** A call that was placed, and what was seen of it. */
export type Placed = Omit<PlacedCall, 'call'> & {
	/** Absent if the call was not followed. */
	readonly call?: CallState;
};

/** What came of a call, and how to name it later. */
export type Outcome = (Placed | Skipped | Failed) & {
	/** For `get` and `hangUp`; absent if no call can have been placed. Plain data, which may be stored. */
	readonly reference?: CallReference;
};

/** Places calls through one vendor. Keeps its connections open and stays signed in. */
export interface Client<Id extends VendorId> extends AsyncDisposable {
	readonly vendor: Id;
	/** Places one call and returns its outcome. Never throws: not for bad input, a network fault, or anything the vendor replies. */
	originate(call: CallOf<Id>, options?: CallOptions): Promise<Outcome>;
	/** Shows where a call is, or how it ended. Never throws. */
	get(reference: CallReference, options?: FollowOptions): Promise<CallState | Failed>;
	/** Ends a call. Never throws. */
	hangUp(
		reference: CallReference,
		options?: Pick<FollowOptions, 'signal'>,
	): Promise<HangUpResult | Failed>;
	/** Waits for calls in flight and closes our own connections. A program that does not call it still exits. */
	close(): Promise<void>;
}
