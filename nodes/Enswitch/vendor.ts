import type { Get, HangUp, Originate, Vendor } from '../shared/calling/contract/vendor';
import { readForm } from '../shared/form/reader';
import { events } from './events';
import { fields as getFields } from './get/fields';
import { look } from './get/look';
import { end } from './hangUp/end';
import { fields as hangUpFields } from './hangUp/fields';
import { searchPhones } from './lists';
import { decode, howToCheck } from './originate/decode';
import { encode } from './originate/encode';
import { fields } from './originate/fields';
import { type EnswitchCall, read } from './originate/read';
import { type EnswitchReference, readReference } from './reference';
import { signIn } from './signIn';

/** For the network, and for a busy Enswitch. */
const marginSeconds = 30;

const originate: Originate<EnswitchCall> = {
	effect: 'rings',
	fields,
	generic: {
		ownFields: [],
		fields: {
			from: 'snumber',
			to: 'cnumber',
			callerId: 'options.callerid2',
			delay: 'options.delay',
		},
		constants: { stype: 'number', ctype: 'number' },
	},
	howToCheck,
	read,
	parties: ({ snumber, cnumber }) => ({ from: snumber, to: cnumber }),
	numbers: (call) =>
		rungParties(call)
			.filter((party) => !isNamed(party))
			.map(partyOf),
	lines: (call) => rungParties(call).filter(isNamed).map(partyOf),
	delaySeconds: ({ delaySeconds = 0 }) => delaySeconds,
	encode,
	decode,
	// Wait already includes a delay, because it must be longer than the delay.
	replyTimeoutSeconds: ({ waitSeconds = 0 }) => waitSeconds + marginSeconds,
};

const get: Get<EnswitchReference> = {
	effect: 'reads',
	fields: getFields,
	read: (form, labels) => readForm(getFields, form, readReference, labels),
	look,
	pollSeconds: 2,
	recordLagSeconds: 60,
};

const hangUp: HangUp<EnswitchReference> = {
	effect: 'ends',
	fields: hangUpFields,
	read: (form, labels) => readForm(hangUpFields, form, readReference, labels),
	end,
};

export const enswitch: Vendor = {
	id: 'enswitch',
	displayName: 'Enswitch',
	credentialType: 'enswitchApi',
	endpoints: ['/api/json/calls/make', '/api/json'],
	signIn,
	lists: { searchPhones },
	operations: { originate, get, hangUp },
	events,
};

type Party = readonly [type: 'phone' | 'number', party: string];

function rungParties({ stype, snumber, ctype = 'number', cnumber }: EnswitchCall): Party[] {
	return [
		[stype, snumber],
		[ctype, cnumber],
	];
}

/** A telephone line with a number as its name counts as a number. */
function isNamed([type, party]: Party): boolean {
	return type === 'phone' && /\p{L}/u.test(party);
}

function partyOf([, party]: Party): string {
	return party;
}
