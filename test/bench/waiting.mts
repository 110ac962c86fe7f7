import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { Row } from './table.mts';
import type { WaitingTask, WaitingUse } from './waitingLoop.mts';

const calls = 200;
const talkSeconds = 20;

/** Calls that a program waits for, all at the same time, until they have ended: what each costs. */
export async function measureWaiting(repeats: number): Promise<readonly Row[]> {
	const kilobytes: number[] = [];
	const requests: number[] = [];
	const milliseconds: number[] = [];
	for (let repeat = 0; repeat < repeats; repeat++) {
		const system = await startVoipNow({ talkSeconds });
		try {
			const { url: baseUrl, caCertificate } = system;
			const { clientId, clientSecret } = defaultApps.user;
			const task: WaitingTask = {
				credential: { baseUrl, caCertificate, clientId, clientSecret },
				calls,
			};
			const loop = new URL('waitingLoop.mts', import.meta.url).pathname;
			const args = ['--expose-gc', loop, JSON.stringify(task)];
			const { stdout } = await promisify(execFile)(process.execPath, args);
			const use = JSON.parse(stdout) as WaitingUse;
			const looks = system.requests.filter(({ method }) => method === 'GET').length;
			if (system.calls.length !== calls) throw new Error(`${String(system.calls.length)} calls`);
			kilobytes.push(use.kilobytes / calls);
			requests.push(looks / calls);
			milliseconds.push(use.processorMs / calls);
		} finally {
			await system.close();
		}
	}
	const what = `${String(calls)} calls that a program waits for until they end (${String(talkSeconds)} s of talk, VoipNow)`;
	return [
		{ id: 'i', what: `${what}: memory of each`, unit: 'kB', values: kilobytes },
		{ id: 'i', what: `${what}: requests of each`, unit: 'requests', values: requests },
		{ id: 'i', what: `${what}: processor time of each`, unit: 'ms', values: milliseconds },
	];
}
