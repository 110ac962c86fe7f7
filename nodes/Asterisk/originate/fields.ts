import type { INodeProperties } from 'n8n-workflow';

import { notices, optionsField, resourceAndOperation } from '../../shared/form/fields';
import { listOrId } from '../../shared/form/listOrId';

/** The context in which FreePBX has its extensions. */
export const defaultContext = 'from-internal';

/** The form of the Asterisk node; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'Endpoint',
		name: 'endpoint',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description:
			'What rings first: a phone such as PJSIP/101, or an extension or number that the dialplan rings',
		hint: 'Rings first, and has to pick up before the extension is called. A voicemail that picks up counts as an answer.',
		modes: listOrId('searchEndpoints', {
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
		description: 'Extension or phone number that the dialplan calls when the endpoint has answered',
	},
	{
		displayName: 'Context',
		name: 'context',
		type: 'string',
		default: defaultContext,
		placeholder: 'e.g. from-internal',
		description:
			'Context of the dialplan in which the extension is called; from-internal in FreePBX. Where it has no such extension, the call ends when the endpoint answers.',
	},
	{
		displayName: 'Channel Variables',
		name: 'variables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		description: 'Variables of the first call, for the dialplan',
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
						placeholder: 'e.g. __ticket',
						description: 'With two underscores in front, the second call has it too',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. 4711',
					},
				],
			},
		],
	},
	optionsField([
		{
			displayName: 'Caller ID',
			name: 'callerId',
			type: 'string',
			default: '',
			placeholder: 'e.g. Sales <12025550100>',
			description:
				'What the phones show: a number, or a name and a number. Outbound routes can put another one in its place.',
		},
		{
			displayName: 'Channel ID',
			name: 'callId',
			type: 'string',
			default: '',
			placeholder: 'e.g. ticket-4711, by an expression',
			description:
				'The ID of the call, which Asterisk takes once at a time: while a call with it is live, nobody is rung again. A fresh ID for every call when empty.',
		},
		{
			displayName: 'Priority',
			name: 'priority',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 9999 },
			default: 1,
			description: 'Where the dialplan begins with the extension',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3600 },
			default: 30,
			description:
				'How long to ring the endpoint. How long the extension is rung is said in the dialplan.',
		},
	]),
];
