import { type Sighting, sighting } from '../../shared/calling/contract/callState';
import { type Found, foundAmong } from '../../shared/calling/contract/found';
import { done, eachPage, type Step } from '../../shared/wire/exchange/conversation';
import { isExplanation } from '../../shared/wire/reply/explanation';
import type { HttpRequest } from '../../shared/wire/reply/http';
import { withoutMissing } from '../../shared/wire/text/json';
import { isWithin, localSpan, writeLocalTime } from '../../shared/wire/text/localTime';
import { encodeGetCallData, type IovoxRecord, readRecord, recordFields } from '../records';
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
export function look(reference: IovoxReference): Step<Found> {
	return eachPage<number, Sighting, Found>(
		1,
		mostPages,
		(page, next) => ({
			kind: 'ask',
			request: encode(reference, page),
			next(response) {
				const reply = readResults(response);
				if (isExplanation(reply)) return done(reply);
				const records = reply.results.map(readRecord);
				const matches = records.filter((record) => isTheCall(reference, record));
				const following = page < (reply.totalPages ?? 0) ? page + 1 : undefined;
				return next(matches.map(toSighting), following);
			},
		}),
		(matches) => done(foundAmong(matches)),
	);
}

function encode({ linkId, began }: IovoxReference, page: number): HttpRequest {
	const { earliest, latest } = localSpan(began);
	const filters = {
		link_id: linkId,
		ctype: 'API',
		sdt: writeLocalTime(earliest),
		edt: writeLocalTime(latest),
	};
	return encodeGetCallData(recordFields, filters, { page, limit: pageSize });
}

/** The filters of the request may let other records through. */
function isTheCall({ linkId, to, began }: IovoxReference, record: IovoxRecord): boolean {
	const { start, destination = '', callType } = record;
	return (
		record.linkId === linkId &&
		callType?.toUpperCase() === 'API' &&
		(to === undefined || destinationOf(destination) === destinationOf(to)) &&
		start !== undefined &&
		isWithin(start, began)
	);
}

function toSighting(record: IovoxRecord): Sighting {
	const { disposition, talkSeconds, response } = record;
	const hasTalked = disposition === 'answered' && talkSeconds !== null;
	return sighting({
		state: record.isOver ? 'ended' : 'unknown',
		from: record.linkId ?? null,
		to: record.destination ?? null,
		// Whichever phone the Calling Rules ring first: without it, there is no talk.
		answeredByFirst: hasTalked ? true : null,
		answeredBySecond: hasTalked
			? true
			: disposition !== null && disposition !== 'answered'
				? false
				: null,
		disposition,
		talkSeconds,
		recording: record.recording,
		seenIn: 'record',
		matchedBy: 'numbers',
		details: { ...withoutMissing({ recordId: record.id }), ...record.details },
		response,
	});
}
