import {
	type ListItem,
	type ListPage,
	type ListSearch,
	type NoList,
	noList,
	noListIn,
	searchPages,
} from '../shared/wire/exchange/lists';
import { isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isJsonObject, type JsonValue } from '../shared/wire/text/json';
import { maxListCharacters } from '../shared/wire/text/limits';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { readReply } from './reply';
import { encodeRequest } from './request';

const pageSize = 50;

/**
 * The telephone lines for First Call To and Second Call To. A page is named by its offset.
 * https://integrics.com/enswitch/guides/4.4/en/dev/json/phones/list/
 */
export const searchPhones: ListSearch = (query) => {
	const customer = readCustomer(query.parameter('options'));
	return searchPages(query, {
		first: '0',
		request: (offset) =>
			encodeRequest('phones/list', {
				customer,
				limit: pageSize,
				offset: Number(offset),
				// All lines that the user may see, not only the user's own.
				owner: -1,
			}),
		read: readLines,
	});
};

/** The option Customer ID. An expression has no value here. */
function readCustomer(options: unknown): string | undefined {
	const { customer } = Object(options) as Record<string, unknown>;
	return /^\d+$/.test(String(customer)) ? String(customer) : undefined;
}

/** Reads nothing else of a telephone line: older versions also send its SIP password. */
function toItem(line: JsonValue): ListItem[] {
	if (!isJsonObject(line)) return [];
	const { name, description } = line;
	if (typeof name !== 'string' && typeof name !== 'number') return [];
	const label = typeof description === 'string' ? `${name} ${description}`.trim() : String(name);
	return [{ name: label, value: String(name) }];
}

function readLines(response: HttpResponse, offset: string): ListPage | NoList {
	const reply = readReply(response, maxListCharacters);
	if (isExplanation(reply) || isUnreadable(reply)) return noListIn('Enswitch', reply);
	// Only our own words: the reply may contain a password.
	const { verdict, entries, data } = reply;
	if (verdict !== 'accepted') {
		const reason = verdict === 'refused' ? refusalReasons[entries[0]?.code ?? ''] : undefined;
		return noList(reason ?? otherReason);
	}
	const lines = isJsonObject(data) ? Object.values(data) : Array.isArray(data) ? data : [];
	const isLast = lines.length !== pageSize;
	return {
		kind: 'page',
		items: lines.flatMap(toItem),
		...(isLast ? {} : { nextPage: String(Number(offset) + pageSize) }),
	};
}

const refusalReasons: Readonly<Record<string, string>> = {
	400: 'Enswitch does not know the customer in the option Customer ID (400).',
	401: 'Enswitch refused the sign-in (401). Check user name and password in the credential.',
	402: 'The role of this user may not list telephone lines (402): it lacks the privilege residential or user.',
};
const otherReason = 'Enswitch answered with a code that is not documented for lists.';
