import type { Disposition, Leg } from '../liveCalls.mts';
import type { Context } from './functions.mts';
import { customer, direction, match, visible } from './liveCalls.mts';
import { check, flag, integer, text } from './parameters.mts';
import type { Parameters, Rule } from './parameters.mts';
import { ok, refused } from './responses.mts';
import type { Result } from './responses.mts';
import { isWanted, legsOf, sorted, unixTime, written } from './rows.mts';
import type { Row } from './rows.mts';
import type { EnswitchCall } from './switchboard.mts';

// https://integrics.com/enswitch/guides/4.4/en/dev/json/cdrs/list/; the fields of a row are those that public clients read.

const unixSeconds: Rule = { pattern: /^\d{1,10}$/, message: 'Must be a Unix timestamp.' };

const oldForm: Readonly<Record<string, Rule>> = {
	start: unixSeconds,
	end: unixSeconds,
	archive: flag,
	callername_match: match,
	callername_number: text,
	callid: text,
	cost_customer: text,
	customer,
	direction,
	invoice: integer,
	limit: integer,
	offset: integer,
	peer: integer,
	phone: text,
	recurse: flag,
	status: { pattern: /^(?:|answer|cancel|other)$/, message: 'Must be answer, cancel or other.' },
	talktime_maximum: { pattern: /^(?:-1|\d{1,9})$/, message: 'Must be an integer.' },
	talktime_minimum: integer,
	stype: text,
	smatch: match,
	snumber: text,
	ctype: text,
	cmatch: match,
	cnumber: text,
	dtype: text,
	dmatch: match,
	dnumber: text,
	recorded: { pattern: /^(?:|yes|no)$/, message: 'Must be empty, yes or no.' },
	sort: { pattern: /^[a-z_]+$/, message: 'Invalid field.' },
	descending: flag,
};

const form: Readonly<Record<string, Rule>> = {
	...oldForm,
	detail: { pattern: /^(?:leg|call)$/, message: 'Must be leg or call.' },
};

export interface CallRecord extends Row {
	readonly end: number;
	readonly status: string;
	/** Without the ringing. */
	readonly talktime: number;
	readonly totaltime: number;
}

export function listRecords(parameters: Parameters, context: Context): Result {
	const known = context.version === '3.14' ? oldForm : form;
	const wrong = check(parameters, known, context.ignoresUnknown);
	if (wrong.length > 0) return refused(...wrong);
	const given = (name: string) =>
		Object.hasOwn(known, name) ? (parameters.values.get(name) ?? '') : '';
	const sees = visible(given('customer'), context.account);
	if (typeof sees !== 'function') return sees;
	const { live } = context.switchboard;
	const saved = live
		.all()
		.filter(
			(call) =>
				call.endedAt !== null &&
				live.now(call) >= call.endedAt + context.recordAfterSeconds * 1000 &&
				sees(call),
		);
	const rows = saved
		.flatMap((call) => (given('detail') === 'call' ? recordsOfCall(call) : recordsOfLegs(call)))
		.filter((row) => isWanted(row, given) && isWantedRecord(row, given, context.now));
	const inOrder = sorted(rows, given('sort') || 'start', given('descending') === '1');
	const offset = Number(given('offset'));
	const limit = Number(given('limit')) || inOrder.length;
	return ok(
		inOrder
			.slice(offset, offset + limit)
			.map((row) => written({ ...row, ...others }, context.textNumbers)),
	);
}

/** What nothing here fills. */
const others = { bridged_callid: '', recording: '', note: '', archived: 0 };

function isWantedRecord(row: CallRecord, given: (name: string) => string, now: number): boolean {
	const { status, talktime } = row;
	// Where simulated time runs fast, what is over by now counts as of now.
	const start = Math.min(row.start, unixTime(now));
	const end = given('end');
	const longest = given('talktime_maximum');
	const kind = ['answer', 'cancel'].includes(status) ? status : 'other';
	return (
		start >= Number(given('start')) &&
		(end === '' || start <= Number(end)) &&
		['', kind].includes(given('status')) &&
		talktime >= Number(given('talktime_minimum')) &&
		(['', '-1'].includes(longest) || talktime <= Number(longest)) &&
		given('recorded') !== 'yes'
	);
}

function recordsOfLegs(call: EnswitchCall): CallRecord[] {
	return legsOf(call).map(({ leg, row }) => recordOf(call, leg, row));
}

/** The leg that decided how the call ended, from the start of the call; none of a call that never rang anybody. */
function recordsOfCall(call: EnswitchCall): CallRecord[] {
	const records = recordsOfLegs(call);
	return records.slice(-1).map((last) => {
		const start = records[0]?.start ?? last.start;
		return { ...last, start, totaltime: last.end - start };
	});
}

export function recordOf({ endedAt }: EnswitchCall, leg: Leg, row: Row): CallRecord {
	const end = unixTime(endedAt);
	return {
		...row,
		end,
		status: statuses[leg.disposition ?? 'failed'],
		talktime: leg.answeredAt === null ? 0 : end - unixTime(leg.answeredAt),
		totaltime: end - row.start,
	};
}

const statuses: Readonly<Record<Disposition, string>> = {
	answered: 'answer',
	canceled: 'cancel',
	no_answer: 'noanswer',
	busy: 'busy',
	rejected: 'busy',
	failed: 'congestion',
};
