import type { Disposition } from '../shared/calling/contract/callState';
import {
	type CallEvent,
	type Ignored,
	ignored,
	type Listening,
	type Streamed,
	type StreamReader,
} from '../shared/calling/contract/events';
import { done, type Step } from '../shared/wire/exchange/conversation';
import type { Explanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import {
	isJsonObject,
	type JsonObject,
	type JsonValue,
	member,
	parseJson,
	textOf,
	withoutMissing,
} from '../shared/wire/text/json';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { type Channel, channelOf, phoneOf, timeOf } from './channel';
import { type Call, dispositions, liveCalls } from './liveCalls';
import { explainReply, otherReply, readJson, saidBy } from './reply';
import { encodeQuestion } from './request';

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Events_REST_API/#eventwebsocket */
export const events: Streamed = {
	kind: 'streamed',
	names: ['ringing', 'answered', 'ended'],
	fields: [],
	path: (listener) => `/ari/events?app=${encodeURIComponent(listener)}&subscribeAll=true`,
	ask,
	reader,
};

/**
 * Asterisk calls a listener an application, and knows it as long as its WebSocket is open.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Applications_REST_API/#get
 */
function ask(listener: string): Step<Listening | Explanation> {
	return {
		kind: 'ask',
		request: encodeQuestion(`applications/${encodeURIComponent(listener)}`),
		next: (response) => done(isListening(response, listener)),
	};
}

function isListening(response: HttpResponse, listener: string): Listening | Explanation {
	const json = readJson(response.body);
	if (response.status === 404 && saidBy(json) === 'Application not found') {
		return { kind: 'listening', is: false };
	}
	const explanation = explainReply(response);
	if (explanation !== undefined) return explanation;
	return textOf(member(json, 'name')) === listener
		? { kind: 'listening', is: true }
		: otherReply(response, 'it is not about applications');
}

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_Data_Models/#event */
function reader(): StreamReader {
	const calls = liveCalls();
	return (text) => {
		const parsed = parseJson(text);
		if (isUnreadable(parsed)) return ignored(parsed.why);
		const message = parsed.value;
		const type = textOf(member(message, 'type'));
		if (!isJsonObject(message) || type === undefined) return ignored('it has no type');
		if (type === 'ApplicationReplaced') return { kind: 'replaced' };
		if (type === 'Dial') return readDial(calls, message);
		if (!Object.hasOwn(channelMessages, type)) return undefined;
		const channel = channelOf(message.channel);
		if (channel === undefined) return ignored(`it is a ${type} without a channel`);
		return channelMessages[type as keyof typeof channelMessages](calls, channel, message);
	};
}

type Calls = ReturnType<typeof liveCalls>;

function readDial(calls: Calls, message: JsonObject): CallEvent | Ignored | undefined {
	const peer = channelOf(message.peer);
	if (peer === undefined) return ignored('it is a Dial without a peer');
	const status = textOf(message.dialstatus) ?? '';
	const found = calls.dial({
		caller: channelOf(message.caller),
		peer,
		dialed: textOf(message.dialstring) ?? null,
		status,
		at: timeOf(message.timestamp),
	});
	if (found === undefined) return undefined;
	return eventOf(found.event, found.call, message, {
		legId: peer.id,
		details: { dialStatus: status, party: found.party, phone: phoneOf(peer.name) },
	});
}

/** Asterisk puts this flag in place of a cause if somebody asked for the hangup. */
const byRequest = '32';

const channelMessages = {
	ChannelCreated(calls: Calls, channel: Channel) {
		calls.created(channel);
		return undefined;
	},
	ChannelDialplan(calls: Calls, channel: Channel) {
		calls.moved(channel);
		return undefined;
	},
	ChannelHangupRequest(calls: Calls, channel: Channel, { cause }: JsonObject) {
		if (textOf(cause) === byRequest) calls.hungUpByRequest(channel);
		return undefined;
	},
	ChannelDestroyed(calls: Calls, channel: Channel, message: JsonObject) {
		const { cause = null } = message;
		const hangup = {
			cause: typeof cause === 'number' ? cause : null,
			causeText: textOf(message.cause_txt) ?? null,
		};
		const at = timeOf(message.timestamp);
		const call = calls.destroyed(channel, hangup, at);
		if (call === undefined) return undefined;
		return eventOf('ended', call, message, {
			legId: null,
			disposition: dispositionOf(call),
			details: { dialStatus: call.dialStatus, ...call.hangup, talkSeconds: talkOf(call, at) },
		});
	},
} as const;

function dispositionOf({ isHungUpByRequest, dialStatus, hangup }: Call): Disposition | null {
	const [, said] = Object.entries(dispositions).find(([word]) => word === dialStatus) ?? [];
	if (isHungUpByRequest && said !== 'answered') return 'canceled';
	return said ?? causes[hangup?.cause ?? 0] ?? null;
}

/**
 * For a call that rang nobody, or whose time ran out before Asterisk said how it ended. A cause that is not listed does not
 * say how it ended.
 * https://docs.asterisk.org/Configuration/Miscellaneous/Hangup-Cause-Mappings/
 */
const causes: Readonly<Partial<Record<number, Disposition>>> = {
	1: 'failed',
	3: 'failed',
	17: 'busy',
	18: 'no_answer',
	19: 'no_answer',
	20: 'failed',
	27: 'failed',
	28: 'failed',
	34: 'failed',
	38: 'failed',
	42: 'failed',
	44: 'failed',
};

function talkOf({ answeredAt, talkedUntil }: Call, at: string | null): number | null {
	const until = talkedUntil ?? at;
	if (answeredAt === null || until === null) return null;
	return Math.max(0, Math.round((Date.parse(until) - Date.parse(answeredAt)) / 1000));
}

function eventOf(
	event: CallEvent['event'],
	{ callId, from, to, callerName }: Call,
	message: JsonObject,
	{
		legId,
		disposition = null,
		details,
	}: {
		readonly legId: string | null;
		readonly disposition?: Disposition | null;
		readonly details: Readonly<Record<string, JsonValue>>;
	},
): CallEvent {
	return {
		kind: 'event',
		event,
		callId,
		legId,
		from,
		to,
		// Asterisk has endpoints, and does not say which of them leads to a phone of the office or outside.
		direction: null,
		disposition,
		at: timeOf(message.timestamp),
		details: {
			vendorEvent: textOf(message.type) ?? '',
			...withoutMissing({ ...details, callerName }),
		},
		response: message,
	};
}
