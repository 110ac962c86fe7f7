import type { Wait } from '../nodes/shared/calling/contract/callState';
import {
	dryRunOf,
	type Failed,
	failedInput,
	isPlaced,
	noPhoneRang,
	type Outcome as CallOutcome,
	toFailed,
} from '../nodes/shared/calling/contract/outcome';
import type { Parties } from '../nodes/shared/calling/contract/vendor';
import { followPlaced } from '../nodes/shared/calling/follow/followPlaced';
import { isToLookUp, lookUpUnknown, withTag } from '../nodes/shared/calling/follow/lookUp';
import { referenceOf, stateJson } from '../nodes/shared/calling/report/result';
import { warningsOf, withWarnings } from '../nodes/shared/calling/report/warnings';
import { isExplanation } from '../nodes/shared/wire/reply/explanation';
import type { HttpRequest } from '../nodes/shared/wire/reply/http';
import { invalid, type Invalid, isInvalid } from '../nodes/shared/wire/text/invalid';
import { linkOf } from './connection';
import { waitOf } from './followUp';
import { keepAlive } from './keepAlive';
import type { CallOptions, Outcome } from './types';
import type { Opened } from './vendor';

/** Places one call, and follows it if the options say so. `onSend` is called before the first byte may be written. */
export async function placeCall(
	opened: Opened,
	entered: object,
	options: CallOptions,
	onSend: () => void,
): Promise<Outcome> {
	if (Object(options) !== options) return invalidCall(invalid('The options are not an object.'));
	const ready = readCall(opened, entered, options);
	if (isInvalid(ready)) return invalidCall(ready);
	const { request, wait, parties, warnings } = ready;
	const { connection } = opened;
	const { get } = opened.registered.operations;
	const { signal, dryRun = false } = options;
	if (dryRun) {
		return withState(withWarnings(dryRunOf(request, connection.baseUrl), warnings), parties);
	}
	const placing = { parties, requestedAt: new Date().toISOString() };
	const sent = await send(opened, ready, signal, onSend);
	const known = await lookUp(opened, sent, placing, options);
	const reference = noPhoneRang(known) ? undefined : referenceOf(known, placing);
	const followed =
		reference === undefined || get === undefined || wait.until === 'doNotWait'
			? known
			: await keepAlive(followPlaced(known, reference, get, wait, linkOf(connection, signal)));
	const outcome = withState(withWarnings(followed, warnings), parties);
	return reference === undefined ? outcome : { ...outcome, reference };
}

/** A call that can be sent. */
interface Ready {
	readonly call: object;
	readonly request: HttpRequest;
	readonly wait: Wait;
	readonly parties: Parties;
	readonly warnings: readonly string[];
}

function readCall(
	{ registered: vendor, toForm }: Opened,
	entered: object,
	options: CallOptions,
): Ready | Invalid {
	const { originate } = vendor.operations;
	const wait = waitOf(options);
	if (isInvalid(wait)) return wait;
	const form = toForm(entered);
	const call = isInvalid(form) ? form : originate.read(form);
	if (isInvalid(call)) return call;
	const request = originate.encode(call);
	if (isInvalid(request)) return request;
	const warnings = warningsOf(vendor, call);
	return { call, request, wait, parties: originate.parties(call), warnings };
}

function invalidCall(call: Invalid): Failed {
	return failedInput(call, 'Correct the call and place it again.');
}

async function send(
	{ registered, names, connection }: Opened,
	{ call, request }: Ready,
	signal: AbortSignal | undefined,
	onSend: () => void,
): Promise<CallOutcome> {
	const { originate } = registered.operations;
	const reply = await connection.send(request, originate.replyTimeoutSeconds(call), signal, onSend);
	const decoded = isExplanation(reply)
		? toFailed(reply, originate.howToCheck)
		: originate.decode(reply, call, names);
	return withTag(decoded, originate.tag?.(call));
}

/** Looks for a call that may have been placed, if that is worth it. */
async function lookUp(
	{ registered, connection }: Opened,
	outcome: CallOutcome,
	placing: { readonly parties: Parties; readonly requestedAt: string },
	{ lookUpUnknown: wanted, signal }: CallOptions,
): Promise<CallOutcome> {
	const { originate, get } = registered.operations;
	if (get === undefined || !isToLookUp(outcome, originate, wanted)) return outcome;
	const reference = referenceOf(outcome, placing);
	return await keepAlive(lookUpUnknown(outcome, reference, get, linkOf(connection, signal)));
}

function withState(outcome: CallOutcome, parties: Parties): Outcome {
	if (!isPlaced(outcome)) return outcome;
	const { call, ...placed } = outcome;
	return call === undefined
		? placed
		: { ...placed, call: stateJson(call, { callId: placed.callId, parties }) };
}
