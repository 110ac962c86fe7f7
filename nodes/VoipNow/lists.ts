import { member, textOf } from '../shared/wire/json';
import { type ListSearch, noList, searchPages } from '../shared/wire/lists';
import { readPage, readRefusal } from './originate/decode';
import { encodePresence } from './originate/encode';

const pageSize = 100;

/**
 * The extensions of the form's user for the field Extension. VoipNow's presence knows numbers and no names. A page is
 * named by the index of its first entry.
 */
export const searchExtensions: ListSearch = (query) => {
	const userId = userOf(query.parameter('userId'));
	return searchPages(query, {
		first: '0',
		request: (start) => encodePresence(userId, Number(start), pageSize),
		read(response, start) {
			const refusal = readRefusal(response);
			if (refusal !== undefined) return noList(refusal.message, refusal.advice);
			// An empty list comes without a body.
			const page = response.status === 204 ? { entries: [] } : readPage(response);
			if (page === undefined) return noList('The answer of VoipNow cannot be read.');
			const { length } = page.entries;
			const next = Number(start) + length;
			const isLast =
				length === 0 || (page.total === undefined ? length < pageSize : next >= page.total);
			return {
				kind: 'page',
				items: page.entries
					.flatMap((entry) => textOf(member(entry, 'extension')) ?? [])
					.map((number) => ({ name: number, value: number })),
				...(isLast ? {} : { nextPage: String(next) }),
			};
		},
	});
};

/** Presence does not take `@owner`; an expression has no value in the editor. */
function userOf(entered: unknown): string {
	const userId = String(entered).trim();
	return /^(?:\d+|@viewer)$/.test(userId) ? userId : '@me';
}
