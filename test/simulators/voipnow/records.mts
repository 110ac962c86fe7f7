import type { HttpReply, HttpRequest } from '../server.mts';
import { pageOf, readDate, writeDate } from './collection.mts';
import type { ListRules, Resource } from './collection.mts';
import * as errors from './errors.mts';
import { errorReply, jsonReply } from './errors.mts';
import type { VoipNowError } from './errors.mts';
import { dated, extendedOf, flowOf, owner } from './liveCalls.mts';
import type { LiveContext } from './liveCalls.mts';
import { resolveUser } from './phoneCalls.mts';
import type { VoipNowCall } from './switchboard.mts';

// https://wiki.4psa.com./display/VNUAPI30/List+CDR, https://wiki.4psa.com./display/VNUAPI30/CDR+Resource

export interface RecordContext extends LiveContext {
	/** From the end of a call until its record is there. */
	readonly recordAfterSeconds: number;
	/** Milliseconds since 1970. */
	readonly now: number;
}

interface Saved {
	readonly call: VoipNowCall;
	readonly savedAt: number;
}

const number = /^[0-9+*]+$/;

const rules: ListRules = {
	fields: ['id', 'extension', 'ownerId', 'ownerName', 'published', 'answered', 'phoneCallView'],
	filters: {
		source: (record) => [viewOf(record).source],
		destination: (record) => [viewOf(record).destination],
		published: ({ published }) => [String(published)],
		answered: ({ answered }) => (answered === undefined ? [] : [String(answered)]),
	},
	isValue: (field, value) =>
		field === 'source' || field === 'destination'
			? number.test(value)
			: readDate(value) !== undefined,
	badValue: errors.recordFilterInvalid,
	others: [
		'source',
		'destination',
		'startDate',
		'endDate',
		'saveStartDate',
		'saveEndDate',
		'disposition',
		'flow',
	],
};

/** There is no filter by ID or nonce, and no nonce in a record. */
export function listRecords(
	{ path }: HttpRequest,
	userId: string,
	context: RecordContext,
): HttpReply {
	const user = userId === '@owner' ? undefined : resolveUser(userId, context.app.owner, undefined);
	if (user === undefined) return errorReply(errors.userInvalid);
	const query = new URL(path, 'https://simulator.test').searchParams;
	const wrong = checkRecordQuery(query);
	if (wrong !== undefined) return errorReply(wrong);
	const saved = savedCalls(user, context).filter((one) => isWanted(one, query, context.now));
	const records = saved.map(({ call }) => recordOf(call, context.textNumbers));
	const page = pageOf(query, rules, records);
	if ('code' in page) return errorReply(page);
	// Keyed by ID, while the list of live calls is an array.
	return jsonReply(200, {
		entry: Object.fromEntries(page.entries),
		...page.frame,
		phoneCallStat: [],
		paging: {},
	});
}

function savedCalls(user: string, { live, recordAfterSeconds }: RecordContext): Saved[] {
	return live.all().flatMap((call) => {
		if (call.tags.userId !== user || call.endedAt === null) return [];
		const savedAt = call.endedAt + recordAfterSeconds * 1000;
		return live.now(call) < savedAt ? [] : [{ call, savedAt }];
	});
}

function checkRecordQuery(query: URLSearchParams): VoipNowError | undefined {
	const dates = new Map<string, Date>();
	for (const [name, refusal] of [
		['startDate', errors.startDateInvalid],
		['endDate', errors.endDateInvalid],
		['saveStartDate', errors.saveStartDateInvalid],
		['saveEndDate', errors.saveEndDateInvalid],
	] as const) {
		const text = query.get(name);
		if (text === null) continue;
		const date = readDate(text);
		if (date === undefined) return refusal;
		dates.set(name, date);
	}
	const isAfter = (one: string, other: string) => {
		const [start, end] = [dates.get(one), dates.get(other)];
		return start !== undefined && end !== undefined && start > end;
	};
	if (isAfter('startDate', 'endDate') || isAfter('saveStartDate', 'saveEndDate')) {
		return errors.datesInvalid;
	}
	const {
		source = '0',
		destination = '0',
		flow = '2',
		disposition = '0',
	} = Object.fromEntries(query);
	if (!number.test(source)) return errors.recordSourceInvalid;
	if (!number.test(destination)) return errors.recordDestinationInvalid;
	if (!['2', '4', '8'].includes(flow)) return errors.flowInvalid;
	if (!/^[0-5]$/.test(disposition)) return errors.dispositionInvalid;
	return undefined;
}

function isWanted({ call, savedAt }: Saved, query: URLSearchParams, now: number): boolean {
	const { source, destination, disposition } = viewOf(recordOf(call, false));
	const is = (name: string, ...values: readonly unknown[]) => {
		const wanted = query.get(name);
		return wanted === null || values.map(String).includes(wanted);
	};
	const moment = (name: string) => {
		const text = query.get(name);
		return text === null ? undefined : readDate(text)?.getTime();
	};
	const within = (at: number, from = -Infinity, to = Infinity) => {
		// Dates are in whole seconds; where simulated time runs fast, what is over by now counts as of now.
		const date = Math.floor(Math.min(at, now) / 1000) * 1000;
		return date >= from && date <= to;
	};
	const isSaved = query.has('saveStartDate') || query.has('saveEndDate');
	const isAnswered = query.has('startDate') || query.has('endDate') || !isSaved;
	// "Date when the call was answered": calls that nobody answered have none. Default: the current month.
	const month = new Date(now);
	const firstOfMonth = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1);
	const from = moment('startDate') ?? (query.has('endDate') ? undefined : firstOfMonth);
	return (
		is('source', source, extendedOf(source)) &&
		is('destination', destination, extendedOf(destination)) &&
		is('disposition', disposition) &&
		is('flow', flowOf(call)) &&
		(!isSaved || within(savedAt, moment('saveStartDate'), moment('saveEndDate'))) &&
		(!isAnswered ||
			(call.connectedAt !== null && within(call.connectedAt, from, moment('endDate'))))
	);
}

interface View {
	readonly source: string;
	readonly destination: string;
	readonly disposition: unknown;
}

function viewOf({ phoneCallView }: Resource): View {
	const [view] = phoneCallView as readonly [View];
	return view;
}

/** Duration, end, hangup cause and nonce are not documented for a record. */
function recordOf(call: VoipNowCall, textNumbers: boolean): Resource {
	const { tags, first, second } = call;
	const isFromOutside = tags.from !== undefined;
	const called = isFromOutside ? first : second;
	const written = (value: number) => (textNumbers ? String(value) : value);
	return {
		id: call.id,
		extension: tags.extension,
		...owner,
		published: writeDate(call.placedAt),
		...dated('answered', call.connectedAt),
		phoneCallView: [
			{
				source: (isFromOutside ? null : first.answeredBy) ?? tags.source[0] ?? '',
				destination: called?.answeredBy ?? tags.destination[0] ?? '',
				flow: written(flowOf(call)),
				disposition: written(dispositions[call.disposition ?? 'failed']),
				...dated('answered', call.connectedAt),
			},
		],
	};
}

/** 0 ANSWERED, 1 BUSY, 2 FAILED, 3 NO ANSWER; a call that was canceled is one that nobody answered. */
const dispositions = {
	answered: 0,
	busy: 1,
	rejected: 1,
	failed: 2,
	no_answer: 3,
	canceled: 3,
} as const;
