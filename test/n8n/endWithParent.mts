// Loaded into n8n before it starts: ends n8n when the program that started it is gone without a word.
import { isMainThread } from 'node:worker_threads';

const graceMs = 10_000;

if (isMainThread && process.connected) {
	process.once('disconnect', () => {
		process.kill(process.pid, 'SIGTERM');
		setTimeout(() => process.kill(-process.pid, 'SIGKILL'), graceMs).unref();
	});
	process.channel?.unref();
}
