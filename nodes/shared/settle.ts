import type { IExecuteFunctions } from 'n8n-workflow';

import type { Budget } from './budget';
import {
	dryRunOf,
	failed,
	isInvalid,
	type Failed,
	type HttpRequest,
	type Invalid,
	type Outcome,
} from './call';
import { readItemOptions, type ItemOptions } from './fields';
import { checkCallingHours, checkDestinations } from './guards';
import { placeOnce } from './once';
import type { Settled } from './result';
import type { Line } from './send';
import { toFailed } from './transport';
import type { FormValues, Vendor } from './vendor';

/** What all items of a run share. */
export interface Run<Call extends object> {
	readonly context: IExecuteFunctions;
	readonly vendor: Vendor<Call>;
	readonly line: Line | Failed;
	readonly budget: Budget;
	/** Whether the execution was cancelled, or another item's failure ended the run. */
	readonly isOver: () => boolean;
	/** Waits for an item's turn; an outcome where the item is not to be started any more. */
	mayStart(index: number): Promise<Failed | undefined>;
}

/** One item that can be sent. */
interface Ready<Call extends object> {
	readonly call: Call;
	readonly request: HttpRequest;
	readonly options: ItemOptions;
}

/** Takes one item from its form to its outcome: reads, checks, guards, waits for its turn, sends once and decodes. */
export async function settle<Call extends object>(run: Run<Call>, index: number): Promise<Settled> {
	const { vendor, line, budget } = run;
	const ready = prepare(run, index);
	const settled: Omit<Settled, 'outcome'> = {
		index,
		parties: 'call' in ready ? vendor.parties(ready.call) : undefined,
		requestedAt: now(),
		includeResponse: 'call' in ready && ready.options.includeResponse,
		replayed: false,
	};
	if (isInvalid(ready)) return { ...settled, outcome: invalidInput(index, ready) };
	if ('message' in line) return { ...settled, outcome: line };
	const { call, request, options } = ready;
	const { guards, onceKey, dryRun } = options;
	const delayMilliseconds = (vendor.delaySeconds?.(call) ?? 0) * 1000;
	const isClosed = () => checkCallingHours(guards, new Date(Date.now() + delayMilliseconds));
	const guarded = checkDestinations(vendor.numbers(call), guards) ?? isClosed();
	if (guarded !== undefined) return { ...settled, outcome: guarded };

	const { howToCheck } = vendor;
	const replySeconds = vendor.replyTimeoutSeconds(call);
	let { requestedAt } = settled;
	const send = async (): Promise<Outcome> => {
		if (run.isOver()) return notStarted;
		requestedAt = now();
		const reply = await line.send(request, replySeconds);
		return 'what' in reply ? toFailed(reply, howToCheck) : vendor.decode(reply, call);
	};
	const outcome = await budget.spend(async () => {
		if (dryRun) return dryRunOf(request, line.baseUrl);
		if (run.isOver()) return notStarted;
		const once = onceKey === undefined ? undefined : { key: onceKey, replySeconds, howToCheck };
		return await placeOnce(run.context, once, {
			// Pauses between calls can last into the night.
			ready: async () => (await run.mayStart(index)) ?? isClosed(),
			send,
			isOver: run.isOver,
		});
	});
	return { ...settled, requestedAt, outcome };
}

function now(): string {
	return new Date().toISOString();
}

/** Reads and checks one item's form, as far as the item itself can tell. */
function prepare<Call extends object>(
	{ context, vendor }: Run<Call>,
	index: number,
): Ready<Call> | Invalid {
	const form = readParameters(context, vendor, index);
	if (isInvalid(form)) return form;
	if (typeof form.options !== 'object' || form.options === null || Array.isArray(form.options)) {
		return { invalid: ['Options is no set of options. Add them one by one on the form.'] };
	}
	const options = readItemOptions(optionsOf(form), context.getTimezone());
	if (isInvalid(options)) return options;
	const call = vendor.read(form);
	if (isInvalid(call)) return call;
	const request = vendor.encode(call);
	return isInvalid(request) ? request : { call, request, options };
}

/** The values of one item's form; an expression that cannot be evaluated is bad input of this item alone. */
export function readParameters(
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

export function optionsOf({ options }: FormValues): FormValues {
	return Object(options) as FormValues;
}

export function invalidInput(index: number, { invalid }: Invalid): Failed {
	return failed(
		'not_sent',
		'invalid_input',
		`Item ${index}: ${invalid.join(' ')} No call was placed.`,
		'Correct the value, or the data it comes from, and run it again.',
	);
}

/** The one outcome of an item whose turn does not come any more. */
export const notStarted = failed(
	'not_sent',
	'cancelled',
	'The execution ended before this call was started. No call was placed.',
	'Run the workflow again for this item.',
);

/** A mistake of our own must not take the outcome of the other calls with it. */
export function crashed(
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
				'node_fault',
				`${what} The call may have been placed.`,
				`Before dialling again, ${howToCheck}. ${report}`,
			)
		: failed('not_sent', 'node_fault', `${what} No call was placed.`, report);
	return {
		index,
		parties: undefined,
		requestedAt: now(),
		includeResponse: false,
		replayed: false,
		outcome,
	};
}
