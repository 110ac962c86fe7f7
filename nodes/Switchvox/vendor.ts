import type { Originate, Vendor } from '../shared/calling/vendor';
import { searchAccounts } from './lists';
import { decode, defaultRingSeconds, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { read, type SwitchvoxCall } from './originate/read';
import { signIn } from './signIn';

/** The first party may be found only after several hops, and the answer travels back: more than the ring time alone. */
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
	// What 0 means is not documented; it may well be "no limit".
	replyTimeoutSeconds: ({ timeoutSeconds = defaultRingSeconds }) =>
		(timeoutSeconds === 0 ? longestRingSeconds : timeoutSeconds) + marginSeconds,
};

export const switchvox: Vendor = {
	id: 'switchvox',
	displayName: 'Switchvox',
	credentialType: 'switchvoxApi',
	endpoints: ['/xml', '/json'],
	// A nonce that has run out, and an upgraded Switchvox, which asks for another sign-in.
	renewOn: [401],
	signIn,
	lists: { searchAccounts },
	operations: { originate },
};
