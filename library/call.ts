import type { INodeProperties } from 'n8n-workflow';

import type { Originate, Vendor } from '../nodes/shared/calling/vendor';
import { commonOptions } from '../nodes/shared/form/fields';
import type { FormValues } from '../nodes/shared/form/reader';
import type { Invalid } from '../nodes/shared/wire/invalid';
import type { FieldNames } from '../nodes/shared/wire/status';

/** A program's call as the form of the vendor's node, for the vendor's own reading, which checks the values. */
export type ToForm = (call: object) => FormValues | Invalid;

/**
 * What is left out gets the form's default, rows may be a plain list. A name that is not on the form is refused: dropped, it
 * would be missed.
 */
export function formOf({ displayName, operations: { originate } }: Vendor): ToForm {
	const { fields } = originate;
	const asked = fields.filter(({ type }) => type !== 'notice');
	const known = new Set(asked.map(({ name }) => name));
	const knownOptions = new Set(optionNamesOf(fields));
	return (call) => {
		const { options = {}, ...values } = { ...call } as FormValues;
		if (typeof options !== 'object' || options === null || Array.isArray(options)) {
			return { kind: 'invalid', texts: ['options is no object. Give the options by their names.'] };
		}
		const unknown = [
			...Object.keys(values).filter((name) => !known.has(name)),
			...Object.keys(options)
				.filter((name) => !knownOptions.has(name))
				.map((name) => `options.${name}`),
		];
		if (unknown.length > 0) {
			return {
				kind: 'invalid',
				texts: unknown.map((name) => `${name} is no part of a call of ${displayName}. Remove it.`),
			};
		}
		const form: Record<string, unknown> = {};
		for (const field of asked) form[field.name] = valueOf(field, values[field.name]);
		return { ...form, options };
	};
}

/** A program's call has no labels: texts call its parts by their names. */
export function namesOf({ fields }: Pick<Originate, 'fields'>): FieldNames {
	const known = new Set(fields.map(({ name }) => name));
	const knownOptions = new Set(optionNamesOf(fields));
	return (name) => {
		if (name === 'dryRun') return name;
		if (knownOptions.has(name)) return `options.${name}`;
		return known.has(name) ? name : undefined;
	};
}

/** Common options that say how the numbers of a call are read. */
const ofTheCall = ['numberFormat', 'defaultCountry'];

/** The call's own: what every node has beside, such as the pace, is the workflow's. */
function optionNamesOf(fields: readonly INodeProperties[]): string[] {
	const common = commonOptions.map(({ name }) => name).filter((name) => !ofTheCall.includes(name));
	const options = fields.find(({ name }) => name === 'options')?.options ?? [];
	return options.map(({ name }) => name).filter((name) => !common.includes(name));
}

function valueOf({ type, default: fallback, options }: INodeProperties, value: unknown): unknown {
	// Of the defaults, only a text says something; a list, an object or a locator is an empty one.
	if (value === undefined) return typeof fallback === 'string' ? fallback : undefined;
	const [rows] = options ?? [];
	const isRows = type === 'fixedCollection' && rows !== undefined && Array.isArray(value);
	return isRows ? { [rows.name]: value } : value;
}
