import type { Get, HangUp, Originate, Vendor } from '../shared/calling/contract/vendor';
import { readForm } from '../shared/form/reader';
import { events } from './events';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { end } from './hangUp/end';
import { fields as hangUpFields } from './hangUp/fields';
import { searchAccounts } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { read, type SwitchvoxCall } from './originate/read';
import { ringSecondsOf } from './originate/ringTime';
import { readReference, type SwitchvoxReference } from './reference';
import { signIn } from './signIn';

/** On top of the ring time: the way to the first party can have several hops, and the reply has to come back. */
const marginSeconds = 30;

const originate: Originate<SwitchvoxCall> = {
	effect: 'rings',
	fields,
	generic: {
		ownFields: ['accountType', 'accountId'],
		fields: {
			from: 'dialFirst',
			to: 'dialSecond',
			ringTimeout: 'options.timeout',
			variables: 'variables',
		},
	},
	howToCheck,
	read,
	parties: ({ dialFirst, dialSecond }) => ({ from: dialFirst, to: dialSecond }),
	numbers: ({ dialFirst, dialSecond }) => [dialFirst, dialSecond],
	encode,
	decode,
	replyTimeoutSeconds: ({ timeoutSeconds }) => ringSecondsOf(timeoutSeconds) + marginSeconds,
};

const get: Get<SwitchvoxReference> = {
	effect: 'reads',
	fields: getFields,
	read: (form, labels) => readForm(getFields, form, readReference, labels),
	look,
	// Each look reads the calls of the whole Switchvox.
	pollSeconds: 5,
	recordLagSeconds: 60,
};

const hangUp: HangUp<SwitchvoxReference> = {
	effect: 'ends',
	fields: hangUpFields,
	read: (form, labels) => readForm(hangUpFields, form, readReference, labels),
	end,
};

export const switchvox: Vendor = {
	id: 'switchvox',
	displayName: 'Switchvox',
	credentialType: 'switchvoxApi',
	endpoints: ['/xml', '/json'],
	// The nonce has expired, or Switchvox was upgraded and asks for another kind of sign-in.
	renewOn: [401],
	signIn,
	lists: { searchAccounts },
	operations: { originate, get, hangUp },
	events,
};
