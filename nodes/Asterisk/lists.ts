import {
	type ListItem,
	type ListPage,
	type ListSearch,
	type NoList,
	noList,
	noListIn,
	searchPages,
} from '../shared/wire/exchange/lists';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isJsonList, type JsonValue, member, parseJson, textOf } from '../shared/wire/text/json';
import { maxListCharacters } from '../shared/wire/text/limits';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { explainReply } from './reply';
import { encodeQuestion } from './request';

/**
 * The endpoints for the field Endpoint, all on one page.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Endpoints_REST_API/#list
 */
export const searchEndpoints: ListSearch = (query) =>
	searchPages(query, {
		first: 'all',
		request: () => encodeQuestion('endpoints'),
		read: readEndpoints,
	});

function readEndpoints(response: HttpResponse): ListPage | NoList {
	const explanation = explainReply(response);
	if (explanation !== undefined) return noList(explanation.what, explanation.advice);
	const parsed = parseJson(response.body, maxListCharacters);
	if (isUnreadable(parsed)) return noListIn('Asterisk', parsed);
	if (!isJsonList(parsed.value)) {
		return noListIn('Asterisk', { kind: 'unreadable', why: 'it is not a list' });
	}
	const items = parsed.value.flatMap(toItem);
	const { compare } = new Intl.Collator('en', { numeric: true });
	return { kind: 'page', items: items.sort((a, b) => compare(a.value, b.value)) };
}

function toItem(endpoint: JsonValue): ListItem[] {
	const technology = textOf(member(endpoint, 'technology'));
	const resource = textOf(member(endpoint, 'resource'));
	if (technology === undefined || resource === undefined) return [];
	const value = `${technology}/${resource}`;
	const state = textOf(member(endpoint, 'state'));
	return [{ name: state === 'offline' ? `${value} (offline)` : value, value }];
}
