import type { Get, HangUp, Originate, Vendor } from '../shared/calling/vendor';
import { readForm } from '../shared/form/reader';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { end } from './hangUp/end';
import { fields as hangUpFields } from './hangUp/fields';
import { searchEndpoints } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { type AsteriskCall, read } from './originate/read';
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
	parties: ({ endpoint, extension }) => ({
		from: isLocal(endpoint) ? firstParty(endpoint) : endpoint,
		to: extension,
	}),
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
};

/** The parties that ring, as Allowed and Blocked Numbers name them: a number, or the name of a phone. */
function rungParties({ endpoint, extension }: AsteriskCall): string[] {
	const first = firstParty(endpoint);
	// A SIP address can lead anywhere, so it counts as a name of its own, which no list of numbers matches.
	return isUri(endpoint) ? [first, endpoint, extension] : [first, extension];
}

function isLocal(endpoint: string): boolean {
	return /^local\//i.test(endpoint);
}

function isUri(endpoint: string): boolean {
	return /\/sips?:/i.test(endpoint);
}

/**
 * The number or name that an endpoint dials: `Local/101@context/n`, `PJSIP/101`, `PJSIP/12025550123@trunk`, `PJSIP/trunk/sip:12025550123@host`,
 * `DAHDI/g1/12025550123`; a leading `w` waits for the dial tone.
 */
function firstParty(endpoint: string): string {
	const [, inUri] = /\/sips?:([^@/]*)/i.exec(endpoint) ?? [];
	const [, ...parts] = endpoint.split('/');
	const dialed =
		inUri ?? (isLocal(endpoint) ? parts[0] : parts.filter((part) => part !== '').at(-1));
	const [party = ''] = (dialed ?? '').split('@');
	const number = party.replace(/^w+/i, '');
	return isNumber(number) ? number : party;
}

function isNumber(party: string): boolean {
	return /\d/.test(party) && !/\p{L}/u.test(party);
}
