import type { INodeProperties } from 'n8n-workflow';

import type { Originate, Vendor } from '../nodes/shared/calling/contract/vendor';
import { commonOptions } from '../nodes/shared/form/fields';
import type { FormValues } from '../nodes/shared/form/reader';
import type { FieldNames } from '../nodes/shared/wire/reply/status';
import { invalid, type Invalid } from '../nodes/shared/wire/text/invalid';

/** Turns a program's call into the form of the vendor's node, which the vendor's own `read` then checks. */
export type ToForm = (call: object) => FormValues | Invalid;

/**
 * Fields that are left out get the form's default, and rows may be a plain list. A name that is not on the form is refused,
 * because dropping it could change the call without a word.
 */
export function formOf({ displayName, operations: { originate } }: Vendor): ToForm {
	const { fields } = originate;
	const asked = fields.filter(({ type }) => type !== 'notice');
	const known = new Set(asked.map(({ name }) => name));
	const knownOptions = new Set(optionNamesOf(fields));
	return (call) => {
		const { options = {}, ...values } = { ...call } as FormValues;
		if (typeof options !== 'object' || options === null || Array.isArray(options)) {
			return invalid('options is not an object. Name each option in it.');
		}
		const unknown = [
			...Object.keys(values).filter((name) => !known.has(name)),
			...Object.keys(options)
				.filter((name) => !knownOptions.has(name))
				.map((name) => `options.${name}`),
		];
		if (unknown.length > 0) {
			return invalid(
				...unknown.map((name) => `A call of ${displayName} has no field ${name}. Remove it.`),
			);
		}
		const form: Record<string, unknown> = {};
		for (const field of asked) form[field.name] = valueOf(field, values[field.name]);
		return { ...form, options };
	};
}

/** A program sees no labels, so texts use the names of the fields. */
export function namesOf({ fields }: Pick<Originate, 'fields'>): FieldNames {
	const known = new Set(fields.map(({ name }) => name));
	const knownOptions = new Set(optionNamesOf(fields));
	return (name) => {
		if (name === 'dryRun') return name;
		if (knownOptions.has(name)) return `options.${name}`;
		return known.has(name) ? name : undefined;
	};
}

/** The common options that say how to read the numbers of a call. */
const numberOptions = ['numberFormat', 'defaultCountry'];

/** The options of a call. Other common options of the nodes, such as the pace, are about a workflow. */
function optionNamesOf(fields: readonly INodeProperties[]): string[] {
	const common = commonOptions
		.map(({ name }) => name)
		.filter((name) => !numberOptions.includes(name));
	const options = fields.find(({ name }) => name === 'options')?.options ?? [];
	return options.map(({ name }) => name).filter((name) => !common.includes(name));
}

function valueOf({ type, default: fallback, options }: INodeProperties, value: unknown): unknown {
	// Only texts have defaults with content; those of lists, objects and locators are empty.
	if (value === undefined) return typeof fallback === 'string' ? fallback : undefined;
	const [rows] = options ?? [];
	const isRows = type === 'fixedCollection' && rows !== undefined && Array.isArray(value);
	return isRows ? { [rows.name]: value } : value;
}
