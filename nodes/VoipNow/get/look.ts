import type { Sighting } from '../../shared/calling/callState';
import { type Found, foundAmong } from '../../shared/calling/found';
import { done, type Step } from '../../shared/wire/conversation';
import { liveCall, matchLive, matchRecord, recordedCall } from '../phoneCall';
import type { VoipNowReference } from '../reference';
import { encodeCall, encodeCalls, encodeRecords } from '../request';
import { isNoCall, readCalls, searchCalls } from '../search';

/** Asks for the live call. If it is not live, the call records show how it ended. */
export function look(reference: VoipNowReference): Step<Found> {
	const { callId } = reference;
	const next = (matches: readonly Sighting[]) =>
		matches.length > 0 ? done(foundAmong(matches)) : lookInRecords(reference);
	if (callId === undefined) return searchLive(reference, next);
	return {
		kind: 'ask',
		request: encodeCall(reference, callId),
		next(response) {
			// A wrong address answers with 404 too, and the request for the records shows it.
			if (isNoCall(response) || response.status === 404) return lookInRecords(reference);
			const read = readCalls(response);
			if (read.kind === 'explanation') return done(read);
			return next(read.entries.flatMap((call) => seenLive(call, reference) ?? []));
		},
	};
}

/** Goes on with the live calls that match a reference without an ID. */
export function searchLive<Result>(
	reference: VoipNowReference,
	next: Parameters<typeof searchCalls<Result>>[1],
): ReturnType<typeof searchCalls<Result>> {
	return searchCalls(
		{
			request: (start) => encodeCalls(reference, start),
			match: (call) => seenLive(call, reference),
			isUnique: false,
		},
		next,
	);
}

function seenLive(...[call, reference]: Parameters<typeof matchLive>): Sighting | undefined {
	const matchedBy = matchLive(call, reference);
	return matchedBy === undefined ? undefined : liveCall(call, matchedBy, reference);
}

function lookInRecords(reference: VoipNowReference): Step<Found> {
	const { callId, from, to, since } = reference;
	const hasNumbers = from.length > 0 && to.length > 0 && since !== undefined;
	if (callId === undefined && !hasNumbers) return done(foundAmong([]));
	return searchCalls(
		{
			request: (start) => encodeRecords(reference, start),
			match(record) {
				const matchedBy = matchRecord(record, reference);
				return matchedBy === undefined ? undefined : recordedCall(record, matchedBy, reference);
			},
			isUnique: callId !== undefined,
		},
		(matches) => done(foundAmong(matches)),
	);
}
