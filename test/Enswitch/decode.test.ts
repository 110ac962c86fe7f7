import { decode } from '../../nodes/Enswitch/originate/decode';

const call = { stype: 'phone', snumber: '1234567', cnumber: '1234568' } as const;
const decoded = (body: string, status = 200) => decode({ status, headers: {}, body }, call);
const entry = (code: unknown, message = 'OK', key = '') =>
	JSON.stringify({ responses: [{ code, key, message }] });

describe('a reply that is not JSON', () => {
	const spoilers: [string, (body: string) => string][] = [
		['commas before closing brackets', (body) => body.replace(/[}\]]/g, ',$&')],
		['typographic quotes', (body) => body.replace(/"/g, '”')],
		['an ellipsis at the end', (body) => body.replace(/}$/, ', ... }')],
	];
	test.each(spoilers)('says nothing of the call: %s', (_, spoil) => {
		for (const code of ['200', '400', '500']) {
			expect(decoded(spoil(entry(code)))).toMatchObject({
				status: 'unknown',
				reason: 'unreadable_reply',
			});
		}
	});
});

test.each([200, 204, '200', '204', ' 204 '])('%j is accepted', (code) => {
	expect(decoded(entry(code)).status).toBe('accepted');
});

test.each([400, '401', 402, '403'])('%j is refused, with HTTP 200 and with its own', (code) => {
	expect(decoded(entry(code)).status).toBe('refused');
	expect(decoded(entry(code), Number(code)).status).toBe('refused');
});

test.each([
	...[201, '202', 404, '500', 503, 0, -200, 2e2 + 0.5, '', null, true, [200], { code: 204 }],
	...['2O4', '0204', '204.0', 'OK'],
])('%j is unknown', (code) => {
	expect(decoded(entry(code)).status).toBe('unknown');
});

test('every HTTP status with every code: never accepted outside 2xx, never refused within 5xx', () => {
	for (let status = 100; status < 600; status++) {
		const taken = decoded(entry('204'), status).status;
		const refused = decoded(entry('400'), status).status;
		expect([status, taken === 'accepted']).toEqual([status, status >= 200 && status < 300]);
		if (status >= 500) expect([status, taken, refused]).toEqual([status, 'unknown', 'unknown']);
	}
});

test.each(['[{"code":"204"},null]', '[null]', '[[{"code":"204"}]]', '"204"', '204', 'true'])(
	'responses that are %s are unknown',
	(responses) => {
		expect(decoded(`{"responses":${responses}}`).status).toBe('unknown');
	},
);

test.each(['password', 'auth_', 'token=', 'a'])('a long repetition of %s is a refusal', (part) => {
	expect(decoded(entry('400', part.repeat(40_000 / part.length))).status).toBe('refused');
});

test.each([
	['', 'Check the values.'],
	['card', 'Check the option Card (card).'],
	['quality', 'Check quality.'],
])('a 400 about "%s" names the field', (key, advice) => {
	expect(decoded(entry(400, 'No.', key))).toHaveProperty('advice', expect.stringContaining(advice));
});

test('several refusals list each advice once', () => {
	const entries = [
		...[400, 400, 402].map((code) => ({ code, key: 'card', message: 'No' })),
		{ code: 400, key: 'wait', message: '' },
	];
	expect(decoded(JSON.stringify({ responses: entries }))).toMatchObject({
		message:
			'Enswitch refused the call: card: No (400); card: No (400); card: No (402); wait: no message (400). No call was placed.',
		advice: expect.stringMatching(
			/^Check the option Card \(card\) and the option Wait \(wait\)\. [^.]+\. The sign-in works, but the role[^.]+\. Ask[^.]+\.$/,
		),
	});
});

test('data that is not an object is ignored', () => {
	for (const data of ['[]', '"x"', '1', 'null', '{"callid":{},"machine":[],"server":""}']) {
		const body = `${entry('200').slice(0, -1)},"data":${data}}`;
		expect(decoded(body)).toMatchObject({ status: 'accepted', callId: null, details: {} });
	}
});

test('a call ID may be a number', () => {
	const body = `${entry('200').slice(0, -1)},"data":{"callid":12}}`;
	expect(decoded(body)).toMatchObject({ callId: '12' });
});

test('no secret in a reply gets into the outcome', () => {
	const told =
		'Bad request calls/make/?auth_username=ann&auth_password=hunter2;password=hunter2 token=hunter2';
	const data = {
		password: 'hunter2',
		lines: [{ sip_secret: 'hunter2', name: '1', auth_token: 'hunter2' }],
	};
	for (const code of ['200', '400', '500']) {
		const body = JSON.stringify({
			responses: [{ code, key: '', message: told }],
			data,
			note: told,
		});
		const outcome = decoded(body);
		expect(JSON.stringify(outcome)).not.toContain('hunter2');
		expect(outcome).toHaveProperty('response.data.lines', [{ name: '1' }]);
	}
});

test('endless nesting is cut', () => {
	const deep = '['.repeat(20_000) + ']'.repeat(20_000);
	const outcome = decoded(`{"responses":[{"code":"204"}],"data":${deep}}`);
	expect(outcome.status).toBe('accepted');
	expect(JSON.stringify(outcome).length).toBeLessThan(1000);
});
