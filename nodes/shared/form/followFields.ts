import type { INodeProperties } from 'n8n-workflow';

import { isRecord } from '../wire/text/values';
import { commonOptions, optionsField, waitOptions } from './fields';
import type { FieldReader, FormValues } from './reader';

/**
 * A field of Get and Hang Up gets its value from the result of the node that placed the call, so that it can follow that
 * node as it is. `paths` lead to the value in the result; the first that exists counts.
 */
export function fromResult(...paths: readonly string[]): string {
	return `={{ ${paths.map((path) => `$json.${path.replace(/\./g, '?.')}`).join(' ?? ')} }}`;
}

const expression = /^=\{\{ (\$json\.[\w.? $]+) \}\}$/;

/** The form of Get or Hang Up for a call, from the result of placing it: each field with its default. */
export function formFor(fields: readonly INodeProperties[], result: object): FormValues {
	return Object.fromEntries(
		fields
			.filter(({ type }) => type !== 'notice')
			.map(({ name, default: fallback }) => [name, valueIn(result, fallback)]),
	);
}

function valueIn(result: object, fallback: unknown): unknown {
	const [, paths] = (typeof fallback === 'string' && expression.exec(fallback)) || [];
	if (paths === undefined) return fallback;
	const values = paths.split(' ?? ').map((path) => valueAt(result, path.split(/\??\./).slice(1)));
	return values.find((value) => value !== undefined && value !== null);
}

function valueAt(result: object, keys: readonly string[]): unknown {
	return keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), result);
}

/** Names the call. */
export const callIdField: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	default: fromResult('callId'),
	placeholder: 'e.g. 1234567890.123456',
	description: 'ID of the call, from the result of the node that placed it',
};

/** Name the call where the phone system gives no ID. */
export const numberFields: INodeProperties[] = [
	{
		displayName: 'From',
		name: 'from',
		type: 'string',
		default: fromResult('from'),
		placeholder: 'e.g. 101',
		description: 'Extension or phone number that rang first',
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: fromResult('to'),
		placeholder: 'e.g. 12025550123',
		description: 'Extension or phone number that it was connected to',
	},
	{
		displayName: 'Since',
		name: 'since',
		type: 'string',
		// What Get gives has the time as the phone system shows it.
		default: fromResult('requestedAt', 'startedAt'),
		placeholder: 'e.g. 2026-11-21T09:30:00Z',
		description:
			'When the call was placed, as date and time. Without a time zone, it is in UTC. Only calls from this time on are considered.',
	},
];

const shared = (...names: readonly string[]) =>
	commonOptions.filter(({ name }) => names.includes(name));

/** The options of Get. */
export const getOptions: INodeProperties = optionsField(
	[],
	[...waitOptions, ...shared('maxConcurrent', 'includeInputData', 'includeResponse')],
);

/** The options of Hang Up. */
export const hangUpOptions: INodeProperties = optionsField(
	[],
	[
		{
			displayName: 'Let AI Agents Hang Up',
			name: 'letAgentHangUp',
			type: 'boolean',
			default: true,
			displayOptions: { show: { '@tool': [true] } },
			description:
				'Whether an AI agent may end calls with this tool. Without this option, the tool ends none.',
		},
		...shared('includeInputData', 'includeResponse'),
	],
);

/** The field Since; undefined if it is empty. */
export function readSince(form: FieldReader): Date | undefined {
	const entered = form.text('since');
	if (entered === undefined) return undefined;
	const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(entered);
	const time = new Date(
		hasZone || !/\d[T ]\d/.test(entered) ? entered : `${entered.replace(' ', 'T')}Z`,
	);
	const year = time.getUTCFullYear();
	// Also false if it is no time at all.
	if (!(year >= 2000 && year < 2100)) {
		form.refuse('since', `is "${entered}". Enter a date and time, such as 2026-11-21T09:30:00Z.`);
		return undefined;
	}
	return time;
}
