import { isSameNumber, isSimilarNumber } from '../../nodes/Enswitch/numbers';

test.each([
	['12025550123', '12025550123', true],
	['+1 (202) 555-0123', '12025550123', true],
	['*97', '*97', true],
	['front-desk', 'front-desk', true],
	['front-desk', 'Front-Desk', false],
	['12025550123', '2025550123', false],
	['97', '*97', false],
	['line-1', 'line-2', false],
	['line-1', '1', false],
	['', '', true],
	['', '101', false],
	[undefined, undefined, false],
])('%j and %j are the same: %j', (one, other, isSame) => {
	expect(isSameNumber(one, other)).toBe(isSame);
	expect(isSameNumber(other, one)).toBe(isSame);
});

test.each([
	['12025550123', '2025550123', true],
	['5550123', '12025550123', true],
	['550123', '12025550123', false],
	['101', '2101', false],
	['front-desk-5550123', '5550123', false],
	['', '12025550123', false],
	[undefined, '12025550123', false],
])('%j and %j are similar: %j', (one, other, isSimilar) => {
	expect(isSimilarNumber(one, other)).toBe(isSimilar);
	expect(isSimilarNumber(other, one)).toBe(isSimilar);
});
