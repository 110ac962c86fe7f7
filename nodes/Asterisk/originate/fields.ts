import type { INodeProperties } from 'n8n-workflow';

import { optionsField } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';
import { variablesField } from '../../shared/form/variables';

/** The context in which FreePBX has its extensions. */
export const defaultContext = 'from-internal';

/** The form of the Asterisk node. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
	{
		displayName: 'Endpoint',
		name: 'endpoint',
		required: true,
		description:
			'Phone that rings first, such as PJSIP/101, or an extension or number that the dialplan rings',
		hint: 'Rings first. When it is answered, the extension is called. A voicemail counts as an answer.',
		...listOrId('searchEndpoints', {
			list: 'Select an endpoint...',
			id: 'e.g. PJSIP/101 or 101',
		}),
	},
	{
		displayName: 'Extension',
		name: 'extension',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description:
			'Extension or phone number that the dialplan calls after the endpoint has answered',
	},
	{
		displayName: 'Context',
		name: 'context',
		type: 'string',
		default: defaultContext,
		placeholder: 'e.g. from-internal',
		description:
			'Dialplan context that has the extension; from-internal in FreePBX. If the context lacks the extension, the call ends when the endpoint answers.',
	},
	variablesField(
		{
			displayName: 'Channel Variables',
			name: 'variables',
			description: 'Variables that the first call has in the dialplan',
		},
		{
			nameDescription: 'If it begins with two underscores, the second call has it too',
			namePlaceholder: 'e.g. __ticket',
			valuePlaceholder: 'e.g. 4711',
		},
	),
	optionsField([
		{
			displayName: 'Caller ID',
			name: 'callerId',
			type: 'string',
			default: '',
			placeholder: 'e.g. Sales <12025550100>',
			description:
				'Number that the phones show, with or without a name. Outbound routes can replace it.',
		},
		{
			displayName: 'Channel ID',
			name: 'callId',
			type: 'string',
			default: '',
			placeholder: 'e.g. ticket-4711, by an expression',
			description:
				'ID of the call. While a call with this ID is live, Asterisk does not place another one with it. If empty, every call gets a new ID.',
		},
		{
			displayName: 'Priority',
			name: 'priority',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 9999 },
			default: 1,
			description: 'Step of the extension at which the dialplan starts',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3600 },
			default: 30,
			description: 'How long the endpoint rings. The dialplan sets how long the extension rings.',
		},
	]),
];
