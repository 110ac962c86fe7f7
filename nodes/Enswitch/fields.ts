import { notices, resourceAndOperation, withCommonOptions } from '../shared/fields';
import type { Fields, NumberOptions } from '../shared/vendor';

/** The values of the form, as a program gives them. */
export type EnswitchForm = Readonly<{
	/** What {@link snumber} is: `phone`, a telephone line, when left out. */
	stype?: PartyType;
	/** Rings first. */
	snumber: string;
	/** What {@link cnumber} is; `number` when left out. */
	ctype?: PartyType;
	/** Is called when the first call is answered. */
	cnumber: string;
	options?: NumberOptions &
		Readonly<{
			answer1?: boolean;
			answer2?: boolean;
			/** Caller ID on the first call. */
			callerid1?: string;
			/** Caller ID on the second call. */
			callerid2?: string;
			/** Card to bill the call to. */
			card?: string;
			/** How the number of the second call is understood; as it is when left out. */
			cdialplan?: 'auto';
			/** The ID of the customer to make the call as. */
			customer?: string | number;
			/** Seconds to wait before the call. */
			delay?: number;
			noforwards?: boolean;
			/** An ID. */
			recordgroup?: number;
			screen1?: boolean;
			screen2?: boolean;
			/** Seconds that the answer is held back for the ID of the call. */
			wait?: number;
			warn1?: boolean;
			warn2?: boolean;
		}>;
}>;

type PartyType = 'phone' | 'number';

/** The form of the Enswitch node; names and values are in users' workflows and never change. */
export const fields: Fields<EnswitchForm> = [
	...resourceAndOperation,
	...notices,
	{
		displayName: 'First Call Type',
		name: 'stype',
		type: 'options',
		options: [
			{
				name: 'Telephone Line',
				value: 'phone',
				description: 'The first call goes to a telephone line of Enswitch',
			},
			{
				name: 'Number',
				value: 'number',
				description: 'The first call goes to any number that the customer can dial',
			},
		],
		default: 'phone',
		description: 'What rings first',
	},
	{
		displayName: 'First Call To',
		name: 'snumber',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description:
			'Telephone line or number that rings first. A number is entered By ID; telephone lines can be chosen from the list too.',
		hint: 'Rings first, and has to be answered before the second call is made. A voicemail that picks up counts as an answer.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a telephone line...',
				typeOptions: { searchListMethod: 'searchPhones', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 1234567',
			},
		],
	},
	{
		displayName: 'Second Call Type',
		name: 'ctype',
		type: 'options',
		options: [
			{
				name: 'Number',
				value: 'number',
				description: 'The second call goes to any number that the customer can dial',
			},
			{
				name: 'Telephone Line',
				value: 'phone',
				description: 'The second call goes to a telephone line of Enswitch',
			},
		],
		default: 'number',
		description: 'What the first party is connected to',
	},
	{
		displayName: 'Second Call To',
		name: 'cnumber',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. 12025550123',
		description:
			'Number, feature code or telephone line that is called when the first call has been answered',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: withCommonOptions([
			{
				displayName: 'Auto Answer First Call',
				name: 'answer1',
				type: 'boolean',
				default: true,
				description: 'Whether to ask the first phone to pick up by itself',
			},
			{
				displayName: 'Auto Answer Second Call',
				name: 'answer2',
				type: 'boolean',
				default: true,
				description: 'Whether to ask the second phone to pick up by itself',
			},
			{
				displayName: 'Caller ID on First Call',
				name: 'callerid1',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12025550123',
				description: 'What the first phone shows; left to Enswitch when empty',
			},
			{
				displayName: 'Caller ID on Second Call',
				name: 'callerid2',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12025550123',
				description: 'What the second phone shows; left to Enswitch when empty',
			},
			{
				displayName: 'Card',
				name: 'card',
				type: 'string',
				default: '',
				placeholder: 'e.g. 5550001',
				description:
					'Card to bill the call to; none when empty. If it is in another customer, set Customer ID too.',
			},
			{
				displayName: 'Customer ID',
				name: 'customer',
				type: 'string',
				default: '',
				placeholder: 'e.g. 42',
				description:
					'Customer to make the call as; the one of the user in the credential when empty',
			},
			{
				displayName: 'Delay (Seconds)',
				name: 'delay',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86_400 },
				default: 60,
				description:
					'How long Enswitch waits before it makes the call. With a delay, the result is scheduled.',
			},
			{
				displayName: 'Dial Plan of Second Call',
				name: 'cdialplan',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'auto',
						description: 'Converts the number to the dial plan of the first party',
					},
				],
				default: 'auto',
				description:
					'How the number of the second call is understood; as it is without this option',
			},
			{
				displayName: 'No Forwards',
				name: 'noforwards',
				type: 'boolean',
				default: true,
				description:
					'Whether to prevent call forwards within Enswitch, such as to voicemail, when nobody answers',
			},
			{
				displayName: 'Record Group ID',
				name: 'recordgroup',
				type: 'string',
				default: '',
				placeholder: 'e.g. 12',
				description: 'Record group that records the call; 0 for none',
			},
			{
				displayName: 'Screen First Call',
				name: 'screen1',
				type: 'boolean',
				default: true,
				description: 'Whether to use call screening on the first call',
			},
			{
				displayName: 'Screen Second Call',
				name: 'screen2',
				type: 'boolean',
				default: true,
				description: 'Whether to use call screening on the second call',
			},
			{
				displayName: 'Wait (Seconds)',
				name: 'wait',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 86_400 },
				default: 10,
				description:
					'How long Enswitch holds its answer back to tell the ID of the call; 0 to answer at once, without an ID. With a delay, it has to be longer than that.',
			},
			{
				displayName: 'Warn Before Cutoff on First Call',
				name: 'warn1',
				type: 'boolean',
				default: true,
				description: 'Whether to play a warning on the first call before it is cut off',
			},
			{
				displayName: 'Warn Before Cutoff on Second Call',
				name: 'warn2',
				type: 'boolean',
				default: true,
				description: 'Whether to play a warning on the second call before it is cut off',
			},
		]),
	},
];
