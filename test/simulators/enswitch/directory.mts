/** What is set up in the simulated Enswitch: telephone lines, record groups, cards. */

export interface Line {
	readonly id: number;
	readonly name: string;
	readonly description: string;
	/** Of the SIP account; the list must never get anywhere with it. */
	readonly password: string;
}

/** The two lines of the documented examples. */
const documented: readonly [string, string][] = [
	['1234567', ''],
	['1234568', ''],
];

const named: readonly [string, string][] = [
	...documented,
	['1234570', 'Reception'],
	['1234571', 'Zoë <Sales> & "Support"'],
	['front-desk', 'A line whose name is no number'],
];

/** Three pages of 50, sorted by name, as phones/list sorts. */
export const lines: readonly Line[] = [
	...named,
	...Array.from({ length: 126 }, (_, index): [string, string] => [
		String(1_235_000 + index),
		`User ${String(index + 1)}`,
	]),
]
	.sort(([a], [b]) => (a < b ? -1 : 1))
	.map(([name, description], index) => ({
		id: index + 1,
		name,
		description,
		password: `sip-secret-${name}`,
	}));

export function findLine(name: string): Line | undefined {
	return lines.find((line) => line.name === name);
}

export const recordGroups: ReadonlySet<number> = new Set([7]);

/** The customer of each card. */
export const cards: ReadonlyMap<string, number> = new Map([
	['5550001', 42],
	['5550002', 43],
]);

export const customers: ReadonlySet<number> = new Set([42, 43]);
