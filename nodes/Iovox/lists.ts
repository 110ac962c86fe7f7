import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import type { HttpResponse, JsonObject } from '../shared/call';
import { askForList, listError } from '../shared/lists';
import { decodeLinks } from './decode';
import { encodeGetLinks } from './encode';
import { iovox } from './vendor';

const pageSize = 100;
/** A search that finds nothing stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;

/**
 * The links for the list of the field Link, a page at a time; the token is the number of the next page. IOVOX finds
 * whole Link IDs only, so that what is typed is looked for page by page.
 */
export async function searchLinks(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken = '1',
): Promise<INodeListSearchResult> {
	const wanted = filter.trim().toLowerCase();
	const results: INodeListSearchItems[] = [];
	let page = Number(paginationToken);
	let last = page;
	for (
		let asked = 0;
		asked < pagesPerSearch && page <= last && results.length < pageSize;
		asked++
	) {
		const response = await askForList(this, iovox, encodeGetLinks(page, pageSize));
		const { links, totalPages } = read(this, response);
		last = totalPages ?? page;
		results.push(
			...links.flatMap(toListItem).filter(({ name }) => name.toLowerCase().includes(wanted)),
		);
		page++;
		if (wanted === '') break;
	}
	return { results, ...(page <= last ? { paginationToken: String(page) } : {}) };
}

function toListItem({ link_id: id, link_name: name, rule_name: rule }: JsonObject) {
	if (typeof id !== 'string' || id === '') return [];
	const isNamed = typeof name === 'string' && name !== '' && name !== id;
	const hasRules = typeof rule === 'string' && rule !== '';
	const rules = hasRules ? `(${rule})` : '(no Calling Rules)';
	return [{ name: [id, ...(isNamed ? [name] : []), rules].join(' '), value: id }];
}

function read(context: ILoadOptionsFunctions, response: HttpResponse) {
	const reply = decodeLinks(response);
	if ('what' in reply) throw listError(context, reply.what, reply.advice);
	return reply;
}
