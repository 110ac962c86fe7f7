import type { INodeProperties } from 'n8n-workflow';

import type { Invalid } from '../nodes/shared/call';
import type { FormValues, Vendor } from '../nodes/shared/vendor';

/**
 * A program's call as the form of the vendor's node, which the vendor's own reading takes and checks: what is left out gets
 * the form's default, rows may be a plain list. A name that is not on the form is refused, not dropped.
 */
export function toForm({ fields, displayName }: Vendor, call: object): FormValues | Invalid {
	const { options = {}, ...values } = { ...call } as FormValues;
	if (typeof options !== 'object' || options === null || Array.isArray(options)) {
		return { invalid: ['options is no object. Give the options by their names.'] };
	}
	const optionFields = fields.find(({ name }) => name === 'options')?.options ?? [];
	const unknown = [
		...Object.keys(values).filter((name) => !fields.some((field) => field.name === name)),
		...Object.keys(options)
			.filter((name) => !optionFields.some((field) => field.name === name))
			.map((name) => `options.${name}`),
	];
	if (unknown.length > 0) {
		return {
			invalid: unknown.map((name) => `${name} is not known to ${displayName}. Remove it.`),
		};
	}
	const entries = fields.map((field) => [field.name, valueOf(field, values[field.name])] as const);
	return { ...Object.fromEntries(entries), options };
}

function valueOf({ type, default: fallback, options }: INodeProperties, value: unknown): unknown {
	// Of the defaults, only a text says something; a list, an object or a locator is an empty one.
	if (value === undefined) return typeof fallback === 'string' ? fallback : undefined;
	const [rows] = options ?? [];
	const isRows = type === 'fixedCollection' && rows !== undefined && Array.isArray(value);
	return isRows ? { [rows.name]: value } : value;
}
