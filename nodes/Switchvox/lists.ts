import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import { askForList, listError } from '../shared/lists';
import { child, childrenNamed, element, type XmlElement } from '../shared/xml';
import { describeErrors, readReply } from './decode';
import { encodeRequest } from './encode';
import { switchvox } from './vendor';

const pageSize = 50;
/** A search that finds nothing stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;

/**
 * The accounts for the list of the field Account, a page at a time; the token is the number of the next page.
 * Switchvox cannot search by name, so that what is typed is looked for page by page. An extension user has one account.
 */
export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken = '1',
): Promise<INodeListSearchResult> {
	if (this.getCurrentNodeParameter('accountType') === 'user') {
		const result = await ask(this, 'switchvox.users.getMyInfo', []);
		return { results: childrenNamed(result, 'extension').flatMap(toListItem) };
	}
	const results: INodeListSearchItems[] = [];
	let page = Number(paginationToken);
	let last = page;
	for (
		let asked = 0;
		asked < pagesPerSearch && page <= last && results.length < pageSize;
		asked++
	) {
		const result = await ask(this, 'switchvox.extensions.search', [
			element('items_per_page', String(pageSize)),
			element('page_number', String(page)),
		]);
		const extensions = child(result, 'extensions');
		last = Number(extensions?.attributes.total_pages ?? page);
		results.push(
			...childrenNamed(extensions, 'extension')
				.flatMap(toListItem)
				.filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase())),
		);
		page++;
		if (filter.trim() === '') break;
	}
	return { results, ...(page <= last ? { paginationToken: String(page) } : {}) };
}

function toListItem({ attributes }: XmlElement): INodeListSearchItems[] {
	const { account_id: value, number = '', display = '' } = attributes;
	return value === undefined ? [] : [{ name: `${number} ${display}`.trim(), value }];
}

async function ask(
	context: ILoadOptionsFunctions,
	method: string,
	parameters: readonly XmlElement[],
): Promise<XmlElement | undefined> {
	const reply = readReply(await askForList(context, switchvox, encodeRequest(method, parameters)));
	if ('what' in reply) throw listError(context, reply.what, reply.advice);
	if ('unreadable' in reply) {
		throw listError(context, `The answer of Switchvox cannot be read: ${reply.unreadable}.`);
	}
	if (reply.errors.length > 0) throw listError(context, describeErrors(reply.errors));
	return reply.result;
}
