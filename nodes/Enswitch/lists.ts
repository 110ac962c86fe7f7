import type { JsonValue } from '../shared/wire/http';
import { isJsonObject } from '../shared/wire/json';
import { maxListCharacters } from '../shared/wire/limits';
import {
	type Ask,
	ListError,
	type ListPage,
	type ListSearch,
	searchPages,
} from '../shared/wire/lists';
import { readReply } from './originate/decode';
import { encodeRequest } from './originate/encode';

const pageSize = 50;

/** The telephone lines for First Call To and Second Call To. A page is named by its offset. */
export const searchPhones: ListSearch = async (ask, query) => {
	const customer = readCustomer(query.parameter('options'));
	return await searchPages(query, '0', async (page) => {
		const lines = await askForLines(ask, Number(page), customer);
		const isLast = lines.length !== pageSize;
		return {
			items: lines.flatMap(toItem),
			...(isLast ? {} : { nextPage: String(Number(page) + pageSize) }),
		};
	});
};

/** The option Customer ID; an expression cannot be evaluated here. */
function readCustomer(options: unknown): string | undefined {
	const { customer } = Object(options) as Record<string, unknown>;
	return /^\d+$/.test(String(customer)) ? String(customer) : undefined;
}

/** Nothing else of a line is read: older versions send its SIP password along. */
function toItem(line: JsonValue): ListPage['items'] {
	if (!isJsonObject(line)) return [];
	const { name, description } = line;
	if (typeof name !== 'string' && typeof name !== 'number') return [];
	const label = typeof description === 'string' ? `${name} ${description}`.trim() : String(name);
	return [{ name: label, value: String(name) }];
}

/** https://integrics.com/enswitch/guides/4.4/en/dev/json/phones/list/ */
async function askForLines(
	ask: Ask,
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
	const reply = readReply(await ask(request), maxListCharacters);
	if ('what' in reply) throw new ListError(reply.what, reply.advice);
	if ('unreadable' in reply) {
		throw new ListError(`The answer of Enswitch cannot be read: ${reply.unreadable}.`);
	}
	// In own words only: what else the reply says may hold a password.
	const { verdict, entries, data } = reply;
	if (verdict !== 'accepted') {
		const reason = verdict === 'refused' ? reasons[entries[0]?.code ?? ''] : undefined;
		throw new ListError(reason ?? otherReason);
	}
	return isJsonObject(data) ? Object.values(data) : Array.isArray(data) ? data : [];
}

const reasons: Readonly<Record<string, string>> = {
	400: 'Enswitch does not know the customer in the option Customer ID (400).',
	401: 'Enswitch refused the sign-in (401). Check user name and password in the credential.',
	402: 'The role of this user may not list telephone lines (402): it lacks the privilege residential or user.',
};
const otherReason = 'Enswitch answered with a code that is not documented for lists.';
