import type { Clock } from '../clock.mts';
import type { Disposition } from '../liveCalls.mts';
import type { Calling, IovoxCall } from './calling.mts';
import * as errors from './errors.mts';
import type { IovoxError } from './errors.mts';
import { checkPaging, links, pageOf } from './links.mts';
import type { Page, Query } from './links.mts';

export interface RecordOptions {
	readonly clock: Clock;
	readonly zoneHours?: number | ((moment: number) => number);
	readonly recordingAfterSeconds?: number;
	readonly ignoresFilters?: boolean;
}

/** The results that a partner of IOVOX lists: https://support.newhomes.co.uk/hc/en-gb/articles/13177159336849 */
const results: Readonly<Record<Disposition, string>> = {
	answered: 'ANSWERED',
	busy: 'BUSY',
	no_answer: 'NO ANSWER',
	rejected: 'BUSY',
	failed: 'RULES BROKEN',
	canceled: 'HANGUP',
};

interface Moments {
	/** IOVOX writes no zone. */
	readonly local: (moment: number | null) => string;
	readonly hasRecording: (call: IovoxCall) => boolean;
}

type Member = readonly [name: string, value: (call: IovoxCall, moments: Moments) => string];

const seconds = (from: number | null, to: number | null) =>
	from === null || to === null ? 0 : Math.round((to - from) / 1000);
const talkSeconds = ({ connectedAt, endedAt }: IovoxCall) => seconds(connectedAt, endedAt);
const callSeconds = ({ first, endedAt }: IovoxCall) => seconds(first.startedAt, endedAt);
const clockTime = (total: number) => new Date(total * 1000).toISOString().slice(11, 19);
const linkOf = ({ tags: { linkId } }: IovoxCall) => links.find((link) => link.linkId === linkId);

/** Abbreviations of req_fields and the members that they stand for, as a public client reads them. */
const fields: Readonly<Record<string, Member>> = {
	id: ['id', ({ tags }) => tags.recordId],
	cs: ['call_start', ({ first }, { local }) => local(first.startedAt)],
	ce: ['call_end', ({ endedAt }, { local }) => local(endedAt)],
	co: ['call_origin', ({ tags }) => tags.incoming?.from ?? '441632960000'],
	coe: ['call_origin_encoded', () => 'MzI5NjAwMDA'],
	col: ['call_origin_location', () => 'United Kingdom'],
	vn: ['voxnumber', ({ tags }) => tags.incoming?.voxNumber ?? ''],
	cd: ['call_destination', ({ tags }) => tags.destination],
	detail: ['detail', () => '127.0.0.1'],
	ct: ['call_time', (call) => clockTime(callSeconds(call))],
	cts: ['call_time_sec', (call) => String(callSeconds(call))],
	tt: ['talk_time', (call) => clockTime(talkSeconds(call))],
	tts: ['talk_time_sec', (call) => String(talkSeconds(call))],
	ctype: ['call_type', ({ tags }) => (tags.incoming === undefined ? 'API' : 'DIRECT')],
	call_res: [
		'call_result',
		({ disposition }) => (disposition === null ? '' : results[disposition]),
	],
	rule_res: ['rule_result', () => 'Call to an Operator'],
	nid: ['node_id', ({ tags }) => `node-of-${tags.linkId}`],
	nname: ['node_name', () => 'Node'],
	ntype: ['node_type', () => 'default'],
	lid: ['link_id', ({ tags }) => tags.linkId],
	lname: ['link_name', (call) => linkOf(call)?.name ?? ''],
	ltype: ['link_type', () => 'default'],
	has_rec: ['has_recording', (call, { hasRecording }) => (hasRecording(call) ? '1' : '0')],
	es: ['email_sent', () => '0'],
	direction: ['direction', ({ tags }) => (tags.incoming === undefined ? 'OUT' : 'IN')],
};

/** The filters, with the field that each compares. */
const filters: Readonly<Record<string, string>> = {
	id: 'id',
	node_id: 'nid',
	node_type: 'ntype',
	link_id: 'lid',
	link_type: 'ltype',
	voxnumber: 'vn',
	call_origin: 'co',
	call_origin_encoded: 'coe',
	call_dest: 'cd',
	direction: 'direction',
	detail: 'detail',
	ctype: 'ctype',
	call_res: 'call_res',
	rule_res: 'rule_res',
};

const otherParameters = [
	'v',
	'method',
	'output',
	'page',
	'limit',
	'order',
	'sdt',
	'edt',
	'req_fields',
];

/** https://www.iovox.com/api/rest/getCallData.html */
export function getCallData(
	query: Query,
	{ recorded, live }: Pick<Calling, 'recorded' | 'live'>,
	{ clock, zoneHours = 1, recordingAfterSeconds = 0, ignoresFilters = false }: RecordOptions,
): Page | readonly IovoxError[] {
	const wanted = (query.req_fields ?? Object.keys(fields).join(',')).split(',');
	const wrong = checkQuery(query, wanted);
	if (wrong.length > 0) return wrong;
	const hoursAt = typeof zoneHours === 'number' ? () => zoneHours : zoneHours;
	const local: Moments['local'] = (moment) =>
		moment === null
			? ''
			: new Date(moment + hoursAt(moment) * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
	const hasRecording: Moments['hasRecording'] = (call) =>
		talkSeconds(call) > 0 && seconds(call.endedAt, live.now(call)) >= recordingAfterSeconds;
	const valueOf = (name: string, call: IovoxCall) =>
		fields[name]?.[1](call, { local, hasRecording }) ?? '';
	const today = local(clock.date()).slice(0, 10);
	const from = startOf(query.sdt ?? `${today.slice(0, 8)}01`);
	const to = endOf(query.edt ?? today);
	const asked = Object.entries(filters).filter(([name]) => query[name] !== undefined);
	const [orderedBy = 'cs', direction] = (query.order ?? 'cs_DESC').split(/_(?=ASC$|DESC$)/);
	const found = recorded()
		.map((call) => ({ call, start: valueOf('cs', call), key: valueOf(orderedBy, call) }))
		.filter(
			({ call, start }) =>
				ignoresFilters ||
				(start >= from &&
					start <= to &&
					asked.every(([name, field]) => valueOf(field, call) === query[name])),
		)
		.sort((one, other) => compare(one.key, other.key) * (direction === 'ASC' ? 1 : -1));
	return pageOf(query, found, ({ call }) =>
		wanted.map((name) => [fields[name]?.[0] ?? name, valueOf(name, call)] as const),
	);
}

function checkQuery(query: Query, wanted: readonly string[]): IovoxError[] {
	const isDate = (text = '2026-11-01') => /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?$/.test(text);
	const known = [...otherParameters, ...Object.keys(filters)];
	const unknown = wanted.filter((name) => !(name in fields));
	return [
		...checkPaging(query),
		...Object.keys(query)
			.filter((name) => !known.includes(name))
			.map(errors.parameterUnknown),
		...(['sdt', 'edt'] as const).filter((name) => !isDate(query[name])).map(errors.dateInvalid),
		...(isOrder(query.order) ? [] : [errors.orderInvalid]),
		...(unknown.length === 0 ? [] : [errors.fieldsInvalid(unknown)]),
	];
}

function isOrder(order = 'cs_DESC'): boolean {
	const [, field = ''] = /^(.+)_(?:ASC|DESC)$/.exec(order) ?? [];
	return field in fields;
}

function startOf(date: string): string {
	return date.length > 10 ? date : `${date} 00:00:00`;
}

function endOf(date: string): string {
	return date.length > 10 ? date : `${date} 23:59:59`;
}

function compare(one: string, other: string): number {
	return one === other ? 0 : one < other ? -1 : 1;
}
