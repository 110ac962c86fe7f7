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
import { type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import { type Invalid, isInvalid } from '../nodes/shared/wire/invalid';
import type { FieldNames } from '../nodes/shared/wire/status';
import type { VendorTypes } from '../nodes/vendorTypes';
import { vendors } from '../nodes/vendors';
import { formOf, namesOf, type ToForm } from './call';
import { type Connection, openConnection } from './connection';
import type { Dispatcher } from './exchange';
import { inWordsOfPrograms } from './words';

/** The vendors by their IDs. */
export type VendorId = keyof VendorTypes;

/** What signs in to a vendor: the fields of its credential in n8n. */
export type CredentialOf<Id extends VendorId> = VendorTypes[Id]['credential'];

/** A call in the vendor's own words: the fields of its node in n8n. */
export type CallOf<Id extends VendorId> = VendorTypes[Id]['call'];

export interface ClientOptions {
	/** Sends the requests in place of connections of our own: certificates and proxies are its business then, and closing it. */
	readonly dispatcher?: Dispatcher;
}

export interface CallOptions {
	/** Cancels the call: before it is sent it is `not_sent`, and `unknown` from then on. */
	readonly signal?: AbortSignal;
	/** Checks everything and sends nothing: `skipped`, with the request. */
	readonly dryRun?: boolean;
}

/** Places calls through one vendor, over connections and a sign-in that are kept. */
export interface Client<Id extends VendorId> extends AsyncDisposable {
	readonly vendor: Id;
	/** Places one call and says what became of it. Throws nothing for bad input, for the network or for what the vendor says. */
	originate(call: CallOf<Id>, options?: CallOptions): Promise<Outcome>;
	/** Waits for what is in flight and ends the connections of its own; a program also ends without. */
	close(): Promise<void>;
}

/** A client for one vendor; nothing is sent before the first call. */
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
				return inWordsOfPrograms(await placing);
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
		return {
			kind: 'explanation',
			status: 'not_sent',
			reason: 'invalid_input',
			what: `There is no vendor "${id}".`,
			advice: `Choose one of: ${vendors.map((known) => known.id).join(', ')}.`,
			httpStatus: null,
		};
	}
	const connection = openConnection(registered, { ...credential } as FormValues, dispatcher);
	if (isExplanation(connection)) return connection;
	const names = namesOf(registered.operations.originate);
	return { kind: 'opened', registered, toForm: formOf(registered), names, connection };
}

const closed: Explanation = {
	kind: 'explanation',
	status: 'not_sent',
	reason: 'invalid_settings',
	what: 'The client is closed.',
	advice: 'Create another one.',
	httpStatus: null,
};

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

/** A mistake of our own is no exception to the rule that nothing is thrown. */
function crashed({ howToCheck }: Originate, error: unknown, isSent: boolean): Failed {
	const reason = error instanceof Error ? error.message : 'no reason given';
	const check = isSent ? `Before dialing again, ${howToCheck}. ` : '';
	return failed(
		isSent ? 'unknown' : 'not_sent',
		'node_fault',
		`Placing the call stopped unexpectedly (${reason}).`,
		`${check}Please report this to the makers of the package.`,
	);
}

function invalidCall(call: Invalid): Failed {
	return failedInput(call, 'Correct the call and place it again.');
}
