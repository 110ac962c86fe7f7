/**
 * Remembers the lists that a run has read: n8n gives each item its own copy of a list, mostly with the same content. Two
 * lists are compared entry by entry, because one entry can make the difference.
 */
export interface ListMemory {
	/** The earlier result of `read` for the same content of the option `name`, or else a new one; undefined is not kept. */
	once<Read>(name: string, value: unknown, read: () => Read): Read;
}

/** How many lists are kept for each option, the latest first. */
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
		// Texts are compared here, because a function call for each of 100,000 entries takes longer than the comparison.
		if (!Object.is(one[place], other[place]) && !isSame(one[place], other[place])) return false;
	}
	return true;
}

/** A copy, because the original list may be changed later. */
function copyOf(value: unknown): unknown {
	return Array.isArray(value) ? value.map(copyOf) : value;
}
