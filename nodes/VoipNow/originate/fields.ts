import type { INodeProperties } from 'n8n-workflow';

import { notices, resourceAndOperation, withCommonOptions } from '../../shared/form/fields';

/** The form of the VoipNow node; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		required: true,
		default: '@me',
		placeholder: 'e.g. 12',
		description:
			'The user on whose behalf the call is made: the ID of a user, @me or @viewer for the user of the App, or @owner for the owner of the extension',
		hint: 'An App of the administrator or of an organization cannot use @me: enter the ID of a user.',
	},
	{
		displayName: 'Extension',
		name: 'extension',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description:
			'The Phone Terminal extension that is charged for the call; it has to belong to the user. When empty, it is the first source.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select an extension...',
				typeOptions: { searchListMethod: 'searchExtensions', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 0003*210',
				validation: [
					{
						type: 'regex',
						properties: {
							// n8n asks it of an empty value too, and would not start the workflow.
							regex: '\\s*([0-9]+([*][0-9]+)?)?\\s*',
							errorMessage: 'An extension is a number like 210 or 0003*210',
						},
					},
				],
			},
		],
	},
	{
		displayName: 'Source',
		name: 'source',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 0003*210',
		description:
			'Extension or phone number that rings first. Several have commas between them and ring at once; an expression can give a list too.',
		hint: 'Rings first; the first phone that picks up is connected. A voicemail that picks up counts as an answer.',
	},
	{
		displayName: 'Destination',
		name: 'destination',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description:
			'Extension or phone number that is called when a source has picked up. Several have commas between them; an expression can give a list too.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([
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
				description: 'After how long the call is ended; the value of the system when left out',
			},
			{
				displayName: 'Caller ID',
				name: 'callerId',
				type: 'string',
				default: '',
				placeholder: 'e.g. John Doe <4242425>',
				description: 'Name and number that the source is shown; those of the extension when empty',
			},
			{
				displayName: 'Caller ID for Destination',
				name: 'callerIdDestination',
				type: 'string',
				default: '',
				placeholder: 'e.g. John Doe <4242425>',
				description:
					'Name and number that the destination is shown; those of the extension when empty',
			},
			{
				displayName: 'Nonce',
				name: 'nonce',
				type: 'string',
				default: '',
				placeholder: 'e.g. order-4711',
				description:
					'Unique text by which the call can be found in VoipNow. A fresh one is made when empty. It does not keep VoipNow from placing a call twice.',
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
				description:
					'How long the phones may ring; when nobody picks up in this time, the call is canceled',
			},
		]),
	},
];
