import type { Disposition } from '../shared/calling/contract/callState';
import type { HttpRequest } from '../shared/wire/reply/http';
import { type JsonObject, textOf, withoutMissing } from '../shared/wire/text/json';
import { readLocalTime, readSeconds } from '../shared/wire/text/localTime';

/**
 * Asks for a page of the call records, which IOVOX writes after each call.
 * https://www.iovox.com/api/rest/getCallData.html
 */
export function encodeGetCallData(
	fields: readonly string[],
	filters: Readonly<Record<string, string>>,
	{ page, limit }: { readonly page: number; readonly limit: number },
): HttpRequest {
	const query = {
		v: '3',
		method: 'getCallData',
		output: 'JSON',
		req_fields: fields.join(','),
		...filters,
		page: String(page),
		limit: String(limit),
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

/** A call record. A value that it lacks is undefined, or null where a workflow gets it. */
export interface IovoxRecord {
	readonly id: string | undefined;
	/** When the call began. IOVOX does not document the zone of its times. */
	readonly start: number | undefined;
	readonly isOver: boolean;
	readonly linkId: string | undefined;
	readonly destination: string | undefined;
	readonly callType: string | undefined;
	readonly callResult: string | undefined;
	readonly disposition: Disposition | null;
	readonly talkSeconds: number | null;
	/** The ID of the recording. */
	readonly recording: string | null;
	/** In the words of IOVOX. */
	readonly details: JsonObject;
	/** As it came. */
	readonly response: JsonObject;
}

/** The fields of a record that {@link readRecord} reads. */
export const recordFields = [
	'id',
	'cs',
	'ce',
	'cd',
	'tts',
	'ctype',
	'call_res',
	'rule_res',
	'lid',
	'has_rec',
];

export function readRecord(record: JsonObject): IovoxRecord {
	const id = textOf(record.id);
	const callResult = textOf(record.call_result);
	const talkSeconds = readSeconds(textOf(record.talk_time_sec));
	const known = dispositions.get((callResult ?? '').trim().toUpperCase());
	const localStart = textOf(record.call_start);
	const localEnd = textOf(record.call_end);
	const hasRecording = (textOf(record.has_recording) ?? '0') !== '0';
	return {
		id,
		start: readLocalTime(localStart),
		isOver: callResult !== undefined || localEnd !== undefined,
		linkId: textOf(record.link_id),
		destination: textOf(record.call_destination),
		callType: textOf(record.call_type),
		callResult,
		// Answered, and nobody talked: the record does not say who was there.
		disposition: known === 'answered' && talkSeconds === 0 ? null : (known ?? null),
		talkSeconds,
		recording: hasRecording ? (id ?? null) : null,
		details: withoutMissing({
			callResult,
			ruleResult: textOf(record.rule_result),
			localStart,
			localEnd,
		}),
		response: record,
	};
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
