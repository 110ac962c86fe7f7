import { type INode, TIMED_CAUSES } from 'n8n-workflow';

import { failed, type Failed } from '../../../../nodes/shared/calling/contract/outcome';
import { toNodeError } from '../../../../nodes/shared/calling/report/failure';
import { failureReasons } from '../../../../nodes/shared/wire/reply/reasons';

const node: INode = {
	id: '1',
	name: 'Node',
	type: 'tiny',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const errorOf = (told: Partial<Failed>, advice = 'Advice.') =>
	toNodeError(node, failed('refused', 'vendor_refused', 'What.', advice, told), 2, { a: 1 });

test('the message is the headline, the description is the rest, and the data is attached', () => {
	expect(errorOf({})).toMatchObject({
		message: 'What. No call was placed.',
		description: 'Advice.',
		context: { itemIndex: 2, data: { a: 1 } },
	});
});

const vendorErrors = [
	{ code: null, message: 'No' },
	{ code: '41591', message: 'No' },
];
test.each([
	[{ httpStatus: 404, vendorErrors }, '404'],
	[{ httpStatus: 200, vendorErrors }, '41591'],
	[{ httpStatus: 200 }, null],
	[{}, null],
])('the code that n8n shows of %j is %j: never 200', (told, code) => {
	expect(errorOf(told).httpCode).toBe(code);
});

test("the headline has the vendor's first sentence, and the description all of them", () => {
	const said = [{ code: '1', message: 'No. Never <again> & again.' }, vendorErrors[1] as never];
	expect(errorOf({ vendorErrors: said }).description).toBe(
		'Advice.<br>In full: No. Never &lt;again> &amp; again.',
	);
});

test('line breaks are kept in the editor', () => {
	expect(errorOf({}, '• One.\n• Two.').description).toBe('• One.<br>• Two.');
});

test('the name of a system error in a text does not become the headline', () => {
	expect(
		toNodeError(node, failed('unknown', 'connection_lost', 'Lost (ECONNRESET).', ''), 0, {})
			.message,
	).toBe('Lost (ECONNRESET). The call may have been placed.');
});

test('a vendor that says canceled does not have n8n mark the execution as canceled', () => {
	const said = failed('refused', 'vendor_refused', 'Tiny said: Call canceled by rule.', 'Advice.');
	expect(toNodeError(node, said, 0, {}).message).toBe(
		'Tiny said: Call cancelled by rule. No call was placed.',
	);
});

describe("the cause in n8n's own terms", () => {
	const causeOf = (status: Failed['status'], reason: Failed['reason']) =>
		toNodeError(node, failed(status, reason, 'What.', 'Advice.'), 0, {}).failure?.cause;

	test.each([
		['not_sent', 'invalid_credential', 'credential-invalid'],
		['refused', 'unauthorized', 'credential-invalid'],
		['not_sent', 'certificate', 'configuration-invalid'],
		['not_sent', 'invalid_settings', 'configuration-invalid'],
		['refused', 'rate_limited', 'rate-limited'],
		['not_sent', 'connection_refused', 'temporarily-unavailable'],
		['unknown', 'node_fault', 'node-defect'],
		['not_sent', 'invalid_input', undefined],
		['refused', 'vendor_refused', undefined],
	] as const)('%s, %s: %s', (status, reason, cause) => {
		expect(causeOf(status, reason)).toBe(cause);
	});

	test.each(['unknown', 'not_connected'] as const)(
		'nothing suggests to wait and repeat a call that is %s: it may have rung a phone',
		(status) => {
			const causes = failureReasons.map((reason) => causeOf(status, reason));
			expect(causes.filter((cause) => TIMED_CAUSES.some((timed) => timed === cause))).toEqual([]);
		},
	);
});
