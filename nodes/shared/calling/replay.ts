import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { noPhoneRang, type Result } from './contract/outcome';
import type { Processed } from './report/result';

/**
 * n8n's Retry On Fail runs the whole node again, in the same process and with the same data objects. Outcomes are
 * remembered by the data object of their item, so that a later try does not repeat the calls. They are forgotten together
 * with the data.
 */
const memory = new WeakMap<object, Map<string, Remembered>>();

interface Remembered {
	/** Execution and run index. */
	readonly run: string;
	/** The number of the try that noted it. Every try notes the first item. */
	readonly tries: number;
	/** Absent if the item is to be tried again. */
	readonly processed?: Processed | undefined;
}

export interface Replay {
	/** The number of this try; the first is 1. */
	readonly tries: number;
	/** The result of an item in an earlier try of this run; undefined if it is to be tried. */
	recall(index: number): Processed | undefined;
	/** Remembers a result, unless the item may be tried again. */
	remember(processed: Processed): void;
}

/** Whether another try is safe, because certainly no phone rang. */
export function isRetryable({ outcome }: Processed): boolean {
	return outcome.status === 'not_sent' || outcome.status === 'refused';
}

/** Whether another try keeps the outcome. After `max_calls`, it does not: it may have a call left. */
function isFinal(outcome: Result): boolean {
	if (outcome.status === 'skipped') return outcome.reason !== 'max_calls';
	if (outcome.status === 'hung_up' || outcome.status === 'not_found') return true;
	return !noPhoneRang(outcome);
}

/**
 * The data object that an item is remembered by. By its type, every item has one; a careless node may output anything.
 */
export function dataOf(item: INodeExecutionData | undefined): object | undefined {
	const json: unknown = item?.json;
	return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
}

/** The memory of one run of one node. In a loop, the same item may be called again on purpose; that is another run. */
export function replayOf(context: IExecuteFunctions): Replay {
	const items = context.getInputData();
	const { name } = context.getNode();
	// If an agent calls the node as a function, each try has its own run index, and each call by the model has its own
	// data. Versions of n8n without `isToolExecution` do not run tools this way.
	const isCalled = typeof context.isToolExecution === 'function' && context.isToolExecution();
	const round = isCalled ? 'tool' : String(context.getWorkflowDataProxy(0).$runIndex);
	const run = `${context.getExecutionId()} ${round}`;
	// Several nodes may get the same data object, and one node may get it twice.
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
