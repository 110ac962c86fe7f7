import { type Disposition, type Sighting, sighting } from '../../shared/calling/contract/callState';
import type { JsonObject } from '../../shared/wire/text/json';
import { readLocalTime, readSeconds } from '../../shared/wire/text/localTime';
import { child, childrenNamed, type XmlElement, xmlToJson } from '../../shared/wire/text/xml';
import type { SwitchvoxReference } from '../reference';

/** The state of a current call, from the list of the public client SwitchvoxAPI. Any other state is not one of a call between two parties. */
const talkingStates: ReadonlySet<string> = new Set([
	'talking',
	'conference',
	'ivr',
	'queued',
	'parked',
	'leaving_voicemail',
]);

/** A call of the current calls. */
export function currentCall(
	call: XmlElement,
	reference: SwitchvoxReference,
	zone: number | undefined,
): Sighting {
	const { id, state = '' } = call.attributes;
	const isConnected = talkingStates.has(state);
	const isRinging = state === 'ringing';
	const answered = isConnected || reference.firstAnswered === true;
	return sighting({
		...seen(call, reference, zone),
		state: isConnected
			? 'connected'
			: !isRinging
				? 'unknown'
				: answered
					? 'ringing_second'
					: 'ringing_first',
		answeredByFirst: answered ? true : null,
		// In any other state, the second party can be a queue or a menu.
		answeredBySecond: state === 'talking' ? true : null,
		seenIn: 'live',
		details: { ...detailsOf(call), ...text('currentCallId', id), ...text('currentState', state) },
	});
}

/** A call of the call logs, which Switchvox writes when a call is over. */
export function loggedCall(
	call: XmlElement,
	reference: SwitchvoxReference,
	zone: number | undefined,
): Sighting {
	const { attributes } = call;
	const talkSeconds = readSeconds(attributes.talk_duration);
	const totalSeconds = readSeconds(attributes.total_duration);
	const events = childrenNamed(child(call, 'events'), 'event');
	const hasTalked = (talkSeconds ?? 0) > 0 || events.some(isOfType('TALKING'));
	const { firstAnswered } = reference;
	const isUnanswered = talkSeconds === 0 && !hasTalked;
	const start = readLocalTime(attributes.start_time);
	const hangup = events.filter(isOfType('HANGUP')).at(-1)?.attributes.display;
	return sighting({
		...seen(call, reference, zone),
		state: 'ended',
		answeredByFirst: hasTalked ? true : firstAnswered,
		answeredBySecond: hasTalked ? true : isUnanswered && firstAnswered !== null ? false : null,
		disposition: dispositionOf(hasTalked, firstAnswered),
		endedAt:
			start === undefined || totalSeconds === null
				? null
				: inUtc(start + totalSeconds * 1000, zone),
		talkSeconds,
		seenIn: 'record',
		details: {
			...detailsOf(call),
			...text('logId', attributes.id),
			...text('hangup', hangup),
		},
	});
}

/** How a call ended that nobody talked on is only known if its first phone was not answered. */
function dispositionOf(hasTalked: boolean, firstAnswered: boolean | null): Disposition | null {
	if (hasTalked) return 'answered';
	return firstAnswered === false ? 'no_answer' : null;
}

function seen(call: XmlElement, { from, to }: SwitchvoxReference, zone: number | undefined) {
	return {
		from,
		to,
		startedAt: inUtc(readLocalTime(call.attributes.start_time), zone),
		matchedBy: 'numbers',
		response: xmlToJson(call),
	} as const;
}

/** In Switchvox's own time. */
function detailsOf({ attributes }: XmlElement): JsonObject {
	return text('localStart', attributes.start_time);
}

function inUtc(local: number | undefined, zone: number | undefined): string | null {
	if (local === undefined || zone === undefined) return null;
	return new Date(local - zone).toISOString();
}

const isOfType =
	(type: string) =>
	({ attributes }: XmlElement): boolean =>
		attributes.type === type;

function text(name: string, value: string | undefined): JsonObject {
	return value === undefined || value === '' ? {} : { [name]: value };
}
