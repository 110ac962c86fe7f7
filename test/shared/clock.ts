import { sleep } from 'n8n-workflow';

/** jest has it since 30.2; its types do not know it yet. */
interface TickingTimers {
	setTimerTickMode(config: { readonly mode: 'nextAsync' }): void;
}

/** Whenever only timers are left to wait for, the clock jumps to the next one: pauses and deadlines take no time. */
export function skipWaits(now: Date = new Date('2026-11-20T12:00:00.500Z')): void {
	jest.useFakeTimers({ now, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
	(jest as unknown as TickingTimers).setTimerTickMode({ mode: 'nextAsync' });
	// The one timer that jest leaves alone.
	jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
		const controller = new AbortController();
		void sleep(milliseconds).then(() => controller.abort());
		return controller.signal;
	});
}

export function waitAgain(): void {
	jest.useRealTimers();
	jest.restoreAllMocks();
}
