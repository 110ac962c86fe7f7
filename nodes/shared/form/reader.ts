import type { INodeProperties } from 'n8n-workflow';

import { type Invalid, isInvalid } from '../wire/invalid';
import { isRecord } from '../wire/values';
import { type NumberRules, toDialed } from './number';
import { numberFormats } from './numberOptions';
import { type Country, toCountry } from './phoneNumber';

/** Reads single fields of a form; what is wrong is noted under the field's label, and reading goes on. */
export interface FieldReader {
	/** Trimmed; an empty or missing one gives `undefined`. */
	text(name: string): string | undefined;
	/** As {@link text}, and refused when empty. */
	requiredText(name: string): string;
	/** An extension or phone number, written as the options Number Format and Default Country say. */
	number(name: string): string;
	/** The same for a text that is a part of the field. Where the vendor takes a leading `+`, a cleaned one keeps it. */
	dialed(name: string, entered: string, plus?: Pick<NumberRules, 'keepsPlus'>): string;
	/** Several numbers: a list, lines, a text with commas, or lists of such texts; undefined for anything else. */
	list(name: string): readonly string[] | undefined;
	/** As it came. */
	value(name: string): unknown;
	/** Whether the field is there at all, be it empty: n8n saves no option that nobody opened. */
	has(name: string): boolean;
	/** A whole number of the unit in the label; an empty one gives `undefined`. */
	wholeNumber(name: string, range: { min: number; max: number }): number | undefined;
	flag(name: string): boolean | undefined;
	oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice;
	/** The rows of a fixedCollection, or the one that it can have. */
	rows(name: string, row: string): readonly FormValues[];
	/** The reader of a collection's fields. */
	collection(name: string): FieldReader;
	/** Notes that a field's value cannot be sent; the text continues a sentence that starts with the label. */
	refuse(name: string, why: string): void;
}

/**
 * Runs `read` over one item's form; gives its call, or every reason why the form cannot be sent. The reasons call a
 * field by its own label unless `labels` has another.
 */
export function readForm<Call extends object>(
	fields: readonly INodeProperties[],
	values: FormValues,
	read: (form: FieldReader) => Call,
	labels: Labels = {},
): Call | Invalid {
	const invalid: string[] = [];
	let rules: NumberRules | undefined;
	const form = fieldReader(fields, values, labels, invalid, () => {
		rules ??= readNumberRules(form.collection('options'));
		return rules;
	});
	const call = read(form);
	if (invalid.length === 0) return call;
	const more = invalid.length - mostReasons;
	return {
		kind: 'invalid',
		texts: [...invalid.slice(0, mostReasons), ...(more > 0 ? [`And ${more} more.`] : [])],
	};
}

/** A list of thousands can be wrong in every entry. */
const mostReasons = 10;

function readNumberRules(options: FieldReader): NumberRules {
	const format = options.has('numberFormat')
		? options.oneOf('numberFormat', numberFormats)
		: 'cleaned';
	return { format, defaultCountry: readCountry(options) };
}

/** The option Default Country, in two letters. */
export function readCountry(options: FieldReader): Country | undefined {
	if (!options.has('defaultCountry')) return undefined;
	const entered = options.requiredText('defaultCountry');
	const country = toCountry(entered);
	if (entered !== '' && country === undefined) {
		options.refuse(
			'defaultCountry',
			`is "${entered}". Enter the two letters of a country, such as US or GB.`,
		);
	}
	return country;
}

/** A value that is cited can be of any length. */
const longestReason = 500;

function fieldReader(
	fields: readonly INodeProperties[],
	values: FormValues,
	labels: Labels,
	invalid: string[],
	numberRules: () => NumberRules,
): FieldReader {
	const labelOf = (name: string) =>
		labels[name] ?? fields.find((field) => field.name === name)?.displayName ?? name;
	const refuse = (name: string, why: string) => {
		invalid.push(
			`${labelOf(name)} ${why.length > longestReason ? `${why.slice(0, longestReason)}…` : why}`,
		);
	};
	/** Whether n8n evaluates no expression in the field, although somebody typed one. Noted, it is told once. */
	const isFixedExpression = (name: string, entered: string): boolean => {
		if (!entered.includes('{{')) return false;
		refuse(name, `holds the text "${entered.trim()}". Switch the field to Expression.`);
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
		const before = invalid.length;
		const value = text(name);
		if (value === undefined && invalid.length === before) refuse(name, 'is empty. Enter a value.');
		return value ?? '';
	};
	const number = (name: string): string => {
		const before = invalid.length;
		const value = locatorValue(values[name]);
		if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0)) {
			refuse(
				name,
				`is ${value}. Enter the number as a text: this one has lost digits, or is none.`,
			);
			return '';
		}
		const entered = text(name);
		return invalid.length > before ? '' : dialed(name, entered ?? '');
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
				refuse(name, 'holds something that is no number. Enter extensions or phone numbers.');
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
			const before = invalid.length;
			const value = text(name);
			const choice = choices.find((candidate) => candidate === value);
			if (choice === undefined && invalid.length === before) {
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
			refuse(name, `is ${describe(value)}. Add the values one by one on the form.`);
			return [];
		},
		collection(name) {
			const collection = values[name];
			const inner = fields.find((field) => field.name === name)?.options ?? [];
			return fieldReader(
				inner.filter((option) => 'type' in option),
				isRecord(collection) ? collection : {},
				labels,
				invalid,
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

/** A resource locator holds its value beside the mode; an expression may give the plain value instead. */
function locatorValue(value: unknown): unknown {
	return isRecord(value) && '__rl' in value ? value.value : value;
}

function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'null';
	return typeof value === 'object' ? 'an object' : `${String(value)} (${typeof value})`;
}

/** The values of one item's form by field name; an expression can put anything there. */
export type FormValues = Readonly<Record<string, unknown>>;

/** Names that a form shows for fields, by field name. */
export type Labels = Readonly<Record<string, string>>;
