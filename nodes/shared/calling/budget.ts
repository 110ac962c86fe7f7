import type { IExecuteFunctions } from 'n8n-workflow';

import { type Outcome, noPhoneRang, type Skipped } from './outcome';
import { toolUseOf } from './tool';

/** How many calls a run may still place. */
export interface Budget {
	/**
	 * Takes a place for a call; an outcome where there is none. While a call in flight may give its place back, that is not
	 * known yet, and waited for.
	 */
	reserve(): Promise<Skipped | undefined>;
	/** Says what came of a call that had a place: one that rang nobody gives it back, unless in a dry run. */
	release(outcome: Outcome): void;
}

/** What runs that count together have in common. */
interface Counter {
	/** Those in flight among them. */
	callsPlaced?: unknown;
}

/** Calls in flight by counter, and who waits for their end. */
interface Flight {
	calls: number;
	readonly waiting: Set<() => void>;
}

const flights = new WeakMap<Counter, Flight>();

/**
 * The option Max Calls; without one there is no limit. `earlier` are the outcomes of earlier tries of this run. An AI agent
 * makes a run of its own for each call of its tool, so that there the whole execution is counted.
 */
export function budgetOf(
	context: IExecuteFunctions,
	maxCalls: number | undefined,
	earlier: readonly Outcome[],
): Budget {
	// Saved with the execution, so that it outlives waiting and another worker.
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
			// Nothing is awaited in between: calls at the same time see it.
			add(1);
			flight.calls += 1;
			return undefined;
		},
		release(outcome) {
			if (!keepsPlace(outcome)) add(-1);
			flight.calls -= 1;
			// In the order in which they came: whoever is too late waits again.
			const waiting = [...flight.waiting];
			flight.waiting.clear();
			for (const wake of waiting) wake();
		},
	};
}

function keepsPlace(outcome: Outcome): boolean {
	const isRehearsed = outcome.status === 'skipped' && outcome.reason === 'dry_run';
	return isRehearsed || !noPhoneRang(outcome);
}

function overBudget(maxCalls: number): Skipped {
	return { status: 'skipped', reason: 'max_calls', details: { maxCalls } };
}
