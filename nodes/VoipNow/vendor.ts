import { defineVendor } from '../shared/vendor';
import { decode, howToCheck } from './decode';
import { encode } from './encode';
import { fields } from './fields';
import { read } from './read';
import { grantPage } from './signIn';

/** Whether VoipNow answers before somebody picks up is not documented. */
const marginSeconds = 30;
const defaultPickupSeconds = 25;

export const voipNow = defineVendor({
	id: 'voipNow',
	displayName: 'VoipNow',
	credentialType: 'voipNowOAuth2Api',
	endpoints: ['/uapi'],
	tokenPath: grantPage,
	// Documented is 401; a client of the vendor meets 403. Either comes before a call is placed.
	renewOn: [401, 403],
	fields,
	howToCheck,
	read: (form) => read(form),
	parties: ({ source, destination }) => ({
		from: source.join(', '),
		to: destination.join(', '),
	}),
	encode,
	decode,
	replyTimeoutSeconds: ({ waitForPickupSeconds = defaultPickupSeconds }) =>
		waitForPickupSeconds + marginSeconds,
});
