/**
 * Every row of the outcomes of VoipNow in a real n8n: for each fault, what the workflow gets, and that no phone rang twice.
 */
import type { Fault, VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';
import { testFaults } from './faultCases.mts';
import type { FaultCase } from './faultCases.mts';
import { networkFaults } from './networkFaults.mts';
import { logInToN8n, runNode } from './context.mts';
import type { Form } from './setup.mts';
import { appOf, setUpVoipNow } from './voipnowSetup.mts';

type Case = FaultCase<VoipNowOptions, VoipNowSimulator>;

const fault = (what: Fault) => (pbx: VoipNowSimulator) => {
	pbx.fault(what);
};
const faultOfTokens = (what: Fault) => (pbx: VoipNowSimulator) => {
	pbx.fault(what, { where: 'any', times: 1 });
};
const lookThere = 'Before dialing again, check the call reports of VoipNow, or list';
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
			address: 'Base URL',
		},
		untrusting: { allowUnauthorizedCerts: false },
		quick: atOnce,
		seconds: 31,
	}),
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
		reason: 'invalid_input',
		says: ['Source is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a wrong client secret',
		credential: (data) => ({ ...data, clientSecret: 'not the secret' }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['issued no token (invalid_client)', 'Client ID and Client Secret'],
		rings: 0,
	},
	{
		title: 'an App that is not trusted',
		credential: (data) => ({ ...data, ...appOf('untrusted') }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['issued no token (unauthorized_client)', 'marked as trusted'],
		rings: 0,
	},
	{
		title: 'a web page in place of a token',
		prepare: faultOfTokens('html'),
		status: 'not_sent',
		reason: 'unreadable_reply',
		says: ['/oauth/token.php answered without a token (HTTP 200)', certainly, 'Base URL'],
		rings: 0,
	},
	{
		title: 'HTTP 404 in place of a token',
		prepare: faultOfTokens({ status: 404 }),
		status: 'not_sent',
		reason: 'unreadable_reply',
		says: ['answered without a token', certainly, 'Base URL'],
		rings: 0,
	},
	{
		title: 'HTTP 500 in place of a token',
		prepare: faultOfTokens({ status: 500 }),
		status: 'not_sent',
		reason: 'server_fault',
		says: ['answered without a token (HTTP 500)', certainly, 'is running as it should'],
		rings: 0,
	},
	{
		title: 'HTTP 429 in place of a token',
		prepare: faultOfTokens({ status: 429 }),
		status: 'not_sent',
		reason: 'rate_limited',
		says: ['answered without a token (HTTP 429)', certainly, 'Pause between calls'],
		rings: 0,
	},
	{
		title: 'the connection is cut in place of a token',
		prepare: faultOfTokens('cut'),
		status: 'not_sent',
		reason: 'connection_lost',
		says: ['did not answer the request for a token', certainly],
		rings: 0,
	},
	{
		title: 'every token is refused',
		prepare: (pbx) => {
			pbx.refuseTokens();
		},
		status: 'refused',
		reason: 'unauthorized',
		says: ['(access_denied)', 'token was renewed once'],
		rings: 0,
	},
	{
		title: 'every token is refused with 403',
		options: { expiredStatus: 403 },
		prepare: (pbx) => {
			pbx.refuseTokens();
		},
		status: 'refused',
		reason: 'unauthorized',
		says: ['(access_denied)', 'token was renewed once'],
		rings: 0,
	},
	...([409, 413, 429] as const).map(
		(status): Case => ({
			title: `HTTP ${String(status)}`,
			prepare: fault({ status }),
			status: 'refused',
			reason: 'rate_limited',
			says: [`HTTP ${String(status)}`, 'a limit', 'Interval'],
			rings: 0,
		}),
	),
	{
		title: 'an extension that is no phone',
		parameters: { extension: '0003*250' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['(extension_invalid)', 'Phone Terminal'],
		rings: 0,
	},
	{
		title: 'HTTP 500 with a documented code',
		prepare: fault({ status: 500, body: documentedError('internal_server_error') }),
		status: 'unknown',
		reason: 'server_fault',
		says: ['HTTP 500', perhaps, '(internal_server_error)', lookThere],
		rings: 0,
	},
	{
		title: 'HTTP 500 with the code of a refusal',
		prepare: fault({ status: 500, body: documentedError('pc_source_invalid'), rings: true }),
		status: 'unknown',
		reason: 'server_fault',
		says: ['HTTP 500', perhaps, '(pc_source_invalid)', lookThere],
		rings: 1,
	},
	{
		title: 'JSON that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not JSON', perhaps, lookThere],
		rings: 1,
	},
	{
		title: 'the documented reply, ending in the middle',
		options: { reply: 'documented' },
		prepare: fault('truncated'),
		status: 'unknown',
		reason: 'unreadable_reply',
		says: ['could not be read: it is not JSON', perhaps, lookThere],
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
		reason: 'unreadable_reply',
		says: ['HTTP 201 is not documented', perhaps, lookThere],
		rings: 1,
	},
];

testFaults<VoipNowOptions, VoipNowSimulator>({
	vendor: 'voipNow',
	cases,
	// What the reply itself shows. Below, the calls are looked for.
	async open(client, options) {
		const setup = await setUpVoipNow(client, options);
		return {
			...setup,
			callWith: (data, changes = {}, more) => {
				const set = { lookUpUnknown: false, ...(changes.options as Form) };
				return setup.callWith(data, { ...changes, options: set }, more);
			},
		};
	},
	check: (stored, data) => {
		expect(stored).not.toContain(String(data.clientSecret));
		expect(stored).not.toContain(encodeURIComponent(String(data.clientSecret)));
		expect(stored).not.toMatch(/Bearer [0-9a-f]/);
	},
});

test('looked for, every call that rang is found, and nothing else is', async () => {
	const client = await logInToN8n();
	const lookFor = async ({ title, options, prepare, parameters, rings }: Case) => {
		const setup = await setUpVoipNow(client, { ...options, talkSeconds: 120 });
		try {
			await prepare?.(setup.pbx);
			const settings = { onError: 'continueErrorOutput' } as const;
			const call = setup.call(parameters, { settings, limitMs: 80_000 });
			const { items, failedItems } = await runNode(client, call);
			const { status, callId } = [...items, ...failedItems][0]?.json ?? {};
			const isOurs = callId === setup.pbx.calls[0]?.id;
			expect([title, setup.firstRings()]).toEqual([title, rings]);
			return [title, status, rings === 1 ? isOurs : callId];
		} finally {
			await setup.close();
		}
	};
	const open = cases.filter(({ status }) => status === 'unknown');
	expect(open.filter(({ rings }) => rings === 1).length).toBeGreaterThan(10);
	const found = await Promise.all(open.map(lookFor));
	expect(found).toEqual(
		open.map(({ title, rings }) =>
			rings === 1 ? [title, 'answered', true] : [title, 'unknown', null],
		),
	);
});
