import type { INodeProperties } from 'n8n-workflow';

import { notices, resourceAndOperation, withCommonOptions } from '../../shared/form/fields';

/** The form of the IOVOX node; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'Link',
		name: 'linkId',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The link whose Calling Rules the call follows: they say who rings first',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a link...',
				typeOptions: { searchListMethod: 'searchLinks', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. link123',
			},
		],
	},
	{
		displayName: 'Call Destination',
		name: 'callDestination',
		type: 'string',
		default: '',
		placeholder: 'e.g. 441632960001',
		description:
			'Phone number to call, with country code. Keys to press when it is answered may follow: a comma pauses for 2 seconds, so that 441632960001,,1,,2 presses 1 and then 2.',
		hint: 'Needed where the Calling Rules of the link are call based; else the rules say who is called.',
	},
	{
		displayName: 'Specify Call Variables',
		name: 'specifyVariables',
		type: 'options',
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'Name and value of each variable in fields of their own',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'All variables as one JSON object',
			},
		],
		default: 'fields',
		description: 'How to enter values for the variables of the Call Flow',
	},
	{
		displayName: 'Call Variables',
		name: 'callVariables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		displayOptions: { show: { specifyVariables: ['fields'] } },
		description: 'Values for the variables that the Call Flow uses',
		options: [
			{
				displayName: 'Variable',
				name: 'variable',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. my_custom_var',
						description: 'Name of the variable as the Call Flow has it',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. Bob',
					},
				],
			},
		],
	},
	{
		displayName: 'Call Variables (JSON)',
		name: 'callVariablesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. { "my_custom_var": "Bob" }',
		displayOptions: { show: { specifyVariables: ['json'] } },
		description:
			'Values for the variables that the Call Flow uses: an object with a text or a number for each name',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([
			{
				displayName: 'Delay (Minutes)',
				name: 'delay',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 0 },
				default: 1,
				description:
					'How many whole minutes IOVOX waits before it calls. A delayed call cannot be canceled from here: it rings also when the workflow is stopped.',
			},
		]),
	},
];
