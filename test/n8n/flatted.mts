/** A string inside a list or an object is the index of an entry; any other value is the value itself. */
type Table = readonly unknown[];

function entryOf(table: Table, index: number, known: Map<number, unknown>): unknown {
	const entry = table[index];
	if (typeof entry !== 'object' || entry === null) return entry;
	if (known.has(index)) return known.get(index);
	const target: Record<string, unknown> | unknown[] = Array.isArray(entry) ? [] : {};
	known.set(index, target);
	for (const [key, value] of Object.entries(entry)) {
		const restored =
			typeof value === 'string' ? entryOf(table, Number(value), known) : (value as unknown);
		Object.assign(target, { [key]: restored });
	}
	return target;
}

/** Reads the format of the package `flatted`, which n8n uses for execution data. */
export function unflatten(text: string): unknown {
	return entryOf(JSON.parse(text) as Table, 0, new Map());
}
