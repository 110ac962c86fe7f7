import type { INodeProperties } from 'n8n-workflow';

import { inOrder } from '../wire/text/sentences';

/** The choices of the field Operation. The action is the only text of a node that n8n gives to the model of an AI agent: "... in Switchvox". */
const operationChoices = {
	originate: {
		name: 'Originate',
		action: 'Originate a call that rings real phones and can cost money',
		description: 'Place a call: ring one phone and connect it to another',
	},
	get: {
		name: 'Get',
		action: 'Get the state of a call',
		description: 'Find out where a call is, or how it ended',
	},
	hangUp: {
		name: 'Hang Up',
		action: 'Hang up a call',
		description: 'End a call',
	},
} as const;

export type OperationName = keyof typeof operationChoices;

/** The fields `resource` and `operation`. There is one resource so far; its name leaves room for more. */
export function resourceAndOperation(operations: readonly OperationName[]): INodeProperties[] {
	return [
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
			options: operations.map((value) => ({ ...operationChoices[value], value })),
			default: 'originate',
		},
	];
}

/** No phone rings in a dry run. */
const inDryRun = { '/options.dryRun': [true] };

/** Shown above every form that rings phones, unless the option Dry Run is on. */
export const notices: INodeProperties[] = [
	{
		displayName:
			'Executing this step rings real phones, and calls can cost money. To try it without a call, add the option Dry Run.',
		name: 'ringsNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { ...inDryRun, '@tool': [true] } },
	},
	{
		displayName:
			'A model decides when this tool rings real phones, and calls can cost money. Set limits: add the options Allowed Numbers and Max Calls. To try it without a call, add the option Dry Run.',
		name: 'toolNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] }, hide: inDryRun },
	},
];

/** The field of the options: a form's own, sorted by label, then those of every form. */
export function optionsField(
	own: readonly INodeProperties[],
	common: readonly INodeProperties[] = commonOptions,
): INodeProperties {
	const sorted = [...own].sort((a, b) => inOrder(a.displayName, b.displayName));
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...sorted, ...common],
	};
}

export const weekdays = [
	'sunday',
	'monday',
	'tuesday',
	'wednesday',
	'thursday',
	'friday',
	'saturday',
] as const;

/** A time span on some days of the week. */
const hours: INodeProperties[] = [
	{
		displayName: 'Days',
		name: 'days',
		type: 'multiOptions',
		options: weekdays.map((value) => ({
			name: value[0]?.toUpperCase() + value.slice(1),
			value,
		})),
		default: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
		description: 'Days on which these hours begin',
	},
	{
		displayName: 'From',
		name: 'from',
		type: 'string',
		default: '09:00',
		placeholder: 'e.g. 09:00',
	},
	{
		displayName: 'To',
		name: 'to',
		type: 'string',
		default: '17:00',
		placeholder: 'e.g. 17:30',
		description:
			'No call starts at or after this time. If it is earlier than From, it is on the next day.',
	},
];

/** How long a node follows a call before it gives its result. */
export const waitOptions: INodeProperties[] = [
	{
		displayName: 'Wait: Until',
		name: 'waitUntil',
		type: 'options',
		options: [
			{ name: 'Connected', value: 'connected', description: 'Both parties are talking' },
			{ name: 'Do Not Wait', value: 'doNotWait' },
			{ name: 'Ended', value: 'ended', description: 'The call is over' },
			{
				name: 'First Phone Answered',
				value: 'firstAnswered',
				description: 'The first phone was answered, and the second one may be ringing',
			},
		],
		default: 'ended',
		description:
			'Follows the call until it has reached this state or has ended. The result of Originate then has the state of the call in the field call.',
	},
	{
		displayName: 'Wait: At Most (Seconds)',
		name: 'waitAtMost',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 86400 },
		default: 300,
		description:
			'How long to wait. If the time runs out, the result has the last state that was seen, and timedOut is true.',
	},
];

/**
 * The options that every node has: limits, numbers, pace, tests. n8n shows no headings in such a list, so a label that
 * needs one begins with it. An option does what its label says as soon as it is added: its default here differs from the
 * behavior without the option.
 */
export const commonOptions: INodeProperties[] = [
	{
		displayName: 'Limit: Allowed Numbers',
		name: 'allowedDestinations',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Number' },
		default: '',
		placeholder: 'e.g. +1202',
		description:
			'Numbers that may ring. A call that rings any other number is skipped. Both numbers of a call are checked, so add your own extensions too. To allow all numbers with the same beginning, write + before it or * after it: +1202 or 1202*. An expression can return a list. An AI agent can call an emergency number only if it is entered here exactly as dialed.',
	},
	{
		displayName: 'Limit: Blocked Numbers',
		name: 'blockedDestinations',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Number' },
		default: '',
		placeholder: 'e.g. +1900',
		description:
			'Numbers that must not ring, such as a do-not-call list. A call that rings one of them, or a number that begins with one of them, is skipped. Both numbers of a call are checked. An expression can return a list. If your numbers have no country code, set Default Country too.',
	},
	{
		displayName: 'Limit: Calling Hours',
		name: 'callingHours',
		type: 'fixedCollection',
		// With multiple values, n8n would open it without a row, and remove it from the form at the next change.
		typeOptions: { multipleValues: false },
		default: { window: {} },
		placeholder: 'Add Hours',
		description:
			'When phones may ring. A call at any other time is skipped. If there are several hours, the time must be within at least one of them.',
		options: [
			{
				displayName: 'Hours',
				name: 'window',
				values: [
					...hours,
					{
						displayName: 'Time Zone',
						name: 'timeZone',
						type: 'string',
						default: '',
						placeholder: 'e.g. Europe/London',
						description: "Time zone of these hours. If empty, the workflow's time zone is used.",
					},
					{
						displayName: 'More Hours',
						name: 'more',
						type: 'fixedCollection',
						typeOptions: { multipleValues: true },
						default: {},
						placeholder: 'Add Hours',
						description: 'Further hours in the same time zone, for example on Saturdays',
						options: [{ displayName: 'Hours', name: 'window', values: hours }],
					},
				],
			},
		],
	},
	{
		displayName: 'Limit: Max Calls',
		name: 'maxCalls',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description:
			'How many calls one run of this node may place. Further items are skipped. For an AI agent, the limit is for the whole execution. The first item sets it.',
	},
	{
		displayName: 'Limit: Once Key',
		name: 'onceKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-4711',
		description:
			'This workflow places only one call for each key, across all its executions. A call whose key was used before is skipped. If a call certainly did not connect, its key is free again. If n8n crashed during a call, the next one with its key fails with the status unknown.',
	},
	{
		displayName: 'Number Format',
		name: 'numberFormat',
		type: 'options',
		options: [
			{
				name: 'As Entered',
				value: 'asEntered',
				description: 'Sends exactly what was entered',
			},
			{
				name: 'Cleaned',
				value: 'cleaned',
				description:
					'Removes spaces, dots, dashes and parentheses. If the phone system takes digits only, a number with + is dialed as from Default Country.',
			},
			{ name: 'E.164', value: 'e164', description: 'For example +12025550123' },
			{ name: 'E.164 Without +', value: 'e164WithoutPlus', description: 'For example 12025550123' },
			{
				name: 'National',
				value: 'national',
				description:
					'As dialed within Default Country, for example 2025550123. A number of another country gets the prefix for calls abroad.',
			},
		],
		default: 'cleaned',
		description:
			'How phone numbers are sent. Extensions (up to 6 digits) and feature codes such as *97 stay as they are.',
	},
	{
		displayName: 'Default Country',
		name: 'defaultCountry',
		type: 'string',
		default: '',
		placeholder: 'e.g. US',
		description:
			'Two-letter code of the country that numbers without a country code belong to, and that the phone system dials from. Used by Number Format and by the lists of numbers.',
	},
	{
		displayName: 'Pace: Interval (Seconds)',
		name: 'interval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		description: 'Minimum time between the starts of two calls. The first item sets it.',
	},
	{
		displayName: 'Pace: Interval Counts',
		name: 'intervalCounts',
		type: 'options',
		options: [
			{
				name: 'In This Run',
				value: 'thisRun',
				description: 'Calls of other executions may start at the same time',
			},
			{
				name: 'In All Executions',
				value: 'allExecutions',
				description:
					'All executions of this workflow together, on all workers, start one call per interval',
			},
		],
		default: 'thisRun',
		description: 'Which calls Interval applies to. The first item sets it.',
	},
	{
		displayName: 'Pace: Calls at Once',
		name: 'maxConcurrent',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'How many calls may be in progress at the same time. The first item sets it.',
	},
	...waitOptions,
	{
		displayName: 'Look Up If Unknown',
		name: 'lookUpUnknown',
		type: 'boolean',
		default: true,
		description:
			'Whether to look for the call if it is not known whether it was placed. If the call is found for certain, the status is accepted or answered. If not, details.candidates lists the calls that it may be. This takes up to 15 seconds. For Asterisk and VoipNow, it is on unless you turn it off.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description:
			'Whether to check everything but send nothing. The result has the status skipped and shows the exact request.',
	},
	{
		displayName: 'Include Input Data',
		name: 'includeInputData',
		type: 'boolean',
		default: true,
		description:
			'Whether to add the fields of the input item to the result. If both have a field of the same name, the result keeps its own.',
	},
	{
		displayName: 'Include Response',
		name: 'includeResponse',
		type: 'boolean',
		default: true,
		description: "Whether to add the phone system's parsed reply to the result",
	},
];
