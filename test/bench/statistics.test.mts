import { interleave, median, ratioOf, sampleOf } from './statistics.mts';

test.each([
	[[3], 3],
	[[3, 1, 2], 2],
	[[10, 1, 3, 2], 2.5],
	[[10, 9, 100], 10],
])('the median of %j is %d', (values, expected) => {
	expect(median(values)).toBe(expected);
});

test('the median of nothing is no number', () => {
	expect(median([])).toBeNaN();
});

test('a sample tells its median and its spread, and keeps its values in order', () => {
	const values = [5, 1, 4];
	expect(sampleOf(values)).toEqual({ median: 4, lowest: 1, highest: 5, values: [5, 1, 4] });
	expect(values).toEqual([5, 1, 4]);
});

test('a ratio is taken repeat by repeat, so that a slow moment of the machine meets both sides', () => {
	const { median: middle, lowest, highest } = ratioOf([1, 10, 2], [2, 20, 5]);
	expect([middle, lowest, highest]).toEqual([0.5, 0.4, 0.5]);
	expect(() => ratioOf([1], [1, 2])).toThrow('more often');
});

test('the sides take turns, and either may be first', async () => {
	const order: string[] = [];
	const side = (name: string) => () => {
		order.push(name);
		return Promise.resolve(order.length);
	};
	const values = await interleave(3, { ours: side('ours'), theirs: side('theirs') });
	expect(order).toEqual(['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
	expect(values).toEqual({ ours: [1, 4, 5], theirs: [2, 3, 6] });
});
