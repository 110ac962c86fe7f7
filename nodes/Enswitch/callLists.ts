import type { Trouble } from '../shared/calling/contract/outcome';
import { unreadable } from '../shared/calling/contract/reply';
import type { Step } from '../shared/wire/exchange/conversation';
import { isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import {
	isJsonList,
	isJsonObject,
	type JsonObject,
	type JsonValue,
	member,
} from '../shared/wire/text/json';
import { enswitch, explainRefusal, readFollowReply } from './followReply';
import { saysOnly } from './reply';
import { encodeRequest } from './request';

/** The two lists of calls. Each has a row for each leg of a call. */
export type CallList = 'live' | 'record';

interface Known {
	readonly path: string;
	readonly name: string;
	/** Any of them will do. */
	readonly privileges: string;
}

/**
 * https://integrics.com/enswitch/guides/4.4/en/dev/json/calls/active/list/
 * https://integrics.com/enswitch/guides/4.4/en/dev/json/cdrs/list/
 */
const lists: Readonly<Record<CallList, Known>> = {
	live: {
		path: 'calls/active/list',
		name: 'the active calls',
		privileges: 'callshop, telephone line reports or user',
	},
	record: { path: 'cdrs/list', name: 'the call records', privileges: 'callshop or cdrs' },
};

/** The rows of a list, or why it shows none. */
export type Listed = Rows | Withheld | Trouble;

interface Rows {
	readonly kind: 'rows';
	readonly rows: readonly JsonObject[];
}

/** The user may not read the list, which does not keep it from the other one. */
export interface Withheld {
	readonly kind: 'withheld';
	readonly list: CallList;
	/** In one sentence. */
	readonly why: string;
	readonly trouble: Trouble;
}

export function isWithheld(listed: Listed): listed is Withheld {
	return listed.kind === 'withheld';
}

/** Asks for a list; `next` gets what it shows. */
export function askForCalls<Result>(
	list: CallList,
	parameters: Parameters<typeof encodeRequest>[1],
	next: (listed: Listed) => Step<Result>,
): Step<Result> {
	return {
		kind: 'ask',
		request: encodeRequest(lists[list].path, parameters),
		next: (response) => next(readList(response, list)),
	};
}

function readList(response: HttpResponse, list: CallList): Listed {
	const reply = readFollowReply(response);
	if (isExplanation(reply)) return reply;
	const { verdict, json } = reply;
	if (verdict !== 'accepted') {
		const { name, privileges } = lists[list];
		const trouble = explainRefusal(response, reply, {
			what: `to list ${name}`,
			rights: `The sign-in works, but the role of this user may not list ${name}: it needs the privilege ${privileges}. Ask the person who manages roles in Enswitch.`,
		});
		return verdict === 'refused' && saysOnly(reply, '402')
			? { kind: 'withheld', list, why: whyWithheld(list), trouble }
			: trouble;
	}
	const rows = toRows(member(json, 'data'), saysOnly(reply, '204'));
	return rows === undefined
		? unreadable(enswitch, response, 'it has no list of calls')
		: { kind: 'rows', rows };
}

function whyWithheld(list: CallList): string {
	const { name, privileges } = lists[list];
	return `The role of this user may not list ${name} (402): it needs the privilege ${privileges}.`;
}

/** Undefined if the data is no list of calls. With the code for "no data", it may be absent. */
function toRows(
	data: JsonValue | undefined,
	mayBeAbsent: boolean,
): readonly JsonObject[] | undefined {
	if (data === undefined || data === null) return mayBeAbsent ? [] : undefined;
	const rows = isJsonObject(data) ? (isRow(data) ? [data] : Object.values(data)) : data;
	return isJsonList(rows) && rows.every(isJsonObject) ? rows : undefined;
}

/** Some paths give a single entry without its array. */
function isRow(data: JsonObject): boolean {
	return member(data, 'uniqueid') !== undefined;
}

/** Both lists are withheld. */
export function troubleOfBoth(live: Withheld, record: Withheld): Trouble {
	const { trouble } = live;
	return {
		...trouble,
		what: trouble.what.replace(lists.live.name, 'the active calls and the call records'),
		advice:
			'The sign-in works, but the role of this user may list neither: it needs the privilege callshop, or both cdrs and one of telephone line reports and user. Ask the person who manages roles in Enswitch.',
		vendorErrors: [...(trouble.vendorErrors ?? []), ...(record.trouble.vendorErrors ?? [])],
	};
}
