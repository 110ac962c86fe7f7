import { sleep } from 'n8n-workflow';

/**
 * For each test of a file: time passes only when everything waits for it. So a pause of any length takes no time, and
 * ends to the millisecond, whatever else the machine does.
 */
export function turnClock(now: string): void {
	let isTurned = false;
	let turning: Promise<void> = Promise.resolve();

	beforeEach(() => {
		jest.useFakeTimers({ now: new Date(now), doNotFake: ['nextTick', 'queueMicrotask'] });
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
			const controller = new AbortController();
			void sleep(milliseconds).then(() => controller.abort());
			return controller.signal;
		});
		isTurned = true;
		const turn = async () => {
			while (isTurned) await jest.advanceTimersToNextTimerAsync();
		};
		turning = turn();
	});

	afterEach(async () => {
		isTurned = false;
		await turning;
		jest.useRealTimers();
		jest.restoreAllMocks();
	});
}
