import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type Line, openLine } from '../wire/connection';
import { explainInvalid, explainUnreadable } from '../wire/explanation';
import { type Invalid, isInvalid } from '../wire/invalid';
import { budgetOf } from './budget';
import { toNodeError, toStopError } from './failure';
import { leftToModel } from './leftToModel';
import { listMemory } from './listMemory';
import { logOf } from './log';
import { defaultRunOptions, readRunOptions, type RunOptions } from './options';
import { type Failed, isFailed, toFailed } from './outcome';
import { paceOf } from './pace';
import { dataOf, mayBeTriedAgain, replayOf } from './replay';
import { type Settled, toJson } from './result';
import { invalidInput, notStarted, optionsOf, readParameters, type Run, settle } from './settle';
import { isTriedAgain, messageForModel, tellFailure, toolUseOf } from './tool';
import type { Vendor } from './vendor';

/**
 * The work of every node: one call for each input item, in pace, and one result or error for each, in input order.
 * With On Error = Stop, the first failure starts no further call, lets those in flight end, and is thrown.
 */
export async function originate<Call extends object>(
	context: IExecuteFunctions,
	vendor: Vendor<Call>,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const runOptions = readRunOptionsOf(context, vendor);
	const tool = toolUseOf(context);
	const line =
		tool?.mute ??
		leftToModel(context) ??
		(isInvalid(runOptions) ? invalidInput(runOptions) : await openLineOrFail(context, vendor));
	const { maxConcurrent, maxCalls, ...interval } = isInvalid(runOptions)
		? defaultRunOptions
		: runOptions;

	const replay = replayOf(context);
	const stops = tool?.mute !== undefined || !context.continueOnFail();
	// All of them ahead of the first call: what an earlier try placed is told, wherever this one stops.
	const settled = items.map((_, index) => replay.recall(index));
	const earlier = settled.filter((known) => known !== undefined).map(({ outcome }) => outcome);
	const endsRun = (result: Settled | undefined) =>
		stops && result !== undefined && isFailed(result.outcome);
	const stop = new AbortController();
	if (settled.some(endsRun)) stop.abort();
	const cancelled = context.getExecutionCancelSignal();
	const over = cancelled === undefined ? stop.signal : AbortSignal.any([stop.signal, cancelled]);
	const pace = paceOf(context, interval, over);
	const log = logOf(context, vendor);
	const run: Run<Call> = {
		context,
		vendor,
		items,
		line,
		budget: budgetOf(context, maxCalls, earlier),
		lists: listMemory(),
		isTool: tool !== undefined,
		over,
		async mayStart() {
			const kept = over.aborted ? notStarted : await pace.turn();
			return kept ?? (over.aborted ? notStarted : undefined);
		},
	};

	let next = 0;
	const worker = async () => {
		while (next < items.length && !stop.signal.aborted) {
			const index = next++;
			if (settled[index] !== undefined) continue;
			const result = await settle(run, index);
			// Not started because another item stopped the run: not tried, and not an outcome of its own.
			if (stop.signal.aborted && result.outcome === notStarted) return;
			settled[index] = result;
			replay.remember(result);
			log.settled(result);
			if (endsRun(result)) stop.abort();
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrent, items.length) }, worker));
	// What it removes is of no use to anybody any more; the calls have been placed.
	await pace.close().catch(() => undefined);

	const tried = settled.filter((result) => result !== undefined);
	if (cancelled?.aborted === true) log.aborted(tried);
	// n8n hands a model nothing of what an older agent's tool threw; it is thrown only where n8n tries again.
	const throws =
		tool?.throws !== false ||
		(isTriedAgain(context.getNode(), replay.tries) && tried.every(mayBeTriedAgain));
	if (stop.signal.aborted && throws) {
		const told = tool === undefined ? tried : tried.map(tellModel);
		throw toStopError(context.getNode(), vendor, told, items.length);
	}
	const inputOf = ({ index }: Settled) => dataOf(items[index]);
	return [
		tried.map((result) => toItem(context, vendor, result, inputOf(result), tool !== undefined)),
	];
}

function tellModel(settled: Settled): Settled {
	const { outcome } = settled;
	return isFailed(outcome) ? { ...settled, outcome: tellFailure(outcome) } : settled;
}

/** The first item's options hold for all. Where they cannot be read, no item is called: a limit may be among them. */
function readRunOptionsOf(
	context: IExecuteFunctions,
	{ fields }: Pick<Vendor, 'fields'>,
): RunOptions | Invalid {
	const options = fields.filter(({ name }) => name === 'options');
	const form = readParameters(context, { fields: options }, 0);
	return isInvalid(form) ? form : readRunOptions(optionsOf(form));
}

/** The failure is for every item alike. What n8n throws may not take what an earlier try has placed with it. */
async function openLineOrFail(context: IExecuteFunctions, vendor: Vendor): Promise<Line | Failed> {
	try {
		const line = await openLine(context, vendor);
		return isInvalid(line) ? toFailed(explainInvalid(line), vendor.howToCheck) : line;
	} catch (error) {
		return toFailed(explainUnreadable(error), vendor.howToCheck);
	}
}

function toItem(
	context: IExecuteFunctions,
	vendor: Vendor,
	settled: Settled,
	input: object | undefined,
	forModel: boolean,
): INodeExecutionData {
	const { index, outcome, includeInput } = settled;
	const node = context.getNode();
	// To the error output n8n adds the input by itself.
	const isContinued = isFailed(outcome) && node.onError === 'continueRegularOutput';
	const item: INodeExecutionData = {
		json: {
			...(includeInput || isContinued ? withoutError(input) : {}),
			...toJson(vendor, settled),
			...(forModel ? { message: messageForModel(outcome) } : {}),
		},
		pairedItem: { item: index },
	};
	// n8n sends an item that has an `error` to the error output, merges the input item into a copy of it, and then puts
	// the error's message in the place of the copy's whole json, unless the copy has no `error`. Hidden from copying, it
	// is seen where it is looked for and our json stays.
	if (isFailed(outcome) && node.onError === 'continueErrorOutput') {
		const error = toNodeError(node, outcome, index, {});
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}

/** An input with an `error` would have n8n run the node again (Retry On Fail), or take its item for a failure. */
function withoutError(input: object = {}): IDataObject {
	const fields = Object.entries(input as IDataObject);
	return Object.fromEntries(fields.filter(([name]) => name !== 'error'));
}
