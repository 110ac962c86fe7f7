import type { Sighting } from '../../shared/calling/contract/callState';
import type { Ending } from '../../shared/calling/contract/found';
import { unreadable } from '../../shared/calling/contract/reply';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import { explain } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import { isJsonList, type JsonValue, member, textOf } from '../../shared/wire/text/json';
import { searchLive } from '../get/look';
import { isCallId, type VoipNowReference } from '../reference';
import { readReply } from '../reply';
import { encodeHangUp } from '../request';
import { isNoCall, troubleIn, voipNow } from '../search';

/** Ends the call with this ID, or the one live call with this nonce. */
export function end(reference: VoipNowReference): Step<Ending> {
	const { callId } = reference;
	if (callId !== undefined) return hangUp(reference, { callId });
	return searchLive<Ending>(reference, (live) => {
		if (live.kind === 'explanation') return done(live);
		const [call, ...others] = live.calls;
		if (call === undefined) return done(ending('not_found', reference, {}));
		return others.length > 0 ? done(several(live.calls)) : hangUp(reference, call);
	});
}

type Named = Partial<Pick<Sighting, 'callId' | 'from' | 'to'>>;

/** https://wiki.4psa.com/display/VNUAPI30/Delete+PhoneCalls */
function hangUp(reference: VoipNowReference, named: Named): Step<Ending> {
	const callId = named.callId ?? '';
	// Such an ID would end other calls as well.
	if (!isCallId(callId)) return done(nameless());
	return {
		kind: 'ask',
		request: encodeHangUp(reference, callId),
		next(response) {
			if (isNoCall(response)) return done(ending('not_found', reference, named));
			const trouble = troubleIn(response);
			if (trouble !== undefined) return done(trouble);
			const { json } = readReply(response);
			return done(
				hasEnded(json, callId)
					? ending('hung_up', reference, named)
					: notNamed(response, json, callId),
			);
		},
	};
}

/** VoipNow answers with the calls that it has hung up, or with their IDs. */
function hasEnded(json: JsonValue | undefined, callId: string): boolean {
	return isJsonList(json) && json.some((one) => textOf(member(one, 'id') ?? one) === callId);
}

function ending(
	status: 'hung_up' | 'not_found',
	{ userId, extension, nonce }: VoipNowReference,
	{ callId = null, from = null, to = null }: Named,
): Ending {
	const details = { userId, extension: extension ?? null, nonce: nonce ?? null };
	return { kind: 'ending', outcome: { status, callId, from, to, details } };
}

function notNamed(response: HttpResponse, json: JsonValue | undefined, callId: string): Ending {
	return unreadable(voipNow, response, `it does not name the call ${callId}`, json);
}

function several(calls: readonly Sighting[]): Ending {
	return explain(
		'refused',
		'invalid_input',
		`${calls.length} live calls have this nonce.`,
		`Enter the Call ID: ${calls.map(({ callId }) => callId).join(', ')}.`,
	);
}

function nameless(): Ending {
	return explain(
		'refused',
		'unreadable_reply',
		'VoipNow shows the call without a valid ID, so it cannot be ended.',
		'End it in VoipNow.',
	);
}
