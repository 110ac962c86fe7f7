import type { IExecuteFunctions } from 'n8n-workflow';

import type { Settled } from './result';

/**
 * n8n's Retry On Fail runs the whole node again, in the same process and with the very same data objects. What was
 * settled is remembered with an item's data, and not done again. The memory ends with the data: nothing grows.
 */
const memory = new WeakMap<object, Map<string, Remembered>>();

interface Remembered {
	/** Execution and run index. */
	readonly run: string;
	readonly settled: Settled;
}

export interface Replay {
	/** What became of an item in an earlier try of this run; undefined when it is to be tried. */
	recall(index: number): Settled | undefined;
	/** `not_sent` and `refused` are not remembered: they may be tried again. */
	remember(settled: Settled): void;
}

/** The memory of one run of one node: in a loop the same item may be called again on purpose, and that is another run. */
export function replayOf(context: IExecuteFunctions): Replay {
	const items = context.getInputData();
	const { name } = context.getNode();
	// As an AI tool, each try has a run index of its own, and each call by the model has data of its own. An n8n that is
	// older than the function runs no tool this way.
	const isTool = typeof context.isToolExecution === 'function' && context.isToolExecution();
	const round = isTool ? 'tool' : String(context.getWorkflowDataProxy(0).$runIndex);
	const run = `${context.getExecutionId()} ${round}`;
	// Several nodes may get the same data, and one node the same data twice.
	const placeOf = (index: number) => `${name} ${index}`;
	return {
		recall(index) {
			const data = items[index]?.json;
			const known = data === undefined ? undefined : memory.get(data)?.get(placeOf(index));
			return known?.run === run ? { ...known.settled, replayed: true } : undefined;
		},
		remember(settled) {
			const { index, outcome } = settled;
			const data = items[index]?.json;
			const again = outcome.status === 'not_sent' || outcome.status === 'refused';
			if (data === undefined || again) return;
			const places = memory.get(data) ?? new Map<string, Remembered>();
			memory.set(data, places.set(placeOf(index), { run, settled }));
		},
	};
}
