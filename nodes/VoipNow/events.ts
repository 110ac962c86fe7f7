import type { Disposition } from '../shared/calling/contract/callState';
import {
	type CallEvent,
	type Ignored,
	ignored,
	type Push,
	type Pushed,
} from '../shared/calling/contract/events';
import { textOf, withoutMissing } from '../shared/wire/text/json';
import { eventFields, eventTypes, registration } from './phoneCallEvents';

export const events: Pushed & Required<Pick<Pushed, 'registration'>> = {
	kind: 'pushed',
	names: ['ringing', 'outgoing', 'answered', 'ended'],
	fields: eventFields,
	read,
	reply: { type: 'text/plain', body: '' },
	registration,
};

/**
 * https://wiki.4psa.com./display/VNUAPI30/VoipNow+Call+Events
 * The parameters are in the body or in the query, as the event's method is POST or GET. The event and the extension that
 * it is registered for are in our address.
 */
function read({ query, body }: Push): CallEvent | Ignored {
	const known = eventTypes.find(({ word }) => word === query.event);
	if (known === undefined) return ignored('its address has no event of VoipNow');
	const value = (name: string) => textOf(body[name])?.trim() || query[name]?.trim() || null;
	const ownId = value('CallID');
	// The one that placing a call gave. It is not documented, so it can be missing.
	const callId = value('CallAPIID') ?? ownId;
	if (callId === null) return ignored('it has no CallID');
	const extension = query.extension?.trim() || null;
	const status = value('CallStatus');
	return {
		kind: 'event',
		event: known.event,
		callId,
		// Several extensions of a call can be registered, and a call of the API can have several IDs of VoipNow.
		legId: [ownId, extension].filter((part) => part !== null).join('/') || null,
		from: value('CallerExtension') ?? value('CallerIDNum'),
		to: value('CalledExtension') ?? value('CalledNumber'),
		direction: directions[value('CallFlow')?.toUpperCase() ?? ''] ?? null,
		disposition: known.event === 'ended' ? dispositionOf(status) : null,
		// VoipNow sends no time.
		at: null,
		details: {
			vendorEvent: known.label,
			...withoutMissing({
				extension,
				callStatus: status,
				voipNowCallId: ownId,
				callerName: value('CallerIDName'),
				callerNumber: value('CallerIDNum'),
				calledNumber: value('CalledNumber'),
				calledDid: value('CalledDID'),
			}),
		},
		response: { ...query, ...body },
	};
}

const directions: Readonly<Record<string, CallEvent['direction']>> = { IN: 'in', OUT: 'out' };

/** Documented are ANSWER and UNKNOWN. The others are Asterisk's, and public receivers know some of them. */
const dispositions: Readonly<Record<string, Disposition>> = {
	ANSWER: 'answered',
	BUSY: 'busy',
	NOANSWER: 'no_answer',
	CANCEL: 'canceled',
	CONGESTION: 'failed',
	CHANUNAVAIL: 'failed',
};

function dispositionOf(status: string | null): Disposition | null {
	return dispositions[status?.toUpperCase() ?? ''] ?? null;
}
