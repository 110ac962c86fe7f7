import { maxListCharacters } from '../shared/wire/limits';
import {
	type Ask,
	ListError,
	type ListPage,
	type ListSearch,
	searchPages,
} from '../shared/wire/lists';
import { child, childrenNamed, element, type XmlElement } from '../shared/wire/xml';
import { describeErrors, readReply } from './originate/decode';
import { encodeRequest } from './originate/encode';

const pageSize = 50;

/** The accounts for the field Account; an extension user has one. A page is named by its number. */
export const searchAccounts: ListSearch = async (ask, query) => {
	if (query.parameter('accountType') === 'user') {
		const result = await askMethod(ask, 'switchvox.users.getMyInfo', []);
		return { items: childrenNamed(result, 'extension').flatMap(toItem) };
	}
	return await searchPages(query, '1', async (page) => {
		const result = await askMethod(ask, 'switchvox.extensions.search', [
			element('items_per_page', String(pageSize)),
			element('page_number', page),
		]);
		const extensions = child(result, 'extensions');
		const isLast = !(Number(page) < Number(extensions?.attributes.total_pages));
		return {
			items: childrenNamed(extensions, 'extension').flatMap(toItem),
			...(isLast ? {} : { nextPage: String(Number(page) + 1) }),
		};
	});
};

function toItem({ attributes }: XmlElement): ListPage['items'] {
	const { account_id: value, number = '', display = '' } = attributes;
	if (value === undefined) return [];
	return [{ name: [number, display, `(ID ${value})`].filter(Boolean).join(' '), value }];
}

async function askMethod(
	ask: Ask,
	method: string,
	parameters: readonly XmlElement[],
): Promise<XmlElement | undefined> {
	const reply = readReply(await ask(encodeRequest(method, parameters)), maxListCharacters);
	if ('what' in reply) throw new ListError(reply.what, reply.advice);
	if ('unreadable' in reply) {
		throw new ListError(`The answer of Switchvox cannot be read: ${reply.unreadable}.`);
	}
	if (reply.errors.length > 0) throw new ListError(describeErrors(reply.errors));
	return reply.result;
}
