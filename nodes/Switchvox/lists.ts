import { done } from '../shared/wire/exchange/conversation';
import {
	type ListItem,
	type ListPage,
	type ListSearch,
	type NoList,
	noList,
	noListIn,
	searchPages,
} from '../shared/wire/exchange/lists';
import { isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isInvalid } from '../shared/wire/text/invalid';
import { maxListCharacters } from '../shared/wire/text/limits';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { child, childrenNamed, element, type XmlElement } from '../shared/wire/text/xml';
import { describeErrors, readReply } from './reply';
import { encodeRequest } from './request';

const pageSize = 50;

/** The accounts for the field Account; an extension user has only one. A page is named by its number. */
export const searchAccounts: ListSearch = (query) =>
	query.parameter('accountType') === 'user'
		? ownAccount()
		: searchPages(query, {
				first: '1',
				request: (page) =>
					encodeRequest('switchvox.extensions.search', [
						element('items_per_page', String(pageSize)),
						element('page_number', page),
					]),
				read: (response, page) =>
					readList(response, (result) => {
						const extensions = child(result, 'extensions');
						const isLast = !(Number(page) < Number(extensions?.attributes.total_pages));
						return {
							kind: 'page',
							items: childrenNamed(extensions, 'extension').flatMap(toItem),
							...(isLast ? {} : { nextPage: String(Number(page) + 1) }),
						};
					}),
			});

function ownAccount(): ReturnType<ListSearch> {
	const request = encodeRequest('switchvox.users.getMyInfo', []);
	if (isInvalid(request)) return done(noList(request.texts.join(' ')));
	return {
		kind: 'ask',
		request,
		next: (response) =>
			done(
				readList(response, (result) => ({
					kind: 'page',
					items: childrenNamed(result, 'extension').flatMap(toItem),
				})),
			),
	};
}

function toItem({ attributes }: XmlElement): ListItem[] {
	const { account_id: value, number = '', display = '' } = attributes;
	if (value === undefined) return [];
	return [{ name: [number, display, `(ID ${value})`].filter(Boolean).join(' '), value }];
}

function readList(
	response: HttpResponse,
	pageOf: (result: XmlElement | undefined) => ListPage,
): ListPage | NoList {
	const reply = readReply(response, maxListCharacters);
	if (isExplanation(reply) || isUnreadable(reply)) return noListIn('Switchvox', reply);
	if (reply.errors.length > 0) return noList(describeErrors(reply.errors));
	return pageOf(reply.result);
}
