import type { Disposition } from '../shared/calling/contract/callState';
import {
	type CallEvent,
	type EventName,
	type Ignored,
	ignored,
	type Push,
	type Pushed,
} from '../shared/calling/contract/events';
import { type JsonObject, member, textOf, withoutMissing } from '../shared/wire/text/json';
import { recordingIn, secondsIn, timeOf } from './calls';
import { dispositions } from './statuses';

/**
 * https://integrics.com/enswitch/guides/3.14/en/admin/events/
 * https://integrics.com/enswitch/guides/3.14/en/admin/urls/
 * Enswitch has three ways to report calls: "Send events to URL" of a customer, with `class` and `event`; the webhook form of
 * some providers, with `status` in a template; and the URLs of a "Web URL", whose requests do not name their event. New
 * events and fields may come at any time.
 */
export const events: Pushed = {
	kind: 'pushed',
	names: ['ringing', 'outgoing', 'answered', 'ended', 'other'],
	fields: [],
	read,
	// Enswitch ignores it. The reply to a routing URL would decide where the call goes, but that URL is not for a trigger.
	reply: { type: 'text/plain', body: '' },
	setUp: (address) => ({
		steps: [
			'Sign in to Enswitch, and open Settings > Customer. Enter the first address below in Send events to URL, and save.',
			'If there is a webhook form with a template instead, choose the events Calling, Answer and Hangup, and the method POST. Enter the same address, the header and the template below.',
			'To receive only the calls to one number, leave that setting empty, and route the number to a Web URL (Features > Web URLs) that has the last two addresses below for answer and hangup. Never enter an address of this page where Enswitch asks how to route a call.',
		],
		values: [
			{ label: 'Send events to URL, or the URL of a webhook', value: address },
			{ label: 'Header of a webhook', value: 'content-type: application/json' },
			{ label: 'Template of a webhook', value: template },
			{
				label: 'Web URL: informed when the call has been answered',
				value: `${address}?on=answered`,
			},
			{ label: 'Web URL: informed when the call has been hung up', value: `${address}?on=hangup` },
		],
	}),
};

/**
 * Without the name of the caller: a quotation mark in it would spoil the JSON. Without the ID of a leg, because these events
 * are about the whole call.
 */
const template = `{
${[
	'callid',
	'status',
	'direction',
	'callerid_external',
	'stype',
	'snumber',
	'cnumber',
	'dnumber',
	'extension',
	'start',
	'answered',
	'end',
	'talktime',
	'totaltime',
	'recording',
]
	.map((name) => `  "${name}": "#${name}#"`)
	.join(',\n')}
}`;

function read({ query, body }: Push): CallEvent | Ignored {
	const given = (name: string) => textOf(member(body, name))?.trim() || null;
	const kind = given('class');
	if (kind !== null && kind.toLowerCase() !== 'call') {
		return ignored('it is about something else than a call');
	}
	const status = given('status');
	const word = given('event') ?? (query.on?.trim() || null) ?? status;
	if (word === null) return ignored('it has neither "event" nor "status"');
	const direction = directionOf(given('direction'));
	const event = eventOf(word, direction);
	const callId = given('callid');
	const uniqueId = given('uniqueid');
	// For a call from outside, `snumber` can be the line that it came in on.
	const sources = ['callerid_external', 'snumber'].map(given);
	const isOurs = direction === 'out' || direction === 'internal';
	const [from = null] = (isOurs ? sources.reverse() : sources).filter((one) => one !== null);
	return {
		kind: 'event',
		event,
		callId: callId ?? uniqueId,
		legId: uniqueId,
		from,
		to: given('cnumber') ?? given('dnumber'),
		direction,
		disposition: event === 'ended' ? dispositionOf(word, status, body) : null,
		at: momentIn(body, 'timestamp') ?? momentIn(body, timeFields[event]),
		details: {
			vendorEvent: word,
			...withoutMissing({
				destination: given('dnumber'),
				extension: given('extension'),
				callerName: given('callername'),
				...(event === 'ended' && {
					talkSeconds: secondsIn(body, 'talktime'),
					totalSeconds: secondsIn(body, 'totaltime'),
					recording: recordingIn(body),
				}),
			}),
		},
		response: { ...query, ...body },
	};
}

/** A word without case, spaces and the ending that "answer" and "answered" differ in. */
function stemOf(word: string): string {
	return word
		.toLowerCase()
		.replace(/[^\p{L}]/gu, '')
		.replace(/ed$/, '');
}

/** Only "start" is documented to the letter; the others are described there, or seen by those who receive them. */
const beginnings: ReadonlySet<string> = new Set(['start', 'calling', 'ringing']);

/** Ends that also say how. A queue reports as "Abandon" that the caller has not waited for an answer. */
const endings: ReadonlyMap<string, Disposition> = new Map([
	...Object.entries(dispositions),
	['abandon', 'canceled'],
	['hangupansweredonly', 'answered'],
]);

/** "routed" says where a call goes, and not that a phone rings there: "start" said so already. */
function eventOf(word: string, direction: CallEvent['direction']): EventName {
	const stem = stemOf(word);
	if (beginnings.has(stem)) return direction === 'out' ? 'outgoing' : 'ringing';
	if (stem === 'answer') return 'answered';
	return stem === 'end' || stem.startsWith('hangup') || endings.has(stem) ? 'ended' : 'other';
}

/** `talktime` does not include the ringing. Words and seconds that contradict each other prove nothing. */
function dispositionOf(word: string, status: string | null, body: JsonObject): Disposition | null {
	const talkSeconds = secondsIn(body, 'talktime');
	const said = endings.get(stemOf(status ?? '')) ?? endings.get(stemOf(word)) ?? null;
	if (talkSeconds === undefined) return said;
	const isAnswered = talkSeconds > 0;
	if (said === null) return isAnswered ? 'answered' : null;
	return isAnswered === (said === 'answered') ? said : null;
}

const directions: ReadonlyMap<string, CallEvent['direction']> = new Map([
	['in', 'in'],
	['inbound', 'in'],
	['incoming', 'in'],
	['out', 'out'],
	['outbound', 'out'],
	['outgoing', 'out'],
	['internal', 'internal'],
]);

function directionOf(word: string | null): CallEvent['direction'] {
	return directions.get(word?.toLowerCase() ?? '') ?? null;
}

/** Where a webhook of a provider has the moment of its event. */
const timeFields: Readonly<Record<EventName, string>> = {
	ringing: 'start',
	outgoing: 'start',
	answered: 'answered',
	ended: 'end',
	other: 'timestamp',
};

/** A member in Unix seconds, with or without their fraction. */
function momentIn(body: JsonObject, name: string): string | null {
	const text = textOf(member(body, name))?.trim() ?? '';
	return /^\d{1,11}(?:\.\d{1,9})?$/.test(text) ? timeOf(Number(text)) : null;
}
