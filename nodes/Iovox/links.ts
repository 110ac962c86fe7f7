import type { HttpRequest } from '../shared/wire/reply/http';

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
