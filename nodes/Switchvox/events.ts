import {
	type CallEvent,
	type EventName,
	ignored,
	type Push,
	type Pushed,
} from '../shared/calling/events';
import type { JsonObject } from '../shared/wire/http';

/**
 * https://sangomakb.atlassian.net/wiki/x/QYCwI
 * Each of Switchvox's event triggers has an address of its own. It sends the words that it puts in place of the variables
 * in percent signs, so what they are called here is our choice.
 */
const addresses: readonly Address[] = [
	{ on: 'incoming', label: 'On Incoming Call', event: 'ringing', direction: 'in', hasDid: true },
	{ on: 'routed', label: 'On Route to Extension', event: 'ringing', direction: null, hasDid: true },
	{ on: 'outgoing', label: 'On Outgoing Call', event: 'outgoing', direction: 'out' },
	{ on: 'answered', label: 'On Call Answered', event: 'answered', direction: null, hasDid: true },
	{ on: 'hangup', label: 'On Call Hangup', event: 'ended', direction: null },
];

interface Address {
	/** In the address, because not every word of `%EVENT_TYPE%` is documented. */
	readonly on: string;
	/** As the form of Switchvox has it. */
	readonly label: string;
	readonly event: EventName;
	readonly direction: CallEvent['direction'];
	/** Whether Switchvox knows the number that was dialed from outside. */
	readonly hasDid?: true;
}

const variables = {
	event: '%EVENT_TYPE%',
	job: '%JOB_ID%',
	number: '%CALLER_ID_NUMBER%',
	name: '%CALLER_ID_NAME%',
	extension: '%EXTENSION%',
	type: '%EXTENSION_TYPE%',
} as const;

function addressOf(address: string, { on, hasDid }: Address): string {
	const query = Object.entries({ on, ...variables, ...(hasDid ? { did: '%INCOMING_DID%' } : {}) });
	return `${address}?${query.map(([name, value]) => `${name}=${value}`).join('&')}`;
}

export const events: Pushed = {
	kind: 'pushed',
	names: ['ringing', 'outgoing', 'answered', 'ended'],
	fields: [],
	read,
	// For a hangup, anything else is undefined behavior.
	reply: { type: 'text/xml', body: '<response></response>' },
	setUp: (address) => ({
		steps: [
			'Sign in to Switchvox as an administrator, and open Tools > PBX Features > Event Triggers. Older versions call it URL Manager.',
			'For each event that the workflow needs, enter its address below. Leave the default URL and the others as they are.',
			'Enter the address of On Call Answered, too, to learn at the end of a call whether it was answered.',
		],
		values: addresses.map((one) => ({ label: one.label, value: addressOf(address, one) })),
	}),
};

function read({ query }: Push): CallEvent | ReturnType<typeof ignored> {
	const known = addresses.find(({ on }) => on === query.on);
	if (known === undefined) {
		return ignored('its address has none of the words that the page of this trigger gives it');
	}
	const { on, event } = known;
	const number = given(query.number);
	const extension = given(query.extension);
	const did = given(query.did);
	return {
		kind: 'event',
		event,
		callId: given(query.job),
		legId: on === 'routed' ? extension : null,
		from: number,
		// An answered call to the outside has the extension "s".
		to: extension === null || extension === 's' ? did : extension,
		direction: known.direction ?? directionOf(query.event, did),
		disposition: null,
		at: null,
		details: withoutEmpty({
			vendorEvent: on,
			eventType: given(query.event),
			callerName: given(query.name),
			extensionType: given(query.type),
			incomingDid: did,
		}),
		response: query,
	};
}

/** Any variable can come empty, or as it is if this version of Switchvox does not have it. */
function given(text: string | undefined): string | null {
	const value = text?.trim() ?? '';
	return value === '' || /^%\w+%$/.test(value) ? null : value;
}

function directionOf(type: string | undefined, did: string | null): 'in' | 'out' | null {
	if (type === 'incoming' || did !== null) return 'in';
	return type === 'outgoing' ? 'out' : null;
}

function withoutEmpty(details: CallEvent['details'] | JsonObject): CallEvent['details'] {
	return Object.fromEntries(
		Object.entries(details).filter(([, value]) => value !== null),
	) as CallEvent['details'];
}
