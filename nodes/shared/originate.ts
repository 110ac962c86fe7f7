import { sleep, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';

import { failed, isFailed, isInvalid, type Failed, type Invalid } from './call';
import { toNodeError, toStopError } from './failure';
import { defaultPace, readItemOptions, readPace, type Pace } from './fields';
import { mayBeTriedAgain, replayOf } from './replay';
import { toJson, type Settled } from './result';
import { openLine, type Line } from './send';
import { isTriedAgain, plainly, tellFailure, toolUseOf } from './tool';
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
	const pace = readPaceOf(context, vendor);
	const tool = toolUseOf(context);
	const line =
		tool?.mute ?? (isInvalid(pace) ? invalidInput(0, pace) : await openLineOrFail(context, vendor));
	const signal = context.getExecutionCancelSignal();
	const { intervalSeconds, maxConcurrent } = isInvalid(pace) ? defaultPace : pace;
	const turn = turns(intervalSeconds, signal);

	const replay = replayOf(context);
	const stops = tool?.mute !== undefined || !context.continueOnFail();
	// All of them ahead of the first call: what an earlier try placed is told, wherever this one stops.
	const settled = Array.from({ length }, (_, index) => replay.recall(index));
	const endsRun = (result: Settled | undefined) =>
		stops && result !== undefined && isFailed(result.outcome);
	const started = new Set<number>();
	let next = 0;
	let stopped = settled.some(endsRun);
	const worker = async () => {
		while (next < length && !stopped) {
			const index = next++;
			if (settled[index] !== undefined) continue;
			const mayStart = async () => {
				if (!stopped) await turn();
				const may = !stopped && signal?.aborted !== true;
				if (may) started.add(index);
				return may;
			};
			const result = await settle(context, vendor, line, index, mayStart).catch((error: unknown) =>
				crashed(vendor, index, error, started.has(index)),
			);
			// Not started because another item stopped the run: not tried, and not an outcome of its own.
			if (stopped && result.outcome === notStarted) return;
			settled[index] = result;
			replay.remember(result);
			if (endsRun(result)) stopped = true;
		}
	};
	await Promise.all(Array.from({ length: Math.min(maxConcurrent, length) }, worker));

	const tried = settled.filter((result) => result !== undefined);
	const told = tool === undefined ? tried : tried.map(tellModel);
	const throws =
		tool?.throws !== false ||
		(isTriedAgain(context.getNode(), replay.tries) && tried.every(mayBeTriedAgain));
	if (stopped && throws) throw toStopError(context.getNode(), vendor, told, length);
	return [told.map((result) => toItem(context, vendor, result, tool !== undefined))];
}

function tellModel(settled: Settled): Settled {
	const { outcome } = settled;
	return isFailed(outcome) ? { ...settled, outcome: tellFailure(outcome) } : settled;
}

/** How fast calls may follow each other: the options of the first item. When that has bad options, it is told so itself. */
function readPaceOf(context: IExecuteFunctions, vendor: Pick<Vendor, 'fields'>): Pace | Invalid {
	const form = readParameters(context, vendor, 0);
	return isInvalid(form) ? defaultPace : readPace(optionsOf(form));
}

/** The failure is for every item alike. What n8n throws may not take what an earlier try has placed with it. */
async function openLineOrFail(context: IExecuteFunctions, vendor: Vendor): Promise<Line | Failed> {
	try {
		const line = await openLine(context, vendor);
		return isInvalid(line) ? toFailed(explainInvalid(line), vendor.howToCheck) : line;
	} catch (error) {
		const reason = error instanceof Error ? error.message : 'no reason given';
		return failed(
			'not_sent',
			`n8n could not read the credential (${reason}). No call was placed.`,
			'Choose a credential in the node, or save it once more.',
		);
	}
}

/** How long after a cancellation a pause still lasts at most. */
const napMilliseconds = 50;

/** Gives each caller its turn, the interval apart; a cancelled execution ends the waiting. */
function turns(intervalSeconds: number, signal: AbortSignal | undefined): () => Promise<void> {
	let nextStart = 0;
	return async () => {
		const start = Math.max(Date.now(), nextStart);
		nextStart = start + intervalSeconds * 1000;
		// In naps, because n8n's sleep cannot be ended: a long one would outlive the execution.
		while (Date.now() < start && signal?.aborted !== true) {
			await sleep(Math.min(start - Date.now(), napMilliseconds));
		}
	};
}

/** Reads, checks, sends and decodes one item. `mayStart` waits for its turn and says whether there still is one. */
async function settle<Call extends object>(
	context: IExecuteFunctions,
	vendor: Vendor<Call>,
	line: Line | Failed,
	index: number,
	mayStart: () => Promise<boolean>,
): Promise<Settled> {
	const now = () => new Date().toISOString();
	const unsent = (outcome: Settled['outcome'], parties?: Settled['parties']): Settled => ({
		index,
		parties,
		requestedAt: now(),
		includeResponse: false,
		replayed: false,
		outcome,
	});
	const form = readParameters(context, vendor, index);
	if (isInvalid(form)) return unsent(invalidInput(index, form));
	if (typeof form.options !== 'object' || form.options === null || Array.isArray(form.options)) {
		return unsent(
			invalidInput(index, {
				invalid: ['Options is no set of options. Add them one by one on the form.'],
			}),
		);
	}
	const options = readItemOptions(optionsOf(form));
	if (isInvalid(options)) return unsent(invalidInput(index, options));
	const call = vendor.read(form);
	if (isInvalid(call)) return unsent(invalidInput(index, call));
	const parties = vendor.parties(call);
	const request = vendor.encode(call);
	if (isInvalid(request)) return unsent(invalidInput(index, request), parties);
	if ('message' in line) return unsent(line, parties);
	if (options.dryRun) {
		const { method, path, headers, body = '' } = request;
		const dry = { method, url: line.baseUrl + path, headers, body };
		return unsent({ status: 'skipped', reason: 'dry_run', details: {}, request: dry }, parties);
	}
	if (!(await mayStart())) return unsent(notStarted, parties);
	const requestedAt = now();
	const reply = await line.send(request, vendor.replyTimeoutSeconds(call));
	const outcome = 'what' in reply ? toFailed(reply, vendor.howToCheck) : vendor.decode(reply, call);
	const { includeResponse } = options;
	return { index, parties, requestedAt, includeResponse, replayed: false, outcome };
}

/** A mistake of our own must not take the outcome of the other calls with it. */
function crashed(
	{ howToCheck }: Pick<Vendor, 'howToCheck'>,
	index: number,
	error: unknown,
	started: boolean,
): Settled {
	const reason = error instanceof Error ? error.message : 'no reason given';
	const what = `The node stopped unexpectedly at this item (${reason}).`;
	const report = 'Please report this to the makers of the node.';
	const outcome = started
		? failed(
				'unknown',
				`${what} The call may have been placed.`,
				`Before dialling again, ${howToCheck}. ${report}`,
			)
		: failed('not_sent', `${what} No call was placed.`, report);
	return {
		index,
		parties: undefined,
		requestedAt: new Date().toISOString(),
		includeResponse: false,
		replayed: false,
		outcome,
	};
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

function toItem(
	context: IExecuteFunctions,
	vendor: Vendor,
	settled: Settled,
	forModel: boolean,
): INodeExecutionData {
	const { index, outcome } = settled;
	const json = toJson(vendor, settled);
	const item: INodeExecutionData = {
		json: forModel ? { ...json, message: plainly(outcome) } : json,
		pairedItem: { item: index },
	};
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
