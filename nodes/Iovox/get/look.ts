import { type Disposition, type Sighting, sighting } from '../../shared/calling/callState';
import { type Found, foundAmong } from '../../shared/calling/found';
import { done, type Step } from '../../shared/wire/conversation';
import { isExplanation } from '../../shared/wire/explanation';
import type { HttpRequest, JsonObject } from '../../shared/wire/http';
import { textOf } from '../../shared/wire/json';
import { isWithin, localSpan, readLocalTime, writeLocalTime } from '../../shared/wire/localTime';
import { destinationOf, type IovoxReference } from '../reference';
import { readResults } from '../results';

const pageSize = 1000;
/** More calls than any link has in the two days that are searched. */
const mostPages = 20;

/**
 * Looks for the call record, which IOVOX writes after the call. It never shows a call that is going on. The record has no
 * ID of the request, and IOVOX does not document the zone of its times, so every zone is searched.
 * https://www.iovox.com/api/rest/getCallData.html
 */
export function look(
	reference: IovoxReference,
	page = 1,
	before: readonly Sighting[] = [],
): Step<Found> {
	return {
		kind: 'ask',
		request: encodeGetCallData(reference, page),
		next(response) {
			const reply = readResults(response);
			if (isExplanation(reply)) return done(reply);
			const matches = [
				...before,
				...reply.results.filter((record) => isTheCall(reference, record)).map(toSighting),
			];
			return page < (reply.totalPages ?? 0) && page < mostPages
				? look(reference, page + 1, matches)
				: done(foundAmong(matches));
		},
	};
}

function encodeGetCallData({ linkId, began }: IovoxReference, page: number): HttpRequest {
	const { earliest, latest } = localSpan(began);
	const query = {
		v: '3',
		method: 'getCallData',
		output: 'JSON',
		req_fields: 'id,cs,ce,cd,tts,ctype,call_res,rule_res,lid,has_rec',
		link_id: linkId,
		ctype: 'API',
		sdt: writeLocalTime(earliest),
		edt: writeLocalTime(latest),
		page: String(page),
		limit: String(pageSize),
	};
	const pairs = Object.entries(query).map(
		([name, value]) => `${name}=${encodeURIComponent(value)}`,
	);
	return {
		method: 'GET',
		path: `/Calls?${pairs.join('&')}`,
		headers: { Accept: 'application/json' },
	};
}

/** The filters of the request may let other records through. */
function isTheCall({ linkId, to, began }: IovoxReference, record: JsonObject): boolean {
	const start = readLocalTime(textOf(record.call_start));
	const destination = destinationOf(textOf(record.call_destination) ?? '');
	return (
		textOf(record.link_id) === linkId &&
		textOf(record.call_type)?.toUpperCase() === 'API' &&
		(to === undefined || destination === destinationOf(to)) &&
		start !== undefined &&
		isWithin(start, began)
	);
}

/** The results that a partner of IOVOX lists: https://support.newhomes.co.uk/hc/en-gb/articles/13177159336849 */
const dispositions: ReadonlyMap<string, Disposition> = new Map([
	['ANSWERED', 'answered'],
	['ANSWERED [MACHINE DETECTED]', 'answered'],
	['BUSY', 'busy'],
	['NO ANSWER', 'no_answer'],
	['HANGUP', 'canceled'],
	['HANGUP-RECORD-ALERT', 'canceled'],
	['HANGUP-WHISPER-CALLER', 'canceled'],
	['NO RULES SET', 'failed'],
	['NUMBER ON HOLD', 'failed'],
	['RULES BROKEN', 'failed'],
	['BLOCKED', 'failed'],
	['DESTINATION IS VOXNUMBER', 'failed'],
]);

function toSighting(record: JsonObject): Sighting {
	const callResult = textOf(record.call_result);
	const recordId = textOf(record.id);
	const talkSeconds = secondsOf(textOf(record.talk_time_sec));
	const known = dispositions.get((callResult ?? '').trim().toUpperCase());
	// Answered, and nobody talked: the record does not say who was there.
	const disposition = known === 'answered' && talkSeconds === 0 ? null : (known ?? null);
	const hasTalked = disposition === 'answered' && talkSeconds !== null;
	const isOver = callResult !== undefined || textOf(record.call_end) !== undefined;
	const hasRecording = (textOf(record.has_recording) ?? '0') !== '0';
	return sighting({
		state: isOver ? 'ended' : 'unknown',
		from: textOf(record.link_id) ?? null,
		to: textOf(record.call_destination) ?? null,
		// Whichever phone the Calling Rules ring first: without it, there is no talk.
		answeredByFirst: hasTalked ? true : null,
		answeredBySecond: hasTalked
			? true
			: disposition !== null && disposition !== 'answered'
				? false
				: null,
		disposition,
		talkSeconds,
		recording: hasRecording ? (recordId ?? null) : null,
		seenIn: 'record',
		matchedBy: 'numbers',
		details: {
			...text('recordId', recordId),
			...text('callResult', callResult),
			...text('ruleResult', textOf(record.rule_result)),
			...text('localStart', textOf(record.call_start)),
			...text('localEnd', textOf(record.call_end)),
		},
		response: record,
	});
}

function secondsOf(value: string | undefined): number | null {
	return value !== undefined && /^\d{1,7}$/.test(value) ? Number(value) : null;
}

function text(name: string, value: string | undefined): JsonObject {
	return value === undefined ? {} : { [name]: value };
}
