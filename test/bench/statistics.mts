/** Repeated measurements in one unit. */
export interface Sample {
	readonly median: number;
	readonly lowest: number;
	readonly highest: number;
	readonly values: readonly number[];
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const [upper = NaN, lower = upper] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle) - 1]];
	return (lower + upper) / 2;
}

export function sampleOf(values: readonly number[]): Sample {
	return {
		median: median(values),
		lowest: Math.min(...values),
		highest: Math.max(...values),
		values,
	};
}

/**
 * One side as a multiple of the other, repeat by repeat: what slows the machine down for a while meets both sides of a
 * repeat and leaves their ratio alone.
 */
export function ratioOf(values: readonly number[], others: readonly number[]): Sample {
	if (values.length !== others.length) throw new Error('one side was measured more often');
	return sampleOf(values.map((value, index) => value / (others[index] ?? NaN)));
}

/** Measures every side once in each repeat; in every other repeat in the opposite order. */
export async function interleave<Side extends string>(
	repeats: number,
	sides: Readonly<Record<Side, () => Promise<number>>>,
): Promise<Record<Side, number[]>> {
	const names = Object.keys(sides) as Side[];
	const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
		Side,
		number[]
	>;
	for (let repeat = 0; repeat < repeats; repeat++) {
		for (const name of repeat % 2 === 0 ? names : [...names].reverse()) {
			values[name].push(await sides[name]());
		}
	}
	return values;
}
