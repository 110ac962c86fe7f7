import type { INodeProperties } from 'n8n-workflow';

import { optionsField } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';

/** The form of the VoipNow node. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		required: true,
		default: '@me',
		placeholder: 'e.g. 12',
		description:
			'The user who makes the call: a user ID, @me or @viewer for the user of the App, or @owner for the owner of the extension',
		hint: 'An App of the administrator or of an organization cannot use @me: enter a user ID.',
	},
	{
		displayName: 'Extension',
		name: 'extension',
		description:
			'The Phone Terminal extension that is charged for the call. It has to belong to the user. If empty, the first source is charged.',
		...listOrId(
			'searchExtensions',
			{ list: 'Select an extension...', id: 'e.g. 0003*210' },
			{
				// An empty value has to match: otherwise n8n would not start the workflow.
				regex: '\\s*([0-9]+([*][0-9]+)?)?\\s*',
				errorMessage: 'An extension is a number like 210 or 0003*210',
			},
		),
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 0003*210',
		description:
			'Extension or phone number that rings first. Separate several with commas; they ring at the same time. An expression can give a list.',
		hint: 'These phones ring first, and the first one to answer is connected. A voicemail greeting counts as an answer.',
	},
	{
		displayName: 'Destination',
		name: 'destination',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description:
			'Extension or phone number to call after a source answers. Separate several with commas. An expression can give a list.',
	},
	optionsField([
		{
			displayName: 'Allow Public Transfer',
			name: 'allowPublicTransfer',
			type: 'boolean',
			default: true,
			description:
				'Whether the call may be transferred to a phone number outside the system. Local numbers are always allowed.',
		},
		{
			displayName: 'Call Duration (Seconds)',
			name: 'callDuration',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 3600,
			description:
				'After how long VoipNow ends the call. Without this option, the system setting applies.',
		},
		{
			displayName: 'Caller ID',
			name: 'callerId',
			type: 'string',
			default: '',
			placeholder: 'e.g. John Doe <4242425>',
			description:
				'Name and number shown to the source. If empty, they are those of the extension.',
		},
		{
			displayName: 'Caller ID for Destination',
			name: 'callerIdDestination',
			type: 'string',
			default: '',
			placeholder: 'e.g. John Doe <4242425>',
			description:
				'Name and number shown to the destination. If empty, they are those of the extension.',
		},
		{
			displayName: 'Nonce',
			name: 'nonce',
			type: 'string',
			default: '',
			placeholder: 'e.g. order-4711',
			description:
				'Unique text to find the call by in VoipNow. If empty, the node makes one. It does not prevent VoipNow from placing a call twice.',
		},
		{
			displayName: 'Video',
			name: 'video',
			type: 'boolean',
			default: true,
			description: 'Whether to offer video',
		},
		{
			displayName: 'Wait for Pickup (Seconds)',
			name: 'waitForPickup',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 25,
			description: 'How long the phones ring. If nobody answers in time, VoipNow cancels the call.',
		},
	]),
];
