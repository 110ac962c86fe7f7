import type { Get, Originate, Vendor } from '../shared/calling/contract/vendor';
import { readForm } from '../shared/form/reader';
import { events } from './events';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { searchLinks } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { type IovoxCall, read } from './originate/read';
import { type IovoxReference, readReference } from './reference';
import { signIn } from './signIn';

const checkAddress =
	'Check Environment in the credential, and Base URL if it is Custom. IOVOX is on port 444.';

const originate: Originate<IovoxCall> = {
	effect: 'rings',
	fields,
	generic: {
		ownFields: ['linkId'],
		fields: { to: 'callDestination', delay: 'options.delay', variables: 'callVariables' },
		constants: { specifyVariables: 'fields' },
		delayStepSeconds: 60,
	},
	howToCheck,
	// https://www.iovox.com/api/rest/initiateCall.html: every number starts with its country code, without a +.
	wantsCountryCode: true,
	read,
	parties: ({ linkId, callDestination = null }) => ({ from: linkId, to: callDestination }),
	// The keys to press follow the first comma.
	numbers: ({ callDestination }) => [callDestination?.replace(/,.*$/s, '') ?? null],
	delaySeconds: ({ delayMinutes = 0 }) => delayMinutes * 60,
	encode,
	decode,
	// As far as is known, IOVOX replies before anybody answers. A minute leaves time to spare.
	replyTimeoutSeconds: () => 60,
};

const get: Get<IovoxReference> = {
	effect: 'reads',
	fields: getFields,
	read: (form, labels) => readForm(getFields, form, readReference, labels),
	look,
	pollSeconds: 15,
	// IOVOX does not show live calls.
	recordLagSeconds: Infinity,
};

export const iovox: Vendor = {
	id: 'iovox',
	displayName: 'IOVOX',
	credentialType: 'iovoxApi',
	endpoints: ['/Calling', '/Calls', '/Links'],
	environments: {
		production: 'https://api.iovox.com:444',
		sandbox: 'https://sandboxapi.iovox.com:444',
	},
	causeAdvice: {
		host_not_found: checkAddress,
		connection_refused: checkAddress,
		unreachable: `${checkAddress} A firewall may block that port.`,
		certificate:
			'IOVOX itself has a certificate from a public authority, so something in between may have answered. If Environment is Custom, that server needs a certificate for its name from a public authority, or from one named in NODE_EXTRA_CA_CERTS.',
	},
	signIn,
	lists: { searchLinks },
	operations: { originate, get },
	events,
};
