import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import type { GenericField, Vendor } from '../shared/calling/vendor';
import { notices, resourceAndOperation, withCommonOptions } from '../shared/form/fields';
import { vendors } from '../vendors';

/** The vendors in the order of their names. */
export const choices: readonly Vendor[] = [...vendors].sort((a, b) =>
	a.displayName.localeCompare(b.displayName, 'en'),
);

/** The vendors that have a field of the generic form. */
export const supportersOf = (field: string): readonly Vendor[] =>
	choices.filter(({ operations }) => Object.hasOwn(operations.originate.generic.fields, field));

const idsOf = (field: GenericField) => supportersOf(field).map(({ id }) => id);

const allOf = new Intl.ListFormat('en', { type: 'conjunction' });

/** As the end of an option's description. */
const supportedBy = (field: GenericField) =>
	`supported by ${allOf.format(supportersOf(field).map(({ displayName }) => displayName))}`;

/** Each vendor's credential is shown when the vendor is chosen. */
export const credentials: INodeCredentialDescription[] = choices.map(({ id, credentialType }) => ({
	name: credentialType,
	required: true,
	displayOptions: { show: { vendor: [id] } },
}));

/**
 * What of the generic form is an option. All are shown whatever the vendor, and refused by name when it runs: n8n drops an
 * option that the form does not show, and a delay must not get lost in silence.
 */
export const options: INodeProperties[] = [
	{
		displayName: 'Caller ID',
		name: 'callerId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 12025550123',
		description: `Number that the called party sees; ${supportedBy('callerId')}`,
	},
	{
		displayName: 'Delay (Seconds)',
		name: 'delay',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 60,
		description: `How long the phone system waits before it places the call; ${supportedBy('delay')}. IOVOX takes whole minutes.`,
	},
	{
		displayName: 'Ring Timeout (Seconds)',
		name: 'ringTimeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 30,
		description: `How long the first phone rings; ${supportedBy('ringTimeout')}`,
	},
	{
		displayName: 'Variables',
		name: 'variables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		description: `Values for the call flow or IVR that is dialed; ${supportedBy('variables')}`,
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
						description: 'Name of the variable as the phone system has it',
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
];

/** One form for all vendors; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'Phone System',
		name: 'vendor',
		type: 'options',
		noDataExpression: true,
		required: true,
		// n8n hides a field of which every value has a credential, and takes it for the way of signing in; so one has none.
		options: [
			{ name: 'Choose a Phone System', value: '' },
			...choices.map(({ id, displayName }) => ({ name: displayName, value: id })),
		],
		// No vendor by default: n8n saves no default, and another one in a later version would change saved workflows.
		default: '',
		description: 'What places the call',
	},
	// Puts the vendor's credential here: n8n would show it above the choice that it follows from.
	{ displayName: 'Credentials', name: 'credentials', type: 'credentials', default: '' },
	...choices.flatMap(ownFieldsOf),
	{
		displayName: 'Ring First',
		name: 'from',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 101',
		displayOptions: { show: { vendor: idsOf('from') } },
		description: 'Extension or phone number that rings first',
		hint: 'Rings first, and has to pick up before the other one is dialed. A voicemail that picks up counts as an answer.',
	},
	{
		displayName: 'Then Connect To',
		name: 'to',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		displayOptions: { show: { vendor: idsOf('to') } },
		description: 'Extension or phone number that is called then',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions(options),
	},
];

/** What only this vendor needs, as its own form has it. */
function ownFieldsOf({ id, operations: { originate } }: Vendor): INodeProperties[] {
	return originate.fields
		.filter(({ name }) => originate.generic.ownFields.includes(name))
		.map((field) => ({ ...field, displayOptions: { show: { vendor: [id] } } }));
}
