import type { INodeProperties } from 'n8n-workflow';

import type { Generic, Vendor } from '../shared/calling/contract/vendor';
import { propertiesOf } from '../shared/calling/properties';
import { fieldNamesOf } from '../shared/form/fieldNames';
import { commonOptions } from '../shared/form/fields';
import type { FormValues, Labels } from '../shared/form/reader';
import type { FieldNames } from '../shared/wire/reply/status';
import { invalid, type Invalid, isInvalid } from '../shared/wire/text/invalid';
import { enumerate } from '../shared/wire/text/sentences';
import {
	choices,
	common,
	fields,
	getFields,
	hangUpFields,
	options as optionFields,
	supportersOf,
} from './fields';

/** For a vendor that already takes the generic form. */
const itself: Generic = { ownFields: [], fields: { from: 'from', to: 'to' } };

/** The vendor with this id, with the generic form instead of its own. For an unknown id, a vendor that refuses every item. */
export function genericVendor(id: unknown): Vendor {
	const vendor = choices.find((choice) => choice.id === id);
	if (vendor === undefined) return nobody(id);
	const { originate, get, hangUp } = vendor.operations;
	return {
		...vendor,
		operations: {
			...(get === undefined ? {} : { get: { ...get, fields: getFields } }),
			...(hangUp === undefined ? {} : { hangUp: { ...hangUp, fields: hangUpFields } }),
			originate: {
				...originate,
				fields,
				generic: itself,
				read(values) {
					const form = toOwnForm(vendor, values);
					return isInvalid(form) ? form : originate.read(form, labelsOf(originate.generic));
				},
				decode: (response, call) => originate.decode(response, call, namesOf(originate.generic)),
			},
		},
	};
}

/** Refuses every item, so that an unknown id fails like any other bad input. */
function nobody(id: unknown): Vendor {
	const known = choices.map((choice) => choice.id).join(', ');
	const why = `"${String(id)}" is not a known phone system. Choose one of: ${known}.`;
	const [template] = choices;
	if (template === undefined) throw new Error('No vendor is registered');
	const refusing = { read: () => invalid(why) };
	const { originate, get, hangUp } = template.operations;
	return {
		...template,
		id: String(id),
		displayName: String(id),
		operations: {
			originate: { ...originate, fields, generic: itself, ...refusing },
			...(get === undefined ? {} : { get: { ...get, fields: getFields, ...refusing } }),
			...(hangUp === undefined ? {} : { hangUp: { ...hangUp, fields: hangUpFields, ...refusing } }),
		},
	};
}

/** The whole form of the node. */
export const properties: INodeProperties[] = propertiesOf(genericVendor(choices[0]?.id), common);

/** Turns the generic form into the vendor's own, whose `read` checks the values. */
function toOwnForm(
	{ displayName, operations: { originate } }: Vendor,
	values: FormValues,
): FormValues | Invalid {
	const { generic } = originate;
	const options = Object(values.options) as FormValues;
	const supported = Object.keys(generic.fields);
	const unsupported = optionFields
		.map(({ name }) => name)
		.filter((name) => isSet(name, options[name]) && !supported.includes(name));
	if (unsupported.length > 0) {
		return invalid(...unsupported.map((name) => notSupported(name, displayName)));
	}
	const delay = toDelaySteps(options.delay, generic.delayStepSeconds ?? 1);
	if (isInvalid(delay)) return delay;

	const generics: FormValues = { ...options, ...delay, from: values.from, to: values.to };
	const own: Record<string, unknown> = { ...generic.constants };
	// Number Format is one of them.
	const common = commonOptions.filter(({ name }) => Object.hasOwn(options, name));
	const ownOptions: Record<string, unknown> = Object.fromEntries(
		common.map(({ name }) => [name, options[name]]),
	);
	for (const name of generic.ownFields) own[name] = values[name];
	for (const [name, path] of Object.entries(generic.fields)) {
		const [field, option] = path.split('.');
		if (!isSet(name, generics[name])) continue;
		if (option !== undefined) ownOptions[option] = generics[name];
		else if (field !== undefined) own[field] = generics[name];
	}
	return { ...own, options: ownOptions };
}

function notSupported(name: string, displayName: string): string {
	const others = supportersOf(name).map((vendor) => vendor.displayName);
	return `${labelOf(name)} is not supported by ${displayName}. Remove the option, or choose ${enumerate(others, 'or')} under Phone System.`;
}

/** A delay that is not a number stays as it is: the vendor's own check refuses it. */
function toDelaySteps(delay: unknown, stepSeconds: number): { readonly delay: unknown } | Invalid {
	const isWhole =
		typeof delay === 'number' || (typeof delay === 'string' && /^\s*\d+\s*$/.test(delay));
	const seconds = isWhole ? Number(delay) : Number.NaN;
	if (stepSeconds === 1 || !(seconds >= 0)) return { delay };
	if (Number.isInteger(seconds / stepSeconds)) return { delay: seconds / stepSeconds };
	return invalid(
		`${labelOf('delay')} is "${String(delay)}". This phone system delays in steps of ${stepSeconds} seconds. Enter a multiple of ${stepSeconds}.`,
	);
}

/** The generic form's labels, by the names of the vendor's fields. */
function labelsOf({ fields: named }: Generic): Labels {
	return Object.fromEntries(
		Object.entries(named).map(([name, path]) => [path.replace('options.', ''), labelOf(name)]),
	);
}

const genericNames = fieldNamesOf(fields);

/** The names that texts about a reply use for the vendor's fields: none for a field that the generic form lacks. */
function namesOf({ fields: named, ownFields }: Generic): FieldNames {
	const generic = new Map(
		Object.entries(named).map(([name, path]) => [path.replace('options.', ''), name]),
	);
	const shown = new Set([...ownFields, ...commonOptions.map(({ name }) => name)]);
	return (name) => genericNames(generic.get(name) ?? (shown.has(name) ? name : ''));
}

function labelOf(name: string): string {
	return [...fields, ...optionFields].find((field) => field.name === name)?.displayName ?? name;
}

/** An option that was added and left empty does not count. n8n saves a table without rows as an empty object. */
function isSet(name: string, value: unknown): boolean {
	if (value === undefined || value === null || value === '') return false;
	return name !== 'variables' || Object.keys(Object(value)).length > 0;
}
