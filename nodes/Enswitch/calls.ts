import { type JsonObject, member, textOf } from '../shared/wire/text/json';
import type { CallList } from './callLists';
import { isSameNumber } from './numbers';
import type { Named } from './reference';

/** A call in a list: a row for each of its legs, and more if a leg was forwarded. */
export interface ListedCall {
	readonly id: string;
	/** What `id` is, as the name of a parameter. */
	readonly idName: 'callid' | 'uniqueid';
	readonly list: CallList;
	/** In the order in which they began. */
	readonly rows: readonly JsonObject[];
}

/** The calls that these rows belong to. All legs of a call have the same `callid`. */
export function callsIn(list: CallList, rows: readonly JsonObject[]): readonly ListedCall[] {
	const calls = new Map<string, ListedCall>();
	for (const row of [...rows].sort(byStart)) {
		const callid = textOf(member(row, 'callid'));
		const id = callid ?? textOf(member(row, 'uniqueid'));
		if (id === undefined) continue;
		const idName = callid === undefined ? 'uniqueid' : 'callid';
		calls.set(id, { id, idName, list, rows: [...(calls.get(id)?.rows ?? []), row] });
	}
	return [...calls.values()];
}

function byStart(one: JsonObject, other: JsonObject): number {
	return (secondsIn(one, 'start') ?? 0) - (secondsIn(other, 'start') ?? 0);
}

/** A member that is a whole number of seconds; undefined for anything else. Some installations write numbers as texts. */
export function secondsIn(row: JsonObject, name: string): number | undefined {
	const text = textOf(member(row, name))?.trim() ?? '';
	return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** Unix time as ISO 8601; null for 0, which means never. */
export function timeOf(seconds = 0): string | null {
	return seconds > 0 ? new Date(Math.round(seconds * 1000)).toISOString() : null;
}

/** What names the recording; null if there is none. */
export function recordingIn(row: JsonObject): string | null {
	const name = textOf(member(row, 'recording'))?.trim() ?? '';
	return name === '' || name === '0' ? null : name;
}

/** The clocks of n8n and Enswitch may differ by this much. */
const toleranceSeconds = 5;

/** For Enswitch to begin, and for the first phone to ring: the row to the second party begins after that. */
const longestBeginningSeconds = 300;

/** When a call can have begun, in Unix time. */
export function windowOf({ since, delaySeconds }: Named): { start: number; end: number } {
	const placed = Math.floor(since.getTime() / 1000);
	return {
		start: placed - toleranceSeconds,
		end: placed + delaySeconds + longestBeginningSeconds,
	};
}

/** Whether numbers and time fit: a call of somebody else must not pass for the one that is looked for. */
export function fits({ rows }: ListedCall, reference: Named): boolean {
	const { from, to } = reference;
	const { start, end } = windowOf(reference);
	const began = rows.map((row) => secondsIn(row, 'start'));
	const isInTime = began.every((time) => time !== undefined && time >= start && time <= end);
	return isInTime && rows.some((row) => goes(row, from, to));
}

function goes(row: JsonObject, from: string, to: string): boolean {
	const is = (name: string, number: string) => isSameNumber(textOf(member(row, name)), number);
	return is('snumber', from) && (is('cnumber', to) || is('dnumber', to));
}
