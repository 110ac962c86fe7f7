import type { INodeProperties } from 'n8n-workflow';

import type { Invalid } from '../nodes/shared/call';
import { commonOptions } from '../nodes/shared/fields';
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
	const ownOptions = namesIn(fields.find(({ name }) => name === 'options')?.options);
	// What every node has, such as a dry run, is the workflow's: dropped here, it would be missed.
	namesIn(commonOptions).forEach((name) => ownOptions.delete(name));
	const unknown = [
		...Object.keys(values).filter((name) => !namesIn(fields).has(name)),
		...Object.keys(options)
			.filter((name) => !ownOptions.has(name))
			.map((name) => `options.${name}`),
	];
	if (unknown.length > 0) {
		return {
			invalid: unknown.map((name) => `${name} is no part of a call of ${displayName}. Remove it.`),
		};
	}
	const entries = fields.map((field) => [field.name, valueOf(field, values[field.name])] as const);
	return { ...Object.fromEntries(entries), options };
}

function namesIn(fields: readonly { readonly name: string }[] = []): Set<string> {
	return new Set(fields.map(({ name }) => name));
}

function valueOf({ type, default: fallback, options }: INodeProperties, value: unknown): unknown {
	// Of the defaults, only a text says something; a list, an object or a locator is an empty one.
	if (value === undefined) return typeof fallback === 'string' ? fallback : undefined;
	const [rows] = options ?? [];
	const isRows = type === 'fixedCollection' && rows !== undefined && Array.isArray(value);
	return isRows ? { [rows.name]: value } : value;
}
