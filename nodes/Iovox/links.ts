import type { Explanation } from '../shared/wire/explanation';
import type { HttpRequest, HttpResponse, JsonObject, JsonValue } from '../shared/wire/http';
import { isJsonObject } from '../shared/wire/json';
import { maxListCharacters } from '../shared/wire/limits';
import { explainRefusal, readBody, wrongAddress } from './reply';

/**
 * A page of the account's links, with their IDs, names and Calling Rules.
 * https://www.iovox.com/api/rest/getLinks.html
 */
export function encodeGetLinks(page: number, limit: number): HttpRequest {
	return {
		method: 'GET',
		path: `/Links?v=3&method=getLinks&output=JSON&req_fields=lid,ln,rn&page=${page}&limit=${limit}`,
		headers: { Accept: 'application/json' },
	};
}

export interface LinksPage {
	/** As IOVOX sends them, each with `link_id`, `link_name` and `rule_name`. */
	readonly links: readonly JsonObject[];
	readonly totalPages: number | undefined;
}

/**
 * https://www.iovox.com/api/rest/getLinks.html
 * In JSON, one link is an object and several are a list; without links, there are no results at all.
 */
export function decodeLinks(response: HttpResponse): LinksPage | Explanation {
	const body = readBody(response.body, maxListCharacters);
	const refusal = explainRefusal(response, body);
	if (refusal !== undefined) return refusal;
	const root = isJsonObject(body.parsed) ? body.parsed : {};
	// Also read as XML, which has no member of that name: a server may not support the output JSON.
	const reply = isJsonObject(root.response) ? root.response : root;
	if (response.status !== 200 || reply.results === undefined) {
		return {
			kind: 'explanation',
			status: 'refused',
			reason: 'unreadable_reply',
			what: `Something answered, but not IOVOX${body.isPage ? ': it is a web page' : ''}.`,
			advice: wrongAddress,
			httpStatus: response.status,
		};
	}
	const { results, total_pages: pages } = reply;
	const found = isJsonObject(results) ? results.result : undefined;
	const list: readonly JsonValue[] = found === undefined ? [] : [found].flat();
	const totalPages = Number(pages);
	return {
		links: list.filter(isJsonObject),
		totalPages: Number.isSafeInteger(totalPages) ? totalPages : undefined,
	};
}
