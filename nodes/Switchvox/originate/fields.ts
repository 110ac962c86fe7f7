import type { INodeProperties } from 'n8n-workflow';

import { optionsField } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';
import { variablesField } from '../../shared/form/variables';

/** The form of the Switchvox node. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
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
					'Signs in with an extension and its password, and calls as that account (switchvox.users.call)',
			},
		],
		default: 'admin',
		description: 'The kind of account that the credential signs in with',
	},
	{
		displayName: 'Account',
		name: 'accountId',
		required: true,
		description: 'The account to call as. Its outgoing call rules and Call API settings apply.',
		hint: 'The list shows the ID of each account. The ID is not the extension number.',
		...listOrId(
			'searchAccounts',
			{ list: 'Select an account...', id: 'e.g. 1106' },
			{ regex: '\\s*[0-9]+\\s*', errorMessage: 'An account ID has only digits' },
		),
	},
	{
		displayName: 'Dial First',
		name: 'dialFirst',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 101',
		description: 'Extension or phone number that rings first',
		hint: 'This phone rings first. Switchvox dials the second number after it is answered; a voicemail greeting counts as an answer.',
	},
	{
		displayName: 'Dial Second',
		name: 'dialSecond',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description: 'Extension or phone number to connect to after the first one answers',
	},
	variablesField(
		{
			displayName: 'IVR Variables',
			name: 'variables',
			description: 'Values for variables of the IVR that is dialed',
		},
		{
			nameDescription: 'Name of the variable as defined in the IVR',
			namePlaceholder: 'e.g. balance',
			valuePlaceholder: 'e.g. 450',
		},
	),
	optionsField([
		{
			displayName: 'Auto Answer',
			name: 'autoAnswer',
			type: 'boolean',
			default: true,
			displayOptions: { show: { '/accountType': ['admin'] } },
			description: 'Whether the first phone answers automatically, if it supports that',
		},
		{
			displayName: 'Caller ID Name',
			name: 'callerIdName',
			type: 'string',
			default: '',
			placeholder: 'e.g. AutoDialer',
			description:
				'Name shown on the first phone, up to 20 characters. If empty, it is PBX. Switchvox sets the number.',
		},
		{
			displayName: 'Ignore User API Settings',
			name: 'ignoreUserApiSettings',
			type: 'boolean',
			default: true,
			description:
				"Whether to dial the numbers unchanged. Otherwise the account's Call API settings apply, such as a leading 9.",
		},
		{
			displayName: 'Ignore User Call Rules',
			name: 'ignoreUserCallRules',
			type: 'boolean',
			default: true,
			description:
				'Whether to ring the first extension directly and skip its call rules, such as voicemail or forwarding. Turn it on if a voicemail greeting must not count as an answer.',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 999 },
			default: 30,
			description:
				'How long to ring the first number. The node waits until somebody answers or this time is over.',
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
];
