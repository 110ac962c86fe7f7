import type { Sighting } from '../../shared/calling/contract/callState';
import { type Found, foundAmong } from '../../shared/calling/contract/found';
import type { Trouble } from '../../shared/calling/contract/outcome';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import { liveCall, matchLive, matchRecord, recordedCall } from '../phoneCall';
import type { VoipNowReference } from '../reference';
import { encodeCall, encodeCalls, encodeRecords } from '../request';
import { isNoCall, type Matches, readCalls, rights, searchCalls } from '../search';

/**
 * Asks for the live call. If it is not live, the call records show how it ended. By numbers, both count, because
 * nothing else distinguishes two calls that match.
 */
export function look(reference: VoipNowReference): Step<Found> {
	const { callId, nonce } = reference;
	if (callId !== undefined) return lookFor(callId, reference);
	return searchLive(reference, (live) => {
		if (live.kind === 'explanation') return done(live);
		const isCertain = nonce !== undefined && live.calls.length > 0;
		return isCertain ? done(foundAmong(live.calls)) : lookInRecords(reference, live.calls);
	});
}

function lookFor(callId: string, reference: VoipNowReference): Step<Found> {
	return {
		kind: 'ask',
		request: encodeCall(reference, callId),
		next(response) {
			// A wrong address answers with 404 too, and the request for the records shows it.
			if (isNoCall(response) || response.status === 404) return lookInRecords(reference);
			const read = readCalls(response);
			if (read.kind === 'explanation') return done(read);
			const calls = read.entries.flatMap((call) => seenLive(call, reference) ?? []);
			return calls.length > 0 ? done(foundAmong(calls)) : lookInRecords(reference);
		},
	};
}

/** Continues with the live calls that match a reference without an ID. */
export function searchLive<Result>(
	reference: VoipNowReference,
	next: (found: Matches | Trouble) => Step<Result>,
): Step<Result> {
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

function lookInRecords(reference: VoipNowReference, live: readonly Sighting[] = []): Step<Found> {
	const { callId, from, to, since } = reference;
	const hasNumbers = from.length > 0 && to.length > 0 && since !== undefined;
	if (callId === undefined && !hasNumbers) return done(foundAmong(live));
	const search = {
		request: (start: number) => encodeRecords(reference, start),
		match(record: Parameters<typeof matchRecord>[0]) {
			const matchedBy = matchRecord(record, reference);
			return matchedBy === undefined ? undefined : recordedCall(record, matchedBy, reference);
		},
		isUnique: callId !== undefined,
	};
	return searchCalls(search, (records) => done(foundInBoth(live, records)));
}

function foundInBoth(live: readonly Sighting[], records: Matches | Trouble): Found {
	if (records.kind === 'explanation') {
		if (records.reason !== 'unauthorized') return records;
		const why = `This App may not read call records. ${rights}`;
		return live.length > 0 ? foundAmong(live) : { kind: 'none', unread: { list: 'record', why } };
	}
	const isOver = (call: Sighting) => live.every(({ callId }) => callId !== call.callId);
	return foundAmong([...live, ...records.calls.filter(isOver)]);
}
