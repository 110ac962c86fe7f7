import type { INodeProperties } from 'n8n-workflow';

import { optionsField } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';
import { variablesField } from '../../shared/form/variables';

/** The form of the IOVOX node. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		displayName: 'Link',
		name: 'linkId',
		required: true,
		description:
			'The call follows the Calling Rules of this link. They decide which phone rings first.',
		...listOrId('searchLinks', { list: 'Select a link...', id: 'e.g. link123' }),
	},
	{
		displayName: 'Call Destination',
		name: 'callDestination',
		type: 'string',
		default: '',
		placeholder: 'e.g. 441632960001',
		description:
			'Phone number to call, with country code. To press keys after the answer, add them after commas. Each comma pauses for 2 seconds: 441632960001,,1,,2 presses 1, then 2.',
		hint: 'Required if the Calling Rules of the link are call based. Otherwise the rules choose the number.',
	},
	{
		displayName: 'Specify Call Variables',
		name: 'specifyVariables',
		type: 'options',
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'Enter the name and value of each variable in separate fields',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'Enter all variables as one JSON object',
			},
		],
		default: 'fields',
		description: 'How to enter the variables of the Call Flow',
	},
	variablesField(
		{
			displayName: 'Call Variables',
			name: 'callVariables',
			displayOptions: { show: { specifyVariables: ['fields'] } },
			description: 'Values for the variables that the Call Flow uses',
		},
		{
			nameDescription: 'Name of the variable as defined in the Call Flow',
			namePlaceholder: 'e.g. my_custom_var',
			valuePlaceholder: 'e.g. Bob',
		},
	),
	{
		displayName: 'Call Variables (JSON)',
		name: 'callVariablesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. { "my_custom_var": "Bob" }',
		displayOptions: { show: { specifyVariables: ['json'] } },
		description:
			'Values for the variables that the Call Flow uses: a JSON object with a text or a number for each name',
	},
	optionsField([
		{
			displayName: 'Delay (Minutes)',
			name: 'delay',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 1,
			description:
				'How many whole minutes IOVOX waits before it calls. n8n cannot cancel a delayed call: it rings even if you stop the workflow.',
		},
	]),
];
