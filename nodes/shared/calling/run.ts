import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { toNodeError, toStopError } from './failure';
import type { RunOptions } from './options';
import { failed, type Failed, isFailed } from './outcome';
import { paceOf } from './pace';
import { dataOf, isRetryable } from './replay';
import { type Processed, toJson } from './result';
import { failureForModel, isTriedAgain, messageForModel, type ToolUse } from './tool';
import type { Vendor } from './vendor';

/** When the items of a run start. */
export interface Turns {
	/** Aborted when the execution is canceled, or another item's failure ends the run. */
	readonly over: AbortSignal;
	/** Waits for the turn of one item; an outcome where nothing starts any more. */
	next(): Promise<Failed | undefined>;
}

/** What an operation does with the items of one run. */
export interface Work {
	/** Undefined where no AI agent uses the node. */
	readonly tool: ToolUse | undefined;
	/** How many times n8n has tried this run, this time included. */
	readonly tries: number;
	/** By index, what an earlier try did. Those items are not processed again. */
	readonly earlier: readonly (Processed | undefined)[];
	/** Takes one item from its form to its outcome; never throws. */
	process(index: number, turns: Turns): Promise<Processed>;
	/** Called as soon as an item is done. */
	onProcessed(processed: Processed): void;
	/** Called with all that was done, where the execution was canceled. */
	onCanceled(processed: readonly Processed[]): void;
}

/** The outcome of an item whose turn does not come. */
export const notStarted = failed(
	'not_sent',
	'cancelled',
	'The execution ended before this call was started.',
	'Run the workflow again for this item.',
);

/**
 * Processes every item of the input, in pace, and gives one result or error for each, in input order. With On Error = Stop,
 * the first failure starts nothing more, waits for what is in flight, and is thrown.
 */
export async function runItems(
	context: IExecuteFunctions,
	vendor: Vendor,
	{ maxConcurrent, ...interval }: RunOptions,
	work: Work,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	const { tool, tries } = work;
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
			const kept = over.aborted ? notStarted : await pace.turn();
			return kept ?? (over.aborted ? notStarted : undefined);
		},
	};

	let next = 0;
	const worker = async () => {
		while (next < items.length && !stop.signal.aborted) {
			const index = next++;
			if (results[index] !== undefined) continue;
			const result = await work.process(index, turns);
			// Another item ended the run before this one started: it was not tried and has no outcome of its own.
			if (stop.signal.aborted && result.outcome === notStarted) return;
			results[index] = result;
			work.onProcessed(result);
			if (endsRun(result)) stop.abort();
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, worker));
	// The calls are placed. Rows that cannot be removed now do no harm.
	await pace.close().catch(() => undefined);

	const processed = results.filter((result) => result !== undefined);
	if (canceled?.aborted === true) work.onCanceled(processed);
	// n8n gives a model nothing of what an older agent's tool threw. There it is thrown only where n8n tries again.
	const isThrown =
		tool?.throws !== false ||
		(isTriedAgain(context.getNode(), tries) && processed.every(isRetryable));
	if (stop.signal.aborted && isThrown) {
		const said = tool === undefined ? processed : processed.map(forModel);
		throw toStopError(context.getNode(), vendor, said, items.length);
	}
	return [
		processed.map((result) => {
			const input = dataOf(items[result.index]);
			return toItem(context, vendor, result, input, tool !== undefined);
		}),
	];
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
	// n8n adds the input to the error output itself.
	const isContinued = isFailed(outcome) && node.onError === 'continueRegularOutput';
	const item: INodeExecutionData = {
		json: {
			...(includeInput || isContinued ? withoutError(input) : {}),
			...toJson(vendor, processed),
			...(isForModel ? { message: messageForModel(outcome) } : {}),
		},
		pairedItem: { item: index },
	};
	// n8n sends an item that has an `error` to the error output and merges the input into a copy of it. Then it replaces the
	// whole json of the copy by the error's message, unless the copy has no `error`. A property that is not enumerable is
	// found by n8n and not copied, so that our json stays.
	if (isFailed(outcome) && node.onError === 'continueErrorOutput') {
		const error = toNodeError(node, outcome, index, {});
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/** An input with an `error` would make n8n run the node again (Retry On Fail), or treat its item as a failure. */
function withoutError(input: object = {}): IDataObject {
	const fields = Object.entries(input as IDataObject);
	return Object.fromEntries(fields.filter(([name]) => name !== 'error'));
}
