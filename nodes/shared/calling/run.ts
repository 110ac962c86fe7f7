import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import { type Effect, type Failed, failedTo, isFailed } from './contract/outcome';
import type { Vendor } from './contract/vendor';
import type { RunOptions } from './options';
import { paceOf } from './pace';
import { dataOf, isRetryable } from './replay';
import { toNodeError, toStopError } from './report/failure';
import { type Processed, toJson } from './report/result';
import { failureForModel, isTriedAgain, messageForModel, type ToolUse } from './report/tool';

/** Decides when each item of a run starts. */
export interface Turns {
	/** Aborted when the execution is canceled or the failure of an item ends the run. */
	readonly over: AbortSignal;
	/** Waits until an item may start; an outcome if it never may. */
	next(): Promise<Failed | undefined>;
}

/** How an operation processes the items of one run. */
export interface Work {
	readonly effect: Effect;
	/** Undefined unless an AI agent uses the node. */
	readonly tool: ToolUse | undefined;
	/** The number of this try; the first is 1. */
	readonly tries: number;
	/** The results of an earlier try, by index. These items are not processed again. */
	readonly earlier: readonly (Processed | undefined)[];
	/** Processes one item, from its form to its outcome; never throws. */
	process(index: number, turns: Turns): Promise<Processed>;
	/** Called as soon as an item is done. */
	onProcessed(processed: Processed): void;
	/** Called with all results if the execution was canceled. */
	onCanceled(processed: readonly Processed[]): void;
}

/** The outcome of an item that is not started, by the effect of the operation. */
export const notStarted: Readonly<Record<Effect, Failed>> = {
	rings: ended('rings', 'this call was started'),
	ends: ended('ends', 'this call was ended'),
	reads: ended('reads', 'this call was checked'),
};

function ended(effect: Effect, what: string): Failed {
	return failedTo(
		effect,
		'not_sent',
		'canceled',
		`The execution ended before ${what}.`,
		'Run the workflow again for this item.',
	);
}

/**
 * Processes the input items at the pace of the options, and returns one result for each, in input order. With On Error =
 * Stop, no item starts after the first failure, which is thrown when the items in progress have ended.
 */
export async function runItems(
	context: IExecuteFunctions,
	vendor: Vendor,
	{ maxConcurrent, ...interval }: RunOptions,
	work: Work,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const { effect, tool } = work;
	const stops = tool?.unreportable !== undefined || !context.continueOnFail();
	const endsRun = (result: Processed | undefined) =>
		stops && result !== undefined && isFailed(result.outcome);

	const results = [...work.earlier];
	const stop = new AbortController();
	if (results.some(endsRun)) stop.abort();
	const canceled = context.getExecutionCancelSignal();
	const over = canceled === undefined ? stop.signal : AbortSignal.any([stop.signal, canceled]);
	const pace = paceOf(context, interval, over);
	const turns: Turns = {
		over,
		async next() {
			const withheld = over.aborted ? notStarted[effect] : await pace.turn();
			return withheld ?? (over.aborted ? notStarted[effect] : undefined);
		},
	};

	let next = 0;
	const worker = async () => {
		while (next < items.length && !stop.signal.aborted) {
			const index = next++;
			if (results[index] !== undefined) continue;
			const result = await work.process(index, turns);
			// Another item ended the run before this one started, so it was not tried and has no outcome.
			if (stop.signal.aborted && result.outcome === notStarted[effect]) return;
			results[index] = result;
			work.onProcessed(result);
			if (endsRun(result)) stop.abort();
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, worker));
	// The calls are placed. It does not matter if some rows of the pace cannot be removed.
	await pace.close().catch(() => undefined);

	const processed = results.filter((result) => result !== undefined);
	if (canceled?.aborted === true) work.onCanceled(processed);
	if (stop.signal.aborted && isThrown(context.getNode(), work, processed)) {
		const said = tool === undefined ? processed : processed.map(forModel);
		throw toStopError(context.getNode(), vendor, said, items.length, effect);
	}
	return [
		processed.map((result) => {
			const input = dataOf(items[result.index]);
			return toItem(context, vendor, result, input, tool !== undefined);
		}),
	];
}

/** With older agents, n8n passes nothing of a thrown error to the model. So a failure is thrown only if n8n tries again. */
function isThrown(node: INode, { tool, tries }: Work, processed: readonly Processed[]): boolean {
	return tool?.throws !== false || (isTriedAgain(node, tries) && processed.every(isRetryable));
}

function forModel(processed: Processed): Processed {
	const { outcome } = processed;
	return isFailed(outcome) ? { ...processed, outcome: failureForModel(outcome) } : processed;
}

function toItem(
	context: IExecuteFunctions,
	vendor: Vendor,
	processed: Processed,
	input: object | undefined,
	isForModel: boolean,
): INodeExecutionData {
	const { index, outcome, includeInput } = processed;
	const node = context.getNode();
	// At the error output, n8n adds the input itself.
	const isContinued = isFailed(outcome) && node.onError === 'continueRegularOutput';
	const item: INodeExecutionData = {
		json: {
			...(includeInput || isContinued ? withoutError(input) : {}),
			...toJson(vendor, processed),
			...(isForModel ? { message: messageForModel(outcome) } : {}),
		},
		pairedItem: { item: index },
	};
	// n8n sends an item with an `error` to the error output, as a copy with the input merged in. If the copy has an `error`,
	// n8n replaces its json with the error's message. A property that is not enumerable makes n8n send the item, but is not
	// copied, so our json stays.
	if (isFailed(outcome) && node.onError === 'continueErrorOutput') {
		const error = toNodeError(node, outcome, index, {});
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/** An `error` in the input would make n8n run the node again (Retry On Fail), or treat the item as a failure. */
function withoutError(input: object = {}): IDataObject {
	const fields = Object.entries(input as IDataObject);
	return Object.fromEntries(fields.filter(([name]) => name !== 'error'));
}
