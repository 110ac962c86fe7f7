/**
 * Keeps the process running until the promise is settled. Between two requests of a wait, nothing else does: the timers of
 * `AbortSignal` let a process end. It costs too much for a call that waits for nothing.
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
