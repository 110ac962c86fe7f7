import {
	NodeOperationError,
	sleep,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { failed, isFailed, isInvalid, type Failed, type Invalid } from './call';
import { toNodeError, toStopError } from './failure';
import { readCommonOptions, type CommonOptions } from './fields';
import { toJson, type Settled } from './result';
import { openLine, type Line } from './send';
import { explainInvalid, toFailed } from './transport';
import type { FormValues, Vendor } from './vendor';

/**
 * The work of every node: one call for each input item, in pace, and one result or error for each, in input order.
 * With On Error = Stop, the first failure starts no further call, lets those in flight end, and is thrown.
 */
export async function originate<Call extends object>(
	context: IExecuteFunctions,
	vendor: Vendor<Call>,
): Promise<INodeExecutionData[][]> {
	const { length } = context.getInputData();
	if (length === 0) return [[]];
	const pace = readPace(context);
	const line = await openLine(context, vendor);
	const signal = context.getExecutionCancelSignal();
	const turn = turns(pace.intervalSeconds, signal);

	const settled: Settled[] = [];
	let next = 0;
	let stopped = false;
	const mayStart = async () => {
		if (!stopped) await turn();
		return !stopped && signal?.aborted !== true;
	};
	const worker = async () => {
		while (next < length && !stopped) {
			const index = next++;
			const result = await settle(context, vendor, line, index, mayStart);
			// Not started because another item stopped the run: not tried, and not an outcome of its own.
			if (stopped && isFailed(result.outcome) && result.outcome === notStarted) return;
			settled[index] = result;
			if (isFailed(result.outcome) && !context.continueOnFail()) stopped = true;
		}
	};
	await Promise.all(Array.from({ length: Math.min(pace.maxConcurrent, length) }, worker));

	if (stopped) {
		const tried = settled.filter((result) => result !== undefined);
		throw toStopError(context.getNode(), vendor, tried, length);
	}
	return [settled.map((result) => toItem(context, vendor, result))];
}

/** How fast calls may follow each other: the options of the first item, for the whole run. */
function readPace(context: IExecuteFunctions): CommonOptions {
	const options = readCommonOptions(
		optionsOf({ options: context.getNodeParameter('options', 0, {}) }),
	);
	if (!isInvalid(options)) return options;
	throw new NodeOperationError(context.getNode(), options.invalid.join(' '), {
		description: 'No call was placed. Correct the option and run it again.',
	});
}

/** Gives each caller its turn, the interval apart; a cancelled execution ends the waiting at once. */
function turns(intervalSeconds: number, signal: AbortSignal | undefined): () => Promise<void> {
	let nextStart = 0;
	return async () => {
		const now = Date.now();
		const start = Math.max(now, nextStart);
		nextStart = start + intervalSeconds * 1000;
		if (start > now) await sleepUnlessAborted(start - now, signal);
	};
}

async function sleepUnlessAborted(
	milliseconds: number,
	signal: AbortSignal | undefined,
): Promise<void> {
	if (signal === undefined) return await sleep(milliseconds);
	if (signal.aborted) return;
	let wake = () => {};
	const aborted = new Promise<void>((resolve) => {
		wake = resolve;
	});
	signal.addEventListener('abort', wake);
	await Promise.race([sleep(milliseconds), aborted]);
	signal.removeEventListener('abort', wake);
}

/** Reads, checks, sends and decodes one item. `mayStart` waits for its turn and says whether there still is one. */
async function settle<Call extends object>(
	context: IExecuteFunctions,
	vendor: Vendor<Call>,
	line: Line | Invalid,
	index: number,
	mayStart: () => Promise<boolean>,
): Promise<Settled> {
	const now = () => new Date().toISOString();
	const unsent = (outcome: Settled['outcome'], parties?: Settled['parties']): Settled => ({
		index,
		parties,
		requestedAt: now(),
		includeResponse: false,
		outcome,
	});
	const form = readParameters(context, vendor, index);
	if (isInvalid(form)) return unsent(invalidInput(index, form));
	const options = readCommonOptions(optionsOf(form));
	if (isInvalid(options)) return unsent(invalidInput(index, options));
	const call = vendor.read(form);
	if (isInvalid(call)) return unsent(invalidInput(index, call));
	const parties = vendor.parties(call);
	const request = vendor.encode(call);
	if (isInvalid(request)) return unsent(invalidInput(index, request), parties);
	if (isInvalid(line)) return unsent(toFailed(explainInvalid(line), vendor.howToCheck), parties);
	if (options.dryRun) {
		const { method, path, headers, body = '' } = request;
		const dry = { method, url: line.baseUrl + path, headers, body };
		return unsent({ status: 'skipped', reason: 'dry_run', details: {}, request: dry }, parties);
	}
	if (!(await mayStart())) return unsent(notStarted, parties);
	const requestedAt = now();
	const reply = await line.send(request, vendor.replyTimeoutSeconds(call));
	const outcome = 'what' in reply ? toFailed(reply, vendor.howToCheck) : vendor.decode(reply, call);
	return { index, parties, requestedAt, includeResponse: options.includeResponse, outcome };
}

/** The values of one item's form; an expression that cannot be evaluated is bad input of this item alone. */
function readParameters(
	context: IExecuteFunctions,
	{ fields }: Pick<Vendor, 'fields'>,
	index: number,
): FormValues | Invalid {
	const values: Record<string, unknown> = {};
	for (const { name, displayName, default: fallback } of fields) {
		try {
			values[name] = context.getNodeParameter(name, index, fallback);
		} catch (error) {
			const reason = error instanceof Error ? error.message : 'no reason given';
			return {
				invalid: [`${displayName} has an expression that cannot be evaluated (${reason}).`],
			};
		}
	}
	return values;
}

function optionsOf({ options }: FormValues): FormValues {
	return Object(options) as FormValues;
}

function invalidInput(index: number, { invalid }: Invalid): Failed {
	return failed(
		'not_sent',
		`Item ${index}: ${invalid.join(' ')} No call was placed.`,
		'Correct the value, or the data it comes from, and run it again.',
	);
}

const notStarted = failed(
	'not_sent',
	'The execution ended before this call was started. No call was placed.',
	'Run the workflow again for this item.',
);

function toItem(context: IExecuteFunctions, vendor: Vendor, settled: Settled): INodeExecutionData {
	const { index, outcome } = settled;
	const item: INodeExecutionData = { json: toJson(vendor, settled), pairedItem: { item: index } };
	const node = context.getNode();
	// n8n sends an item that has an `error` to the error output, merges the input item into a copy of it, and then puts
	// the error's message in the place of the copy's whole json, unless the copy has no `error`. Hidden from copying, it
	// is seen where it is looked for and our json stays.
	if (isFailed(outcome) && node.onError === 'continueErrorOutput') {
		const error = toNodeError(node, outcome, index, {});
		Object.defineProperty(item, 'error', { value: error, enumerable: false });
	}
	return item;
}
