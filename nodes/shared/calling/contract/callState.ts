import type { JsonObject, JsonValue } from '../../wire/text/json';

/** Where a call is now. `not_found`: the phone system shows no such call; `unknown`: it shows one, but not its state. */
export type State =
	| 'scheduled'
	| 'ringing_first'
	| 'ringing_second'
	| 'connected'
	| 'ended'
	| 'not_found'
	| 'unknown';

/** How a call ended. `answered`: both parties talked. */
export type Disposition = 'answered' | 'busy' | 'no_answer' | 'failed' | 'canceled';

/** A call as the phone system shows it. Null means that the phone system does not say. Times are ISO 8601 in UTC. */
export interface Sighting {
	readonly state: Exclude<State, 'not_found'>;
	readonly callId: string | null;
	readonly from: string | null;
	readonly to: string | null;
	readonly answeredByFirst: boolean | null;
	readonly answeredBySecond: boolean | null;
	/** Null before the end of the call, too. */
	readonly disposition: Disposition | null;
	readonly startedAt: string | null;
	/** When the second party answered. */
	readonly answeredAt: string | null;
	readonly endedAt: string | null;
	readonly talkSeconds: number | null;
	/** What names the recording at the phone system, such as an ID or a path. */
	readonly recording: string | null;
	/** `reply`: only in the reply to placing it; `live`: among the current calls; `record`: in the call records. */
	readonly seenIn: 'reply' | 'live' | 'record';
	/** `tag`: by a text of ours that the call carries. `numbers`: by its numbers and time, which can be those of another call. */
	readonly matchedBy: 'id' | 'tag' | 'numbers';
	/** Information that only this vendor gives. */
	readonly details: JsonObject;
	/** The reply, parsed. */
	readonly response?: JsonValue;
}

/** A sighting with null for everything that is not given. */
export function sighting(
	seen: Pick<Sighting, 'state' | 'seenIn' | 'matchedBy'> & Partial<Sighting>,
): Sighting {
	return { ...nothingKnown, ...seen };
}

/** A sighting of which nothing is known. */
export const nothingKnown = {
	callId: null,
	from: null,
	to: null,
	state: 'unknown',
	answeredByFirst: null,
	answeredBySecond: null,
	disposition: null,
	startedAt: null,
	answeredAt: null,
	endedAt: null,
	talkSeconds: null,
	recording: null,
	details: {},
} as const;

/**
 * What is known of a call after another look. A phone system shows less of a call as it goes on: a record does not say
 * which phone answered, and what is gone from the live calls has no times. So what was seen before stays known.
 */
export function knownSince(before: Sighting | undefined, now: Sighting): Sighting {
	if (before === undefined) return now;
	const answeredBySecond = now.answeredBySecond ?? before.answeredBySecond;
	return {
		...now,
		callId: now.callId ?? before.callId,
		from: now.from ?? before.from,
		to: now.to ?? before.to,
		answeredByFirst: now.answeredByFirst ?? before.answeredByFirst,
		answeredBySecond,
		disposition:
			now.disposition ?? (now.state === 'ended' && answeredBySecond === true ? 'answered' : null),
		startedAt: now.startedAt ?? before.startedAt,
		answeredAt: now.answeredAt ?? before.answeredAt,
		recording: now.recording ?? before.recording,
		details: { ...before.details, ...now.details },
	};
}

/** What came of following a call. */
export interface Followed {
	readonly kind: 'followed';
	/** Undefined if the phone system shows no such call, or several. */
	readonly call: Sighting | undefined;
	/** The calls that match, if there are several. */
	readonly candidates: readonly Sighting[];
	readonly timedOut: boolean;
	/** Why a list was not read. */
	readonly notRead?: string;
	/** Of the last look; ISO 8601 in UTC. */
	readonly checkedAt: string;
}

/** Where a call is, or how it ended. What is not known is null. */
export type CallState = Omit<Sighting, 'state' | 'seenIn' | 'matchedBy' | 'response'> & {
	readonly state: State;
	readonly seenIn: Sighting['seenIn'] | null;
	readonly matchedBy: Sighting['matchedBy'] | null;
	/** Whether the wait ran out. */
	readonly timedOut: boolean;
	/** Of the last look; ISO 8601 in UTC. */
	readonly checkedAt: string;
	/** The same in words. */
	readonly message: string;
};

/** What came of ending a call. */
export type HangUpResult = Readonly<{
	status: 'hung_up' | 'not_found';
	reason: null;
	message: string;
	callId: string | null;
	from: string | null;
	to: string | null;
	details: JsonObject;
}>;

/** The part of a call's result that names the call for Get and Hang Up. */
export interface CallReference {
	/** What the reply to placing the call has proved. */
	readonly status?: string | undefined;
	readonly callId?: string | null | undefined;
	readonly from?: string | null | undefined;
	readonly to?: string | null | undefined;
	/** ISO 8601. */
	readonly requestedAt?: string | null | undefined;
	readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** How far a wait follows a call. Every wait also ends with the call. */
export const waits = ['doNotWait', 'firstAnswered', 'connected', 'ended'] as const;

/** How far and how long a call is followed. */
export interface Wait {
	readonly until: (typeof waits)[number];
	readonly atMostSeconds: number;
}

/** What a wait may be, in seconds, and what it is unless it is given. */
export const waitSeconds = { min: 1, max: 86_400, default: 300 } as const;

export const noWait: Wait = { until: 'doNotWait', atMostSeconds: 0 };
