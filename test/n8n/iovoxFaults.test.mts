/**
 * Every row of the outcomes of IOVOX in a real n8n: for each fault, what the workflow gets, and that no phone rang
 * twice.
 */
import type { Fault, IovoxOptions, IovoxSimulator } from '../simulators/iovox.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';
import { setUpIovox } from './iovoxSetup.mts';

type Case = FaultCase<IovoxOptions, IovoxSimulator>;

const fault = (what: Fault) => (iovox: IovoxSimulator) => {
	iovox.fault(what);
};
const lookThere =
	'Before dialing again, check the call records of IOVOX for the link and the number';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';

const cases: readonly Case[] = [
	...networkFaults<IovoxOptions, IovoxSimulator>({
		vendorName: 'IOVOX',
		path: '/Calling?v=3&method=initiateCall',
		lookThere,
		advice: {
			host: 'Check Environment',
			port: 'IOVOX is on port 444',
			certificate: 'IOVOX itself has a certificate from a public authority',
			address: 'Check Environment',
		},
		untrusting: {},
		seconds: 60,
		answering: { acceptedBody: '<response>taken</response>' },
		unreadable: {
			reason: 'undocumented_code',
			says: 'HTTP 200, but only HTTP 201 means a call',
		},
	}),
	{
		title: 'a delay',
		parameters: { options: { delay: 10_000 } },
		status: 'scheduled',
		says: [],
		rings: 0,
	},
	{
		title: '201 with a web page',
		options: { acceptedBody: '<!DOCTYPE html><html></html>' },
		status: 'accepted',
		says: [],
		rings: 1,
	},
	{
		title: '201 with XML that ends in the middle',
		options: { acceptedBody: '<response>taken</response>' },
		prepare: fault('truncated'),
		status: 'accepted',
		says: [],
		rings: 1,
	},
	{
		title: 'bad input',
		parameters: { callDestination: 'Bob' },
		status: 'not_sent',
		reason: 'invalid_input',
		says: ['Call Destination is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a wrong key',
		credential: (data) => ({ ...data, secureKey: 'wrong-key' }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 401', 'Check User Name and Secure Key', 'IP address'],
		rings: 0,
	},
	{
		title: 'an address that is not allowed',
		options: { addressAllowed: false },
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 401', 'Check User Name and Secure Key', 'IP address'],
		rings: 0,
	},
	{
		title: 'HTTP 403',
		prepare: fault({ status: 403 }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 403', 'API Settings'],
		rings: 0,
	},
	{
		title: 'HTTP 407',
		prepare: fault({ status: 407 }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 407', 'proxy'],
		rings: 0,
	},
	{
		title: 'an unknown link',
		parameters: { linkId: 'nobody' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['Link ID does not exist', 'check the ID of the link'],
		rings: 0,
	},
	{
		title: 'too many calls',
		options: { callsAllowed: 0 },
		status: 'refused',
		reason: 'rate_limited',
		says: ['The number of calls allowed has been exceeded', 'period of time', 'Interval'],
		rings: 0,
	},
	{
		title: 'HTTP 500, as documented, the phone rang',
		prepare: fault({
			status: 500,
			rings: true,
			body: '<errors><error status="500">Internal Server Error</error></errors>',
		}),
		status: 'unknown',
		reason: 'server_fault',
		says: ['HTTP 500: Internal Server Error', perhaps, lookThere, 'Retry later'],
		rings: 1,
	},
	{
		title: 'HTTP 200 and an empty body',
		prepare: fault('empty'),
		status: 'unknown',
		reason: 'undocumented_code',
		says: ['HTTP 200, but only HTTP 201 means a call', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'HTTP 200 and an error in the body',
		prepare: fault({ body: '<errors><error status="400">Link ID Empty</error></errors>' }),
		status: 'unknown',
		reason: 'undocumented_code',
		says: ['HTTP 200 and Link ID Empty', perhaps, lookThere],
		rings: 1,
	},
	{
		title: '201 with an error in the body',
		options: { acceptedBody: '<errors><error status="500">Internal Server Error</error></errors>' },
		status: 'unknown',
		reason: 'contradictory_reply',
		says: ['and with a refusal: Internal Server Error', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'HTTP 202',
		prepare: fault({ status: 202, rings: true }),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['A web page came', perhaps, lookThere],
		rings: 1,
	},
];

testFaults<IovoxOptions, IovoxSimulator>({
	vendor: 'iovox',
	cases,
	open: setUpIovox,
	check: (stored, data, iovox) => {
		expect(stored).not.toContain(String(data.secureKey));
		expect(iovox.requests.length).toBeLessThanOrEqual(1);
	},
});
