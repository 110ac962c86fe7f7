import { lookUpUnknown } from '../nodes/shared/calling/lookUp';
import {
	dryRunOf,
	failed,
	type Failed,
	failedInput,
	type Outcome,
	toFailed,
} from '../nodes/shared/calling/outcome';
import type { Originate, Vendor } from '../nodes/shared/calling/vendor';
import { warningsOf, withWarnings } from '../nodes/shared/calling/warnings';
import type { FormValues } from '../nodes/shared/form/reader';
import { explain, type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import { type Invalid, isInvalid } from '../nodes/shared/wire/invalid';
import type { FieldNames } from '../nodes/shared/wire/status';
import { reasonOf } from '../nodes/shared/wire/values';
import type { VendorTypes } from '../nodes/vendorTypes';
import { vendors } from '../nodes/vendors';
import { formOf, namesOf, type ToForm } from './call';
import { type Connection, openConnection } from './connection';
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
}

/** Places calls through one vendor. Keeps its connections open and stays signed in. */
export interface Client<Id extends VendorId> extends AsyncDisposable {
	readonly vendor: Id;
	/** Places one call and returns its outcome. Never throws: not for bad input, a network fault, or anything the vendor replies. */
	originate(call: CallOf<Id>, options?: CallOptions): Promise<Outcome>;
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
	const inFlight = new Set<Promise<Outcome>>();
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
			const placing = place(open, call, options, () => (isSent = true)).catch((error: unknown) =>
				crashed(open.registered.operations.originate, error, isSent),
			);
			inFlight.add(placing);
			try {
				return await placing;
			} finally {
				inFlight.delete(placing);
			}
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
	if (Object(options) !== options)
		return invalidCall({ kind: 'invalid', texts: ['The options are not an object.'] });
	const { signal, dryRun = false } = options;
	const { originate } = vendor.operations;
	const form = toForm(entered);
	const call = isInvalid(form) ? form : originate.read(form);
	if (isInvalid(call)) return invalidCall(call);
	const request = originate.encode(call);
	if (isInvalid(request)) return invalidCall(request);
	const warnings = warningsOf(vendor, call);
	if (dryRun) return withWarnings(dryRunOf(request, connection.baseUrl), warnings);
	const reply = await connection.send(request, originate.replyTimeoutSeconds(call), signal, onSend);
	const outcome = isExplanation(reply)
		? toFailed(reply, originate.howToCheck)
		: originate.decode(reply, call, names);
	const known = await lookUpUnknown(outcome, call, originate.lookUp, (question, timeoutSeconds) =>
		connection.send(question, timeoutSeconds, signal),
	);
	return withWarnings(known, warnings);
}

/** A fault in our own code does not throw either. */
function crashed({ howToCheck }: Originate, error: unknown, isSent: boolean): Failed {
	const check = isSent ? `Before dialing again, ${howToCheck}. ` : '';
	return failed(
		isSent ? 'unknown' : 'not_sent',
		'node_fault',
		`Placing the call stopped unexpectedly (${reasonOf(error)}).`,
		`${check}Please report this to the makers of the package.`,
	);
}

function invalidCall(call: Invalid): Failed {
	return failedInput(call, 'Correct the call and place it again.');
}
