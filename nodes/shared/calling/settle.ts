import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { FormValues } from '../form/reader';
import type { Line } from '../wire/connection';
import type { HttpRequest } from '../wire/http';
import { type Invalid, isInvalid } from '../wire/invalid';
import type { Budget } from './budget';
import {
	checkCallingHours,
	checkDestinations,
	checkEmergency,
	type Guards,
	rungBy,
} from './guards';
import type { ListMemory } from './listMemory';
import { lookUpUnknown } from './lookUp';
import { placeOnce } from './once';
import { type ItemOptions, readItemOptions } from './options';
import {
	dryRunOf,
	failed,
	type Failed,
	failedInput,
	type Outcome,
	type Skipped,
	toFailed,
} from './outcome';
import { dataOf } from './replay';
import type { Settled } from './result';
import type { Parties, Vendor } from './vendor';
import { warningsOf, withWarnings } from './warnings';

/** What all items of a run share. */
export interface Run<Call extends object> {
	readonly context: IExecuteFunctions;
	readonly vendor: Vendor<Call>;
	readonly items: readonly INodeExecutionData[];
	readonly line: Line | Failed;
	readonly budget: Budget;
	readonly lists: ListMemory;
	/** Whether an AI agent uses the node. */
	readonly isTool: boolean;
	/** Aborted when the execution is cancelled, or another item's failure ends the run. */
	readonly over: AbortSignal;
	/** Waits for a turn; an outcome where no call is to be started any more. */
	mayStart(): Promise<Failed | undefined>;
}

/** One item that can be sent. */
interface Ready<Call extends object> {
	readonly call: Call;
	readonly request: HttpRequest;
	readonly options: ItemOptions;
	/** What a result of it says of its numbers. */
	readonly warnings: readonly string[];
	readonly line: Line;
	readonly settled: Omit<Settled, 'outcome'>;
}

/** Takes one item from its form to its outcome, step by step; never throws. */
export async function settle<Call extends object>(run: Run<Call>, index: number): Promise<Settled> {
	try {
		const ready = prepare(run, index);
		if ('outcome' in ready) return ready;
		const { settled } = ready;
		const kept = keep(run, ready) ?? (await run.budget.take());
		if (kept !== undefined) return { ...settled, outcome: kept };
		const exchange = exchangeOf(run, ready);
		const outcome = await place(run, ready, exchange).catch(
			(error: unknown) => exchange.outcome() ?? crashed(run.vendor, error, exchange.sent()),
		);
		run.budget.giveBack(outcome);
		return { ...settled, ...exchange.sent(), outcome };
	} catch (error) {
		return unsent(index, crashed(run.vendor, error));
	}
}

/** Why an item that can be sent must not ring anybody now. */
function keep<Call extends object>(
	{ vendor, isTool }: Run<Call>,
	{ call, options: { guards } }: Ready<Call>,
): Skipped | undefined {
	const rung = rungBy(vendor, call);
	return (
		(isTool ? checkEmergency(rung, guards) : undefined) ??
		checkDestinations(rung, guards) ??
		checkHours(vendor, call, guards)
	);
}

function checkHours<Call extends object>(
	vendor: Vendor<Call>,
	call: Call,
	guards: Guards,
): Skipped | undefined {
	const delaySeconds = vendor.delaySeconds?.(call) ?? 0;
	return checkCallingHours(guards, new Date(Date.now() + delaySeconds * 1000));
}

/** Claims the item's key, waits for its turn, looks at the clock again, and sends. */
async function place<Call extends object>(
	run: Run<Call>,
	{ call, request, options: { dryRun, guards, onceKey }, warnings, line }: Ready<Call>,
	exchange: Exchange,
): Promise<Outcome> {
	if (dryRun) return withWarnings(dryRunOf(request, line.baseUrl), warnings);
	if (run.over.aborted) return notStarted;
	const { howToCheck } = run.vendor;
	const replySeconds = run.vendor.replyTimeoutSeconds(call);
	const once = onceKey === undefined ? undefined : { key: onceKey, replySeconds, howToCheck };
	return await placeOnce(run.context, once, {
		// Pauses between calls can last into the night.
		ready: async () => (await run.mayStart()) ?? checkHours(run.vendor, call, guards),
		send: exchange.send,
		over: run.over,
	});
}

/** The one request of an item, and what is known of it, whatever goes wrong later. */
interface Exchange {
	readonly send: () => Promise<Outcome>;
	/** Undefined where nothing was sent. */
	readonly sent: () => Pick<Settled, 'requestedAt' | 'httpStatus'> | undefined;
	readonly outcome: () => Outcome | undefined;
}

function exchangeOf<Call extends object>(
	{ vendor, over }: Run<Call>,
	{ call, request, warnings, line }: Ready<Call>,
): Exchange {
	let sent: ReturnType<Exchange['sent']>;
	let outcome: Outcome | undefined;
	return {
		async send() {
			if (over.aborted) return notStarted;
			const requestedAt = new Date().toISOString();
			sent = { requestedAt, httpStatus: null };
			const reply = await line.send(request, vendor.replyTimeoutSeconds(call));
			if ('what' in reply) {
				if (reply.status === 'not_sent' && reply.httpStatus === null) sent = undefined;
			} else {
				sent = { requestedAt, httpStatus: reply.status };
			}
			const told =
				'what' in reply ? toFailed(reply, vendor.howToCheck) : vendor.decode(reply, call);
			outcome = withWarnings(told, warnings);
			const known = await lookUpUnknown(told, call, vendor.lookUp, line.send);
			outcome = withWarnings(known, warnings);
			return outcome;
		},
		sent: () => sent,
		outcome: () => outcome,
	};
}

/** An item for which no request was sent. */
function unsent(index: number, outcome: Outcome, known: Partial<Settled> = {}): Settled {
	return {
		index,
		parties: {},
		requestedAt: null,
		httpStatus: null,
		includeResponse: false,
		includeInput: false,
		replayed: false,
		...known,
		outcome,
	};
}

/** Reads and checks one item, as far as it can be told before anybody waits. */
function prepare<Call extends object>(run: Run<Call>, index: number): Ready<Call> | Settled {
	const { context, vendor, line, items } = run;
	if (dataOf(items[index]) === undefined) return unsent(index, invalidInput(noData));
	const form = readParameters(context, vendor, index);
	if (isInvalid(form)) return unsent(index, invalidInput(form));
	const read = readForm(run, form);
	if (isInvalid(read)) {
		return unsent(index, invalidInput(read), { parties: enteredParties(vendor, form) });
	}
	const { includeResponse, includeInput } = read.options;
	const known = { parties: vendor.parties(read.call), includeResponse, includeInput };
	if ('message' in line) return unsent(index, line, known);
	const warnings = warningsOf(vendor, read.call);
	return { ...read, warnings, line, settled: unsent(index, notStarted, known) };
}

const noData: Invalid = {
	invalid: [
		'The item has no data object. Its json has to be an object such as { "phone": "101" }: correct the node that made it.',
	],
};

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
function readForm<Call extends object>(
	{ context, vendor, lists }: Run<Call>,
	form: FormValues,
): Pick<Ready<Call>, 'call' | 'request' | 'options'> | Invalid {
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

/** A mistake of our own must not take the outcome of the other calls with it. `sent` is undefined where nothing was. */
function crashed(
	{ howToCheck }: Pick<Vendor, 'howToCheck'>,
	error: unknown,
	sent?: Partial<Settled>,
): Failed {
	const reason = error instanceof Error ? error.message : 'no reason given';
	const what = `The node stopped unexpectedly at this item (${reason}).`;
	const report = 'Please report this to the makers of the node.';
	return sent === undefined
		? failed('not_sent', 'node_fault', what, report)
		: failed('unknown', 'node_fault', what, `Before dialing again, ${howToCheck}. ${report}`);
}
