const lookEveryMs = 5;

/** Waits until a condition holds; throws if it does not in time. */
export async function until(
	hasCome: () => boolean | Promise<boolean>,
	limitMs = 60_000,
): Promise<void> {
	const started = Date.now();
	while (!(await hasCome())) {
		if (Date.now() - started > limitMs)
			throw new Error(`It has not come about in ${String(limitMs)} ms.`);
		await new Promise((next) => setTimeout(next, lookEveryMs));
	}
}
