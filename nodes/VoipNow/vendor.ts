import type { Get, HangUp, Originate, Vendor } from '../shared/calling/contract/vendor';
import { readForm } from '../shared/form/reader';
import { events } from './events';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { end } from './hangUp/end';
import { fields as hangUpFields } from './hangUp/fields';
import { searchExtensions } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { read, type VoipNowCall } from './originate/read';
import { readCertainReference, readReference, type VoipNowReference } from './reference';
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
	tag: ({ nonce, userId, extension }) => ({
		details: { userId, ...(extension === undefined ? {} : { extension }), nonce },
	}),
	replyTimeoutSeconds: ({ waitForPickupSeconds = defaultPickupSeconds }) =>
		waitForPickupSeconds + marginSeconds,
};

const get: Get<VoipNowReference> = {
	effect: 'reads',
	fields: getFields,
	read: (form, labels) => readForm(getFields, form, readReference, labels),
	look,
	pollSeconds: 2,
	recordLagSeconds: 60,
};

const hangUp: HangUp<VoipNowReference> = {
	effect: 'ends',
	fields: hangUpFields,
	read: (form, labels) => readForm(hangUpFields, form, readCertainReference, labels),
	end,
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
	operations: { originate, get, hangUp },
	events,
};
