import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import type { JsonValue } from '../shared/call';
import { isJsonObject } from '../shared/json';
import { askForList, listError } from '../shared/lists';
import { readReply } from './decode';
import { encodeRequest } from './encode';
import { enswitch } from './vendor';

const pageSize = 50;
/** A search that finds nothing stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;

/**
 * The telephone lines for the list of the field First Call To, a page at a time; the token is the offset of the next page.
 * Enswitch cannot search, so that what is typed is looked for page by page.
 */
export async function searchPhones(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken = '0',
): Promise<INodeListSearchResult> {
	if (this.getCurrentNodeParameter('stype') === 'number') {
		throw listError(
			this,
			'A number is typed, not chosen from a list.',
			'Choose By ID and enter the number, or set First Call Type to Telephone Line.',
		);
	}
	const wanted = filter.trim().toLowerCase();
	const customer = readCustomer(this.getCurrentNodeParameter('options'));
	const results: INodeListSearchItems[] = [];
	let offset = Number(paginationToken);
	let isLast = false;
	for (let asked = 0; asked < pagesPerSearch && !isLast && results.length < pageSize; asked++) {
		const lines = await askForLines(this, offset, customer);
		const items = lines.flatMap(toListItem);
		results.push(...items.filter(({ name }) => name.toLowerCase().includes(wanted)));
		offset += pageSize;
		isLast = lines.length !== pageSize;
		if (wanted === '') break;
	}
	return { results, ...(isLast ? {} : { paginationToken: String(offset) }) };
}

/** The option Customer ID; an expression cannot be evaluated here. */
function readCustomer(options: unknown): string | undefined {
	const { customer } = Object(options) as Record<string, unknown>;
	return /^\d+$/.test(String(customer)) ? String(customer) : undefined;
}

/** Nothing else of a line is read: older versions send its SIP password along. */
function toListItem(line: JsonValue): INodeListSearchItems[] {
	if (!isJsonObject(line)) return [];
	const { name, description } = line;
	if (typeof name !== 'string' && typeof name !== 'number') return [];
	const label = typeof description === 'string' ? `${name} ${description}`.trim() : String(name);
	return [{ name: label, value: String(name) }];
}

/** https://integrics.com/enswitch/guides/4.4/en/dev/json/phones/list/ */
async function askForLines(
	context: ILoadOptionsFunctions,
	offset: number,
	customer: string | undefined,
): Promise<readonly JsonValue[]> {
	const request = encodeRequest('phones/list', {
		customer,
		limit: pageSize,
		offset,
		// All lines that the user may see, not only the user's own.
		owner: -1,
	});
	const reply = readReply(await askForList(context, enswitch, request));
	if ('what' in reply) throw listError(context, reply.what, reply.advice);
	if ('unreadable' in reply) {
		throw listError(context, `The answer of Enswitch cannot be read: ${reply.unreadable}.`);
	}
	// In own words only: what else the reply says may hold a password.
	const { verdict, entries, data } = reply;
	if (verdict !== 'accepted') {
		const reason = verdict === 'refused' ? reasons[entries[0]?.code ?? ''] : undefined;
		throw listError(context, reason ?? otherReason);
	}
	return isJsonObject(data) ? Object.values(data) : Array.isArray(data) ? data : [];
}

const reasons: Readonly<Record<string, string>> = {
	400: 'Enswitch does not know the customer in the option Customer ID (400).',
	401: 'Enswitch refused the sign-in (401). Check user name and password in the credential.',
	402: 'The role of this user may not list telephone lines (402): it lacks the privilege residential or user.',
};
const otherReason = 'Enswitch answered with a code that is not documented for lists.';
