import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { FormValues } from '../form/reader';
import type { HttpRequest } from '../wire/reply/http';
import { invalid, type Invalid, isInvalid } from '../wire/text/invalid';
import { isRecord, reasonOf } from '../wire/text/values';
import { type Effect, type Failed, failedInput, type Result } from './contract/outcome';
import type { Generic, Operation, Parties, Vendor } from './contract/vendor';
import type { ListMemory } from './limits/listMemory';
import { type ItemOptions, readItemOptions, readRunOptions, type RunOptions } from './options';
import { dataOf } from './replay';
import type { Processed } from './report/result';
import { warningsOf } from './report/warnings';

/** The part of a run that reading an item needs. */
export interface Reading {
	readonly context: IExecuteFunctions;
	readonly vendor: Vendor;
	readonly items: readonly INodeExecutionData[];
	readonly lists: ListMemory;
}

/** An item that can be sent. */
export interface Ready {
	readonly kind: 'ready';
	readonly call: object;
	readonly request: HttpRequest;
	readonly options: ItemOptions;
	/** For the result's `details.warnings`. */
	readonly warnings: readonly string[];
	/** Its result, without the outcome. */
	readonly known: Omit<Processed, 'outcome'>;
}

/** An item that cannot be sent, and its result. */
interface Unsent {
	readonly kind: 'unsent';
	readonly processed: Processed;
}

/** The options of a whole run, which its first item sets. */
export function readRunOptionsOf(
	context: IExecuteFunctions,
	fields: readonly INodeProperties[],
): RunOptions | Invalid {
	const options = fields.filter(({ name }) => name === 'options');
	const form = readParameters(context, { fields: options }, 0);
	return isInvalid(form) ? form : readRunOptions(optionsOf(form));
}

/** Reads one item and checks everything that needs no waiting. */
export function readItem(reading: Reading, index: number): Ready | Unsent {
	const { context, vendor, items } = reading;
	const operation = vendor.operations.originate;
	const refuse = (input: Invalid, known?: Partial<Processed>): Unsent => ({
		kind: 'unsent',
		processed: processedOf(index, invalidInput(input), known),
	});
	if (dataOf(items[index]) === undefined) return refuse(noData);
	const form = readParameters(context, operation, index);
	if (isInvalid(form)) return refuse(form);
	const read = readForm(reading, form);
	if (isInvalid(read))
		return refuse(read, { parties: enteredParties(operation.generic.fields, form) });
	const { call, options } = read;
	const { includeResponse, includeInput } = options;
	return {
		kind: 'ready',
		...read,
		warnings: warningsOf(vendor, call),
		known: {
			...unsent(index),
			parties: operation.parties(call),
			includeResponse,
			includeInput,
		},
	};
}

function readForm(
	{ context, vendor, lists }: Reading,
	form: FormValues,
): Pick<Ready, 'call' | 'request' | 'options'> | Invalid {
	const operation = vendor.operations.originate;
	const noOptions = checkOptions(form);
	if (noOptions !== undefined) return noOptions;
	const options = readItemOptions(optionsOf(form), context.getTimezone(), {
		hasLines: operation.lines !== undefined,
		memory: lists,
	});
	if (isInvalid(options)) return options;
	const call = operation.read(form);
	if (isInvalid(call)) return call;
	const request = operation.encode(call);
	return isInvalid(request) ? request : { call, request, options };
}

/** Refuses options that are not a collection, as an expression may return. */
export function checkOptions({ options }: FormValues): Invalid | undefined {
	return isRecord(options)
		? undefined
		: invalid('Options must be a collection. Add the options one by one in the form.');
}

/** The result of an item for which no request was sent. */
export function processedOf(
	index: number,
	outcome: Result,
	known: Partial<Processed> = {},
): Processed {
	return { ...unsent(index), ...known, outcome };
}

/** The result of such an item, without its outcome. */
export function unsent(index: number): Omit<Processed, 'outcome'> {
	return {
		index,
		parties: {},
		requestedAt: null,
		httpStatus: null,
		includeResponse: false,
		includeInput: false,
		replayed: false,
	};
}

const noData = invalid(
	'The item has no data object. Its json must be an object such as { "phone": "101" }: correct the node that made it.',
);

/** A longer text is not a number: a result without it is easier to read. */
const maxPartyCharacters = 100;

/** The parties of a refused form, as entered. */
export function enteredParties(
	fields: Pick<Generic['fields'], 'from' | 'to'>,
	form: FormValues,
): Partial<Parties> {
	const entered = (field: string | undefined) =>
		field === undefined ? undefined : enteredText(form[field]);
	const from = entered(fields.from);
	const to = entered(fields.to);
	return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** The text of a field that holds a text, a number, a list of them or a resource locator; undefined if empty or too long. */
export function enteredText(value: unknown): string | undefined {
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

/** The values of one item's form. If an expression cannot be evaluated, only this item fails. */
export function readParameters(
	context: IExecuteFunctions,
	{ fields }: Pick<Operation, 'fields'>,
	index: number,
): FormValues | Invalid {
	const values: Record<string, unknown> = {};
	for (const { name, displayName, default: fallback } of fields) {
		try {
			values[name] = context.getNodeParameter(name, index, fallback);
		} catch (error) {
			return invalid(
				`${displayName} has an expression that cannot be evaluated (${reasonOf(error)}).`,
			);
		}
	}
	return values;
}

/** The values of the collection `options`. */
export function optionsOf({ options }: FormValues): FormValues {
	return Object(options) as FormValues;
}

/** The failure of an item whose input cannot be sent. */
export function invalidInput(input: Invalid, effect: Effect = 'rings'): Failed {
	const advice = 'Correct the value, or the data it comes from, and run it again.';
	return failedInput(input, advice, effect);
}
