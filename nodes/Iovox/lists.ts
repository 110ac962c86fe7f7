import type { JsonObject } from '../shared/wire/http';
import { ListError, type ListPage, type ListSearch, searchPages } from '../shared/wire/lists';
import { decodeLinks } from './originate/decode';
import { encodeGetLinks } from './originate/encode';

const pageSize = 100;

/** The links for the field Link. IOVOX finds whole Link IDs only. A page is named by its number. */
export const searchLinks: ListSearch = async (ask, query) =>
	await searchPages(query, '1', async (page) => {
		const reply = decodeLinks(await ask(encodeGetLinks(Number(page), pageSize)));
		if ('what' in reply) throw new ListError(reply.what, reply.advice);
		const isLast = !(Number(page) < (reply.totalPages ?? 0));
		return {
			items: reply.links.flatMap(toItem),
			...(isLast ? {} : { nextPage: String(Number(page) + 1) }),
		};
	});

function toItem({ link_id: id, link_name: name, rule_name: rule }: JsonObject): ListPage['items'] {
	if (typeof id !== 'string' || id === '') return [];
	const isNamed = typeof name === 'string' && name !== '' && name !== id;
	const hasRules = typeof rule === 'string' && rule !== '';
	const rules = hasRules ? `(${rule})` : '(no Calling Rules)';
	return [{ name: [id, ...(isNamed ? [name] : []), rules].join(' '), value: id }];
}
