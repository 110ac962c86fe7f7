import {
	type ListPage,
	type ListSearch,
	type NoList,
	noList,
	searchPages,
} from '../shared/wire/exchange/lists';
import type { HttpRequest, HttpResponse } from '../shared/wire/reply/http';
import { noNames } from '../shared/wire/reply/status';
import { member, textOf } from '../shared/wire/text/json';
import { maxListCharacters } from '../shared/wire/text/limits';
import { nextStart, readCollection, readReply } from './reply';

const pageSize = 100;

/**
 * The extensions of the chosen user, for the field Extension. VoipNow's presence has their numbers but no names. A page is
 * named by the index of its first entry.
 */
export const searchExtensions: ListSearch = (query) => {
	const userId = userOf(query.parameter('userId'));
	return searchPages(query, {
		first: '0',
		request: (start) => encodePresence(userId, Number(start)),
		read: readExtensions,
	});
};

/** Presence does not take `@owner`; an expression has no value in the editor. */
function userOf(entered: unknown): string {
	const userId = String(entered).trim();
	return /^(?:\d+|@viewer)$/.test(userId) ? userId : '@me';
}

/**
 * https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/Presence-Service.html
 * A page of the Phone Terminal extensions of a user.
 */
function encodePresence(userId: string, startIndex: number): HttpRequest {
	return {
		method: 'GET',
		path: `/uapi/extensions/${userId}/@self/presence?count=${pageSize}&startIndex=${startIndex}`,
		headers: { Accept: 'application/json' },
	};
}

function readExtensions(response: HttpResponse, start: string): ListPage | NoList {
	const { refusal, json } = readReply(response, noNames, maxListCharacters);
	if (refusal !== undefined) return noList(refusal.what, refusal.advice);
	// An empty list comes without a body.
	const collection = response.status === 204 ? { entries: [] } : readCollection(json);
	if (collection === undefined) return noList('The reply from VoipNow could not be read.');
	const next = nextStart(collection, Number(start), pageSize);
	return {
		kind: 'page',
		items: collection.entries
			.flatMap((entry) => textOf(member(entry, 'extension')) ?? [])
			.map((number) => ({ name: number, value: number })),
		...(next === undefined ? {} : { nextPage: String(next) }),
	};
}
