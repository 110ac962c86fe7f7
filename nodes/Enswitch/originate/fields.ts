import type { INodeProperties } from 'n8n-workflow';

import { optionsField } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';

/** A telephone line from the list, or a number: two fields with one name, because Enswitch has one parameter for both. */
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
			displayOptions: { hide: { [type]: ['number'] } },
			description: `Telephone line that ${description}`,
			...listOrId('searchPhones', {
				list: 'Select a telephone line...',
				id: 'e.g. 1234567',
			}),
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

/** The form of the Enswitch node. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		displayName: 'First Call Type',
		name: 'stype',
		type: 'options',
		options: [
			{
				name: 'Telephone Line',
				value: 'phone',
				description: 'The first call goes to an Enswitch telephone line',
			},
			{
				name: 'Number',
				value: 'number',
				description: 'The first call goes to any number that the customer can dial',
			},
		],
		default: 'phone',
		description: 'The kind of party that rings first',
	},
	...party('First Call To', 'snumber', 'stype', {
		description: 'rings first',
		hint: 'This phone rings first. Enswitch makes the second call after it is answered; a voicemail greeting counts as an answer.',
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
				description: 'The second call goes to an Enswitch telephone line',
			},
		],
		default: 'number',
		description: 'The kind of party that is called second',
	},
	...party('Second Call To', 'cnumber', 'ctype', {
		description: 'is called after the first call is answered',
	}),
	optionsField([
		{
			displayName: 'First Call: Auto Answer',
			name: 'answer1',
			type: 'boolean',
			default: true,
			description: 'Whether to ask the first phone to answer automatically',
		},
		{
			displayName: 'Second Call: Auto Answer',
			name: 'answer2',
			type: 'boolean',
			default: true,
			description: 'Whether to ask the second phone to answer automatically',
		},
		{
			displayName: 'First Call: Caller ID',
			name: 'callerid1',
			type: 'string',
			default: '',
			placeholder: 'e.g. 12025550123',
			description: 'Caller ID shown on the first phone. If empty, Enswitch sets it.',
		},
		{
			displayName: 'Second Call: Caller ID',
			name: 'callerid2',
			type: 'string',
			default: '',
			placeholder: 'e.g. 12025550123',
			description: 'Caller ID shown on the second phone. If empty, Enswitch sets it.',
		},
		{
			displayName: 'Card',
			name: 'card',
			type: 'string',
			default: '',
			placeholder: 'e.g. 5550001',
			description:
				'Card to bill the call to. If the card belongs to another customer, set Customer ID too.',
		},
		{
			displayName: 'Customer ID',
			name: 'customer',
			type: 'string',
			default: '',
			placeholder: 'e.g. 42',
			description:
				'Customer to make the call as. If empty, it is the customer of the user in the credential.',
		},
		{
			displayName: 'Delay (Seconds)',
			name: 'delay',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 86_400 },
			default: 60,
			description:
				'How long Enswitch waits before it makes the call. The status of a delayed call is scheduled.',
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
				'How Enswitch interprets the second number. Without this option, it is dialed unchanged.',
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
			description: 'Record group that records the call. Enter 0 for no recording.',
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
				'How long Enswitch may hold back its reply until it knows the ID of the call. With 0, it replies at once, without an ID. With a delay, Wait must be longer than the delay.',
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
];
