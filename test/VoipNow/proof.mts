import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';
import { jsonIn } from '../fixtures/json.mts';

/**
 * Whether a reply proves that VoipNow took the call, by the documents and not by the decoder: 200, 202 or 204, with a
 * list that begins with a call and its ID, and has no error; or with nothing at all.
 * https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls
 */
export function proves({ status, body }: HttpResponse): boolean {
	if (![200, 202, 204].includes(status)) return false;
	if (body.trim() === '') return true;
	const reply = jsonIn(body);
	const [first] = Array.isArray(reply) ? (reply as unknown[]) : [];
	const { id, error } = Object(first) as { id?: unknown; error?: unknown };
	if (Object(error) === error && Object.hasOwn(error as object, 'message')) return false;
	return (typeof id === 'string' && id !== '') || typeof id === 'number';
}

export const listReplies = [
	'[{"totalResults":"2","startIndex":"0","itemsPerPage":"100","entry":[{"extension":"0003*210","status":"1"},{"extension":211}]}]',
	'{"startIndex":0,"count":100,"totalResults":150,"entry":[{"extension":"0003*210"}]}',
	'{"error":{"code":"user_invalid","message":"No."}}',
];
