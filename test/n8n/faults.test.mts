/**
 * Every row of the outcomes of Switchvox in a real n8n: for each fault, what the workflow gets, and that no phone rang twice.
 */
import type { Fault, SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';

type Case = FaultCase<SwitchvoxOptions, SwitchvoxSimulator>;

const fault = (what: Fault) => (pbx: SwitchvoxSimulator) => {
	pbx.fault(what);
};
const lookThere = 'Before dialing again, check the current calls and the call logs of Switchvox.';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';
const atOnce = { options: { timeout: 1 } };

const cases: readonly Case[] = [
	...networkFaults<SwitchvoxOptions, SwitchvoxSimulator>({
		vendorName: 'Switchvox',
		path: '/xml',
		lookThere,
		success: 'answered',
		advice: {
			host: 'Check the spelling',
			port: 'Check host and port',
			certificate: 'CA Certificate',
			address: 'Base URL',
		},
		untrusting: { caCertificate: '' },
		quick: atOnce,
		seconds: 31,
	}),
	{
		title: 'bad input',
		parameters: { dialFirst: 'Bob' },
		status: 'not_sent',
		reason: 'invalid_input',
		says: ['Dial First is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a server that hangs before the sign-in',
		hangs: true,
		prepare: (pbx) => {
			pbx.fault('hang', { where: 'any' });
		},
		status: 'not_sent',
		reason: 'timed_out',
		says: ['did not answer within 20 seconds', certainly],
		rings: 0,
	},
	{
		title: 'HTTP 401',
		prepare: fault({ status: 401 }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 401', 'Check user name and password'],
		rings: 0,
	},
	{
		title: 'HTTP 403',
		prepare: fault({ status: 403 }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 403', 'access control'],
		rings: 0,
	},
	{
		title: 'an account that does not exist',
		parameters: { accountId: '999999' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['That account_id is invalid (84711)', 'not its extension number'],
		rings: 0,
	},
	{
		title: 'nobody answers',
		prepare: (pbx) => {
			pbx.setParty('101', 'never');
		},
		parameters: { options: { timeout: 7 } },
		status: 'not_connected',
		reason: 'no_answer',
		says: [
			'Switchvox could not connect 101',
			'(41591)',
			'Nobody answered 101 within 7 seconds',
			'Timeout',
		],
		rings: 1,
	},
	{
		title: 'the first party is busy',
		prepare: (pbx) => {
			pbx.setParty('101', 'busy');
		},
		status: 'not_connected',
		reason: 'no_answer',
		says: ['Switchvox could not connect 101', '(41591)', 'or it was busy'],
		rings: 0,
	},
	{
		title: 'XML that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not well-formed XML', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'an empty body',
		prepare: fault('empty'),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is empty', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'a known code beside an undocumented one',
		prepare: fault({
			body: '<response><errors><error code="41591" message="No."/><error code="4711" message="New."/></errors></response>',
		}),
		status: 'unknown',
		reason: 'contradictory_reply',
		says: ['undocumented code', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'an undocumented code',
		prepare: fault({
			body: '<response><errors><error code="4711" message="New in this version."/></errors></response>',
		}),
		status: 'unknown',
		reason: 'undocumented_code',
		says: ['undocumented code: New in this version (4711)', lookThere],
		rings: 1,
	},
];

testFaults<SwitchvoxOptions, SwitchvoxSimulator>({
	vendor: 'switchvox',
	cases,
	open: setUpSwitchvox,
	check: (stored, data) => {
		expect(stored).not.toContain(String(data.password));
	},
});
