import { isEmergencyNumber } from '../../../../nodes/shared/calling/limits/emergency';
import { checkEmergency } from '../../../../nodes/shared/calling/limits/guards';
import { readItemOptions } from '../../../../nodes/shared/calling/options';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid';

test.each([
	...['112', '911', '999', '000'],
	// After a digit for an outside line, and after codes.
	...['9911', '0112', '1911', '8999', '0000', '9000'],
	...['*67911', '*67*911', '#31#112', '*679911', '*21*112#', '911#'],
	// As sent, unchanged.
	...['9-1-1', ' 9 1 1 ', '(911)', '+112', '+911', '+1 911'],
])('%s reaches emergency services', (number) => {
	expect(isEmergencyNumber(number)).toBe(true);
});

test.each([
	...['101', '110', '9110', '91', '1000', '2000', '99112', '12025550911', '+44 1632 960999'],
	// An extension of another VoipNow customer, a feature code, a code before a number that only ends this way.
	...['0003*911', '*97', '*6712025550911', ''],
])('%s does not', (number) => {
	expect(isEmergencyNumber(number)).toBe(false);
});

describe('an AI agent', () => {
	const kept = (options: Record<string, unknown>, ...numbers: (string | null)[]) => {
		const read = readItemOptions(options, 'UTC');
		if (isInvalid(read)) throw new Error(read.texts.join(' '));
		return checkEmergency({ numbers, lines: [] }, read.guards);
	};

	test('calls no emergency number, as either party', () => {
		expect(kept({}, '101', '9911')).toEqual({
			status: 'skipped',
			reason: 'emergency_number',
			details: { number: '9911' },
		});
		expect(kept({}, '101', null, '12025550123')).toBeUndefined();
	});

	test.each([
		['9911', '911'],
		['911', '9911'],
		['911', '911*'],
		['911', '+911'],
		['9911', '9*'],
		['000', '00'],
	])('does not call %s when Allowed Numbers has %s', (number, entry) => {
		expect(kept({ allowedDestinations: ['101', entry] }, number)?.reason).toBe('emergency_number');
	});

	test.each([
		['9911', '9911'],
		['9-911', '9911'],
		['112', '112'],
		['000', '000'],
		['*67911', '*67 911'],
	])('calls %s when Allowed Numbers names it: %s', (number, entry) => {
		expect(kept({ allowedDestinations: ['101', entry] }, number)).toBeUndefined();
	});
});
