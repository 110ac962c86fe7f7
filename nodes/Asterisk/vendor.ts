import type { Get, HangUp, Originate, Vendor } from '../shared/calling/contract/vendor';
import { readForm } from '../shared/form/reader';
import { events } from './events';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { end } from './hangUp/end';
import { fields as hangUpFields } from './hangUp/fields';
import { searchEndpoints } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { type AsteriskCall, read } from './originate/read';
import { firstParty, isNumber, isUri, partyAt } from './parties';
import { type AsteriskReference, readReference } from './reference';
import { signIn } from './signIn';

/** ARI replies at once. This is for the network and for a busy Asterisk. */
const replySeconds = 30;

const originate: Originate<AsteriskCall> = {
	effect: 'rings',
	fields,
	generic: {
		ownFields: ['context'],
		fields: {
			from: 'endpoint',
			to: 'extension',
			callerId: 'options.callerId',
			ringTimeout: 'options.timeout',
			variables: 'variables',
		},
	},
	howToCheck,
	read,
	parties: ({ endpoint, extension }) => ({ from: partyAt(endpoint), to: extension }),
	numbers: (call) => rungParties(call).filter(isNumber),
	lines: (call) => rungParties(call).filter((party) => !isNumber(party)),
	encode,
	decode,
	tag: ({ callId }) => ({ callId }),
	replyTimeoutSeconds: () => replySeconds,
};

const get: Get<AsteriskReference> = {
	effect: 'reads',
	fields: getFields,
	read: (form, labels) => readForm(getFields, form, readReference, labels),
	look,
	pollSeconds: 2,
	recordLagSeconds: 0,
};

const hangUp: HangUp<AsteriskReference> = {
	effect: 'ends',
	fields: hangUpFields,
	read: (form, labels) => readForm(hangUpFields, form, readReference, labels),
	end,
};

export const asterisk: Vendor = {
	id: 'asterisk',
	displayName: 'Asterisk',
	credentialType: 'asteriskApi',
	endpoints: ['/ari/asterisk/info', '/ari/channels', '/ari'],
	signIn,
	lists: { searchEndpoints },
	causeAdvice: {
		connection_refused:
			'Check host and port of Base URL in the credential. By default, ARI is on port 8088 (http) or 8089 (https). Asterisk listens there if http.conf has enabled=yes, and accepts other machines if its bindaddr allows them.',
	},
	operations: { originate, get, hangUp },
	events,
};

/** The parties that ring, as Allowed and Blocked Numbers name them: a number, or the name of a phone. */
function rungParties({ endpoint, extension }: AsteriskCall): string[] {
	const first = firstParty(endpoint);
	// A SIP address can lead anywhere, so it counts as a name of its own, which no list of numbers matches.
	return isUri(endpoint) ? [first, endpoint, extension] : [first, extension];
}
