import type { INodeProperties } from 'n8n-workflow';

import type { EventName, Events } from '../calling/events';

/** n8n's node panel shows each as a trigger of its own: "On call ringing". */
const choices: Readonly<
	Record<EventName, { readonly name: string; readonly description: string }>
> = {
	ringing: { name: 'Call Ringing', description: 'A phone rings' },
	outgoing: { name: 'Outgoing Call', description: 'Somebody dials' },
	answered: { name: 'Call Answered', description: 'Somebody answers' },
	ended: { name: 'Call Ended', description: 'The call is over, answered or not' },
	other: {
		name: 'Other Event',
		description: 'Anything else that the phone system reports about a call',
	},
};

/** Shows the chosen events below the node's name. */
export const eventsSubtitle = '={{ $parameter["events"].join(", ") }}';

/** The form of a trigger: its own fields, the events that start the workflow, and the options. */
export function triggerFields(events: Events): INodeProperties[] {
	const { names, fields, kind } = events;
	return [
		...(kind === 'pushed' && events.setUp !== undefined ? [addressNotice] : []),
		...fields,
		...(names.length > 1 ? [eventsField(events)] : []),
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [...(kind === 'pushed' ? [allowedAddresses] : []), includeResponse],
		},
	];
}

/** For a vendor that does not register the address itself. */
const addressNotice: INodeProperties = {
	displayName:
		'The phone system has to know the address of this trigger. Publish the workflow, and open the Production URL above in a browser: the page says what to enter, and where.',
	name: 'addressNotice',
	type: 'notice',
	default: '',
};

function eventsField({ names, descriptions = {} }: Events): INodeProperties {
	return {
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		options: names.map((value) => ({
			name: choices[value].name,
			value,
			description: descriptions[value] ?? choices[value].description,
		})),
		default: [...names.filter((name) => name !== 'other')],
		description: 'Events that start the workflow',
	};
}

const allowedAddresses: INodeProperties = {
	displayName: 'Allowed Addresses',
	name: 'allowedAddresses',
	type: 'string',
	default: '',
	placeholder: 'e.g. 203.0.113.7, 198.51.100.0/24',
	description:
		'IP addresses or ranges that may send events, with commas between them. Without this option, everybody may who knows the address. If n8n is behind a reverse proxy, set N8N_PROXY_HOPS there.',
};

const includeResponse: INodeProperties = {
	displayName: 'Include Response',
	name: 'includeResponse',
	type: 'boolean',
	default: true,
	description: 'Whether to add what the phone system sent to the result',
};
