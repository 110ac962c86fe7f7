/** The outcome that a program gets if something goes wrong, vendor by vendor, and how often the phone rang. */
import type { Outcome } from '../../index.ts';
import type { Fault } from '../simulators/fault.mts';
import { openEnswitch, openIovox, openSwitchvox, openVoipNow } from './setups.mts';
import type { Setup, Changes } from './setups.mts';
import { until } from '../until.mts';

const vendors: readonly [string, () => Promise<Setup>][] = [
	['Switchvox', () => openSwitchvox()],
	['Switchvox with Digest', () => openSwitchvox({ authentication: 'digest' })],
	['IOVOX', openIovox],
	['Enswitch', () => openEnswitch()],
	['VoipNow', () => openVoipNow()],
];

interface Case {
	readonly title: string;
	readonly fault?: Fault;
	readonly prepare?: (setup: Setup) => void | Promise<void>;
	readonly changes?: Changes;
	readonly status: Outcome['status'];
	/** A part of message or advice. */
	readonly says: string;
	readonly rings: 0 | 1;
}

const certainly = 'No call was placed.';
const perhaps = 'Before dialing again, check';

const cases: readonly Case[] = [
	{
		title: 'an unknown host',
		changes: { credential: { baseUrl: 'https://pbx.invalid' } },
		status: 'not_sent',
		says: 'The host of https://pbx.invalid was not found.',
		rings: 0,
	},
	{
		title: 'connection refused',
		prepare: (setup) => setup.refuse(),
		status: 'not_sent',
		says: 'refused the connection.',
		rings: 0,
	},
	{
		title: 'an address that is none',
		changes: { credential: { baseUrl: 'https://' } },
		status: 'not_sent',
		says: 'Base URL in the credential',
		rings: 0,
	},
	{
		title: 'aborted before it was sent',
		changes: { options: { signal: AbortSignal.abort() } },
		status: 'not_sent',
		says: 'aborted before it was sent',
		rings: 0,
	},
	{ title: 'a cut connection', fault: 'cut', status: 'unknown', says: perhaps, rings: 0 },
	{
		title: 'cut after ringing',
		fault: 'cutAfterRinging',
		status: 'unknown',
		says: 'The connection to',
		rings: 1,
	},
	{
		title: 'HTTP 500 after ringing',
		fault: { status: 500, rings: true },
		status: 'unknown',
		says: perhaps,
		rings: 1,
	},
	{ title: 'HTTP 404', fault: { status: 404 }, status: 'refused', says: 'HTTP 404', rings: 0 },
	{
		title: 'a redirect to another server',
		fault: { status: 307, redirect: 'https://other.example/?token=secret' },
		status: 'not_sent',
		says: 'redirect (HTTP 307) to https://other.example/.',
		rings: 0,
	},
	{
		title: 'a redirect to another path',
		fault: { redirect: '/login;jsessionid=secret?token=secret' },
		status: 'unknown',
		says: '/login. The call may have been placed.',
		rings: 0,
	},
	{
		title: 'HTTP 303 after ringing',
		fault: { status: 303, redirect: '/done', rings: true },
		status: 'unknown',
		says: 'redirect (HTTP 303)',
		rings: 1,
	},
	{ title: 'a web page', fault: 'html', status: 'unknown', says: perhaps, rings: 0 },
	{ title: 'garbage', fault: 'garbage', status: 'unknown', says: perhaps, rings: 1 },
];

describe.each(vendors)('%s', (_name, open) => {
	let setup: Setup;

	beforeEach(async () => {
		setup = await open();
	});

	afterEach(async () => {
		await setup.close();
	});

	test.each(cases.map((one) => [one.title, one] as const))('%s', async (_title, one) => {
		if (one.fault !== undefined) setup.fault(one.fault);
		await one.prepare?.(setup);
		// What the reply itself shows; a look-up is another matter.
		const options = { lookUpUnknown: false, ...one.changes?.options };
		const outcome = await setup.place({ ...one.changes, options });
		if (!('message' in outcome)) throw new Error(outcome.status);
		const { status, message, advice } = outcome;
		expect([status, `${message} ${advice}`]).toEqual([
			one.status,
			expect.stringContaining(one.says),
		]);
		expect(await setup.firstRings()).toBe(one.rings);
		if (status === 'not_sent') expect(message).toContain(certainly);
		const text = JSON.stringify(outcome);
		expect(text).not.toContain(setup.secret);
		expect(text).not.toContain('token=secret');
		expect(text).not.toMatch(/\bn8n\b/);
	});

	test('aborted while the vendor works on it', async () => {
		setup.fault('hangAfterRinging');
		const canceller = new AbortController();
		const placing = setup.place({ options: { signal: canceller.signal } });
		await until(async () => (await setup.firstRings()) > 0);
		canceller.abort();
		expect(await placing).toMatchObject({
			status: 'unknown',
			advice: expect.stringContaining(perhaps) as string,
		});
		expect(await setup.firstRings()).toBe(1);
	});
});

describe('certificates', () => {
	const tls = [
		['Switchvox', openSwitchvox],
		['Enswitch', openEnswitch],
		['VoipNow', openVoipNow],
	] as const;

	test.each(tls)('%s: an untrusted one is refused, a switch lets it pass', async (_name, open) => {
		const setup = await open();
		const untrusted = await setup.place({ credential: { caCertificate: undefined } });
		expect(untrusted).toMatchObject({
			status: 'not_sent',
			message: expect.stringContaining('is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)') as string,
		});
		expect(setup.requests).toEqual([]);
		const credential = { caCertificate: undefined, allowUnauthorizedCerts: true };
		const trusted = await setup.place({ credential });
		expect(['answered', 'accepted']).toContain(trusted.status);
		expect(await setup.firstRings()).toBe(1);
		await setup.close();
	});

	test.each(['wrongHost', 'expired'] as const)('one that is %s is refused', async (certificate) => {
		const setup = await openSwitchvox({ certificate });
		expect(await setup.place()).toMatchObject({ status: 'not_sent' });
		expect(setup.requests).toEqual([]);
		await setup.close();
	});

	test('https to a server that speaks http', async () => {
		const setup = await openSwitchvox({ tls: false });
		const baseUrl = setup.url.replace('http:', 'https:');
		expect(await setup.place({ credential: { baseUrl } })).toMatchObject({ status: 'not_sent' });
		await setup.close();
	});
});
