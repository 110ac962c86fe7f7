import type { INodeProperties } from 'n8n-workflow';

import type { FormValues } from '../../form/reader';
import type { Step } from '../../wire/exchange/conversation';
import type { Explanation } from '../../wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../../wire/reply/http';
import type { Invalid } from '../../wire/text/invalid';
import type { JsonObject, JsonValue } from '../../wire/text/json';
import type { Disposition } from './callState';
import type { Trouble } from './outcome';

/**
 * What a phone system reports. `ringing`: a phone rings; `outgoing`: somebody dials; `other`: anything that has
 * no neutral word.
 */
export const eventNames = ['ringing', 'outgoing', 'answered', 'ended', 'other'] as const;

export type EventName = (typeof eventNames)[number];

/** One event of a call. Null means that the phone system does not say. Times are ISO 8601 in UTC. */
export interface CallEvent {
	readonly kind: 'event';
	readonly event: EventName;
	/** The ID that Originate gave, where the phone system sends it; otherwise its own ID of the call. */
	readonly callId: string | null;
	/** One side or one phone of the call. */
	readonly legId: string | null;
	readonly from: string | null;
	readonly to: string | null;
	readonly direction: 'in' | 'out' | 'internal' | null;
	/** Null before the end of the call, too. */
	readonly disposition: Disposition | null;
	/** By the clock of the phone system. */
	readonly at: string | null;
	/** Information that only this vendor gives. `vendorEvent` is its own word for the event. */
	readonly details: JsonObject & { readonly vendorEvent: string };
	/** What was sent, parsed. */
	readonly response: JsonValue;
}

/** A message that is not an event of a call; `why` is for the log. */
export interface Ignored {
	readonly kind: 'ignored';
	readonly why: string;
}

/** Makes an {@link Ignored}; `why` ends the sentence "... was ignored: ...". */
export function ignored(why: string): Ignored {
	return { kind: 'ignored', why };
}

/** The events of a phone system, and how they come. */
export type Events = Pushed | Streamed | Recorded;

interface EventsOf {
	/** The events that it has, in the order of the form. */
	readonly names: readonly EventName[];
	/** Descriptions on the form that replace the usual ones. */
	readonly descriptions?: Readonly<Partial<Record<EventName, string>>>;
	/** The trigger's own fields. */
	readonly fields: readonly INodeProperties[];
}

/** The phone system sends each event to an address of n8n, as an HTTP request. Its functions are pure and never throw. */
export interface Pushed extends EventsOf {
	readonly kind: 'pushed';
	read(push: Push): CallEvent | Ignored;
	/** The answer that the phone system expects, with status 200. */
	readonly reply: { readonly type: string; readonly body: string };
	/** What a person enters in the phone system; absent if the node registers its address. */
	setUp?(address: string): SetUp;
	/** How the node registers its address; absent if a person enters it. */
	readonly registration?: Registration;
}

/**
 * The phone system sends its events over a WebSocket that n8n opens and keeps. A listener is a name that no other trigger
 * has. Its functions are pure and never throw.
 */
export interface Streamed extends EventsOf {
	readonly kind: 'streamed';
	/** Path and query of the WebSocket, relative to the base URL. */
	path(listener: string): string;
	/** Asks whether the phone system sends its events to this listener now. The answer also proves the sign-in. */
	ask(listener: string): Step<Listening | Explanation>;
	/** For one connection: what it has read is remembered, because a message alone does not say which call it is about. */
	reader(): StreamReader;
}

/** Whether the phone system sends its events to a listener. */
export interface Listening {
	readonly kind: 'listening';
	readonly is: boolean;
}

/** Reads the next message. Undefined if it is about something else than calls, or begins what a later message completes. */
export type StreamReader = (message: string) => CallEvent | Ignored | Replaced | undefined;

/** Somebody else listens under this name now, and the phone system has ended this connection. */
export interface Replaced {
	readonly kind: 'replaced';
}

/**
 * The phone system reports no events, but its call records show which calls have ended. Its functions are pure and never
 * throw.
 */
export interface Recorded extends EventsOf {
	readonly kind: 'recorded';
	/** Asks for one page of the records. */
	request(query: RecordQuery): HttpRequest;
	read(response: HttpResponse, query: RecordQuery): RecordPage | Trouble;
}

/** Which records to ask for. Moments are in milliseconds. */
export interface RecordQuery {
	/** The trigger's own fields. */
	readonly form: FormValues;
	/** The calls began then or later, by the clock of the phone system. */
	readonly from: number;
	/** By n8n's clock. */
	readonly now: number;
	/** By when the calls began. */
	readonly order: 'oldestFirst' | 'latestFirst';
	readonly page: number;
	/** The most records of a page. */
	readonly limit: number;
}

/** One page of call records. */
export interface RecordPage {
	readonly kind: 'page';
	readonly records: readonly CallRecord[];
	/** How many records could not be read. */
	readonly unreadable: number;
	readonly isLast: boolean;
}

/** One call record of the phone system. */
export interface CallRecord {
	readonly id: string;
	/** When the call began, by the clock of the phone system, whose zone need not be known. */
	readonly start: number;
	/** Undefined while the call goes on. */
	readonly ended: CallEvent | undefined;
}

/** One request of a phone system. */
export interface Push {
	/** The query of the address. */
	readonly query: Readonly<Record<string, string>>;
	/** The fields of the body. */
	readonly body: JsonObject;
}

/** What a person enters in a phone system, so that it sends its events. */
export interface SetUp {
	/** Where to enter it; each is a sentence. */
	readonly steps: readonly string[];
	readonly values: readonly { readonly label: string; readonly value: string }[];
}

/** How n8n asks a phone system, over its API, to send events. Its functions are pure and never throw. */
export interface Registration {
	/** What has to be registered, so that these events come to the address. */
	read(
		form: FormValues,
		events: readonly EventName[],
		address: string,
	): readonly Subscription[] | Invalid;
	/** Everything that is registered in one place, whoever registered it. */
	list(place: string): Step<Listed | Trouble>;
	/** `note` is for a person who sees it in the phone system. */
	add(wanted: Subscription, note: string): Step<Added | Trouble>;
	/** Removes this one and no other. Also done if it was gone before. */
	remove(registered: Registered): Step<Removed | Trouble>;
}

/** One event that a phone system sends to an address. */
export interface Subscription {
	/** Where it is registered, in the vendor's terms. n8n keeps it. */
	readonly place: string;
	/** The vendor's word for the event. */
	readonly type: string;
	readonly url: string;
}

/** A subscription that the phone system has. */
export interface Registered extends Subscription {
	readonly id: string;
	/** Whether its events come, as requests of the kind that n8n takes. */
	readonly isActive: boolean;
}

/** The answer to `list`. */
export interface Listed {
	readonly kind: 'listed';
	readonly all: readonly Registered[];
}

/** The answer to `add`. */
export interface Added {
	readonly kind: 'added';
	readonly id: string;
}

/** The answer to `remove`. */
export interface Removed {
	readonly kind: 'removed';
}
