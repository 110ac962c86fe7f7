import type { IExecuteFunctions } from 'n8n-workflow';

import type { Settled } from './result';

/**
 * n8n's Retry On Fail runs the whole node again, in the same process and with the very same item objects. What was
 * settled is remembered with the item, and not done again. The memory ends with the item: nothing grows.
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
	const { $runIndex } = context.getWorkflowDataProxy(0);
	const run = `${context.getExecutionId()} ${String($runIndex)}`;
	// Several nodes may get the same item object, and one node the same object twice.
	const placeOf = (index: number) => `${name} ${index}`;
	return {
		recall(index) {
			const item = items[index];
			const known = item === undefined ? undefined : memory.get(item)?.get(placeOf(index));
			return known?.run === run ? { ...known.settled, replayed: true } : undefined;
		},
		remember(settled) {
			const { index, outcome } = settled;
			const item = items[index];
			const again = outcome.status === 'not_sent' || outcome.status === 'refused';
			if (item === undefined || again) return;
			const places = memory.get(item) ?? new Map<string, Remembered>();
			memory.set(item, places.set(placeOf(index), { run, settled }));
		},
	};
}
