import type { INodeProperties } from 'n8n-workflow';

import { notices, resourceAndOperation, withCommonOptions } from '../../shared/form/fields';

/** A telephone line from the list, or a number: two fields of one name, because it is one parameter of Enswitch. */
function party(
	displayName: string,
	name: string,
	type: string,
	{ description, hint = '' }: { readonly description: string; readonly hint?: string },
): INodeProperties[] {
	const shared = { displayName, name, required: true, hint };
	return [
		{
			...shared,
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			displayOptions: { hide: { [type]: ['number'] } },
			description: `Telephone line that ${description}`,
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					placeholder: 'Select a telephone line...',
					typeOptions: { searchListMethod: 'searchPhones', searchable: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. 1234567',
				},
			],
		},
		{
			...shared,
			type: 'string',
			default: '',
			placeholder: 'e.g. 12025550123',
			displayOptions: { show: { [type]: ['number'] } },
			description: `Number or feature code that ${description}`,
		},
	];
}

/** The form of the Enswitch node; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'First Call Type',
		name: 'stype',
		type: 'options',
		options: [
			{
				name: 'Telephone Line',
				value: 'phone',
				description: 'The first call goes to a telephone line of Enswitch',
			},
			{
				name: 'Number',
				value: 'number',
				description: 'The first call goes to any number that the customer can dial',
			},
		],
		default: 'phone',
		description: 'What rings first',
	},
	...party('First Call To', 'snumber', 'stype', {
		description: 'rings first',
		hint: 'Rings first, and has to be answered before the second call is made. A voicemail that picks up counts as an answer.',
	}),
	{
		displayName: 'Second Call Type',
		name: 'ctype',
		type: 'options',
		options: [
			{
				name: 'Number',
				value: 'number',
				description: 'The second call goes to any number that the customer can dial',
			},
			{
				name: 'Telephone Line',
				value: 'phone',
				description: 'The second call goes to a telephone line of Enswitch',
			},
		],
		default: 'number',
		description: 'What the first party is connected to',
	},
	...party('Second Call To', 'cnumber', 'ctype', {
		description: 'is called when the first call has been answered',
	}),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([
			{
				displayName: 'First Call: Auto Answer',
				name: 'answer1',
				type: 'boolean',
				default: true,
				description: 'Whether to ask the first phone to pick up by itself',
			},
			{
				displayName: 'Second Call: Auto Answer',
				name: 'answer2',
				type: 'boolean',
				default: true,
				description: 'Whether to ask the second phone to pick up by itself',
			},
			{
				displayName: 'First Call: Caller ID',
				name: 'callerid1',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12025550123',
				description: 'What the first phone shows; left to Enswitch when empty',
			},
			{
				displayName: 'Second Call: Caller ID',
				name: 'callerid2',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12025550123',
				description: 'What the second phone shows; left to Enswitch when empty',
			},
			{
				displayName: 'Card',
				name: 'card',
				type: 'string',
				default: '',
				placeholder: 'e.g. 5550001',
				description:
					'Card to bill the call to; none when empty. If it is in another customer, set Customer ID too.',
			},
			{
				displayName: 'Customer ID',
				name: 'customer',
				type: 'string',
				default: '',
				placeholder: 'e.g. 42',
				description:
					'Customer to make the call as; the one of the user in the credential when empty',
			},
			{
				displayName: 'Delay (Seconds)',
				name: 'delay',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86_400 },
				default: 60,
				description:
					'How long Enswitch waits before it makes the call. With a delay, the result is scheduled.',
			},
			{
				displayName: 'Second Call: Dial Plan',
				name: 'cdialplan',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'auto',
						description: 'Converts the number to the dial plan of the first party',
					},
				],
				default: 'auto',
				description:
					'How the number of the second call is understood; as it is without this option',
			},
			{
				displayName: 'No Forwards',
				name: 'noforwards',
				type: 'boolean',
				default: true,
				description:
					'Whether to prevent call forwards within Enswitch, such as to voicemail, when nobody answers',
			},
			{
				displayName: 'Record Group ID',
				name: 'recordgroup',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12',
				description: 'Record group that records the call; 0 for none',
			},
			{
				displayName: 'First Call: Screening',
				name: 'screen1',
				type: 'boolean',
				default: true,
				description: 'Whether to use call screening on the first call',
			},
			{
				displayName: 'Second Call: Screening',
				name: 'screen2',
				type: 'boolean',
				default: true,
				description: 'Whether to use call screening on the second call',
			},
			{
				displayName: 'Wait (Seconds)',
				name: 'wait',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86_400 },
				default: 10,
				description:
					'How long Enswitch holds its answer back to tell the ID of the call; 0 to answer at once, without an ID. With a delay, it has to be longer than that.',
			},
			{
				displayName: 'First Call: Cutoff Warning',
				name: 'warn1',
				type: 'boolean',
				default: true,
				description: 'Whether to play a warning on the first call before it is cut off',
			},
			{
				displayName: 'Second Call: Cutoff Warning',
				name: 'warn2',
				type: 'boolean',
				default: true,
				description: 'Whether to play a warning on the second call before it is cut off',
			},
		]),
	},
];
