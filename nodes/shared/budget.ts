import type { IExecuteFunctions } from 'n8n-workflow';

import { rangNobody, type Outcome, type Skipped } from './call';
import { toolUseOf } from './tool';

/** How many calls a run may still place. */
export interface Budget {
	/** Runs `place` if there is a call left; one that rang nobody is not counted, unless in a dry run. */
	spend(place: () => Promise<Outcome>): Promise<Outcome>;
}

/**
 * The option Max Calls; without one there is no limit. `placed` is what earlier tries of this run used up. An AI agent
 * makes a run of its own for each call of its tool, so that there the whole execution is counted.
 */
export function budgetOf(
	context: IExecuteFunctions,
	maxCalls: number | undefined,
	placed: number,
): Budget {
	// Saved with the execution, so that it outlives waiting and another worker.
	const isTool = toolUseOf(context) !== undefined;
	const counter: { callsPlaced?: unknown } = isTool
		? context.getContext('node')
		: { callsPlaced: placed };
	const count = () => Number(counter.callsPlaced ?? 0);
	return {
		async spend(place) {
			if (maxCalls !== undefined && count() >= maxCalls) return overBudget(maxCalls);
			// Before anything is awaited: calls at the same time see it.
			counter.callsPlaced = count() + 1;
			const outcome = await place();
			const isRehearsed = outcome.status === 'skipped' && outcome.reason === 'dry_run';
			if (rangNobody(outcome) && !isRehearsed) counter.callsPlaced = count() - 1;
			return outcome;
		},
	};
}

function overBudget(maxCalls: number): Skipped {
	return { status: 'skipped', reason: 'max_calls', details: { maxCalls } };
}
