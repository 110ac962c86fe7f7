import { type Disposition, type Sighting, sighting } from '../shared/calling/contract/callState';
import { type JsonObject, member, textOf } from '../shared/wire/text/json';
import { type ListedCall, recordingIn, secondsIn, timeOf } from './calls';
import { isSameNumber, isSimilarNumber } from './numbers';
import type { EnswitchReference } from './reference';
import { dispositions } from './statuses';

/** What the rows of a call show of it. */
export function sightingOf(
	call: ListedCall,
	reference: EnswitchReference,
	matchedBy: Sighting['matchedBy'],
): Sighting {
	const legs = legsOf(call.rows, reference);
	const starts = call.rows.map((row) => secondsIn(row, 'start') ?? 0).filter((time) => time > 0);
	return sighting({
		...(call.list === 'live' ? liveState(legs) : recordedState(legs)),
		callId: call.id,
		from: reference.from ?? null,
		to: reference.to ?? null,
		startedAt: timeOf(starts[0]),
		seenIn: call.list,
		matchedBy,
		details: { legs: call.rows.map(summaryOf) },
		response: call.rows,
	});
}

interface Leg {
	readonly row: JsonObject;
	/** Whom it rings; undefined if the row does not show it. */
	readonly party: 'first' | 'second' | undefined;
}

function legsOf(rows: readonly JsonObject[], reference: EnswitchReference): readonly Leg[] {
	return rows.map((row) => ({ row, party: partyOf(row, reference, rows.length === 1) }));
}

/**
 * A leg goes to its destination, `dnumber`. If that is neither party, such as the mobile phone that a line forwards to, the
 * called number decides. A call with a single row may show the second party in it before that is even dialed.
 */
function partyOf(row: JsonObject, { from, to }: EnswitchReference, isOnly: boolean): Leg['party'] {
	const [source, called, destination] = ['snumber', 'cnumber', 'dnumber'].map((name) =>
		textOf(member(row, name)),
	);
	for (const isAlike of [isSameNumber, isSimilarNumber]) {
		const named = (number: string | undefined) => {
			const [isFirst, isSecond] = [isAlike(number, from), isAlike(number, to)];
			return isFirst === isSecond ? undefined : isFirst ? 'first' : 'second';
		};
		const byDestination = named(destination);
		if (byDestination !== undefined) return byDestination;
		const byCalled = named(called);
		if (byCalled === 'first' || (byCalled === 'second' && !isOnly)) return byCalled;
	}
	const hasSourceOnly = called === undefined && destination === undefined;
	return hasSourceOnly && isSameNumber(source, from) ? 'first' : undefined;
}

type Shown = Pick<Sighting, 'state'> & Partial<Sighting>;

/** `answered` is when a leg was answered, and 0 until then. */
function liveState(legs: readonly Leg[]): Shown {
	const answered = legs.map(({ row, party }) => ({ party, at: secondsIn(row, 'answered') }));
	const second = answered.filter(({ party }) => party === 'second');
	const talking = second.find(({ at = 0 }) => at > 0);
	if (talking !== undefined) {
		return {
			state: 'connected',
			answeredByFirst: true,
			answeredBySecond: true,
			answeredAt: timeOf(talking.at),
		};
	}
	const isReadable = answered.every(({ at }) => at !== undefined);
	const isAnswered = ({ at = 0 }: (typeof answered)[number]) => at > 0;
	// The second party is dialed only after the first one has answered.
	if (second.length > 0 || answered.some(isAnswered)) {
		const isClear =
			isReadable && answered.filter(isAnswered).every(({ party }) => party !== undefined);
		return { state: isClear ? 'ringing_second' : 'unknown', answeredByFirst: true };
	}
	return { state: isReadable ? 'ringing_first' : 'unknown' };
}

function recordedState(legs: readonly Leg[]): Shown {
	const ends = legs.map(({ row }) => secondsIn(row, 'end') ?? 0);
	const of = (wanted: Leg['party']) => legs.filter(({ party }) => party === wanted);
	const [first, second] = [of('first'), of('second')];
	const talk = second.find(({ row }) => wasAnswered(row) === true)?.row;
	const answeredByFirst =
		second.length > 0 || legs.some(({ row }) => wasAnswered(row) === true)
			? true
			: first.length > 0 && allUnanswered(legs)
				? false
				: null;
	const answeredBySecond =
		talk !== undefined
			? true
			: answeredByFirst === false || (second.length > 0 && allUnanswered(second))
				? false
				: null;
	const last = (second.length > 0 ? second : first).at(-1)?.row;
	return {
		state: 'ended',
		answeredByFirst,
		answeredBySecond,
		disposition: talk !== undefined ? 'answered' : answeredBySecond === false ? whyOf(last) : null,
		endedAt: timeOf(Math.max(...ends)),
		...(talk === undefined ? { talkSeconds: answeredBySecond === false ? 0 : null } : talkOf(talk)),
		recording: recordingOf(legs),
	};
}

/** Undefined if the row does not show it, or contradicts itself. `talktime` does not include the ringing. */
function wasAnswered(row: JsonObject): boolean | undefined {
	const talkSeconds = secondsIn(row, 'talktime');
	const status = statusOf(row);
	if (status === 'answer') return talkSeconds !== undefined && talkSeconds > 0 ? true : undefined;
	return Object.hasOwn(dispositions, status) && talkSeconds === 0 ? false : undefined;
}

function allUnanswered(legs: readonly Leg[]): boolean {
	return legs.every(({ row }) => wasAnswered(row) === false);
}

function statusOf(row: JsonObject): string {
	return (textOf(member(row, 'status')) ?? '').trim().toLowerCase();
}

function whyOf(row: JsonObject | undefined): Disposition | null {
	return (row === undefined ? undefined : dispositions[statusOf(row)]) ?? null;
}

/** A record does not have the time of the answer. */
function talkOf(row: JsonObject): Pick<Sighting, 'talkSeconds' | 'answeredAt'> {
	const talkSeconds = secondsIn(row, 'talktime') ?? null;
	const end = secondsIn(row, 'end') ?? 0;
	return {
		talkSeconds,
		answeredAt: talkSeconds === null || end === 0 ? null : timeOf(end - talkSeconds),
	};
}

function recordingOf(legs: readonly Leg[]): string | null {
	const names = legs.map(({ row }) => recordingIn(row));
	return names.filter((name) => name !== null).at(-1) ?? null;
}

const shown = [
	'uniqueid',
	'stype',
	'snumber',
	'ctype',
	'cnumber',
	'dtype',
	'dnumber',
	'start',
	'answered',
	'end',
	'talktime',
	'status',
];

function summaryOf(row: JsonObject): JsonObject {
	return Object.fromEntries(
		shown.flatMap((name) => {
			const text = textOf(member(row, name));
			return text === undefined ? [] : [[name, text] as const];
		}),
	);
}
