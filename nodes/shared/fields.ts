import type { INodeProperties } from 'n8n-workflow';

import type { Invalid } from './call';
import { readForm } from './form';
import type { FormValues } from './vendor';

/** `resource` and `operation`: one of each today, and names that leave room for more. */
export const resourceAndOperation: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [{ name: 'Call', value: 'call' }],
		default: 'call',
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['call'] } },
		options: [
			{
				name: 'Originate',
				value: 'originate',
				action: 'Originate call',
				description: 'Ring one phone and connect it to another',
			},
		],
		default: 'originate',
	},
];

/** Above the fields of every form, as long as executing the step can ring anybody. */
export const ringsNotice: INodeProperties = {
	displayName:
		'Executing this step rings real phones, and calls can cost money. To try it without a call, add the option Dry Run.',
	name: 'ringsNotice',
	type: 'notice',
	default: '',
	displayOptions: { hide: { '/options.dryRun': [true] } },
};

/** A vendor's own options and those of every node, in the order of their labels, as n8n's own forms have them. */
export function withCommonOptions(own: readonly INodeProperties[]): INodeProperties[] {
	return [...own, ...commonOptions].sort((a, b) =>
		a.displayName.localeCompare(b.displayName, 'en'),
	);
}

/** The options that every node has. */
export const commonOptions: INodeProperties[] = [
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to check everything and send nothing. The result is skipped, with the exact request that would have been sent.',
	},
	{
		displayName: 'Include Response',
		name: 'includeResponse',
		type: 'boolean',
		default: false,
		description: "Whether to add the vendor's parsed reply to the result",
	},
	{
		displayName: 'Interval (Seconds)',
		name: 'interval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Least time between the starts of two calls. The value of the first item counts.',
	},
	{
		displayName: 'Max Concurrent',
		name: 'maxConcurrent',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'How many calls may be in flight at once. The value of the first item counts.',
	},
];

/** What of {@link commonOptions} is each item's own; the defaults hold for what n8n did not save, as nobody opened it. */
export interface ItemOptions {
	readonly dryRun: boolean;
	readonly includeResponse: boolean;
}

export function readItemOptions(values: FormValues): ItemOptions | Invalid {
	return readForm(commonOptions, values, (options) => ({
		dryRun: options.flag('dryRun') ?? false,
		includeResponse: options.flag('includeResponse') ?? false,
	}));
}

/** What of {@link commonOptions} holds for the whole run. */
export interface Pace {
	readonly intervalSeconds: number;
	readonly maxConcurrent: number;
}

export const defaultPace: Pace = { intervalSeconds: 0, maxConcurrent: 1 };

export function readPace(values: FormValues): Pace | Invalid {
	return readForm(commonOptions, values, (options) => ({
		intervalSeconds:
			options.wholeNumber('interval', { min: 0, max: 86_400 }) ?? defaultPace.intervalSeconds,
		maxConcurrent:
			options.wholeNumber('maxConcurrent', { min: 1, max: 100 }) ?? defaultPace.maxConcurrent,
	}));
}
