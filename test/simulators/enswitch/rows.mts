import type { Leg, Party } from '../liveCalls.mts';
import type { EnswitchCall } from './switchboard.mts';

// The commonly used fields of https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/active/list/; what an API call
// has as source and destination of its first leg is not documented.

/** One leg, as live calls and records both show it. */
export interface Row {
	readonly uniqueid: string;
	readonly callid: string;
	/** Unix time. */
	readonly start: number;
	readonly direction: 'in' | 'internal' | 'out';
	readonly stype: string;
	readonly snumber: string;
	readonly ctype: string;
	readonly cnumber: string;
	readonly dtype: string;
	readonly dnumber: string;
	readonly callerid_internal: string;
	readonly callerid_external: string;
	readonly scustomer: number;
	readonly peer: number;
	readonly machine: number;
}

export interface LegOfCall {
	readonly leg: Leg;
	readonly row: Row;
}

/** The legs that were called, each with its row: the second one only after the first party has answered. */
export function legsOf(call: EnswitchCall): readonly LegOfCall[] {
	return (['first', 'second'] as const).flatMap((party) => {
		const leg = call[party];
		return leg === null || leg.startedAt === null ? [] : [{ leg, row: rowOf(call, party, leg) }];
	});
}

export function rowOf(call: EnswitchCall, party: Party, leg: Leg): Row {
	const { id, tags, first } = call;
	const { stype, ctype, customer, machine, uniqueids, outside } = tags;
	if (outside !== undefined) return incomingRowOf(call, leg, outside);
	const number = leg.phones[0]?.number ?? '';
	const isFirst = party === 'first';
	const dtype = isFirst ? stype : ctype;
	return {
		uniqueid: uniqueids[isFirst ? 0 : 1],
		callid: id,
		start: unixTime(leg.startedAt),
		direction: dtype === 'phone' ? 'internal' : 'out',
		stype,
		snumber: first.phones[0]?.number ?? '',
		ctype: isFirst ? '' : ctype,
		cnumber: isFirst ? '' : number,
		dtype,
		dnumber: number,
		callerid_internal: leg.callerId,
		callerid_external: leg.callerId,
		scustomer: customer,
		peer: 0,
		machine,
	};
}

function incomingRowOf(
	{ id, tags }: EnswitchCall,
	leg: Leg,
	{ caller, dialed }: NonNullable<EnswitchCall['tags']['outside']>,
): Row {
	return {
		uniqueid: tags.uniqueids[0],
		callid: id,
		start: unixTime(leg.startedAt),
		direction: 'in',
		stype: 'external',
		snumber: caller,
		ctype: '',
		cnumber: dialed,
		dtype: 'phone',
		dnumber: leg.phones[0]?.number ?? '',
		callerid_internal: caller,
		callerid_external: caller,
		scustomer: tags.customer,
		peer: 1,
		machine: tags.machine,
	};
}

export function unixTime(moment: number | null): number {
	return moment === null ? 0 : Math.floor(moment / 1000);
}

/** Some installations write every field as text. */
export function written(
	row: Readonly<Record<string, unknown>>,
	textNumbers: boolean,
): Readonly<Record<string, unknown>> {
	if (!textNumbers) return row;
	return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
}

/** The filters that both lists have; "contains" is what a match is unless it is set, and the only one known here. */
export function isWanted(row: Row, given: (name: string) => string): boolean {
	const contains = (name: 'snumber' | 'cnumber' | 'dnumber') => row[name].includes(given(name));
	const is = (name: 'stype' | 'ctype' | 'dtype' | 'callid') =>
		given(name) === '' || row[name] === given(name);
	const direction = given('direction');
	return (
		(['snumber', 'cnumber', 'dnumber'] as const).every(contains) &&
		(['stype', 'ctype', 'dtype', 'callid'] as const).every(is) &&
		(direction === '' || direction.split('_').includes(row.direction)) &&
		(given('phone') === '' || (row.stype === 'phone' && row.snumber === given('phone'))) &&
		(given('callername_number') === '' ||
			row.callerid_internal.includes(given('callername_number')))
	);
}

/** By a field of the rows, numbers as numbers. */
export function sorted<R extends object>(
	rows: readonly R[],
	field: string,
	descending: boolean,
): R[] {
	const value = (row: R) => (row as Readonly<Record<string, string | number>>)[field] ?? '';
	const byField = [...rows].sort((a, b) =>
		value(a) < value(b) ? -1 : Number(value(a) > value(b)),
	);
	return descending ? byField.reverse() : byField;
}
