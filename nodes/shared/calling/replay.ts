import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type Outcome, noPhoneRang } from './outcome';
import type { Processed } from './result';

/**
 * n8n's Retry On Fail runs the whole node again, in the same process and with the very same data objects. What was
 * processed is remembered with an item's data, and not done again. The memory ends with the data: nothing grows.
 */
const memory = new WeakMap<object, Map<string, Remembered>>();

interface Remembered {
	/** Execution and run index. */
	readonly run: string;
	/** How often the item came in that run. */
	readonly tries: number;
	/** Absent where it is to be tried. */
	readonly processed?: Processed | undefined;
}

export interface Replay {
	/** Which try of this run it is; the first is 1. */
	readonly tries: number;
	/** What became of an item in an earlier try of this run; undefined when it is to be tried. */
	recall(index: number): Processed | undefined;
	/** What may be tried again is not remembered. */
	remember(processed: Processed): void;
}

/** `not_sent` and `refused`: certainly nobody was rung. */
export function isRetryable({ outcome }: Processed): boolean {
	return outcome.status === 'not_sent' || outcome.status === 'refused';
}

/** Whether an outcome is as it is. Another try can have a call left where this one had none. */
function isFinal(outcome: Outcome): boolean {
	if (outcome.status === 'skipped') return outcome.reason !== 'max_calls';
	return !noPhoneRang(outcome);
}

/**
 * The data object of an item, which it is remembered by. n8n says that every item has one; a node that was not made with
 * care may give anything.
 */
export function dataOf(item: INodeExecutionData | undefined): object | undefined {
	const json: unknown = item?.json;
	return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
}

/** The memory of one run of one node: in a loop the same item may be called again on purpose, and that is another run. */
export function replayOf(context: IExecuteFunctions): Replay {
	const items = context.getInputData();
	const { name } = context.getNode();
	// Where an agent calls the node as a function, each try has a run index of its own, and each call by the model has
	// data of its own. An n8n that is older than the function runs no tool this way.
	const isCalled = typeof context.isToolExecution === 'function' && context.isToolExecution();
	const round = isCalled ? 'tool' : String(context.getWorkflowDataProxy(0).$runIndex);
	const run = `${context.getExecutionId()} ${round}`;
	// Several nodes may get the same data, and one node the same data twice.
	const placeOf = (index: number) => `${name} ${index}`;
	const known = (index: number) => {
		const data = dataOf(items[index]);
		const remembered = data === undefined ? undefined : memory.get(data)?.get(placeOf(index));
		return remembered?.run === run ? remembered : undefined;
	};
	const keep = (index: number, remembered: Remembered) => {
		const data = dataOf(items[index]);
		if (data === undefined) return;
		const places = memory.get(data) ?? new Map<string, Remembered>();
		memory.set(data, places.set(placeOf(index), remembered));
	};
	const tries = (known(0)?.tries ?? 0) + 1;
	keep(0, { run, tries, processed: known(0)?.processed });
	return {
		tries,
		recall(index) {
			const processed = known(index)?.processed;
			return processed && { ...processed, replayed: true };
		},
		remember(processed) {
			if (isFinal(processed.outcome)) keep(processed.index, { run, tries, processed });
		},
	};
}
