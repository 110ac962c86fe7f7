import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { askForList, listError } from '../shared/lists';
import { readPage, readRefusal } from './decode';
import { encodePresence } from './encode';
import { member, textOf } from './json';
import { voipNow } from './vendor';

const pageSize = 100;
/** A search that finds nothing stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;

/**
 * The extensions of the form's user for the list of the field Extension, a page at a time; the token is the index of the next
 * entry. VoipNow's presence knows numbers and no names, and cannot search: what is typed is looked for page by page.
 */
export async function searchExtensions(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken = '0',
): Promise<INodeListSearchResult> {
	const userId = userOf(this.getCurrentNodeParameter('userId'));
	const results: INodeListSearchItems[] = [];
	const wanted = filter.trim();
	let start = Number(paginationToken);
	let more = true;
	for (let asked = 0; asked < pagesPerSearch && more && results.length < pageSize; asked++) {
		const answer = await askForList(this, voipNow, encodePresence(userId, start, pageSize));
		const refusal = readRefusal(answer);
		if (refusal !== undefined) throw listError(this, refusal.message, refusal.advice);
		// "Nothing to tell" comes without a body.
		const page = answer.status === 204 ? { entries: [] } : readPage(answer);
		if (page === undefined) throw listError(this, 'The answer of VoipNow cannot be read.');
		results.push(
			...page.entries
				.flatMap((entry) => textOf(member(entry, 'extension')) ?? [])
				.filter((number) => number.includes(wanted))
				.map((number) => ({ name: number, value: number })),
		);
		const { length } = page.entries;
		start += length;
		more = length > 0 && (page.total === undefined ? length === pageSize : start < page.total);
		if (wanted === '') break;
	}
	return { results, ...(more ? { paginationToken: String(start) } : {}) };
}

/** Presence does not take `@owner`; an expression has no value in the editor. */
function userOf(entered: unknown): string {
	const userId = String(entered).trim();
	return /^(?:\d+|@viewer)$/.test(userId) ? userId : '@me';
}
