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
	type Effect,
	type Failed,
	failedInput,
	lacking,
	troubleTo,
} from '../nodes/shared/calling/contract/outcome';
import type { Operation } from '../nodes/shared/calling/contract/vendor';
import { follow, replySeconds } from '../nodes/shared/calling/follow/follow';
import { hungUpJson, stateJson } from '../nodes/shared/calling/report/result';
import { formFor } from '../nodes/shared/form/followFields';
import { converse } from '../nodes/shared/wire/exchange/conversation';
import { isExplanation } from '../nodes/shared/wire/reply/explanation';
import { invalid, type Invalid, isInvalid } from '../nodes/shared/wire/text/invalid';
import { isRecord } from '../nodes/shared/wire/text/values';
import { linkOf } from './connection';
import { keepAlive } from './keepAlive';
import type { FollowOptions } from './types';
import type { Opened } from './vendor';

/** Looks at a call until the wait is over. */
export async function getCall(
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

/** Ends a call. */
export async function hangUpCall(
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

/** The wait that the options ask for. */
export function waitOf({
	waitUntil,
	waitAtMost = waitSeconds.default,
}: FollowOptions): Wait | Invalid {
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
