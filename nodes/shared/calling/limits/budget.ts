import type { IExecuteFunctions } from 'n8n-workflow';

import { noPhoneRang, type Result, type Skipped } from '../contract/outcome';
import { toolUseOf } from '../report/tool';

/** How many calls a run may still place. */
export interface Budget {
	/**
	 * Reserves one call of the limit; an outcome if none is left. It waits while a call in progress may still give its own
	 * back.
	 */
	reserve(): Promise<Skipped | undefined>;
	/** Reports the outcome of a reserved call: if no phone rang, the limit gets it back, unless it was a dry run. */
	release(outcome: Result): void;
}

/** Shared by the runs that count together. */
interface Counter {
	/** Including those in progress. */
	callsPlaced?: unknown;
}

/** The calls in progress of one counter, and the callbacks of those that wait for one to end. */
interface Flight {
	calls: number;
	readonly waiting: Set<() => void>;
}

const flights = new WeakMap<Counter, Flight>();

/**
 * The budget of the option Max Calls; without it there is no limit. `earlier` are the outcomes of earlier tries of this
 * run. For an AI agent, the whole execution counts, because each call of a tool is a run of its own.
 */
export function budgetOf(
	context: IExecuteFunctions,
	maxCalls: number | undefined,
	earlier: readonly Result[],
): Budget {
	// n8n saves a node's context with the execution, so the count survives a wait and a change of the worker.
	const isTool = toolUseOf(context) !== undefined;
	const counter: Counter = isTool
		? context.getContext('node')
		: { callsPlaced: earlier.filter(keepsPlace).length };
	const flight = flights.get(counter) ?? { calls: 0, waiting: new Set() };
	flights.set(counter, flight);
	const count = () => Number(counter.callsPlaced ?? 0);
	const add = (calls: number) => {
		counter.callsPlaced = count() + calls;
	};
	return {
		async reserve() {
			while (maxCalls !== undefined && count() >= maxCalls) {
				if (flight.calls === 0) return overBudget(maxCalls);
				await new Promise<void>((resolve) => flight.waiting.add(resolve));
			}
			// Nothing is awaited since the check: other calls at the same time see this one.
			add(1);
			flight.calls += 1;
			return undefined;
		},
		release(outcome) {
			if (!keepsPlace(outcome)) add(-1);
			flight.calls -= 1;
			// In order of arrival. Those that find nothing left wait again.
			const waiting = [...flight.waiting];
			flight.waiting.clear();
			for (const wake of waiting) wake();
		},
	};
}

function keepsPlace(outcome: Result): boolean {
	const isRehearsed = outcome.status === 'skipped' && outcome.reason === 'dry_run';
	return isRehearsed || !noPhoneRang(outcome);
}

function overBudget(maxCalls: number): Skipped {
	return { status: 'skipped', reason: 'max_calls', details: { maxCalls } };
}
