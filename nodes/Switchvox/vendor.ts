import type { Originate, Vendor } from '../shared/calling/vendor';
import { searchAccounts } from './lists';
import { decode, defaultRingSeconds, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { read, type SwitchvoxCall } from './originate/read';
import { signIn } from './signIn';

/** On top of the ring time: the way to the first party can have several hops, and the reply has to come back. */
const marginSeconds = 30;
const longestRingSeconds = 999;

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
	// The meaning of 0 is not documented; it may be "no limit".
	replyTimeoutSeconds: ({ timeoutSeconds = defaultRingSeconds }) =>
		(timeoutSeconds === 0 ? longestRingSeconds : timeoutSeconds) + marginSeconds,
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
	operations: { originate },
};
