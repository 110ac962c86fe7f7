/** A timer runs for 24 days at most. A longer pause ends early, and callers pause again. */
const longestMilliseconds = 86_400_000;

/** Resolves after that time, or as soon as the signal is aborted; n8n's `sleep` would go on after an execution is canceled. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (milliseconds <= 0 || signal?.aborted === true) return;
	const time = AbortSignal.timeout(Math.ceil(Math.min(milliseconds, longestMilliseconds)));
	await new Promise<void>((resolve) => {
		const end = () => {
			signal?.removeEventListener('abort', end);
			resolve();
		};
		time.addEventListener('abort', end, { once: true });
		signal?.addEventListener('abort', end, { once: true });
	});
}
