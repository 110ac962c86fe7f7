/**
 * Every row of the outcomes in a real n8n: for each fault, what the workflow is told, and that no phone rang twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, SwitchvoxOptions, SwitchvoxSimulator } from '../simulators/switchvox.mts';
import { blockedAddress, logInToN8n, startNode } from './context.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { createSwitchvoxCredential, openBench } from './switchvoxBench.mts';

// A hanging server is waited for as long as the call may take: one second of ringing and thirty of margin.
jest.setTimeout(90_000);

type Case = FaultCase<SwitchvoxOptions, SwitchvoxSimulator>;

const fault = (what: Fault) => (pbx: SwitchvoxSimulator) => {
	pbx.fault(what);
};
const lookThere =
	'Before dialling again, look into the current calls and the call logs of Switchvox.';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';
const atOnce = { options: { timeout: 1 } };

const cases: readonly Case[] = [
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
		title: 'an unknown host',
		credential: (data) => ({ ...data, baseUrl: 'https://pbx.invalid' }),
		status: 'not_sent',
		says: ['The host of https://pbx.invalid was not found', certainly, 'Check the spelling'],
		rings: 0,
	},
	{
		title: 'connection refused',
		prepare: (pbx) => pbx.refuse(),
		status: 'not_sent',
		says: ['refused the connection', certainly, 'Check host and port'],
		rings: 0,
	},
	{
		title: 'an untrusted certificate',
		credential: (data) => ({ ...data, caCertificate: '' }),
		status: 'not_sent',
		says: ['is not trusted (', certainly, 'CA Certificate'],
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
		title: 'an expired certificate',
		options: { certificate: 'expired' },
		status: 'not_sent',
		says: ['is not trusted (CERT_HAS_EXPIRED)', certainly],
		rings: 0,
	},
	{
		title: 'https to a server that speaks http',
		options: { tls: false },
		credential: (data) => ({ ...data, baseUrl: String(data.baseUrl).replace('http:', 'https:') }),
		status: 'not_sent',
		says: ['does not answer as an https server', certainly],
		rings: 0,
	},
	{
		title: 'blocked by the network policy of n8n',
		credential: (data) => ({ ...data, baseUrl: `https://${blockedAddress}` }),
		status: 'not_sent',
		says: ['The network policy of n8n blocks', certainly],
		rings: 0,
	},
	{
		title: 'a redirect',
		prepare: fault({ redirect: 'https://other.example/xml' }),
		status: 'not_sent',
		says: ['redirect (HTTP 302) to https://other.example/xml', certainly, 'Base URL'],
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
		says: ['Switchvox called 101', '(41591)', 'Nobody answered 101 within 7 seconds', 'Timeout'],
		rings: 1,
	},
	{
		title: 'the first party is busy',
		prepare: (pbx) => {
			pbx.setParty('101', 'busy');
		},
		status: 'not_connected',
		says: ['Switchvox called 101', '(41591)', 'or it was busy'],
		rings: 0,
	},
	{
		title: 'no answer, nothing rang',
		hangs: true,
		prepare: fault('hang'),
		parameters: atOnce,
		status: 'unknown',
		says: ['did not answer within 31 seconds', perhaps, lookThere],
		rings: 0,
	},
	{
		title: 'no answer, the phone rang',
		hangs: true,
		prepare: fault('hangAfterRinging'),
		parameters: atOnce,
		status: 'unknown',
		says: ['did not answer within 31 seconds', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'the connection is cut, nothing rang',
		prepare: fault('cut'),
		status: 'unknown',
		says: ['was lost before its answer came (ECONNRESET)', perhaps, lookThere],
		rings: 0,
	},
	{
		title: 'the connection is cut, the phone rang',
		prepare: fault('cutAfterRinging'),
		status: 'unknown',
		says: ['was lost before its answer came (ECONNRESET)', perhaps, lookThere],
		rings: 1,
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
		title: 'HTTP 502, the phone rang',
		prepare: fault({ status: 502, rings: true }),
		status: 'unknown',
		says: ['HTTP 502', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'a web page',
		prepare: fault('html'),
		status: 'unknown',
		says: ['A web page came instead of an answer of Switchvox', perhaps, 'Base URL', lookThere],
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
