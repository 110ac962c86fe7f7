/** The smallest vendor, whose operations each test writes down itself. */
import type { Operations, Vendor } from '../../../nodes/shared/calling/contract/vendor';
import { commonOptions } from '../../../nodes/shared/form/fields';

/** The form of a call: a number, and the options that every node has. */
export const tinyFields: Operations['originate']['fields'] = [
	{ displayName: 'To', name: 'to', type: 'string', default: '' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		default: {},
		options: commonOptions,
	},
];

export const tiny = (operations: Operations): Vendor => ({
	id: 'tiny',
	displayName: 'Tiny',
	credentialType: 'tinyApi',
	endpoints: [],
	signIn: { sign: (request) => request },
	operations,
});
