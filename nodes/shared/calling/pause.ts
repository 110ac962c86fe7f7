/** The longest that a timer takes is 24 days; who waits longer waits again. */
const longestMilliseconds = 86_400_000;

/** Ends after that time, or as soon as the signal is aborted: n8n's `sleep` would outlive a cancelled execution. */
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
