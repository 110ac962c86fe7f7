import type {
	CallEvent,
	CallRecord,
	Recorded,
	RecordPage,
	RecordQuery,
} from '../shared/calling/contract/events';
import type { Trouble } from '../shared/calling/contract/outcome';
import { listOrId } from '../shared/form/listOrId';
import { explain, isExplanation } from '../shared/wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../shared/wire/reply/http';
import { textOf, withoutMissing } from '../shared/wire/text/json';
import { writeLocalTime } from '../shared/wire/text/localTime';
import { toText } from '../shared/wire/text/values';
import { encodeGetCallData, type IovoxRecord, readRecord, recordFields } from './records';
import { readResults } from './results';

/** IOVOX does not report events. It writes a record after each call. */
export const events: Recorded = {
	kind: 'recorded',
	names: ['ended'],
	fields: [
		{
			displayName: 'Link',
			name: 'linkId',
			description: 'Only calls of this link start the workflow. If empty, all calls do.',
			...listOrId('searchLinks', { list: 'All links', id: 'e.g. link123' }),
		},
	],
	request,
	read,
};

/** Later than now by any clock of the world, and by one that is a day wrong. */
const aheadMilliseconds = 2 * 24 * 3_600_000;

function request({ form, from, now, order, page, limit }: RecordQuery): HttpRequest {
	const linkId = linkIn(form);
	return encodeGetCallData(
		[...recordFields, 'co', 'vn', 'lname', 'direction'],
		{
			...(linkId === '' ? {} : { link_id: linkId }),
			sdt: writeLocalTime(from),
			// Without it, IOVOX takes the end of today, in a zone that it does not document.
			edt: writeLocalTime(now + aheadMilliseconds),
			order: order === 'oldestFirst' ? 'cs_ASC' : 'cs_DESC',
		},
		{ page, limit },
	);
}

function linkIn({ linkId }: RecordQuery['form']): string {
	return toText(linkId).trim();
}

function read(response: HttpResponse, { form, page, limit }: RecordQuery): RecordPage | Trouble {
	const reply = readResults(response);
	if (isExplanation(reply)) return reply;
	const { results, totalPages } = reply;
	const linkId = linkIn(form);
	const records = results
		.map(readRecord)
		// The filters of the request may let other records through.
		.filter((record) => linkId === '' || record.linkId === linkId);
	const readable = records.flatMap(toCallRecord);
	const unreadable = records.length - readable.length;
	if (unreadable > 0 && readable.length === 0) return noneReadable;
	return {
		kind: 'page',
		records: readable,
		unreadable,
		isLast: totalPages === undefined ? results.length < limit : page >= totalPages,
	};
}

const noneReadable = explain(
	'unknown',
	'unreadable_reply',
	'The call records of IOVOX have no ID, or a time in a form that is not documented.',
	'Please report this with a sample record, without its phone numbers.',
	200,
);

function toCallRecord(record: IovoxRecord): CallRecord[] {
	const { id, start } = record;
	if (id === undefined || start === undefined) return [];
	return [{ id, start, ended: record.isOver ? toEvent(id, record) : undefined }];
}

function toEvent(id: string, record: IovoxRecord): CallEvent {
	const { linkId = null, destination = null, callType, response } = record;
	const caller = textOf(response.call_origin) ?? null;
	return {
		kind: 'event',
		event: 'ended',
		callId: id,
		legId: null,
		// As in the result of Originate, which cannot know more.
		from: callType?.toUpperCase() === 'API' ? linkId : caller,
		to: destination,
		direction: directions.get(textOf(response.direction)?.toUpperCase() ?? '') ?? null,
		disposition: record.disposition,
		at: null,
		details: {
			vendorEvent: record.callResult ?? 'call record',
			...record.details,
			...withoutMissing({
				callType,
				callOrigin: caller,
				voxNumber: textOf(response.voxnumber),
				linkId,
				linkName: textOf(response.link_name),
				talkSeconds: record.talkSeconds,
				recording: record.recording,
			}),
		},
		response,
	};
}

const directions: ReadonlyMap<string, 'in' | 'out'> = new Map([
	['IN', 'in'],
	['OUT', 'out'],
]);
