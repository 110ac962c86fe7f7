import { type Disposition, type Sighting, sighting } from '../shared/calling/contract/callState';
import {
	isJsonList,
	isJsonObject,
	type JsonObject,
	type JsonValue,
	textOf,
	withoutMissing,
} from '../shared/wire/text/json';
import { readSeconds } from '../shared/wire/text/localTime';
import { isAmong } from './numbers';
import type { VoipNowReference } from './reference';

/** The clocks of VoipNow and n8n may differ by this much. */
const toleranceMilliseconds = 60_000;

/** How a live call matches a reference. The ID is checked alone: it never comes twice. */
export function matchLive(
	call: JsonObject,
	reference: VoipNowReference,
): Sighting['matchedBy'] | undefined {
	const { callId, nonce } = reference;
	if (callId !== undefined) return idOf(call) === callId ? 'id' : undefined;
	if (nonce === undefined) return hasNumbers(call, reference) ? 'numbers' : undefined;
	// A text from the form can have been used for an earlier call.
	return textOf(call.nonce) === nonce && isSince(call, reference) !== false ? 'tag' : undefined;
}

/** How a call record matches a reference. VoipNow does not say that records have a nonce. */
export function matchRecord(
	record: JsonObject,
	reference: VoipNowReference,
): Sighting['matchedBy'] | undefined {
	const hasNonce = textOf(record.nonce) !== undefined;
	const { callId, nonce } = reference;
	if (callId !== undefined || (nonce !== undefined && hasNonce)) {
		return matchLive(record, reference);
	}
	return hasNumbers(record, reference) ? 'numbers' : undefined;
}

function idOf(call: JsonObject): string | undefined {
	return textOf(call.id);
}

/** Whether the numbers and the time are those of the reference, and the reference has all three. */
function hasNumbers(call: JsonObject, reference: VoipNowReference): boolean {
	const { from, to } = reference;
	const isView = (view: JsonObject) =>
		textsOf(view.source).some((number) => isAmong(number, from)) &&
		textsOf(view.destination).some((number) => isAmong(number, to));
	return viewsOf(call).some(isView) && isSince(call, reference) === true;
}

/** Whether the call entered the system after the reference; undefined if one of the two times is missing. */
function isSince(call: JsonObject, { since }: VoipNowReference): boolean | undefined {
	const published = timeOf(call.published);
	if (since === undefined || published === null) return undefined;
	return Date.parse(published) >= since.getTime() - toleranceMilliseconds;
}

/**
 * https://wiki.4psa.com./display/VNUAPI30/PhoneCalls+Resource
 * A live call. It has a view for each phone, which shows how far the call is.
 */
export function liveCall(
	call: JsonObject,
	matchedBy: Sighting['matchedBy'],
	reference: VoipNowReference,
): Sighting {
	const views = viewsOf(call);
	const reached = Math.max(...views.map(statusOf), 0);
	const answered = timeOf(call.answered);
	const isFirstAnswered = reached >= 4 || views.some(hasAnswered);
	const state = stateAt(reached, isFirstAnswered, answered !== null);
	return sighting({
		...partsOf(call, reference),
		state,
		answeredByFirst: isFirstAnswered ? true : null,
		answeredBySecond: state === 'connected' ? true : null,
		answeredAt: state === 'connected' ? answered : null,
		seenIn: 'live',
		matchedBy,
	});
}

/** 1 off hook, 2 trying, 3 ringing, 4 the other side is ringing, 5 on call; 0 is unknown. */
function statusOf(view: JsonObject): number {
	const status = Number(textOf(view.status) ?? 0);
	return Number.isInteger(status) && status <= 5 ? status : 0;
}

function stateAt(
	reached: number,
	isFirstAnswered: boolean,
	isCallAnswered: boolean,
): Sighting['state'] {
	if (reached === 5) return isCallAnswered ? 'connected' : 'unknown';
	if (reached === 4) return 'ringing_second';
	return reached > 0 && !isFirstAnswered ? 'ringing_first' : 'unknown';
}

/** A view has the time when its source answered. */
function hasAnswered(view: JsonObject): boolean {
	return textOf(view.answered) !== undefined;
}

/**
 * https://wiki.4psa.com./display/VNUAPI30/CDR+Resource
 * A call record: the call has ended. Of its views, those to the number that was called say how.
 */
export function recordedCall(
	record: JsonObject,
	matchedBy: Sighting['matchedBy'],
	reference: VoipNowReference,
): Sighting {
	const all = viewsOf(record);
	const called = all.filter((view) =>
		textsOf(view.destination).some((number) => isAmong(number, reference.to)),
	);
	const views = called.length === 0 ? all : called;
	const words = [...new Set(views.flatMap(({ disposition }) => textOf(disposition) ?? []))];
	const disposition = dispositionOf(words);
	const isAnswered = disposition === 'answered';
	const isFirstAnswered = isAnswered || views.some(hasAnswered);
	const hasTalked = views.filter((view) => textOf(view.disposition) === '0');
	return sighting({
		...partsOf(record, reference, words),
		state: 'ended',
		disposition,
		answeredByFirst: isFirstAnswered ? true : null,
		answeredBySecond: isAnswered ? true : isFirstAnswered && disposition !== null ? false : null,
		answeredAt: isAnswered ? timeOf(record.answered) : null,
		talkSeconds: hasTalked.length === 1 ? readSeconds(textOf(hasTalked[0]?.duration)) : null,
		seenIn: 'record',
		matchedBy,
	});
}

/** The documented dispositions, by their number. */
const dispositions: Readonly<Record<string, readonly [word: string, ours: Disposition | null]>> = {
	0: ['ANSWERED', 'answered'],
	1: ['BUSY', 'busy'],
	2: ['FAILED', 'failed'],
	3: ['NO ANSWER', 'no_answer'],
	4: ['UNKNOWN', null],
	5: ['NOT ALLOWED', 'failed'],
};

/** Several phones can have been called: one that answered decides, and otherwise all have to agree. */
function dispositionOf(numbers: readonly string[]): Disposition | null {
	if (numbers.includes('0')) return 'answered';
	const [number = '', ...others] = numbers;
	return others.length === 0 ? (dispositions[number]?.[1] ?? null) : null;
}

/** What live calls and records have alike. */
function partsOf(
	call: JsonObject,
	{ userId, extension, nonce }: VoipNowReference,
	numbers: readonly string[] = [],
): Pick<Sighting, 'callId' | 'from' | 'to' | 'startedAt' | 'details' | 'response'> {
	const views = viewsOf(call);
	const parties = (name: 'source' | 'destination') =>
		[...new Set(views.flatMap((view) => textsOf(view[name])))].join(', ') || null;
	const said = numbers.map((number) => dispositions[number]?.[0] ?? number).join(', ');
	const recording = views.map((view) => textOf(view.recording)).find(Boolean);
	return {
		callId: idOf(call) ?? null,
		from: parties('source'),
		to: parties('destination'),
		startedAt: timeOf(call.published),
		details: withoutMissing({
			userId,
			extension: textOf(call.extension) ?? extension,
			nonce: textOf(call.nonce) ?? nonce,
			disposition: said === '' ? undefined : said,
			recording,
		}),
		response: call,
	};
}

function viewsOf(call: JsonObject): readonly JsonObject[] {
	const views = call.phoneCallView;
	return isJsonList(views) ? views.filter(isJsonObject) : [];
}

/** Live calls have lists of numbers, records have one number. */
function textsOf(value: JsonValue | undefined): readonly string[] {
	return (isJsonList(value) ? value : [value]).flatMap((one) => textOf(one) ?? []);
}

/** ISO 8601 in UTC; null for a time without a zone, which can be any moment of a day. */
function timeOf(value: JsonValue | undefined): string | null {
	const text = textOf(value) ?? '';
	if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return null;
	const time = new Date(text);
	return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
