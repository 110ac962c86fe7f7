import type { INodeProperties } from 'n8n-workflow';

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
				// The only text of a node that n8n gives to the model of an AI agent: "... in Switchvox".
				action: 'Originate a call that rings real phones and can cost money',
				description: 'Place a call: ring one phone and connect it to another',
			},
		],
		default: 'originate',
	},
];

/** In a dry run nobody is rung. */
const inDryRun = { '/options.dryRun': [true] };

/** Above the fields of every form, as long as executing the step can ring anybody. */
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

/** The options: those of one form in the order of their labels, then those of every form. */
export function optionsField(own: readonly INodeProperties[]): INodeProperties {
	const sorted = [...own].sort((a, b) => a.displayName.localeCompare(b.displayName, 'en'));
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...sorted, ...commonOptions],
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

/** A part of a day on some days of the week. */
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
		description: 'The days on which these hours begin',
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
			'From this minute on, no call is started. An earlier time than From is on the next day.',
	},
];

/**
 * The options that every node has: limits, numbers, pace, tests. n8n has no headings in such a list, so that a label begins
 * with one where it does not speak for itself. An option that is added and left as it is does what its label says: its
 * default is not what holds without it.
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
			'Numbers that may be rung; a call that rings any other is skipped. Both parties are looked at, so add your own extensions too. The beginning of a number has + in front or a star behind, as +1202 or 1202*. An expression can give a list. An AI agent calls emergency numbers only where one is entered here exactly as it is dialed.',
	},
	{
		displayName: 'Limit: Blocked Numbers',
		name: 'blockedDestinations',
		type: 'string',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Number' },
		default: '',
		placeholder: 'e.g. +1900',
		description:
			'Numbers, or their beginnings, that must not be rung, such as a do-not-call list; such a call is skipped. Both parties are looked at. An expression can give a list. Set Default Country where numbers come without a country code.',
	},
	{
		displayName: 'Limit: Calling Hours',
		name: 'callingHours',
		type: 'fixedCollection',
		// With multiple values, n8n would open it without a row, and drop it from the form with the next change.
		typeOptions: { multipleValues: false },
		default: { window: {} },
		placeholder: 'Add Hours',
		description:
			'When phones may ring; a call that would ring at any other time is skipped. With more hours, one of them has to fit.',
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
						description: "Whose clock counts; the workflow's time zone when empty",
					},
					{
						displayName: 'More Hours',
						name: 'more',
						type: 'fixedCollection',
						typeOptions: { multipleValues: true },
						default: {},
						placeholder: 'Add Hours',
						description: 'Such as those on Saturdays; in the same time zone',
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
			'How many calls may be placed in one run of this node; further items are skipped. As the tool of an AI agent, all its runs of an execution count together. The value of the first item counts.',
	},
	{
		displayName: 'Limit: Once Key',
		name: 'onceKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. ticket 4711, by an expression',
		description:
			'A call is placed once only for each key in this workflow, whatever execution it is in; a call with a known key is skipped. A key is free again when its call certainly did not come about; else it is kept as long as the workflow. After a crash, when nobody knows what came of the call, the outcome is unknown.',
	},
	{
		displayName: 'Number Format',
		name: 'numberFormat',
		type: 'options',
		options: [
			{
				name: 'As Entered',
				value: 'asEntered',
				description: 'Sends what was entered, to the letter',
			},
			{
				name: 'Cleaned',
				value: 'cleaned',
				description:
					'Takes off spaces, dots, dashes and parentheses, as a CRM writes them. A number with + is dialed from Default Country where the phone system takes digits only.',
			},
			{ name: 'E.164', value: 'e164', description: 'Such as +12025550123' },
			{ name: 'E.164 Without +', value: 'e164WithoutPlus', description: 'Such as 12025550123' },
			{
				name: 'National',
				value: 'national',
				description:
					'As dialed within Default Country, such as 2025550123; with the prefix for calls abroad where the number is of another country',
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
			'The two letters of the country whose numbers come without a country code, and from which the phone system dials numbers with +. Number Format and the lists of numbers use it.',
	},
	{
		displayName: 'Pace: Interval (Seconds)',
		name: 'interval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		description: 'Least time between the starts of two calls. The value of the first item counts.',
	},
	{
		displayName: 'Pace: Interval Counts',
		name: 'intervalCounts',
		type: 'options',
		options: [
			{
				name: 'In This Run',
				value: 'thisRun',
				description: 'Calls of other executions can start at the same time',
			},
			{
				name: 'In All Executions',
				value: 'allExecutions',
				description:
					'All executions of this workflow, on all workers, start one call for each interval. They wait for each other.',
			},
		],
		default: 'thisRun',
		description: 'Which calls Interval keeps apart. The value of the first item counts.',
	},
	{
		displayName: 'Pace: Calls at Once',
		name: 'maxConcurrent',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'How many calls may be in flight at once. The value of the first item counts.',
	},
	{
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: true,
		description:
			'Whether to check everything and send nothing. The result is skipped, with the exact request that would have been sent.',
	},
	{
		displayName: 'Include Input Data',
		name: 'includeInputData',
		type: 'boolean',
		default: true,
		description:
			"Whether to add the fields of the input item to the result. Where both have a field of the same name, the result's is kept.",
	},
	{
		displayName: 'Include Response',
		name: 'includeResponse',
		type: 'boolean',
		default: true,
		description: "Whether to add the phone system's parsed reply to the result",
	},
];
