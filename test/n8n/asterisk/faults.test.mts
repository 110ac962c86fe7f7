/** Every fault between a real n8n and a real Asterisk: what the workflow gets, and which phones rang. */
import { testFaults } from '../faultCases.mts';
import type { FaultCase } from '../faultCases.mts';
import { networkFaults } from '../networkFaults.mts';
import type { Fault } from '../../simulators/fault.mts';
import { startAsterisk } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { setUpNode } from '../setup.mts';
import { credentialFor, parameters, ringsOf, spellingsOf } from './setup.mts';
import { ensurePrograms } from './install.mts';
import { startProxy } from './proxy.mts';
import type { Proxy, ProxyOptions } from './proxy.mts';

type Case = FaultCase<ProxyOptions, Proxy>;

let asterisk: Asterisk;

beforeAll(async () => {
	asterisk = await startAsterisk(await ensurePrograms());
});
afterAll(() => asterisk.stop());

const fault = (what: Fault) => (proxy: Proxy) => {
	proxy.fault(what);
};
const lookThere =
	'Before dialing again, check the active channels and the call records of Asterisk.';
const certainly = 'No call was placed.';
const perhaps = 'The call may have been placed.';

const own: readonly Case[] = [
	{
		title: 'bad input',
		parameters: { extension: 'Bob' },
		status: 'not_sent',
		reason: 'invalid_input',
		says: ['Extension is "Bob"', certainly],
		rings: 0,
	},
	{
		title: 'a wrong password',
		credential: (data) => ({ ...data, password: 'another-password' }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['HTTP 401', 'Enter an ARI user', certainly],
		rings: 0,
	},
	{
		title: 'a user of ARI who may only read',
		credential: (data) => ({ ...data, username: 'reader', password: 'test-password-reader' }),
		status: 'refused',
		reason: 'unauthorized',
		says: ['Write access denied', 'read_only=no', certainly],
		rings: 0,
	},
	{
		title: 'an endpoint that does not exist',
		parameters: { endpoint: 'PJSIP/999' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['Asterisk cannot ring PJSIP/999: Allocation failed (500)', 'Check Endpoint', certainly],
		rings: 0,
	},
	{
		title: 'a phone that has not registered',
		parameters: { endpoint: 'PJSIP/151' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['no phone has registered', certainly],
		rings: 0,
	},
	{
		title: 'an endpoint without a technology that exists',
		parameters: { endpoint: 'NOPE/101' },
		status: 'refused',
		reason: 'vendor_refused',
		says: ['Allocation failed', certainly],
		rings: 0,
	},
	{
		title: 'no ARI behind this path',
		credential: (data) => ({ ...data, baseUrl: `${String(data.baseUrl)}/pbx` }),
		status: 'refused',
		reason: 'vendor_refused',
		says: ['HTTP 404', 'Base URL', certainly],
		rings: 0,
	},
	{
		title: 'HTTP 504, the phone rang',
		prepare: fault({ status: 504, rings: true }),
		status: 'unknown',
		says: [],
		rings: 1,
	},
	{
		title: 'JSON that ends in the middle',
		prepare: fault('truncated'),
		status: 'unknown',
		says: [],
		rings: 1,
	},
	{ title: 'an empty body', prepare: fault('empty'), status: 'unknown', says: [], rings: 1 },
	{
		title: 'the line is dead from then on, the phone rang',
		prepare: (proxy) => {
			proxy.fault('cutAfterRinging', { where: 'any' });
		},
		status: 'still unknown',
		reason: 'connection_lost',
		says: ['was lost before its answer came', perhaps, lookThere],
		rings: 1,
	},
];

/** A redirect to the same path has to know it. */
const knownId = 'known';

/** A call that would be unknown is looked for: if a phone rang, there is a call. */
const cases = [
	...networkFaults<ProxyOptions, Proxy>({
		vendorName: 'Asterisk',
		path: `/ari/channels/${knownId}`,
		lookThere,
		advice: {
			host: 'Check the spelling',
			port: '8088 (http) or 8089 (https)',
			certificate: 'CA Certificate',
			address: 'There is no ARI at this address',
		},
		untrusting: { caCertificate: '' },
		seconds: 30,
	}).map((one) =>
		one.title === 'HTTP 301 to the same path elsewhere'
			? { ...one, parameters: { options: { callId: knownId } } }
			: one,
	),
	...own,
].map((one): Case => {
	if (one.status === 'still unknown') return { ...one, status: 'unknown' };
	return one.status === 'unknown' && one.rings === 1
		? { ...one, status: 'accepted', foundLater: true, says: [] }
		: one;
});

/** Each case calls a number of its own, because they run at the same time. */
let called = 100;

testFaults<ProxyOptions, Proxy>({
	vendor: 'asterisk',
	cases,
	open: async (client, options) => {
		const proxy = await startProxy(asterisk.url, options);
		const number = `12025550${String(called++)}`;
		const node = {
			type: 'asterisk',
			credentialType: 'asteriskApi',
			parameters: { ...parameters, endpoint: `PJSIP/${number}@trunk` },
		};
		const { caCertificate } = proxy;
		const setup = await setUpNode(client, proxy, node, credentialFor(proxy.url, { caCertificate }));
		return { ...setup, firstRings: () => ringsOf(asterisk, number) };
	},
	check: (stored, data, { requests }) => {
		for (const secret of spellingsOf(String(data.password))) expect(stored).not.toContain(secret);
		// Nothing is ever placed twice. A call is looked for three times.
		const askedFor = (pattern: RegExp) =>
			requests.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length;
		expect(askedFor(/^POST /)).toBeLessThanOrEqual(1);
		expect(askedFor(/^GET .*\/channels\//)).toBeLessThanOrEqual(3);
		for (const { path } of requests) {
			expect(path).toMatch(/^(\/pbx)?\/ari\/(channels\/[\w-]+|bridges)$/);
		}
	},
});

test('there is a number for each case', () => {
	expect(called).toBeLessThanOrEqual(200);
});
