import { readResults } from '../../nodes/Iovox/results';
import { decode } from '../../nodes/Iovox/originate/decode';
import { isFailed } from '../../nodes/shared/calling/contract/outcome';

const call = { linkId: 'link123', callDestination: '441632960001', variables: [] };
const answer = (status: number, body: string) => ({ status, headers: {}, body });
const link = { link_id: 'a', link_name: 'A', rule_name: '' };

test.each(['', ' ', 'x', '<a', '<a/>', '{}', '<!DOCTYPE html><html></html>', '\u0000\ufffd'])(
	'201 is a call unless its body refuses it: %j',
	(body) => {
		expect(decode(answer(201, body), call)).toMatchObject({ status: 'accepted', callId: null });
		const delayed = { ...call, delayMinutes: 1 };
		expect(decode(answer(201, body), delayed).status).toBe('scheduled');
	},
);

test.each([
	'<errors><error status="500">Internal Server Error</error></errors>',
	'<response><errors><error>New</error></errors></response>',
	'{"errors":"New"}',
	'Internal Server Error',
])('201 with an error contradicts itself: %s', (body) => {
	expect(decode(answer(201, body), call)).toMatchObject({
		status: 'unknown',
		reason: 'contradictory_reply',
		vendorErrors: [{ message: expect.stringMatching(/New|Internal/) }],
	});
});

test.each([200, 202, 203, 204, 206, 226, 299])('%i is not, whatever its body', (status) => {
	for (const body of ['', '<response/>', '{"response":"OK"}', 'Created', '201']) {
		expect(decode(answer(status, body), call).status).toBe('unknown');
	}
});

test.each([408, 500, 501, 502, 503, 504, 520])('HTTP %i may mean a call', (status) => {
	for (const body of ['', 'Link ID Empty', '<errors><error status="400">x</error></errors>']) {
		const outcome = decode(answer(status, body), call);
		expect(outcome.status).toBe('unknown');
		expect(isFailed(outcome) && outcome.advice).toMatch(/^Before dialing again, check/);
	}
});

test.each([
	'Link ID Empty',
	'Link ID Empty.',
	'HTTP 400: Link ID Empty',
	'link id empty',
	'<errors><error status="400"> Link ID Empty </error></errors>',
	'<response><errors><error>Link ID Empty</error></errors></response>',
	'<errors><error status="400"><![CDATA[Link ID Empty]]></error></errors>',
	'{"errors":"Link ID Empty"}',
	'{"errors":{"error":{"status":400,"message":"Link ID Empty"}}}',
	'{"errors":{"error":[{"code":"400","message":"Link ID Empty"}]}}',
])('is recognized in any form: %s', (body) => {
	expect(decode(answer(400, body), call)).toMatchObject({
		status: 'refused',
		advice: 'Add link_id to the XML: enter it in Link.',
		vendorErrors: [{ parameter: 'link_id' }],
	});
});

test.each([
	'[1',
	'<errors><error>',
	'{"errors":',
	'\u0000\u0001',
	'x'.repeat(301),
	'{"errors":[]}',
])('an unreadable body proves nothing: %j', (body) => {
	expect(decode(answer(400, body), call)).toMatchObject({ status: 'refused', vendorErrors: [] });
});

test.each(['Internal Server Error', '{"errors":["Link ID Empty","Internal Server Error"]}'])(
	'a server error is not a refusal, whatever the status: %s',
	(body) => {
		expect(decode(answer(400, body), call).status).toBe('unknown');
	},
);

test('a body built to be slow or deeply nested is a refusal, and not a list', () => {
	for (const body of [
		'<!-- --> '.repeat(10_000),
		'\n'.repeat(100_000) + 'x' + ' \n'.repeat(100_000),
		`{"errors":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
		`{"errors":${'['.repeat(2_000)}"x"${']'.repeat(2_000)}}`,
		`<errors><error>${'XML parse error. at line 1, column '.repeat(10_000)}</error></errors>`,
	]) {
		expect(decode(answer(400, body), call).status).toBe('refused');
		expect(readResults(answer(200, body))).toHaveProperty('what');
	}
});

describe('a page of results', () => {
	const json = (results: unknown) =>
		JSON.stringify({ response: { current_page: '1', total_pages: '4', results } });
	test.each([
		['several', json({ result: [link, link] }), [link, link], 4],
		['one', json({ result: link }), [link], 4],
		['none', json(null), [], 4],
		['no pages', '{"response":{"results":null}}', [], undefined],
		[
			'XML',
			'<response><total_pages>2</total_pages><results><result><link_id>a</link_id></result></results></response>',
			[{ link_id: 'a' }],
			2,
		],
	])('%s', (_, body, links, totalPages) => {
		expect(readResults(answer(200, body))).toEqual({ results: links, totalPages });
	});

	test.each([
		[200, '', 'Something answered, but not IOVOX.'],
		[200, '{"links":[]}', 'Something answered, but not IOVOX.'],
		[201, json(null), 'Something answered, but not IOVOX.'],
		[200, '<!doctype html><html></html>', 'Something answered, but not IOVOX: it is a web page.'],
		[401, '<errors><error status="401">HTTP 401: Unauthorized</error></errors>', 'Unauthorized.'],
		[500, '', 'IOVOX answered with HTTP 500.'],
	])('HTTP %i %s is not a list', (status, body, what) => {
		expect(readResults(answer(status, body))).toMatchObject({
			what: expect.stringContaining(what),
		});
	});
});
