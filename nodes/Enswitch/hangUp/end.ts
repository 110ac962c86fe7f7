import type { Ending } from '../../shared/calling/contract/found';
import type { Trouble } from '../../shared/calling/contract/outcome';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import { explain, isExplanation } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import { findCalls, type Matches } from '../find';
import { explainRefusal, readFollowReply } from '../followReply';
import type { EnswitchReference } from '../reference';
import { saysOnly } from '../reply';
import { encodeRequest } from '../request';

/**
 * Ends the call with the ID. Without one, ends the only active call that fits, if no other one has fitted.
 * https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/hangup/
 */
export function end(reference: EnswitchReference): Step<Ending> {
	const { callId } = reference;
	if (callId !== undefined) return hangUp('callid', callId, reference);
	return findCalls(reference, (found) => {
		if (isExplanation(found)) return done(found);
		const { calls, withheld } = found;
		const [call] = calls;
		if (withheld?.list === 'live') return done(withheld.trouble);
		const active = calls.filter(({ list }) => list === 'live');
		if (call === undefined || active.length === 0) return done(nothing);
		if (calls.length > 1) return done(several(calls));
		return hangUp(call.idName, call.id, reference);
	});
}

function hangUp(
	idName: 'callid' | 'uniqueid',
	id: string,
	reference: EnswitchReference,
): Step<Ending> {
	return {
		kind: 'ask',
		request: encodeRequest('calls/hangup', { [idName]: id }),
		next: (response) => done(readEnding(response, id, reference)),
	};
}

const refusal = {
	what: 'to end the call',
	rights:
		'The sign-in works, but the role of this user may not end this call: it needs the privilege actions or panel, and the user must own a telephone line of the call, be allowed any line, or be an administrator. Before Enswitch 3.15, only administrators may end calls. Ask the person who manages roles in Enswitch.',
};

/** Enswitch ends the call a second or two after this reply. 404: there is no such call, or the user may not see it. */
function readEnding(response: HttpResponse, id: string, reference: EnswitchReference): Ending {
	const reply = readFollowReply(response);
	if (isExplanation(reply)) return reply;
	const isGone = saysOnly(reply, '404') && reply.verdict === 'undocumented_code';
	if (reply.verdict !== 'accepted' && !isGone) return explainRefusal(response, reply, refusal);
	return {
		kind: 'ending',
		outcome: {
			status: isGone ? 'not_found' : 'hung_up',
			callId: id,
			details: reference.callId === undefined ? { foundBy: 'numbers' } : {},
			response: reply.json,
		},
	};
}

const nothing: Ending = {
	kind: 'ending',
	outcome: { status: 'not_found', callId: null, details: {} },
};

function several(calls: Matches['calls']): Trouble {
	return explain(
		'not_sent',
		'invalid_input',
		`${calls.length} calls match From, To and Since, so it is not certain which one to end.`,
		'Enter the Call ID. Enswitch returns it for a call that is placed with the option Wait.',
	);
}
