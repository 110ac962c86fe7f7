import type { INodeProperties } from 'n8n-workflow';

import { callIdField, fromResult, getOptions, numberFields } from '../../shared/form/followFields';

/** Name the call where its ID is not known, and where to look for it. */
export const nameFields: INodeProperties[] = [
	{
		displayName: 'Nonce',
		name: 'nonce',
		type: 'string',
		default: fromResult('details.nonce'),
		placeholder: 'e.g. order-4711',
		description:
			'The nonce that the call was placed with. If Call ID is empty, it identifies the call while the call is live.',
	},
	{
		displayName: 'User ID',
		name: 'userId',
		type: 'string',
		default: fromResult('details.userId'),
		placeholder: 'e.g. 12',
		description:
			'The user who made the call: a user ID, @me or @viewer for the user of the App, or @owner for the owner of the extension. If empty, it is @me.',
		hint: 'An App of the administrator or of an organization cannot use @me: enter a user ID.',
	},
	{
		displayName: 'Extension',
		name: 'extension',
		type: 'string',
		default: fromResult('details.extension'),
		placeholder: 'e.g. 0003*210',
		description:
			'The extension that is charged for the call. If empty, all extensions of the user are searched.',
	},
];

/** The form of Get. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		...callIdField,
		placeholder: 'e.g. b817d2618fe6f1804333',
		description: `${callIdField.description}. If empty, the call is found by Nonce while it is live, or by From, To and Since.`,
	},
	...nameFields,
	...numberFields,
	getOptions,
];
