const shortestPauseMs = 5;
const longestPauseMs = 100;

/** Waits until a condition holds, and looks less and less often; throws if it does not in time. */
export async function until(
	hasCome: () => boolean | Promise<boolean>,
	limitMs = 60_000,
): Promise<void> {
	const started = Date.now();
	while (!(await hasCome())) {
		const waitedMs = Date.now() - started;
		if (waitedMs > limitMs) throw new Error(`It has not come about in ${String(limitMs)} ms.`);
		// To look can cost more than what is waited for.
		const pauseMs = Math.min(Math.max(waitedMs / 10, shortestPauseMs), longestPauseMs);
		await new Promise((next) => setTimeout(next, pauseMs));
	}
}
