// Loaded into n8n before it starts. Ends n8n if the program that started it dies without stopping it.
import { isMainThread } from 'node:worker_threads';

const graceMs = 10_000;

if (isMainThread && process.connected) {
	process.once('disconnect', () => {
		process.kill(process.pid, 'SIGTERM');
		setTimeout(() => process.kill(-process.pid, 'SIGKILL'), graceMs).unref();
	});
	process.channel?.unref();
}
