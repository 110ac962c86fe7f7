import type { IExecuteFunctions } from 'n8n-workflow';

import type { Budget } from './budget';
import {
	dryRunOf,
	failed,
	failedInput,
	isInvalid,
	type Failed,
	type HttpRequest,
	type Invalid,
	type Outcome,
} from './call';
import { readItemOptions, type ItemOptions } from './fields';
import type { ListMemory } from './listMemory';
import { checkCallingHours, checkDestinations, checkEmergency, rungBy } from './guards';
import { placeOnce } from './once';
import type { Settled } from './result';
import type { Line } from './send';
import { toFailed } from './transport';
import type { FormValues, Parties, Vendor } from './vendor';
import { warningsOf, withWarnings } from './warnings';

/** What all items of a run share. */
export interface Run<Call extends object> {
	readonly context: IExecuteFunctions;
	readonly vendor: Vendor<Call>;
	readonly line: Line | Failed;
	readonly budget: Budget;
	readonly lists: ListMemory;
	/** Whether an AI agent uses the node. */
	readonly isTool: boolean;
	/** Aborted when the execution is cancelled, or another item's failure ends the run. */
	readonly over: AbortSignal;
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
	const form = readParameters(run.context, vendor, index);
	const ready = isInvalid(form) ? form : prepare(run, form);
	if (isInvalid(ready)) {
		const parties = isInvalid(form) ? {} : enteredParties(vendor, form);
		return unsent(index, invalidInput(ready), { parties });
	}
	const { call, request, options } = ready;
	const { guards, onceKey, dryRun, includeResponse } = options;
	const known = { parties: vendor.parties(call), includeResponse };
	if ('message' in line) return unsent(index, line, known);
	const delayMilliseconds = (vendor.delaySeconds?.(call) ?? 0) * 1000;
	const isClosed = () => checkCallingHours(guards, new Date(Date.now() + delayMilliseconds));
	const rung = rungBy(vendor, call);
	const guarded =
		(run.isTool ? checkEmergency(rung, guards) : undefined) ??
		checkDestinations(rung, guards) ??
		isClosed();
	if (guarded !== undefined) return unsent(index, guarded, known);

	const { howToCheck } = vendor;
	const replySeconds = vendor.replyTimeoutSeconds(call);
	let sent: Pick<Settled, 'requestedAt' | 'httpStatus'> | undefined;
	const send = async (): Promise<Outcome> => {
		if (run.over.aborted) return notStarted;
		const requestedAt = new Date().toISOString();
		sent = { requestedAt, httpStatus: null };
		const reply = await line.send(request, replySeconds);
		if ('what' in reply) {
			if (reply.status === 'not_sent' && reply.httpStatus === null) sent = undefined;
			return toFailed(reply, howToCheck);
		}
		sent = { requestedAt, httpStatus: reply.status };
		return vendor.decode(reply, call);
	};
	const outcome = await budget.spend(async () => {
		if (dryRun) return dryRunOf(request, line.baseUrl);
		if (run.over.aborted) return notStarted;
		const once = onceKey === undefined ? undefined : { key: onceKey, replySeconds, howToCheck };
		return await placeOnce(run.context, once, {
			// Pauses between calls can last into the night.
			ready: async () => (await run.mayStart(index)) ?? isClosed(),
			send,
			over: run.over,
		});
	});
	return { ...unsent(index, withWarnings(outcome, warningsOf(vendor, call)), known), ...sent };
}

/** An item for which no request was sent. */
function unsent(index: number, outcome: Outcome, known: Partial<Settled> = {}): Settled {
	return {
		index,
		parties: {},
		requestedAt: null,
		httpStatus: null,
		includeResponse: false,
		replayed: false,
		...known,
		outcome,
	};
}

/** How long an entered text can be and still tell whom it was about. */
const maxPartyCharacters = 100;

/** The two parties as they were entered, of a form that was refused. */
function enteredParties({ generic }: Pick<Vendor, 'generic'>, form: FormValues): Partial<Parties> {
	const entered = (field: string | undefined) =>
		field === undefined ? undefined : enteredText(form[field]);
	const from = entered(generic.fields.from);
	const to = entered(generic.fields.to);
	return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Of a text, a number, a list of them, or a resource locator; undefined for what is empty, long or anything else. */
function enteredText(value: unknown): string | undefined {
	if (Array.isArray(value)) {
		const texts = value.map(enteredText);
		return texts.includes(undefined) ? undefined : enteredText(texts.join(', '));
	}
	if (typeof value === 'object' && value !== null && 'value' in value) {
		return enteredText(value.value);
	}
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	return text === '' || text.length > maxPartyCharacters ? undefined : text;
}

/** Reads and checks one item's form, as far as the item itself can tell. */
function prepare<Call extends object>(
	{ context, vendor, lists }: Run<Call>,
	form: FormValues,
): Ready<Call> | Invalid {
	if (typeof form.options !== 'object' || form.options === null || Array.isArray(form.options)) {
		return { invalid: ['Options is no set of options. Add them one by one on the form.'] };
	}
	const options = readItemOptions(optionsOf(form), context.getTimezone(), {
		hasLines: vendor.lines !== undefined,
		memory: lists,
	});
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

export function invalidInput(input: Invalid): Failed {
	return failedInput(input, 'Correct the value, or the data it comes from, and run it again.');
}

/** The one outcome of an item whose turn does not come any more. */
export const notStarted = failed(
	'not_sent',
	'cancelled',
	'The execution ended before this call was started.',
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
		? failed('unknown', 'node_fault', what, `Before dialling again, ${howToCheck}. ${report}`)
		: failed('not_sent', 'node_fault', what, report);
	return unsent(index, outcome);
}
