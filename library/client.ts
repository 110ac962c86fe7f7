import {
	type CallReference,
	type CallState,
	type HangUpResult,
	noWait,
	type Wait,
	waits,
	waitSeconds,
} from '../nodes/shared/calling/contract/callState';
import {
	dryRunOf,
	type Effect,
	type Failed,
	failedInput,
	isFailed,
	lacking,
	noPhoneRang,
	type Outcome as CallOutcome,
	type Placed as PlacedCall,
	type Skipped,
	toFailed,
	troubleTo,
} from '../nodes/shared/calling/contract/outcome';
import type { Operation, Parties, Vendor } from '../nodes/shared/calling/contract/vendor';
import { follow, replySeconds } from '../nodes/shared/calling/follow/follow';
import {
	followPlaced,
	isToLookUp,
	lookUpUnknown,
	withTag,
} from '../nodes/shared/calling/follow/lookUp';
import { hungUpJson, referenceOf, stateJson } from '../nodes/shared/calling/report/result';
import { warningsOf, withWarnings } from '../nodes/shared/calling/report/warnings';
import { formFor } from '../nodes/shared/form/followFields';
import type { FormValues } from '../nodes/shared/form/reader';
import { converse } from '../nodes/shared/wire/conversation';
import {
	explain,
	explainCrash,
	type Explanation,
	isExplanation,
} from '../nodes/shared/wire/explanation';
import type { HttpRequest } from '../nodes/shared/wire/http';
import { invalid, type Invalid, isInvalid } from '../nodes/shared/wire/invalid';
import type { FieldNames } from '../nodes/shared/wire/status';
import { isRecord } from '../nodes/shared/wire/values';
import type { VendorTypes } from '../nodes/vendorTypes';
import { vendors } from '../nodes/vendors';
import { formOf, namesOf, type ToForm } from './call';
import { type Connection, openConnection } from './connection';
import type { Dispatcher } from './exchange';
import { keepAlive } from './keepAlive';

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

/** A client for one vendor. Nothing is sent before the first call. */
export function createClient<Id extends VendorId>(
	vendor: Id,
	credential: CredentialOf<Id>,
	{ dispatcher }: ClientOptions = {},
): Client<Id> {
	const opened = openVendor(vendor, credential, dispatcher);
	const inFlight = new Set<Promise<unknown>>();
	const tracked = async <Result>(running: Promise<Result>): Promise<Result> => {
		inFlight.add(running);
		try {
			return await running;
		} finally {
			inFlight.delete(running);
		}
	};
	let isClosed = false;
	const close = async () => {
		isClosed = true;
		await Promise.allSettled(inFlight);
		if (opened.kind === 'opened') await opened.connection.close();
	};
	return {
		vendor,
		async originate(call, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return toFailed(open, '');
			let isSent = false;
			const { howToCheck } = open.registered.operations.originate;
			// A fault in our own code does not throw either.
			const placing = place(open, call, options, () => (isSent = true)).catch((error: unknown) =>
				toFailed(explainCrash(error, isSent), howToCheck),
			);
			return await tracked(placing);
		},
		async get(reference, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return troubleTo('reads', open);
			return await tracked(
				getCall(open, reference, options).catch((error: unknown) =>
					troubleTo('reads', explainCrash(error, true)),
				),
			);
		},
		async hangUp(reference, options = {}) {
			const open = isClosed ? closed : opened;
			if (isExplanation(open)) return troubleTo('ends', open);
			return await tracked(
				hangUpCall(open, reference, options).catch((error: unknown) =>
					troubleTo('ends', explainCrash(error, true)),
				),
			);
		},
		close,
		[Symbol.asyncDispose]: close,
	};
}

interface Opened {
	readonly kind: 'opened';
	readonly registered: Vendor;
	readonly toForm: ToForm;
	readonly names: FieldNames;
	readonly connection: Connection;
}

function openVendor(
	id: string,
	credential: object,
	dispatcher: Dispatcher | undefined,
): Opened | Explanation {
	const registered = vendors.find((known) => known.id === id);
	if (registered === undefined) {
		return explain(
			'not_sent',
			'invalid_input',
			`There is no vendor "${id}".`,
			`Choose one of: ${vendors.map((known) => known.id).join(', ')}.`,
		);
	}
	const connection = openConnection(registered, { ...credential } as FormValues, dispatcher);
	if (isExplanation(connection)) return connection;
	const names = namesOf(registered.operations.originate);
	return { kind: 'opened', registered, toForm: formOf(registered), names, connection };
}

const closed = explain(
	'not_sent',
	'invalid_settings',
	'The client is closed.',
	'Create another one.',
);

/** Reads, checks, sends and decodes one call. */
async function place(
	{ registered: vendor, toForm, names, connection }: Opened,
	entered: object,
	options: CallOptions,
	onSend: () => void,
): Promise<Outcome> {
	if (Object(options) !== options) return invalidCall(invalid('The options are not an object.'));
	const { signal, dryRun = false } = options;
	const { originate, get } = vendor.operations;
	const wait = waitOf(options);
	if (isInvalid(wait)) return invalidCall(wait);
	const form = toForm(entered);
	const call = isInvalid(form) ? form : originate.read(form);
	if (isInvalid(call)) return invalidCall(call);
	const request = originate.encode(call);
	if (isInvalid(request)) return invalidCall(request);
	const warnings = warningsOf(vendor, call);
	if (dryRun) {
		const skipped = withWarnings(dryRunOf(request, connection.baseUrl), warnings);
		return withState(skipped, originate.parties(call));
	}
	const requestedAt = new Date().toISOString();
	const reply = await connection.send(request, originate.replyTimeoutSeconds(call), signal, onSend);
	const decoded = isExplanation(reply)
		? toFailed(reply, originate.howToCheck)
		: originate.decode(reply, call, names);
	const placing = { parties: originate.parties(call), requestedAt };
	const link = linkOf(connection, signal);
	const tagged = withTag(decoded, originate.tag?.(call));
	const known =
		get !== undefined && isToLookUp(tagged, originate, options.lookUpUnknown)
			? await keepAlive(lookUpUnknown(tagged, referenceOf(tagged, placing), get, link))
			: tagged;
	const reference = noPhoneRang(known) ? undefined : referenceOf(known, placing);
	const followed =
		reference === undefined || get === undefined || wait.until === 'doNotWait'
			? known
			: await keepAlive(followPlaced(known, reference, get, wait, link));
	const outcome = withState(withWarnings(followed, warnings), placing.parties);
	return reference === undefined ? outcome : { ...outcome, reference };
}

function withState(outcome: CallOutcome, parties: Parties): Outcome {
	if (isFailed(outcome) || outcome.status === 'skipped') return outcome;
	const { call, ...placed } = outcome;
	return call === undefined
		? placed
		: { ...placed, call: stateJson(call, { callId: placed.callId, parties }) };
}

function linkOf(connection: Connection, signal: AbortSignal | undefined) {
	return {
		over: signal,
		send: async (request: HttpRequest, seconds: number) =>
			await connection.send(request, seconds, signal),
	};
}

async function getCall(
	{ registered, connection }: Opened,
	reference: CallReference,
	options: FollowOptions,
): Promise<CallState | Failed> {
	const { get } = registered.operations;
	if (get === undefined) return lacking('reads', registered.displayName);
	const wait = waitOf(options);
	if (isInvalid(wait)) return failedInput(wait, '', 'reads');
	const read = readReference(get, reference);
	if (isInvalid(read)) return invalidReference('reads', read);
	const found = await keepAlive(follow(get, read, wait, linkOf(connection, options.signal)));
	if (isExplanation(found)) return troubleTo('reads', found);
	return stateJson(found, enteredOf(reference));
}

async function hangUpCall(
	{ registered, connection }: Opened,
	reference: CallReference,
	{ signal }: Pick<FollowOptions, 'signal'>,
): Promise<HangUpResult | Failed> {
	const { hangUp } = registered.operations;
	if (hangUp === undefined) return lacking('ends', registered.displayName);
	const read = readReference(hangUp, reference);
	if (isInvalid(read)) return invalidReference('ends', read);
	const ending = await converse(hangUp.end(read), (request) =>
		connection.send(request, replySeconds, signal),
	);
	if (isExplanation(ending)) return troubleTo('ends', ending);
	return hungUpJson(ending.outcome, enteredOf(reference));
}

/** Reads a reference with the form of the operation, whose fields are filled in as in n8n. */
function readReference({ fields, read }: Operation, reference: unknown): object | Invalid {
	return isRecord(reference)
		? read(formFor(fields, reference))
		: invalid('The reference is not an object.');
}

function enteredOf({ callId, from, to }: CallReference) {
	return {
		callId,
		parties: { ...(from == null ? {} : { from }), ...(to == null ? {} : { to }) },
	};
}

function invalidReference(effect: Effect, invalid: Invalid): Failed {
	return failedInput(invalid, 'Pass the reference that originate gave.', effect);
}

function waitOf({ waitUntil, waitAtMost = waitSeconds.default }: FollowOptions): Wait | Invalid {
	if (waitUntil === undefined) return noWait;
	const texts = [
		...(waits.includes(waitUntil) ? [] : [`waitUntil is not one of ${waits.join(', ')}.`]),
		...(Number.isInteger(waitAtMost) &&
		waitAtMost >= waitSeconds.min &&
		waitAtMost <= waitSeconds.max
			? []
			: [`waitAtMost is not a whole number from ${waitSeconds.min} to ${waitSeconds.max}.`]),
	];
	return texts.length > 0 ? invalid(...texts) : { until: waitUntil, atMostSeconds: waitAtMost };
}

function invalidCall(call: Invalid): Failed {
	return failedInput(call, 'Correct the call and place it again.');
}
