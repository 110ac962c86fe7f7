import type { INodeProperties } from 'n8n-workflow';

import { notices, resourceAndOperation, withCommonOptions } from '../../shared/form/fields';

/** The form of the Switchvox node; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'Signed In As',
		name: 'accountType',
		type: 'options',
		options: [
			{
				name: 'Administrator',
				value: 'admin',
				description: 'Signs in as an administrator and can call as any account (switchvox.call)',
			},
			{
				name: 'Extension User',
				value: 'user',
				description:
					'Signs in with an extension and its password and calls as that account (switchvox.users.call)',
			},
		],
		default: 'admin',
		description: 'Whose user name and password the credential has',
	},
	{
		displayName: 'Account',
		name: 'accountId',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description: 'The account whose outgoing call rules and Call API settings are used',
		hint: 'The list shows the ID of each account; it is not the extension number.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select an account...',
				typeOptions: { searchListMethod: 'searchAccounts', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1106',
				validation: [
					{
						type: 'regex',
						properties: { regex: '\\s*[0-9]+\\s*', errorMessage: 'An account ID has digits only' },
					},
				],
			},
		],
	},
	{
		displayName: 'Dial First',
		name: 'dialFirst',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 101',
		description: 'Extension or phone number that rings first',
		hint: 'Rings first, and has to pick up before the second one is dialed. A voicemail that picks up counts as an answer.',
	},
	{
		displayName: 'Dial Second',
		name: 'dialSecond',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description: 'Extension or phone number that is rung when the first one has answered',
	},
	{
		displayName: 'IVR Variables',
		name: 'variables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		description: 'Values for variables that are defined in the IVR that is dialed',
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
						placeholder: 'e.g. balance',
						description: 'Name of the variable as defined in the IVR',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. 450',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([
			{
				displayName: 'Auto Answer',
				name: 'autoAnswer',
				type: 'boolean',
				default: true,
				displayOptions: { show: { '/accountType': ['admin'] } },
				description: 'Whether the first phone picks up by itself, where it can',
			},
			{
				displayName: 'Caller ID Name',
				name: 'callerIdName',
				type: 'string',
				default: '',
				placeholder: 'e.g. AutoDialer',
				description:
					'Name that the first phone shows, at most 20 characters; PBX when empty. The number it shows is set by Switchvox.',
			},
			{
				displayName: 'Ignore User API Settings',
				name: 'ignoreUserApiSettings',
				type: 'boolean',
				default: true,
				description:
					"Whether to dial the numbers as they are, without the changes of the account's Call API settings, such as a 9 in front",
			},
			{
				displayName: 'Ignore User Call Rules',
				name: 'ignoreUserCallRules',
				type: 'boolean',
				default: true,
				description:
					'Whether to ring the first extension itself, without its call rules, such as voicemail or forwarding. Turn it on where a voicemail must not count as an answer.',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeout',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 999 },
				default: 30,
				description:
					'How long to ring the first number. The node waits until it is answered or this time is over.',
			},
			{
				displayName: 'Second Timeout (Seconds)',
				name: 'timeoutSecondCall',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 999 },
				default: 30,
				displayOptions: { show: { '/accountType': ['admin'] } },
				description: 'How long to ring the second number',
			},
		]),
	},
];
