import type { CallEvent } from '../calling/contract/events';

/** What a trigger has seen of the latest calls, to recognize events that come twice or too late. */
export interface EventMemory {
	/**
	 * Notes an event. Undefined if it came before; otherwise the event with what earlier ones of its call say: a call whose
	 * answer was seen ended as `answered`.
	 */
	note(event: CallEvent, receivedAt: string): CallEvent | undefined;
}

/** The most calls that are remembered; the one that had no event for the longest time is forgotten first. */
const mostCalls = 1_000;
/** After this time without an event, a call is forgotten: a phone system that was restarted can give its ID to another one. */
const longestSilence = 12 * 3_600_000;
/** The most events of one call; later ones are passed on as they are. */
const mostEvents = 100;
/** The longest ID or word that is remembered, in characters. */
const longestText = 200;

interface KnownCall {
	/** When n8n received its latest event. */
	latest: number;
	readonly events: Set<string>;
	/** By leg; an event without a leg counts for all of them. */
	readonly answered: Map<string | null, Moment>;
	readonly ended: Set<string | null>;
}

interface Moment {
	readonly at: string | null;
	readonly receivedAt: string;
}

export function eventMemory(): EventMemory {
	const calls = new Map<string, KnownCall>();
	const callOf = (callId: string, now: number): KnownCall => {
		const known = calls.get(callId);
		const call = known !== undefined && now - known.latest < longestSilence ? known : newCall();
		call.latest = now;
		calls.delete(callId);
		calls.set(callId, call);
		const [oldest] = calls.keys();
		if (calls.size > mostCalls && oldest !== undefined) calls.delete(oldest);
		return call;
	};
	return {
		note(event, receivedAt) {
			const { callId, legId, at } = event;
			const { vendorEvent } = event.details;
			// An event without a call ID can only be passed on.
			if (callId === null || [callId, legId ?? '', vendorEvent].some(isTooLong)) return event;
			const { events, answered, ended } = callOf(callId, Date.parse(receivedAt));
			const same = JSON.stringify([event.event, vendorEvent, legId, at]);
			if (events.has(same)) return undefined;
			if (events.size >= mostEvents) return event;
			events.add(same);
			const isLate = event.event !== 'ended' && (ended.has(legId) || ended.has(null));
			if (event.event === 'answered') answered.set(legId, { at, receivedAt });
			if (event.event === 'ended') ended.add(legId);
			const before = answerTo(answered, legId);
			const known =
				event.event === 'ended' && before !== undefined
					? afterAnswer(event, before, receivedAt)
					: event;
			return isLate ? { ...known, details: { ...known.details, late: true } } : known;
		},
	};
}

function newCall(): KnownCall {
	return { latest: 0, events: new Set(), answered: new Map(), ended: new Set() };
}

function isTooLong({ length }: string): boolean {
	return length > longestText;
}

function answerTo(answered: KnownCall['answered'], legId: string | null): Moment | undefined {
	return legId === null
		? [...answered.values()].at(-1)
		: (answered.get(legId) ?? answered.get(null));
}

/** The end of a call that was answered. The talk is measured by the phone system's clock, or else by n8n's. */
function afterAnswer(event: CallEvent, answer: Moment, receivedAt: string): CallEvent {
	if (event.disposition !== null && event.disposition !== 'answered') return event;
	const [from, to] =
		answer.at !== null && event.at !== null
			? [answer.at, event.at]
			: [answer.receivedAt, receivedAt];
	const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
	return {
		...event,
		disposition: 'answered',
		details: { talkSeconds: seconds, ...event.details },
	};
}
