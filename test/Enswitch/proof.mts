import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';
import { jsonIn } from '../fixtures/json.mts';

/**
 * Whether a reply proves that Enswitch took the call, by the document and not by the decoder: every entry of
 * `responses` has the code 200 or 204.
 * https://vobi.com.au/wpsp_knowledge_base/make-a-call/
 */
export function proves({ status, body }: HttpResponse): boolean {
	if (status < 200 || status > 299) return false;
	const { responses } = Object(jsonIn(body)) as { responses?: unknown };
	const entries: unknown[] = Array.isArray(responses) ? responses : [responses];
	return (
		entries.length > 0 &&
		entries.every((entry) => {
			const { code } = Object(entry) as { code?: unknown };
			return ['200', '204', 200, 204].includes(code as string);
		})
	);
}

export const listReplies = [
	'{"responses":[{"code":"200","key":"","message":"OK"}],"data":[{"name":"1234567","description":"Ann"},{"name":7654321}]}',
	'{"responses":[{"code":200,"key":"","message":"OK"}],"data":{"1":{"name":"1234567"}}}',
	'{"responses":[{"code":"402","key":"","message":"No."}]}',
];
