import { type ListItem, type ListSearch, noList, searchPages } from '../shared/wire/exchange/lists';
import { isExplanation } from '../shared/wire/reply/explanation';
import type { JsonObject } from '../shared/wire/text/json';
import { encodeGetLinks } from './links';
import { readResults } from './results';

const pageSize = 100;

/** The links for the field Link. IOVOX can only search for whole Link IDs. A page is named by its number. */
export const searchLinks: ListSearch = (query) =>
	searchPages(query, {
		first: '1',
		request: (page) => encodeGetLinks(Number(page), pageSize),
		read(response, page) {
			const reply = readResults(response);
			if (isExplanation(reply)) return noList(reply.what, reply.advice);
			const isLast = !(Number(page) < (reply.totalPages ?? 0));
			return {
				kind: 'page',
				items: reply.results.flatMap(toItem),
				...(isLast ? {} : { nextPage: String(Number(page) + 1) }),
			};
		},
	});

function toItem({ link_id: id, link_name: name, rule_name: rule }: JsonObject): ListItem[] {
	if (typeof id !== 'string' || id === '') return [];
	const isNamed = typeof name === 'string' && name !== '' && name !== id;
	const hasRules = typeof rule === 'string' && rule !== '';
	const rules = hasRules ? `(${rule})` : '(no Calling Rules)';
	return [{ name: [id, ...(isNamed ? [name] : []), rules].join(' '), value: id }];
}
