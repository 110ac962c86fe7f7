/**
 * Every row of the outcomes for VoipNow in a real n8n: for each fault, what the workflow is told, and that no phone rang twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';
import { logInToN8n, startNode } from './context.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';
import { appOf, createVoipNowCredential, openBench } from './voipnowBench.mts';

// A hanging server is waited for as long as the call may take: one second until pickup and thirty of margin.
jest.setTimeout(90_000);

type Case = FaultCase<VoipNowOptions, VoipNowSimulator>;

const fault = (what: Fault) => (pbx: VoipNowSimulator) => {
	pbx.fault(what);
};
const faultOfTokens = (what: Fault) => (pbx: VoipNowSimulator) => {
	pbx.fault(what, { where: 'any', times: 1 });
};
const lookThere = 'Before dialing again, look into the call reports of VoipNow, or list';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';
const atOnce = { options: { waitForPickup: 1 } };
const documentedError = (code: string) =>
	JSON.stringify({ error: { code, message: 'Human readable error message.' } });

const cases: readonly Case[] = [
	...networkFaults<VoipNowOptions, VoipNowSimulator>({
		vendorName: 'VoipNow',
		path: '/uapi/phoneCalls/@me/simple',
		lookThere,
		advice: {
			host: 'Check the spelling',
			port: 'Check host and port',
			certificate: 'NODE_EXTRA_CA_CERTS',
		},
		untrusting: { allowUnauthorizedCerts: false },
		quick: atOnce,
		seconds: 31,
	}),
	{ title: 'nothing goes wrong', status: 'accepted', says: [], rings: 1 },
	{
		title: 'nobody picks up: VoipNow has taken the call all the same',
		prepare: (pbx) => {
			pbx.setParty('0003*210', 'never');
		},
		status: 'accepted',
		says: [],
		rings: 1,
	},
	{ title: 'an empty body', prepare: fault('empty'), status: 'accepted', says: [], rings: 1 },
	{
		title: 'bad input',
		parameters: { source: ['Bob'] },
		status: 'not_sent',
		says: ['Source is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a wrong client secret',
		credential: (data) => ({ ...data, clientSecret: 'not the secret' }),
		status: 'refused',
		says: ['gave out no token (invalid_client)', 'Client ID and Client Secret'],
		rings: 0,
	},
	{
		title: 'an App that is not trusted',
		credential: (data) => ({ ...data, ...appOf('untrusted') }),
		status: 'refused',
		says: ['gave out no token (unauthorized_client)', 'marked as trusted'],
		rings: 0,
	},
	{
		title: 'a web page in place of a token',
		prepare: faultOfTokens('html'),
		status: 'not_sent',
		says: ['/oauth/token.php answered with no token (HTTP 200)', certainly, 'Base URL'],
		rings: 0,
	},
	{
		title: 'HTTP 404 in place of a token',
		prepare: faultOfTokens({ status: 404 }),
		status: 'not_sent',
		says: ['answered with no token', certainly, 'Base URL'],
		rings: 0,
	},
	{
		title: 'HTTP 500 in place of a token',
		prepare: faultOfTokens({ status: 500 }),
		status: 'not_sent',
		says: ['gave no answer when it was asked for a token', certainly],
		rings: 0,
	},
	{
		title: 'the connection is cut in place of a token',
		prepare: faultOfTokens('cut'),
		status: 'not_sent',
		says: ['gave no answer when it was asked for a token', certainly],
		rings: 0,
	},
	{
		title: 'every token is refused',
		prepare: (pbx) => {
			pbx.refuseTokens();
		},
		status: 'refused',
		says: ['(access_denied)', 'renewed the token once'],
		rings: 0,
	},
	{
		title: 'every token is refused with 403',
		options: { expiredStatus: 403 },
		prepare: (pbx) => {
			pbx.refuseTokens();
		},
		status: 'refused',
		says: ['(access_denied)', 'renewed the token once'],
		rings: 0,
	},
	...([409, 413, 429] as const).map(
		(status): Case => ({
			title: `HTTP ${String(status)}`,
			prepare: fault({ status }),
			status: 'refused',
			says: [`HTTP ${String(status)}`, 'a limit', 'Interval'],
			rings: 0,
		}),
	),
	{
		title: 'HTTP 404',
		prepare: fault({ status: 404 }),
		status: 'refused',
		says: ['HTTP 404', 'Base URL'],
		rings: 0,
	},
	{
		title: 'an extension that is no phone',
		parameters: { extension: '0003*250' },
		status: 'refused',
		says: ['(extension_invalid)', 'Phone Terminal'],
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
		title: 'HTTP 500 with a documented code',
		prepare: fault({ status: 500, body: documentedError('internal_server_error') }),
		status: 'unknown',
		says: ['HTTP 500', perhaps, '(internal_server_error)', lookThere],
		rings: 0,
	},
	{
		title: 'HTTP 500 with the code of a refusal',
		prepare: fault({ status: 500, body: documentedError('pc_source_invalid'), rings: true }),
		status: 'unknown',
		says: ['HTTP 500', perhaps, '(pc_source_invalid)', lookThere],
		rings: 1,
	},
	{
		title: 'JSON that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		says: ['cannot be read: it is not JSON', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'the documented reply, ending in the middle',
		options: { reply: 'documented' },
		prepare: fault('truncated'),
		status: 'unknown',
		says: ['cannot be read: it is not JSON', perhaps, lookThere],
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
		title: 'an error with HTTP 200',
		prepare: fault({ body: documentedError('pc_source_invalid') }),
		status: 'unknown',
		reason: 'contradictory_reply',
		says: ['answered with HTTP 200 and a refusal', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'a call and an error in one answer',
		prepare: fault({
			body: '[{"id":"1","error":{"code":"internal_server_error","message":"Oops"}}]',
		}),
		status: 'unknown',
		reason: 'contradictory_reply',
		says: ['answered with a call and a refusal', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'HTTP 201',
		prepare: fault({ status: 201, body: '[{"id":"1"}]', rings: true }),
		status: 'unknown',
		says: ['HTTP 201 is not documented', perhaps, lookThere],
		rings: 1,
	},
];

const addRow = testFaults<VoipNowOptions, VoipNowSimulator>({
	vendor: 'voipNow',
	cases,
	open: async (client, options) => {
		const bench = await openBench(client, options);
		return {
			system: bench.pbx,
			credential: bench.credential,
			test: async (data, parameters, more) => {
				const voipNowOAuth2Api = await createVoipNowCredential(client, data);
				return bench.call(parameters, { ...more, credentials: { voipNowOAuth2Api } });
			},
			rings: bench.firstRings,
			close: bench.close,
		};
	},
	check: (stored, data) => {
		expect(stored).not.toContain(String(data.clientSecret));
		expect(stored).not.toContain(encodeURIComponent(String(data.clientSecret)));
		expect(stored).not.toMatch(/Bearer [0-9a-f]/);
	},
});

test('a cancelled execution: the call in flight rings once, and the phone is not rung again', async () => {
	const client = await logInToN8n();
	const bench = await openBench(client, { replyDelayMs: 1500 });
	const { executionId, end } = await startNode(client, bench.call({}, { items: [{}, {}] }));
	const deadline = Date.now() + 20_000;
	while (bench.firstRings() === 0 && Date.now() < deadline) await pause(20);
	await client.stop(executionId);
	const { execution } = await end();
	await pause(2000);
	const rings = bench.firstRings();
	await bench.close();
	addRow('the execution is cancelled while the phone rings', execution.status, rings);
	expect(execution.status).toBe('canceled');
	expect(rings).toBe(1);
});
