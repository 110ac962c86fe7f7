import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { defaultAccounts, startSwitchvox } from '../simulators/switchvox.mts';
import type { LoopTask, LoopTimes } from './libraryLoop.mts';
import type { Row } from './table.mts';

const run = promisify(execFile);
const inFlight = [1, 32];

export interface LibraryOptions {
	readonly calls: number;
	readonly repeats: number;
	readonly log: (line: string) => void;
}

/** The library against a bare loop over undici that sends the same bytes; both in a process of their own. */
export async function measureLibrary({
	calls,
	repeats,
	log,
}: LibraryOptions): Promise<readonly Row[]> {
	const { username, password } = defaultAccounts.admin;
	const pbx = await startSwitchvox({ secondMs: 0 });
	const rows: Row[] = [];
	try {
		for (const atOnce of inFlight) {
			const { url: baseUrl, caCertificate } = pbx;
			const task: LoopTask = { baseUrl, caCertificate, username, password, calls, repeats, atOnce };
			const { library, bare, libraryProcessor, bareProcessor } = await runLoops(task);
			const [calm, bytes] = [pbx.calls.length, new Set(pbx.requests.filter(isCall).map(essence))];
			if (calm !== calls * (repeats + 1) * 2 || bytes.size !== 1) {
				throw new Error(`${String(calm)} calls of ${String(bytes.size)} kinds were placed`);
			}
			pbx.reset();
			log(
				`${String(atOnce)} in flight: processor time per call ${libraryProcessor.toFixed(3)} ms, bare ${bareProcessor.toFixed(3)} ms`,
			);
			rows.push({
				id: 'd',
				what: `The library, ${atOnce === 1 ? 'one call' : `${String(atOnce)} calls`} in flight`,
				unit: 'calls/s',
				values: library,
				other: { what: 'bare undici', values: bare },
				goal: { atLeast: 0.85 },
			});
		}
	} finally {
		await pbx.close();
	}
	return rows;
}

async function runLoops(task: LoopTask): Promise<LoopTimes> {
	const loop = new URL('libraryLoop.mts', import.meta.url).pathname;
	const { stdout } = await run(process.execPath, [loop, JSON.stringify(task)]);
	return JSON.parse(stdout) as LoopTimes;
}

interface Recorded {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly status: number | null;
}

function isCall({ body, status }: Recorded): boolean {
	return body !== '' && status !== 401;
}

function essence({ method, path, headers, body }: Recorded): string {
	return JSON.stringify([method, path, Object.entries(headers).sort(), body]);
}
