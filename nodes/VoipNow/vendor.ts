import type { Originate, Vendor } from '../shared/calling/vendor';
import { searchExtensions } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { read, type VoipNowCall } from './originate/read';
import { grantPage, signIn } from './signIn';

/** VoipNow does not document whether it replies before somebody answers. */
const marginSeconds = 30;
const defaultPickupSeconds = 25;

const originate: Originate<VoipNowCall> = {
	effect: 'rings',
	fields,
	generic: {
		ownFields: ['userId', 'extension'],
		fields: {
			from: 'source',
			to: 'destination',
			callerId: 'options.callerIdDestination',
			ringTimeout: 'options.waitForPickup',
		},
	},
	howToCheck,
	read: (form, labels) => read(form, labels),
	parties: ({ source, destination }) => ({
		from: source.join(', '),
		to: destination.join(', '),
	}),
	numbers: ({ source, destination }) => [...source, ...destination],
	encode,
	decode,
	replyTimeoutSeconds: ({ waitForPickupSeconds = defaultPickupSeconds }) =>
		waitForPickupSeconds + marginSeconds,
};

export const voipNow: Vendor = {
	id: 'voipNow',
	displayName: 'VoipNow',
	credentialType: 'voipNowOAuth2Api',
	endpoints: ['/uapi'],
	tokenPath: grantPage,
	causeAdvice: {
		// n8n's own token request does not use a certificate from a credential.
		certificate:
			'Put the self-signed certificate, or the one of its authority, into a file, name that file in the environment variable NODE_EXTRA_CA_CERTS, and restart. If the certificate names another host, use that name in Base URL. If you accept the risk, turn on Ignore SSL Issues.',
	},
	// 401 is documented, and a client of the vendor handles 403. Both come before a call is placed.
	renewOn: [401, 403],
	signIn,
	lists: { searchExtensions },
	operations: { originate },
};
