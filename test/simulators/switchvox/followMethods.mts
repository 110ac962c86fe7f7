import { element } from '../xml.mts';
import { displayName, findByAccountId, findByNumber } from './directory.mts';
import * as errors from './errors.mts';
import type { SwitchvoxError } from './errors.mts';
import type { Context, Outcome } from './methods.mts';
import type { ParameterForm, Parameters } from './parameters.mts';
import type { SwitchvoxCall } from './switchboard.mts';

/** The times of Switchvox are in its own zone, and do not say which. */
function localTime(moment: number, { zoneHours }: Pick<Context, 'zoneHours'>): string {
	return new Date(moment + zoneHours * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

// No page of the documentation has the methods of currentCalls and systemClock. Names and shapes are those of the
// public client SwitchvoxAPI and of replies that other public clients keep.

/** Without calls there is no current_call. */
export function listCurrentCalls(_: Parameters, context: Context): Outcome {
	const current = context.switchboard.live.all().filter(({ phase }) => phase !== 'ended');
	const rendered = current.map((call) => renderCurrentCall(call, context));
	return { result: element('current_calls', { total_items: current.length }, ...rendered) };
}

function renderCurrentCall(call: SwitchvoxCall, context: Context): string {
	const seconds = Math.floor((context.switchboard.live.now(call) - call.placedAt) / 1000);
	const [first, second] = numbersOf(call);
	const isBackward = context.showsFirstAsCalled && call.phase === 'ringing_first';
	const [from, to] = isBackward ? [second, first] : [first, second];
	return element('current_call', {
		id: call.id,
		provider: 'Internal',
		state: stateOf(call),
		start_time: localTime(call.placedAt, context),
		duration: seconds,
		from_caller_id_name: isBackward ? call.first.callerId : nameOf(from),
		from_caller_id_number: from,
		to_caller_id_name: nameOf(to),
		to_caller_id_number: to,
		format: 'ulaw->ulaw',
	});
}

function numbersOf({ first, second, tags }: SwitchvoxCall): readonly [string, string] {
	const called = first.phones[0]?.number ?? '';
	return tags.caller === null
		? [called, second?.phones[0]?.number ?? '']
		: [tags.caller.number, called];
}

function isFromOutside({ tags }: SwitchvoxCall): boolean {
	return tags.caller !== null && findByNumber(tags.caller.number) === undefined;
}

function nameOf(number: string): string {
	const extension = findByNumber(number);
	return extension ? displayName(extension) : '<unknown>';
}

function stateOf(call: SwitchvoxCall): string {
	if (call.phase !== 'connected') return 'ringing';
	const states: Readonly<Record<string, string>> = { ivr: 'ivr', call_queue: 'queued' };
	return states[findByNumber(numbersOf(call)[1])?.type ?? ''] ?? 'talking';
}

export const hangUpForm: ParameterForm = { single: ['current_call_id'] };

/** STAND-IN for the reply and for the error, which no public client keeps. */
export function hangUpCurrentCall(parameters: Parameters, { switchboard }: Context): Outcome {
	const id = parameters.single('current_call_id') ?? '';
	if (id === '') return { errors: [errors.missingParameter('current_call_id')] };
	return switchboard.live.hangUp(id) ? { result: '' } : { errors: [errors.unknownCurrentCall(id)] };
}

export function getSystemClock(_: Parameters, context: Context): Outcome {
	return { result: element('system', { current_time: localTime(context.now, context) }) };
}

// switchvox.users.callLogs.search: https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31031840
// switchvox.callLogs.search: CallLogSearchCriteria.cs of the public client SwitchvoxAPI

const searchSingles = [
	'start_date',
	'end_date',
	'sort_field',
	'sort_order',
	'items_per_page',
	'page_number',
];

export const searchLogsForm: ParameterForm = {
	single: [...searchSingles, 'caller_id_name', 'caller_id_number', 'incoming_did'],
	lists: { account_ids: 'account_id' },
};

export const searchOwnLogsForm: ParameterForm = { single: [...searchSingles, 'account_id'] };

export function searchLogs(parameters: Parameters, context: Context): Outcome {
	const filters = ['caller_id_name', 'caller_id_number', 'incoming_did'].filter(
		(name) => parameters.single(name) !== undefined,
	);
	const accountIds = parameters.list('account_ids');
	if (filters.length + (accountIds ? 1 : 0) > 1) return { errors: [errors.severalFilters] };
	const number = parameters.single('caller_id_number');
	return search(parameters, context, (call) => {
		const numbers = numbersOf(call);
		if (number !== undefined) return numbers[0] === number;
		return accountIds === undefined || accountIds.some((id) => accountsOf(call).includes(id));
	});
}

export function searchOwnLogs(parameters: Parameters, context: Context): Outcome {
	const accountId = parameters.single('account_id') ?? '';
	if (accountId === '') return { errors: [errors.missingAccountId] };
	if (!/^\d+$/.test(accountId)) return { errors: [errors.invalidAccountId(accountId)] };
	const { account } = context;
	if (account.kind === 'user' && account.accountId !== accountId) {
		return { errors: [errors.notPermitted] };
	}
	if (!findByAccountId(accountId)) return { errors: [errors.unknownAccountId] };
	return search(parameters, context, (call) => accountsOf(call).includes(accountId));
}

function accountsOf(call: SwitchvoxCall): readonly string[] {
	const own = numbersOf(call).map((number) => findByNumber(number)?.accountId ?? '');
	return [call.tags.accountId, ...own];
}

const sortKeys = new Map<string, (call: SwitchvoxCall) => number>([
	['start_time', ({ placedAt }) => placedAt],
	['owner_id', ({ tags }) => Number(tags.accountId)],
	['event_type', () => 0],
	['call_duration', ({ placedAt, endedAt }) => (endedAt ?? 0) - placedAt],
	['talking_duration', talkSecondsOf],
]);

function search(
	parameters: Parameters,
	context: Context,
	matches: (call: SwitchvoxCall) => boolean,
): Outcome {
	const wrong = checkSearch(parameters);
	if (wrong.length > 0) return { errors: wrong };
	const [start = '', end = ''] = ['start_date', 'end_date'].map((name) => parameters.single(name));
	const key = sortKeys.get(parameters.single('sort_field') ?? 'start_time') ?? (() => 0);
	const direction = parameters.single('sort_order') === 'ASC' ? 1 : -1;
	const found = context.switchboard
		.logged()
		.filter((call) => {
			const started = localTime(call.placedAt, context);
			return started >= start && started <= end && matches(call);
		})
		.sort((one, other) => (key(one) - key(other)) * direction);
	const itemsPerPage = Number(parameters.single('items_per_page') ?? '50');
	const pageNumber = Number(parameters.single('page_number') ?? '1');
	const paging = {
		page_number: pageNumber,
		total_pages: Math.max(1, Math.ceil(found.length / itemsPerPage)),
		items_per_page: itemsPerPage,
		total_items: found.length,
	};
	const page = found.slice((pageNumber - 1) * itemsPerPage, pageNumber * itemsPerPage);
	const rendered = page.map((call) => renderLoggedCall(call, context));
	return { result: element('calls', paging, ...rendered) };
}

function checkSearch(parameters: Parameters): SwitchvoxError[] {
	const wrong: SwitchvoxError[] = [];
	const dates = ['start_date', 'end_date'].map((name) => parameters.single(name) ?? '');
	const [start = '', end = ''] = dates;
	const isDate = (text: string) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
	if (!isDate(start)) wrong.push(errors.invalidStartDate(start));
	if (!isDate(end)) wrong.push(errors.invalidEndDate(end));
	if (dates.every(isDate) && end < start) wrong.push(errors.invalidDateOrder);
	if (!sortKeys.has(parameters.single('sort_field') ?? 'start_time')) {
		wrong.push(errors.invalidSortField);
	}
	if (!/^(?:ASC|DESC)$/.test(parameters.single('sort_order') ?? 'DESC')) {
		wrong.push(errors.invalidSortOrder);
	}
	const positive = /^[1-9]\d{0,5}$/;
	if (!positive.test(parameters.single('items_per_page') ?? '50')) {
		wrong.push(errors.invalidItemsPerPage);
	}
	if (!positive.test(parameters.single('page_number') ?? '1')) wrong.push(errors.invalidPageNumber);
	return wrong;
}

function talkSecondsOf({ connectedAt, endedAt }: SwitchvoxCall): number {
	return connectedAt === null ? 0 : Math.round(((endedAt ?? connectedAt) - connectedAt) / 1000);
}

function renderLoggedCall(call: SwitchvoxCall, context: Context): string {
	const [from, to] = numbersOf(call);
	const accountOf = (side: 'from' | 'to', number: string) => {
		const accountId = findByNumber(number)?.accountId;
		// Nobody outside has an account.
		return accountId === undefined ? {} : { [`${side}_account_id`]: accountId };
	};
	const attributes = {
		id: call.tags.logId,
		origination: isFromOutside(call) ? 'incoming' : 'outgoing',
		start_time: localTime(call.placedAt, context),
		from: `${nameOf(from)} <${from}>`,
		...accountOf('from', from),
		from_name: nameOf(from),
		from_number: from,
		to: `${nameOf(to)} <${to}>`,
		...accountOf('to', to),
		to_name: nameOf(to),
		to_number: to,
		total_duration: Math.round(((call.endedAt ?? call.placedAt) - call.placedAt) / 1000),
		talk_duration: talkSecondsOf(call),
	};
	const events = eventsOf(call).map(([at, type, display]) =>
		element('event', { start_time: timeOfDay(at, context), type, display }),
	);
	return element('call', attributes, element('events', {}, ...events));
}

type Event = readonly [at: number, type: string, display: string];

function eventsOf(call: SwitchvoxCall): readonly Event[] {
	const { placedAt, connectedAt, endedAt, endedBy } = call;
	const [from, to] = numbersOf(call);
	const talk = talkSecondsOf(call);
	const minutes = `${String(Math.floor(talk / 60))} minutes ${String(talk % 60)} seconds`;
	// Who is called by hand is the first and only party.
	const [first, second] = call.tags.caller === null ? [from, to] : [to, from];
	const by = endedBy === 'first' ? first : endedBy === 'second' ? second : '';
	return [
		[placedAt, isFromOutside(call) ? 'INCOMING' : 'OUTGOING', `Dialed number (${to})`],
		...(connectedAt === null
			? []
			: [[connectedAt, 'TALKING', `Talked to ${nameOf(to)} <${to}> for ${minutes}`] as const]),
		[
			endedAt ?? placedAt,
			'HANGUP',
			by === '' ? 'Call was hung up' : `Call was hung up by ${nameOf(by)}`,
		],
	];
}

/** As documented: 9:35:59 AM. */
function timeOfDay(moment: number, context: Context): string {
	const [hours = '', ...rest] = localTime(moment, context).slice(11).split(':');
	const hour = Number(hours);
	return `${String(hour % 12 || 12)}:${rest.join(':')} ${hour < 12 ? 'AM' : 'PM'}`;
}
