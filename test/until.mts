const lookEveryMs = 5;
const limitMs = 10_000;

/** Waits until something has come about; throws when it has not in ten seconds. */
export async function until(hasCome: () => boolean | Promise<boolean>): Promise<void> {
	const started = Date.now();
	while (!(await hasCome())) {
		if (Date.now() - started > limitMs)
			throw new Error(`It has not come about in ${String(limitMs)} ms.`);
		await new Promise((next) => setTimeout(next, lookEveryMs));
	}
}
