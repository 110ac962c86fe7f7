import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';

import type { EventName, Events } from '../calling/contract/events';
import type { Service } from '../wire/signIn/service';

interface Choice {
	readonly name: string;
	/** In n8n's node panel, which adds the trigger with this event alone. */
	readonly action: string;
	readonly description: string;
}

const choices: Readonly<Record<EventName, Choice>> = {
	ringing: { name: 'Ringing', action: 'On call ringing', description: 'A phone rings' },
	outgoing: { name: 'Outgoing', action: 'On outgoing call', description: 'Somebody dials' },
	answered: { name: 'Answered', action: 'On call answered', description: 'Somebody answers' },
	ended: {
		name: 'Ended',
		action: 'On call ended',
		description: 'The call is over, answered or not',
	},
	other: {
		name: 'Other',
		action: 'On other event',
		description: 'Anything else that the phone system reports about a call',
	},
};

/** Shows the chosen events below the node's name. */
export const eventsSubtitle = '={{ $parameter["events"].join(", ") }}';

/** The text beside the form of a trigger whose address a person enters. n8n's own text is about triggers that register it. */
export function addressPanel({
	displayName,
}: Pick<Service, 'displayName'>): INodeTypeDescription['triggerPanel'] {
	return {
		executionsHelp: `${displayName} sends its events to the addresses that are entered there.<br><br>Publish the workflow, enter the addresses, and make a call. Each event runs the workflow, and the runs are under <b>Executions</b>.<br><br>To listen here for one event instead, enter the addresses in ${displayName} with <i>/webhook-test/</i> in place of <i>/webhook/</i>, click <b>Execute step</b>, and make a call.`,
	};
}

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
		'The address of this trigger has to be entered in the phone system. Publish the workflow, open Webhook URLs above, choose Production URL, and open that address in a browser. The page says what to enter, and where.',
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
		options: names.map((value) => {
			const { name, action, description } = choices[value];
			return { name, value, action, description: descriptions[value] ?? description };
		}),
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
		'IP addresses or ranges that may send events, separated by commas. Without this option, anyone who knows the address may send events. If n8n is behind a reverse proxy, set N8N_PROXY_HOPS in n8n.',
};

const includeResponse: INodeProperties = {
	displayName: 'Include Response',
	name: 'includeResponse',
	type: 'boolean',
	default: true,
	description: 'Whether to add the request or message of the phone system to the result',
};
