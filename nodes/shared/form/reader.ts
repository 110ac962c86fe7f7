import type { INodeProperties } from 'n8n-workflow';

import { invalid, type Invalid, isInvalid } from '../wire/text/invalid';
import { isRecord } from '../wire/text/values';
import { type NumberRules, toDialed } from './number';
import { numberFormats } from './numberOptions';
import { type Country, toCountry } from './phoneNumber';

/** Reads the fields of a form. It notes each value that cannot be used under the field's label, and reads on. */
export interface FieldReader {
	/** The trimmed text; `undefined` if it is empty or missing. */
	text(name: string): string | undefined;
	/** Like {@link text}, but an empty one is refused. */
	requiredText(name: string): string;
	/** An extension or phone number in the format of the options Number Format and Default Country. */
	number(name: string): string;
	/** The same for a text that is only a part of the field. With `keepsPlus`, a cleaned number keeps its leading `+`. */
	dialed(name: string, entered: string, plus?: Pick<NumberRules, 'keepsPlus'>): string;
	/** Several numbers, from a list, or from a text with commas or line breaks between them; `undefined` for anything else. */
	list(name: string): readonly string[] | undefined;
	/** The value as the form has it, unchecked. */
	value(name: string): unknown;
	/** Whether the form has the field, even if it is empty: n8n does not save an option that was never added. */
	has(name: string): boolean;
	/** A whole number, in the unit of the label; `undefined` if it is empty. */
	wholeNumber(name: string, range: { min: number; max: number }): number | undefined;
	flag(name: string): boolean | undefined;
	oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice;
	/** The rows of a fixedCollection with the name `row`, whether it can have one or several. */
	rows(name: string, row: string): readonly FormValues[];
	/** A reader for the fields of a collection. */
	collection(name: string): FieldReader;
	/** Notes that a field's value cannot be sent; `why` continues a sentence that starts with the label. */
	refuse(name: string, why: string): void;
}

/**
 * Runs `read` over one item's form. Returns the call, or every reason why the form cannot be sent. The reasons use a
 * field's own label unless `labels` has another.
 */
export function readForm<Call extends object>(
	fields: readonly INodeProperties[],
	values: FormValues,
	read: (form: FieldReader) => Call,
	labels: Labels = {},
): Call | Invalid {
	const refusals: string[] = [];
	let rules: NumberRules | undefined;
	const form = fieldReader(fields, values, labels, refusals, () => {
		rules ??= readNumberRules(form.collection('options'));
		return rules;
	});
	const call = read(form);
	if (refusals.length === 0) return call;
	const more = refusals.length - mostReasons;
	return invalid(...refusals.slice(0, mostReasons), ...(more > 0 ? [`And ${more} more.`] : []));
}

/** A list can have thousands of entries, and every one can be wrong. */
const mostReasons = 10;

function readNumberRules(options: FieldReader): NumberRules {
	const format = options.has('numberFormat')
		? options.oneOf('numberFormat', numberFormats)
		: 'cleaned';
	return { format, defaultCountry: readCountry(options) };
}

/** The option Default Country; `undefined` if it is not set. */
export function readCountry(options: FieldReader): Country | undefined {
	if (!options.has('defaultCountry')) return undefined;
	const entered = options.requiredText('defaultCountry');
	const country = toCountry(entered);
	if (entered !== '' && country === undefined) {
		options.refuse(
			'defaultCountry',
			`is "${entered}". Enter a two-letter country code such as US or GB.`,
		);
	}
	return country;
}

/** A field of a form, as far as reading it goes. */
interface Field {
	readonly name: string;
	/** Absent for a choice. */
	readonly displayName?: string;
	/** The fields of a collection, or the choices of a list. */
	readonly options?: readonly Field[];
}

/** In characters: a reason can quote a value of any length. */
const longestReason = 500;

function fieldReader(
	fields: readonly Field[],
	values: FormValues,
	labels: Labels,
	refusals: string[],
	numberRules: () => NumberRules,
): FieldReader {
	const labelOf = (name: string) =>
		labels[name] ?? fields.find((field) => field.name === name)?.displayName ?? name;
	const refuse = (name: string, why: string) => {
		refusals.push(
			`${labelOf(name)} ${why.length > longestReason ? `${why.slice(0, longestReason)}…` : why}`,
		);
	};
	/** Whether an expression was typed into a field that is not set to Expression, so that n8n does not evaluate it. */
	const isFixedExpression = (name: string, entered: string): boolean => {
		if (!entered.includes('{{')) return false;
		refuse(name, `contains the text "${entered.trim()}". Switch the field to Expression.`);
		return true;
	};
	const text = (name: string): string | undefined => {
		const value = locatorValue(values[name]);
		if (value === undefined || value === null) return undefined;
		if (typeof value === 'string') {
			if (isFixedExpression(name, value)) return undefined;
			return value.trim() === '' ? undefined : value.trim();
		}
		if (typeof value === 'number' && Number.isFinite(value)) return String(value);
		refuse(name, `is ${describe(value)}. Enter a single value.`);
		return undefined;
	};
	const requiredText = (name: string): string => {
		const before = refusals.length;
		const value = text(name);
		if (value === undefined && refusals.length === before) refuse(name, 'is empty. Enter a value.');
		return value ?? '';
	};
	const number = (name: string): string => {
		const before = refusals.length;
		const value = locatorValue(values[name]);
		if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)) {
			refuse(name, `is ${value}. Enter the number as text: as a number, it may have lost digits.`);
			return '';
		}
		const entered = text(name);
		return refusals.length > before ? '' : dialed(name, entered ?? '');
	};
	const dialed: FieldReader['dialed'] = (name, entered, { keepsPlus } = {}) => {
		const number = toDialed(entered, { ...numberRules(), keepsPlus });
		if (!isInvalid(number)) return number;
		number.texts.forEach((why) => refuse(name, why));
		return '';
	};
	return {
		text,
		requiredText,
		number,
		dialed,
		refuse,
		value: (name) => values[name],
		has: (name) => Object.hasOwn(values, name),
		list(name) {
			const texts = toTexts(values[name]);
			if (texts === undefined) {
				refuse(name, 'contains something that is not a number. Enter extensions or phone numbers.');
			}
			if (texts?.some((entry) => isFixedExpression(name, entry))) return undefined;
			return texts?.map((entry) => entry.trim()).filter((entry) => entry !== '');
		},
		wholeNumber(name, { min, max }) {
			const value = text(name);
			if (value === undefined) return undefined;
			const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
			if (parsed >= min && parsed <= max) return parsed;
			refuse(name, `is "${value}". Enter a whole number from ${min} to ${max}.`);
			return undefined;
		},
		flag(name) {
			const value = values[name];
			if (value === undefined || value === null || value === '') return undefined;
			if (value === true || value === 1 || value === '1' || value === 'true') return true;
			if (value === false || value === 0 || value === '0' || value === 'false') return false;
			refuse(name, `is ${describe(value)}. Enter true or false.`);
			return undefined;
		},
		oneOf(name, choices) {
			const before = refusals.length;
			const value = text(name);
			const choice = choices.find((candidate) => candidate === value);
			if (choice === undefined && refusals.length === before) {
				refuse(name, `is "${value ?? ''}". Choose one of: ${choices.join(', ')}.`);
			}
			return choice ?? (choices[0] as (typeof choices)[number]);
		},
		rows(name, row) {
			const value = values[name];
			if (value === undefined || value === null || value === '') return [];
			const isEmpty = isRecord(value) && Object.keys(value).length === 0;
			const rows = isRecord(value) ? (isEmpty ? [] : [value[row]].flat()) : undefined;
			if (rows?.every(isRecord)) {
				const texts = rows.flatMap(Object.values).filter((cell) => typeof cell === 'string');
				texts.some((cell) => isFixedExpression(name, cell));
				return rows;
			}
			refuse(name, `is ${describe(value)}. Add the values one by one in the form.`);
			return [];
		},
		collection(name) {
			const collection = values[name];
			return fieldReader(
				fields.find((field) => field.name === name)?.options ?? [],
				isRecord(collection) ? collection : {},
				labels,
				refusals,
				numberRules,
			);
		},
	};
}

function toTexts(entered: unknown): string[] | undefined {
	if (entered === undefined || entered === null) return [];
	if (typeof entered === 'string') return entered.split(/[,\r\n]/);
	if (typeof entered === 'number' && Number.isFinite(entered)) return [String(entered)];
	if (!Array.isArray(entered)) return undefined;
	const texts: string[] = [];
	for (const one of entered) {
		const inner = toTexts(one);
		if (inner === undefined) return undefined;
		texts.push(...inner);
	}
	return texts;
}

/** A resource locator holds its value beside its mode; an expression may return the plain value instead. */
function locatorValue(value: unknown): unknown {
	return isRecord(value) && '__rl' in value ? value.value : value;
}

function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'null';
	return typeof value === 'object' ? 'an object' : `${String(value)} (${typeof value})`;
}

/** The values of one item's form by field name. An expression can return anything, so they are unknown. */
export type FormValues = Readonly<Record<string, unknown>>;

/** The labels that a form shows, by field name. */
export type Labels = Readonly<Record<string, string>>;
