import type { IDisplayOptions, INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import { resourceAndOperation, ringsNotice, withCommonOptions } from '../shared/fields';
import type { GenericField, Vendor } from '../shared/vendor';
import { vendors } from '../vendors';

/** The vendors in the order of their names. */
export const choices: readonly Vendor[] = [...vendors].sort((a, b) =>
	a.displayName.localeCompare(b.displayName, 'en'),
);

const idsOf = (wanted: (vendor: Vendor) => boolean) => choices.filter(wanted).map(({ id }) => id);

const supporting = (field: GenericField) =>
	idsOf(({ generic }) => generic.fields[field] !== undefined);

/** An option is shown for the vendors that support it. */
const optionFor = (field: GenericField): IDisplayOptions => ({
	show: { '/vendor': supporting(field) },
});

/** Each vendor's credential is shown when the vendor is chosen. */
export const credentials: INodeCredentialDescription[] = choices.map(({ id, credentialType }) => ({
	name: credentialType,
	required: true,
	displayOptions: { show: { vendor: [id] } },
}));

/** What of the generic form is an option. */
export const options: INodeProperties[] = [
	{
		displayName: 'Caller ID',
		name: 'callerId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 12025550123',
		displayOptions: optionFor('callerId'),
		description: 'What the one who is called sees',
	},
	{
		displayName: 'Delay (Seconds)',
		name: 'delay',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		displayOptions: optionFor('delay'),
		description: 'How long the vendor waits before it places the call. IOVOX takes whole minutes.',
	},
	{
		displayName: 'Ring Timeout (Seconds)',
		name: 'ringTimeout',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 30,
		displayOptions: optionFor('ringTimeout'),
		description: 'How long the first phone rings',
	},
	{
		displayName: 'Variables',
		name: 'variables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		displayOptions: optionFor('variables'),
		description: 'Values for the call flow or IVR that is dialled',
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
						description: 'Name of the variable as the vendor has it',
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

/**
 * n8n drops an option that the form does not show before the node runs: a delay that was set for one vendor would be
 * gone without a word after choosing another. As a hidden field it stays, is not offered, and the node refuses it.
 */
const unsupportedOptions: INodeProperties[] = options.flatMap((option) => {
	const supported = option.displayOptions?.show?.['/vendor'] ?? [];
	const others = idsOf(({ id }) => !supported.includes(id));
	if (others.length === 0) return [];
	const { displayName, name, default: fallback } = option;
	const displayOptions = { show: { '/vendor': others } };
	return [{ displayName, name, type: 'hidden', default: fallback, displayOptions }];
});

/** One form for all vendors; names and values are in users' workflows and never change. */
export const fields: INodeProperties[] = [
	...resourceAndOperation,
	ringsNotice,
	{
		displayName: 'Vendor',
		name: 'vendor',
		type: 'options',
		noDataExpression: true,
		required: true,
		// n8n hides a field of which every value has a credential, and takes it for the way of signing in; so one has none.
		options: [
			{ name: 'Choose a Vendor', value: '' },
			...choices.map(({ id, displayName }) => ({ name: displayName, value: id })),
		],
		// No vendor by default: n8n saves no default, and another one in a later version would change saved workflows.
		default: '',
		description: 'Whose phone system places the call',
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
		displayOptions: { show: { vendor: supporting('from') } },
		description: 'Extension or phone number that rings first',
		hint: 'Rings first, and has to pick up before the other one is dialled. A voicemail that picks up counts as an answer.',
	},
	{
		displayName: 'Then Connect To',
		name: 'to',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		displayOptions: { show: { vendor: supporting('to') } },
		description: 'Extension or phone number that is called then',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([...options, ...unsupportedOptions]),
	},
];

/** What only this vendor needs, as its own form has it. */
function ownFieldsOf({ id, fields: own, generic }: Vendor): INodeProperties[] {
	return own
		.filter(({ name }) => generic.ownFields.includes(name))
		.map((field) => ({ ...field, displayOptions: { show: { vendor: [id] } } }));
}
