/** Following IOVOX's calls in a real n8n, against the simulated IOVOX, whose calls have a record after their end. */
import { setTimeout as pause } from 'node:timers/promises';

import type { IovoxOptions, PartyBehaviour } from '../simulators/iovox.mts';
import { until } from '../until.mts';
import { runChain, startChain, type Step } from './chain.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import { type IovoxSetup, parameters, setUpIovox } from './iovoxSetup.mts';
import { during, type Form } from './setup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** A call and its record take a few milliseconds, unless people talk for long. */
const withSetup = during((options: IovoxOptions, changes) => setUpIovox(client, options, changes));

const type = 'iovox';
const to = '441632960001';
const originate = (options: Form = {}, more: Form = {}): Step => ({
	type,
	parameters: { ...parameters, ...more, options },
});
/** Nothing is typed in: each field takes its value from the item. */
const get = (options: Form = {}, more: Form = {}): Step => ({
	type,
	parameters: { resource: 'call', operation: 'get', ...more, options },
});
const settings = { onError: 'continueErrorOutput' } as const;

const run = async ({ stored }: IovoxSetup, ...steps: readonly Step[]) =>
	await runChain(client, { iovoxApi: stored }, steps);

const asked = ({ pbx }: IovoxSetup) =>
	pbx.requests.filter(({ path }) => path.startsWith('/Calls?'));

describe('Get', () => {
	test.each<IovoxOptions>([{}, { zoneHours: -9.5 }, { ignoresFilters: true, zoneHours: 12.75 }])(
		'behind Originate, waits for the record: %j',
		async (options) => {
			await withSetup(options, async (setup) => {
				const { results } = await run(
					setup,
					originate({}, { callDestination: '441632960002' }),
					originate({}, { callDestination: `${to},,1` }),
					get({ waitUntil: 'ended' }),
				);
				expect(results[1]).toMatchObject({ status: 'accepted', callId: null, from: 'link123' });
				expect(results[2]).toMatchObject({
					vendor: 'iovox',
					callId: null,
					from: 'link123',
					to: `${to},,1`,
					state: 'ended',
					answeredByFirst: true,
					answeredBySecond: true,
					disposition: 'answered',
					startedAt: null,
					endedAt: null,
					talkSeconds: 5,
					recording: '123457',
					seenIn: 'record',
					matchedBy: 'numbers',
					details: { recordId: '123457', callResult: 'ANSWERED' },
				});
				expect(setup.firstRings()).toBe(2);
			});
		},
	);

	test.each<[PartyBehaviour, string]>([
		['busy', 'busy'],
		['never', 'no_answer'],
		['offline', 'failed'],
	])('a phone that %j: %s', async (behavior, disposition) => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty(to, behavior);
			const { results } = await run(setup, originate(), get({ waitUntil: 'ended' }));
			expect(results[1]).toMatchObject({
				state: 'ended',
				disposition,
				answeredByFirst: null,
				answeredBySecond: false,
				talkSeconds: 0,
				recording: null,
			});
		});
	});

	test('a call that is going on is not found, and a wait for it runs out', async () => {
		await withSetup({ talkSeconds: 1e6 }, async (setup) => {
			const { results } = await run(
				setup,
				originate(),
				get(),
				get(
					{ waitUntil: 'connected', waitAtMost: 1 },
					{ linkId: 'link123', to, since: '={{ $("0").item.json.requestedAt }}' },
				),
			);
			expect(results.slice(1)).toMatchObject([
				{ state: 'not_found', timedOut: false },
				{ state: 'not_found', timedOut: true },
			]);
		});
	});

	test('a link that chooses the number, and a call with a delay', async () => {
		await withSetup({}, async (setup) => {
			const link = { linkId: { __rl: true, mode: 'id', value: 'link-alarm' }, callDestination: '' };
			const { results } = await run(setup, originate({}, link), get({ waitUntil: 'ended' }));
			expect(results[1]).toMatchObject({
				state: 'ended',
				from: 'link-alarm',
				to: '441632960099',
			});
			const since = '={{ $("0").item.json.requestedAt }}';
			const delayed = await run(
				setup,
				originate({ delay: 7 }),
				get({ waitUntil: 'ended' }),
				get({}, { linkId: 'link123', to, since }),
			);
			expect(delayed.results).toMatchObject([
				{ status: 'scheduled', details: { delayMinutes: 7 } },
				{ state: 'ended', disposition: 'answered' },
				// Without the delay, the record is not at the right time.
				{ state: 'not_found' },
			]);
		});
	});

	test('two calls to one number are candidates', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, originate(), originate(), get());
			expect(results[2]).toMatchObject({
				state: 'unknown',
				details: { candidates: [{ state: 'ended' }, { state: 'ended', matchedBy: 'numbers' }] },
			});
		});
	});

	test('Retry On Fail repeats the Get, and not the call', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault({ status: 500 }, { where: 'follow', times: 1 });
			const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
			const { results } = await run(
				setup,
				{ ...originate(), settings: retry },
				{ ...get(), settings: retry },
			);
			expect(results[1]).toMatchObject({ state: 'ended' });
			expect([setup.firstRings(), asked(setup).length]).toEqual([1, 2]);
		});
	});

	test('a key of another address is refused in the words of a Get', async () => {
		await withSetup({ addressAllowed: false }, async (setup) => {
			const since = new Date().toISOString();
			const { results } = await run(setup, {
				...get({}, { linkId: 'link123', to, since }),
				settings,
			});
			expect(results[0]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				message: expect.stringMatching(/\(HTTP 401\).* The state of the call is not known\. /),
				vendorErrors: [{ code: '401' }],
			});
		});
	});

	test('without a link and a time, nothing is asked', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, { ...get(), settings });
			expect(results[0]).toMatchObject({ status: 'not_sent', reason: 'invalid_input' });
			expect(setup.pbx.requests).toEqual([]);
		});
	});

	test('on the generic node, which has no Hang Up for IOVOX', async () => {
		await withSetup({}, async (setup) => {
			const own = { resource: 'call', vendor: 'iovox', options: {} };
			const generic = (more: Form): Step => ({
				type: 'originateCall',
				parameters: { ...own, ...more },
				settings,
			});
			const { results } = await run(
				setup,
				originate(),
				generic({ operation: 'get' }),
				generic({ operation: 'hangUp' }),
			);
			expect(results.slice(1)).toMatchObject([
				{ vendor: 'iovox', state: 'ended', disposition: 'answered' },
				{ status: 'not_sent', message: expect.stringContaining('does not let other programs end') },
			]);
		});
	});
});

describe('Originate with a wait', () => {
	test('until the call has ended', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, originate({ waitUntil: 'ended' }));
			expect(results[0]).toMatchObject({
				status: 'accepted',
				call: { state: 'ended', disposition: 'answered', talkSeconds: 5, timedOut: false },
			});
		});
	});

	test('a wait that runs out leaves the call placed', async () => {
		await withSetup({ talkSeconds: 1e6 }, async (setup) => {
			const { results } = await run(setup, originate({ waitUntil: 'connected', waitAtMost: 1 }));
			expect(results[0]).toMatchObject({
				status: 'accepted',
				call: { seenIn: 'reply', answeredByFirst: null, timedOut: true },
			});
		});
	});

	test('a canceled execution ends the wait at once', async () => {
		await withSetup({ talkSeconds: 1e6 }, async (setup) => {
			const steps = [originate({ waitUntil: 'ended' })];
			const executionId = await startChain(client, { iovoxApi: setup.stored }, steps);
			await until(() => asked(setup).length > 0);
			await pause(100);
			const begin = Date.now();
			await client.stop(executionId);
			const { status } = await client.waitFor(executionId);
			// The next look would be after 15 seconds.
			expect([status, Date.now() - begin < 10_000]).toEqual(['canceled', true]);
			expect(asked(setup)).toHaveLength(1);
		});
	});
});

describe('a call whose reply is lost', () => {
	test('stays unknown, with the candidate', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate({ lookUpUnknown: true }), settings });
			expect(results[0]).toMatchObject({
				status: 'unknown',
				details: { candidates: [{ from: 'link123', to, state: 'ended' }] },
			});
			expect(setup.firstRings()).toBe(1);
		});
	});

	test('without the option, nothing is looked up', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate(), settings });
			expect(results[0]).toMatchObject({ status: 'unknown', details: {} });
			expect(asked(setup)).toEqual([]);
		});
	});
});
