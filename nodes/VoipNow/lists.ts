import { member, textOf } from '../shared/wire/json';
import { ListError, type ListSearch, searchPages } from '../shared/wire/lists';
import { readPage, readRefusal } from './originate/decode';
import { encodePresence } from './originate/encode';

const pageSize = 100;

/**
 * The extensions of the form's user for the field Extension. VoipNow's presence knows numbers and no names. A page is
 * named by the index of its first entry.
 */
export const searchExtensions: ListSearch = async (ask, query) => {
	const userId = userOf(query.parameter('userId'));
	return await searchPages(query, '0', async (start) => {
		const answer = await ask(encodePresence(userId, Number(start), pageSize));
		const refusal = readRefusal(answer);
		if (refusal !== undefined) throw new ListError(refusal.message, refusal.advice);
		// "Nothing to tell" comes without a body.
		const page = answer.status === 204 ? { entries: [] } : readPage(answer);
		if (page === undefined) throw new ListError('The answer of VoipNow cannot be read.');
		const { length } = page.entries;
		const next = Number(start) + length;
		const isLast =
			length === 0 || (page.total === undefined ? length < pageSize : next >= page.total);
		return {
			items: page.entries
				.flatMap((entry) => textOf(member(entry, 'extension')) ?? [])
				.map((number) => ({ name: number, value: number })),
			...(isLast ? {} : { nextPage: String(next) }),
		};
	});
};

/** Presence does not take `@owner`; an expression has no value in the editor. */
function userOf(entered: unknown): string {
	const userId = String(entered).trim();
	return /^(?:\d+|@viewer)$/.test(userId) ? userId : '@me';
}
