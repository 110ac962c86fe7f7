import {
	type CallEvent,
	type EventName,
	type Ignored,
	ignored,
	type Push,
	type Pushed,
} from '../shared/calling/contract/events';
import { withoutMissing } from '../shared/wire/text/json';

/**
 * https://sangomakb.atlassian.net/wiki/x/QYCwI
 * Each of Switchvox's event triggers has an address of its own. It sends the values that it puts in place of the variables
 * in percent signs, so what they are called here is our choice.
 */
const variables = {
	event: 'EVENT_TYPE',
	job: 'JOB_ID',
	number: 'CALLER_ID_NUMBER',
	name: 'CALLER_ID_NAME',
	extension: 'EXTENSION',
	type: 'EXTENSION_TYPE',
	feature: 'FEATURE_DATA',
	did: 'INCOMING_DID',
	mailbox: 'VM_MAILBOX',
	message: 'VM_MSGNUM',
	duration: 'VM_DUR',
	date: 'VM_DATE',
} as const;

type Variable = keyof typeof variables;

const ofCall: readonly Variable[] = ['event', 'job', 'number', 'name', 'extension', 'type'];
const ofIncoming: readonly Variable[] = [...ofCall, 'feature', 'did'];

interface EventTrigger {
	/** In the address, because not every word of `EVENT_TYPE` is documented. */
	readonly on: string;
	/** As the form of Switchvox has it. */
	readonly label: string;
	readonly event: EventName;
	/** A variable that an event does not have comes empty. */
	readonly variables: readonly Variable[];
}

/** In the order of the form of Switchvox; agents who log in and out are left out. */
const eventTriggers: readonly EventTrigger[] = [
	{ on: 'incoming', label: 'On Incoming Call', event: 'ringing', variables: ofIncoming },
	{ on: 'routed', label: 'On Route to Extension', event: 'ringing', variables: ofIncoming },
	{ on: 'answered', label: 'On Call Answered', event: 'answered', variables: ofIncoming },
	{
		on: 'voicemail',
		label: 'On New Voicemail',
		event: 'other',
		variables: ['event', 'number', 'name', 'mailbox', 'message', 'duration', 'date'],
	},
	{
		on: 'checked',
		label: 'On Checked Voicemail',
		event: 'other',
		variables: ['event', 'mailbox'],
	},
	{ on: 'hangup', label: 'On Call Hangup', event: 'ended', variables: ofCall },
	{ on: 'outgoing', label: 'On Outgoing Call', event: 'outgoing', variables: ofCall },
];

function addressOf(address: string, trigger: EventTrigger): string {
	const query = trigger.variables.map((name) => `${name}=%${variables[name]}%`);
	return `${address}?${[`on=${trigger.on}`, ...query].join('&')}`;
}

export const events: Pushed = {
	kind: 'pushed',
	names: ['ringing', 'outgoing', 'answered', 'ended', 'other'],
	descriptions: {
		ringing: 'A call comes in, or reaches an extension',
		other: 'Somebody leaves a voicemail message, or checks the voicemail of an extension',
	},
	fields: [],
	read,
	// To a hangup or a voicemail, any other answer is undefined behavior.
	reply: { type: 'text/xml', body: '<response></response>' },
	setUp: (address) => ({
		steps: [
			'Sign in to Switchvox as an administrator, and open Tools > PBX Features > Event Triggers. In older versions, open System Setup > URL Manager.',
			'For each event that the workflow needs, replace the Default URL with the address below. Leave the other events as they are.',
			'The event Ringing comes from On Incoming Call, once for a call, and from On Route to Extension, for each extension that the call reaches. If you enter both, both start the workflow. The event Other comes from both voicemail triggers.',
			'To see at the end of a call whether it was answered, also enter the address of On Call Answered.',
			'If Switchvox does not accept one of the variables in percent signs, remove that variable from the address. Then save the event triggers.',
		],
		values: eventTriggers.map((one) => ({ label: one.label, value: addressOf(address, one) })),
	}),
};

function read({ query }: Push): CallEvent | Ignored {
	const trigger = eventTriggers.find(({ on }) => on === query.on);
	if (trigger === undefined) {
		return ignored('its address is not one of those that the page of this trigger shows');
	}
	const { on, event } = trigger;
	const given = (name: Variable) => valueOf(query[name]);
	const did = given('did');
	const extension = given('extension');
	// The answer to a call to the outside.
	const isOutside = extension === 's';
	const reached = isOutside ? null : extension;
	return {
		kind: 'event',
		event,
		callId: given('job'),
		legId: on === 'routed' || on === 'answered' ? reached : null,
		from: given('number'),
		to: reached ?? did ?? given('mailbox'),
		// Calls between extensions come as incoming and as outgoing ones, too.
		direction: did !== null ? 'in' : isOutside ? 'out' : null,
		disposition: null,
		at: null,
		details: {
			vendorEvent: on,
			...withoutMissing({
				eventType: given('event'),
				callerName: given('name'),
				extensionType: given('type'),
				featureData: given('feature'),
				incomingDid: did,
				mailbox: given('mailbox'),
				messageNumber: given('message'),
				messageDuration: given('duration'),
				messageDate: given('date'),
			}),
		},
		response: query,
	};
}

/** Any variable can come empty, or as it is if this version of Switchvox does not have it. */
function valueOf(text = ''): string | null {
	const value = text.trim();
	return value === '' || /^%\w+%$/.test(value) ? null : value;
}
