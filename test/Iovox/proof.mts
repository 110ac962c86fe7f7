import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';

/**
 * Whether a reply proves that IOVOX took the call: by the document "HTTP Status Code 201", and no documented
 * error beside it.
 * https://www.iovox.com/api/rest/initiateCall.html
 */
export function proves({ status, body }: HttpResponse): boolean {
	return status === 201 && !documentedErrors.test(body);
}

/** 2xx statuses that prove on their own that the request was taken, whatever the body says. */
export const statusIsProof = [201];

const documentedErrors =
	/^\s*<errors>\s*(?:<error(?: status="\d+")?>\s*[^<&\s][^<&]*<\/error>\s*)+<\/errors>\s*$/;

export const listReplies = [
	'<?xml version="1.0" encoding="UTF-8"?><response><results_returned>2</results_returned><total_results>3</total_results><current_page>1</current_page><total_pages>2</total_pages><link><link_id>link123</link_id><link_name>Sales</link_name><rule_name>Rules</rule_name></link><link><link_id>link124</link_id></link></response>',
	'{"response":{"total_pages":1,"link":[{"link_id":"link123","link_name":"Sales","rule_name":""}]}}',
	'<errors><error>Link ID Empty</error></errors>',
];
