import {
	failed,
	failedInput,
	isFailed,
	type Outcome,
} from '../../../../nodes/shared/calling/contract/outcome';
import { firstSentence, listSayings } from '../../../../nodes/shared/wire/text/sentences';

test("a vendor's messages are listed, up to a limit in number and length", () => {
	expect(listSayings(['No right', 'No money'])).toBe('No right; No money');
	expect(listSayings(Array.from({ length: 1000 }, (_, index) => `No ${index}`))).toBe(
		'No 0; No 1; No 2; No 3; No 4; and 995 more',
	);
	expect(listSayings(['a'.repeat(10_000)])).toHaveLength(501);
});

test.each([
	['Dial First is empty.', 'Dial First is empty.'],
	['Dial First is "a. B". Enter digits.', 'Dial First is "a. B".'],
	['Enter one such as 1.5 or e.g. 2. Then run it.', 'Enter one such as 1.5 or e.g. 2.'],
	['It is "open. Never closed.', 'It is "open. Never closed.'],
	['', ''],
])('the first sentence of %j', (text, first) => {
	expect(firstSentence(text)).toBe(first);
});

test('the headline says what happened and whether a phone rang; the rest goes below it', () => {
	expect(
		failedInput({ kind: 'invalid', texts: ['To is "x". Use digits.'] }, 'Correct it.'),
	).toMatchObject({
		message: 'To is "x". No call was placed.',
		advice: 'Use digits.',
	});
	expect(failedInput({ kind: 'invalid', texts: ['To is empty.'] }, 'Correct it.')).toMatchObject({
		message: 'To is empty. No call was placed.',
		advice: 'Correct it.',
	});
	expect(
		failedInput({ kind: 'invalid', texts: ['To is empty.', 'From is "x". Use digits.'] }, ''),
	).toMatchObject({
		message: '2 values cannot be used. No call was placed.',
		advice: '• To is empty.\n• From is "x". Use digits.',
	});
});

test.each([
	['not_sent', 'No call was placed.'],
	['refused', 'No call was placed.'],
	['not_connected', 'The first phone may have rung.'],
	['unknown', 'The call may have been placed.'],
] as const)('%s: %s', (status, verdict) => {
	expect(failed(status, 'node_fault', 'What.', '').message).toBe(`What. ${verdict}`);
});

test('a failure is known by its status, whatever else an outcome holds', () => {
	const statuses: Readonly<Record<Outcome['status'], boolean>> = {
		answered: false,
		accepted: false,
		scheduled: false,
		skipped: false,
		not_sent: true,
		not_connected: true,
		refused: true,
		unknown: true,
	};
	for (const [status, expected] of Object.entries(statuses)) {
		expect(isFailed({ status, message: 'What.' } as Outcome)).toBe(expected);
	}
});
