/**
 * Every row of the outcomes in a real n8n: for each fault, what the workflow is told, and that no phone rang twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { logInToN8n, startNode } from './context.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';
import { createSwitchvoxCredential, openBench } from './switchvoxBench.mts';

// A hanging server is waited for as long as the call may take: one second of ringing and thirty of margin.
jest.setTimeout(90_000);

type Case = FaultCase<SwitchvoxOptions, SwitchvoxSimulator>;

const fault = (what: Fault) => (pbx: SwitchvoxSimulator) => {
	pbx.fault(what);
};
const lookThere =
	'Before dialing again, look into the current calls and the call logs of Switchvox.';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';
const atOnce = { options: { timeout: 1 } };

const cases: readonly Case[] = [
	...networkFaults<SwitchvoxOptions, SwitchvoxSimulator>({
		vendorName: 'Switchvox',
		path: '/xml',
		lookThere,
		advice: {
			host: 'Check the spelling',
			port: 'Check host and port',
			certificate: 'CA Certificate',
		},
		untrusting: { caCertificate: '' },
		quick: atOnce,
		seconds: 31,
	}),
	{
		title: 'nothing goes wrong',
		status: 'answered',
		says: [],
		rings: 1,
	},
	{
		title: 'bad input',
		parameters: { dialFirst: 'Bob' },
		status: 'not_sent',
		says: ['Dial First is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a certificate for another host',
		options: { certificate: 'wrongHost' },
		status: 'not_sent',
		says: ['is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)', certainly],
		rings: 0,
	},
	{
		title: 'a hanging server ahead of the sign-in',
		hangs: true,
		prepare: (pbx) => {
			pbx.fault('hang', { where: 'any' });
		},
		status: 'not_sent',
		says: ['did not answer within 20 seconds', certainly],
		rings: 0,
	},
	{
		title: 'HTTP 401',
		prepare: fault({ status: 401 }),
		status: 'refused',
		says: ['HTTP 401', 'Check user name and password'],
		rings: 0,
	},
	{
		title: 'HTTP 403',
		prepare: fault({ status: 403 }),
		status: 'refused',
		says: ['HTTP 403', 'access control'],
		rings: 0,
	},
	{
		title: 'HTTP 404',
		prepare: fault({ status: 404 }),
		status: 'refused',
		says: ['HTTP 404', 'Base URL'],
		rings: 0,
	},
	{
		title: 'an account that does not exist',
		parameters: { accountId: '999999' },
		status: 'refused',
		says: ['That account_id is invalid (84711)', 'not the extension number'],
		rings: 0,
	},
	{
		title: 'nobody answers',
		prepare: (pbx) => {
			pbx.setParty('101', 'never');
		},
		parameters: { options: { timeout: 7 } },
		status: 'not_connected',
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
		says: ['Switchvox could not connect 101', '(41591)', 'or it was busy'],
		rings: 0,
	},
	{
		title: 'the connection is cut in the middle of the answer',
		prepare: fault('resetMidReply'),
		status: 'unknown',
		says: ['was lost before its answer came', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'HTTP 500',
		prepare: fault({ status: 500 }),
		status: 'unknown',
		says: ['HTTP 500', perhaps, lookThere],
		rings: 0,
	},
	{
		title: 'XML that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		says: ['cannot be read: it is not well-formed XML', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'random bytes',
		prepare: fault('garbage'),
		status: 'unknown',
		says: ['cannot be read', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'an empty body',
		prepare: fault('empty'),
		status: 'unknown',
		says: ['cannot be read: it is empty', perhaps, lookThere],
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
		says: ['undocumented code: New in this version (4711)', lookThere],
		rings: 1,
	},
];

const addRow = testFaults<SwitchvoxOptions, SwitchvoxSimulator>({
	vendor: 'switchvox',
	cases,
	open: async (client, options) => {
		const bench = await openBench(client, options);
		return {
			system: bench.pbx,
			credential: bench.credential,
			test: async (data, parameters, more) => {
				const switchvoxApi = await createSwitchvoxCredential(client, data);
				return bench.call(parameters, { ...more, credentials: { switchvoxApi } });
			},
			rings: bench.firstRings,
			close: bench.close,
		};
	},
	check: (stored, data) => {
		expect(stored).not.toContain(String(data.password));
	},
});

test('a cancelled execution: the call in flight rings once, and the phone is not rung again', async () => {
	const client = await logInToN8n();
	const bench = await openBench(client, { secondMs: 1000 });
	bench.pbx.setParty('101', { answersAfterSeconds: 2 });
	const { executionId, end } = await startNode(client, bench.call({}, { items: [{}, {}] }));
	const deadline = Date.now() + 20_000;
	while (bench.firstRings() === 0 && Date.now() < deadline) await pause(20);
	await client.stop(executionId);
	const { execution } = await end();
	await pause(2500);
	const rings = bench.firstRings();
	await bench.close();
	addRow('the execution is cancelled while the phone rings', execution.status, rings);
	expect(execution.status).toBe('canceled');
	expect(rings).toBe(1);
});
