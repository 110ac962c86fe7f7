/**
 * What became of the lists that one run has read: n8n hands every item a list of its own, which mostly has the same
 * content. It is compared entry by entry, because a list that differs in one is another.
 */
export interface ListMemory {
	/** What `read` gave when the option `name` had this content before, else what it gives now; undefined is not kept. */
	once<Read>(name: string, value: unknown, read: () => Read): Read;
}

/** How many lists of an option are kept, the latest first: each item may have one of a few. */
const kept = 4;

export function listMemory(): ListMemory {
	const known = new Map<string, readonly { readonly value: unknown; readonly read: unknown }[]>();
	return {
		once<Read>(name: string, value: unknown, read: () => Read): Read {
			const before = known.get(name) ?? [];
			const found = before.find((one) => isSame(one.value, value));
			const latest = found ?? { value: copyOf(value), read: read() };
			if (latest.read === undefined) return latest.read as Read;
			const others = before.filter((one) => one !== found).slice(0, kept - 1);
			known.set(name, [latest, ...others]);
			return latest.read as Read;
		},
	};
}

function isSame(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
	for (let place = 0; place < one.length; place++) {
		// Texts are compared right here: a call for each of 100,000 takes longer than the comparison.
		if (!Object.is(one[place], other[place]) && !isSame(one[place], other[place])) return false;
	}
	return true;
}

/** The list itself may be changed by whoever gave it. */
function copyOf(value: unknown): unknown {
	return Array.isArray(value) ? value.map(copyOf) : value;
}
