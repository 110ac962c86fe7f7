import type { INodeProperties } from 'n8n-workflow';

import { callIdField, hangUpOptions, numberFields } from '../../shared/form/followFields';
import { nameFields } from '../get/fields';

/** The form of Hang Up. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		...callIdField,
		placeholder: 'e.g. b817d2618fe6f1804333',
		description: `${callIdField.description}. If empty, the call is found by Nonce.`,
	},
	...nameFields,
	...numberFields.filter(({ name }) => name === 'since'),
	hangUpOptions,
];
