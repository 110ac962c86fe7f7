import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import type { GenericField, Vendor } from '../shared/calling/contract/vendor';
import { optionsField } from '../shared/form/fields';
import { getOptions, hangUpOptions } from '../shared/form/followFields';
import { variablesField } from '../shared/form/variables';
import { enumerate, inOrder } from '../shared/wire/text/sentences';
import { vendors } from '../vendors';

/** The vendors, sorted by name. */
export const choices: readonly Vendor[] = [...vendors].sort((a, b) =>
	inOrder(a.displayName, b.displayName),
);

/** The vendors that support a field of the generic form. */
export const supportersOf = (field: string): readonly Vendor[] =>
	choices.filter(({ operations }) => Object.hasOwn(operations.originate.generic.fields, field));

const idsOf = (field: GenericField) => supportersOf(field).map(({ id }) => id);

/** As the end of an option's description. */
const supportedBy = (field: GenericField) =>
	`supported by ${enumerate(supportersOf(field).map(({ displayName }) => displayName))}`;

/** Each vendor's credential is shown when the vendor is chosen. */
export const credentials: INodeCredentialDescription[] = choices.map(({ id, credentialType }) => ({
	name: credentialType,
	required: true,
	displayOptions: { show: { vendor: [id] } },
}));

/**
 * The form shows these options for every vendor, and the node refuses those that the chosen vendor does not support. If
 * the form hid them, n8n would drop them, and a delay would get lost silently.
 */
export const options: INodeProperties[] = [
	{
		displayName: 'Caller ID',
		name: 'callerId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 12025550123',
		description: `Number shown to the called party; ${supportedBy('callerId')}`,
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
	variablesField(
		{
			displayName: 'Variables',
			name: 'variables',
			description: `Values for the call flow or IVR that is dialed; ${supportedBy('variables')}`,
		},
		{
			nameDescription: 'Name of the variable as defined in the phone system',
			namePlaceholder: 'e.g. balance',
			valuePlaceholder: 'e.g. 450',
		},
	),
];

/** The fields that every operation has. */
export const common: INodeProperties[] = [
	{
		displayName: 'Phone System',
		name: 'vendor',
		type: 'options',
		noDataExpression: true,
		required: true,
		// If every value had a credential, n8n would take the field for a choice of credentials and hide it.
		// The first value has none.
		options: [
			{ name: 'Choose a Phone System', value: '' },
			...choices.map(({ id, displayName }) => ({ name: displayName, value: id })),
		],
		// No vendor by default: n8n does not save defaults, so another default in a later version would change saved workflows.
		default: '',
		description: 'The phone system of the call',
	},
	// Puts the vendor's credential here. Otherwise n8n would show it above the vendor.
	{ displayName: 'Credentials', name: 'credentials', type: 'credentials', default: '' },
];

/** One form for all vendors. Workflows contain its names and values, so they never change. */
export const fields: INodeProperties[] = [
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
		hint: 'This phone rings first. The other number is dialed after it is answered; a voicemail greeting counts as an answer.',
	},
	{
		displayName: 'Then Connect To',
		name: 'to',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		displayOptions: { show: { vendor: idsOf('to') } },
		description: 'Extension or phone number to connect to',
	},
	optionsField(options),
];

/** The fields that only this vendor has, as on its own form. */
function ownFieldsOf({ id, operations: { originate } }: Vendor): INodeProperties[] {
	return originate.fields
		.filter(({ name }) => originate.generic.ownFields.includes(name))
		.map((field) => ({ ...field, displayOptions: { show: { vendor: [id] } } }));
}

/** The form of Get or Hang Up: the fields of the vendors that have the operation, each in its own order. */
function followFieldsOf(operation: 'get' | 'hangUp', cannot: string): INodeProperties[] {
	const shownFor = (ids: readonly string[]) => ({ displayOptions: { show: { vendor: [...ids] } } });
	const able = choices.filter(({ operations }) => operations[operation] !== undefined);
	const unable = choices.filter((vendor) => !able.includes(vendor));
	const names = unable.map(({ displayName }) => displayName);
	const notice: INodeProperties = {
		displayName: `${enumerate(names)} ${cannot}`,
		name: `${operation}Notice`,
		type: 'notice',
		default: '',
		...shownFor(unable.map(({ id }) => id)),
	};
	const own = able.flatMap(({ id, operations }) =>
		(operations[operation]?.fields ?? [])
			.filter(({ name }) => name !== 'options')
			.map((field) => ({ ...field, ...shownFor([id]) })),
	);
	const options = operation === 'get' ? getOptions : hangUpOptions;
	return [
		...(unable.length === 0 ? [] : [notice]),
		...own,
		{ ...options, ...shownFor(able.map(({ id }) => id)) },
	];
}

export const getFields = followFieldsOf('get', 'cannot show a call to other programs.');
export const hangUpFields = followFieldsOf('hangUp', 'cannot end a call for other programs.');
