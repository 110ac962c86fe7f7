import { ListError, type Ask, type ListPage, type ListSearch } from '../shared/lists';
import { child, childrenNamed, element, type XmlElement } from '../shared/xml';
import { describeErrors, readReply } from './decode';
import { encodeRequest } from './encode';

const pageSize = 50;
/** A search that finds little stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;

/**
 * The accounts for the field Account; `nextPage` is a page's number. Switchvox cannot search by name, so that what is
 * typed is looked for page by page. An extension user has one account.
 */
export const searchAccounts: ListSearch = async (
	ask,
	{ filter, page: wanted = '1', parameter },
) => {
	if (parameter('accountType') === 'user') {
		const result = await askMethod(ask, 'switchvox.users.getMyInfo', []);
		return { items: childrenNamed(result, 'extension').flatMap(toItem) };
	}
	const items: ListPage['items'][number][] = [];
	let page = Number(wanted);
	let last = page;
	for (let asked = 0; asked < pagesPerSearch && page <= last && items.length < pageSize; asked++) {
		const result = await askMethod(ask, 'switchvox.extensions.search', [
			element('items_per_page', String(pageSize)),
			element('page_number', String(page)),
		]);
		const extensions = child(result, 'extensions');
		last = Number(extensions?.attributes.total_pages ?? page);
		const found = childrenNamed(extensions, 'extension').flatMap(toItem);
		items.push(...found.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase())));
		page++;
	}
	return { items, ...(page <= last ? { nextPage: String(page) } : {}) };
};

function toItem({ attributes }: XmlElement): ListPage['items'] {
	const { account_id: value, number = '', display = '' } = attributes;
	return value === undefined ? [] : [{ name: `${number} ${display}`.trim(), value }];
}

async function askMethod(
	ask: Ask,
	method: string,
	parameters: readonly XmlElement[],
): Promise<XmlElement | undefined> {
	const reply = readReply(await ask(encodeRequest(method, parameters)));
	if ('what' in reply) throw new ListError(reply.what, reply.advice);
	if ('unreadable' in reply) {
		throw new ListError(`The answer of Switchvox cannot be read: ${reply.unreadable}.`);
	}
	if (reply.errors.length > 0) throw new ListError(describeErrors(reply.errors));
	return reply.result;
}
