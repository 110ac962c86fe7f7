/**
 * Keeps the process running until the promise is settled. Between two requests of a wait, nothing else does: the timers of
 * `AbortSignal` let a process end. A call without a wait does not need it, and it takes time.
 */
export async function keepAlive<Result>(running: Promise<Result>): Promise<Result> {
	const { port1: port } = new MessageChannel();
	port.on('message', () => undefined);
	try {
		return await running;
	} finally {
		port.close();
	}
}
