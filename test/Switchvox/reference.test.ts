import { isBetween, type SwitchvoxReference } from '../../nodes/Switchvox/reference';

const reference: SwitchvoxReference = {
	from: '101',
	to: '+1 202 555 0123',
	began: { earliest: 0, latest: 0 },
	firstAnswered: null,
};

describe('a call between 101 and +1 202 555 0123', () => {
	test.each([
		['101', '12025550123', true],
		['12025550123', '101', true],
		// With a prefix that the rules of Switchvox add, and without the country code.
		['101', '912025550123', true],
		['101', '2025550123', true],
		['101', '5550123', true],
		// An extension is the same only as a whole.
		['1101', '12025550123', false],
		['01', '12025550123', false],
		['101', '550123', false],
		['101', '123', false],
		['101', '12025550124', false],
		['102', '12025550123', false],
		['101', '101', false],
		['12025550123', '12025550123', false],
		['101', '', false],
		['101', undefined, false],
		['101', 'Anonymous', false],
	])('%s and %s: %s', (one, other, expected) => {
		expect(isBetween(reference, one, other)).toBe(expected);
	});
});

test('two numbers without digits are not the same', () => {
	expect(isBetween({ ...reference, from: '*', to: '*' }, '*', '*')).toBe(false);
});
