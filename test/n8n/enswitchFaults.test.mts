/**
 * Every row of the outcomes of Enswitch in a real n8n: for each fault, what the workflow gets, and that no phone rang twice.
 */
import type { EnswitchOptions, EnswitchSimulator, Fault } from '../simulators/enswitch.mts';
import { setUpEnswitch, signInOf, spellingsOf } from './enswitchSetup.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';

type Case = FaultCase<EnswitchOptions, EnswitchSimulator>;

const fault = (what: Fault) => (pbx: EnswitchSimulator) => {
	pbx.fault(what);
};
const lookThere = 'Before dialing again, check the active calls and the call history of Enswitch.';
const entry = (code: string, message: string) =>
	JSON.stringify({ responses: [{ code, key: '', message }] });
const taken = entry('204', 'OK');
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';

const cases: readonly Case[] = [
	...networkFaults<EnswitchOptions, EnswitchSimulator>({
		vendorName: 'Enswitch',
		path: '/api/json/calls/make/',
		lookThere,
		advice: {
			host: 'Check the spelling',
			port: 'Check host and port',
			certificate: 'CA Certificate',
			address: 'Base URL',
		},
		untrusting: { caCertificate: '' },
		seconds: 30,
	}),
	{
		title: 'a delay',
		parameters: { options: { delay: 2 } },
		status: 'scheduled',
		says: [],
		rings: 1,
	},
	{
		title: 'bad input',
		parameters: { cnumber: 'Bob' },
		status: 'not_sent',
		reason: 'invalid_input',
		says: ['Second Call To is "Bob"', certainly],
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
		says: ['HTTP 403', 'access rules allow the address that requests come from'],
		rings: 0,
	},
	{
		title: 'a wrong password (401 in the envelope)',
		credential: (data) => ({ ...data, password: 'another-password' }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['details provided are invalid (401)', 'Check user name and password'],
		rings: 0,
	},
	{
		title: 'a role that may not (402 in the envelope)',
		credential: (data) => ({ ...data, ...signInOf('guest') }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['Your role does not allow this (402)', 'actions or panel'],
		rings: 0,
	},
	{
		title: 'a rate plan that may not (403 in the envelope)',
		credential: (data) => ({ ...data, ...signInOf('unpaid') }),
		status: 'refused',
		reason: 'vendor_refused',
		says: ['Your rate plan does not allow this (403)', 'rate plan of the customer'],
		rings: 0,
	},
	{
		title: 'a telephone line that does not exist (400 in the envelope)',
		parameters: { snumber: '7654321' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['snumber: Invalid telephone line or number (400)', 'Check First Call To (snumber)'],
		rings: 0,
	},
	{
		title: 'HTTP 503 that says it was taken',
		prepare: fault({ status: 503, rings: true, body: taken }),
		status: 'unknown',
		reason: 'server_fault',
		says: ['with HTTP 503: OK (204)', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'HTTP 402 that explains itself',
		prepare: fault({ status: 402, body: entry('402', 'Your role does not allow this.') }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['Your role does not allow this (402)', 'actions or panel'],
		rings: 0,
	},
	{
		title: 'JSON that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not valid JSON', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'JSON that ends behind the whole entry',
		prepare: fault({ body: `${taken.slice(0, -1)},"data":{"callid":"12` }),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not valid JSON', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'a comma too many',
		prepare: fault({ body: taken.replace(/[}\]]/g, ',$&') }),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not valid JSON', perhaps, lookThere],
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
		title: '500 in the envelope',
		prepare: fault({ body: entry('500', 'Internal.') }),
		status: 'unknown',
		reason: 'undocumented_code',
		says: ['Internal (500)', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'accepted beside refused',
		prepare: fault({
			body: '{"responses":[{"code":"204","key":"","message":"OK"},{"code":"400","key":"","message":"x"}]}',
		}),
		status: 'unknown',
		reason: 'contradictory_reply',
		says: ['x (400)', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'an undocumented code',
		prepare: fault({ body: entry('299', 'New in this version.') }),
		status: 'unknown',
		reason: 'undocumented_code',
		says: ['New in this version (299)', perhaps, lookThere],
		rings: 1,
	},
];

testFaults<EnswitchOptions, EnswitchSimulator>({
	vendor: 'enswitch',
	cases,
	open: setUpEnswitch,
	check: (stored, data, pbx) => {
		for (const spelling of spellingsOf(data.password)) expect(stored).not.toContain(spelling);
		for (const { path } of pbx.requests) expect(path).not.toContain('auth_');
		// Nothing is ever sent twice, whatever came back.
		expect(pbx.requests.length).toBeLessThanOrEqual(1);
	},
});
