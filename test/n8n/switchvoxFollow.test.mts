/** Following Switchvox's calls in a real n8n, against the simulated Switchvox, whose calls ring, talk and end. */
import { setTimeout as pause } from 'node:timers/promises';

import type { SwitchvoxOptions } from '../simulators/switchvox.mts';
import { until } from '../until.mts';
import { runChain, startChain, type Step } from './chain.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import { during, type Form } from './setup.mts';
import { parameters, setUpSwitchvox, signInOf, type SwitchvoxSetup } from './switchvoxSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: SwitchvoxOptions, changes) =>
	setUpSwitchvox(client, { secondMs: 20, talkSeconds: 3000, ...options }, changes),
);

const type = 'switchvox';
const originate = (options: Form = {}, more: Form = {}): Step => ({
	type,
	parameters: { ...parameters, ...more, options },
});
/** Nothing is typed in: each field takes its value from the item. */
const get = (options: Form = {}, more: Form = {}): Step => ({
	type,
	parameters: { resource: 'call', operation: 'get', ...more, options },
});
const hangUp = (more: Form = {}): Step => ({
	type,
	parameters: { resource: 'call', operation: 'hangUp', ...more, options: {} },
});
const settings = { onError: 'continueErrorOutput' } as const;
const asUser = { accountType: 'user' };

const run = async ({ stored }: SwitchvoxSetup, ...steps: readonly Step[]) =>
	await runChain(client, { switchvoxApi: stored }, steps);

const asked = ({ pbx }: SwitchvoxSetup, method: string) =>
	pbx.requests.filter(
		({ body, status }) => status === 200 && body.includes(`method="switchvox.${method}"`),
	);
const dead = '12025550123';

describe('Get', () => {
	test.each<SwitchvoxOptions>([
		{},
		{ zoneHours: 5.75 },
		{ zoneHours: 14, authentication: 'digest' },
	])('behind Originate, waits until the call has ended: %j', async (options) => {
		await withSetup({ talkSeconds: 25, ...options }, async (setup) => {
			const { results } = await run(setup, originate(), get({ waitUntil: 'ended' }));
			expect(results[0]).toMatchObject({ status: 'answered', callId: null });
			expect(results[1]).toMatchObject({
				vendor: 'switchvox',
				callId: null,
				from: '101',
				to: '301',
				state: 'ended',
				answeredByFirst: true,
				answeredBySecond: true,
				disposition: 'answered',
				startedAt: expect.stringMatching(/Z$/),
				endedAt: expect.stringMatching(/Z$/),
				talkSeconds: 25,
				recording: null,
				seenIn: 'record',
				matchedBy: 'numbers',
				timedOut: false,
				details: { logId: '8467', hangup: expect.stringContaining('hung up') },
			});
			const { startedAt } = results[1] as { readonly startedAt: string };
			const { requestedAt } = results[0] as { readonly requestedAt: string };
			expect(Math.abs(Date.parse(startedAt) - Date.parse(requestedAt))).toBeLessThan(2000);
			expect(setup.firstRings()).toBe(1);
		});
	});

	test.each([
		['byHand', 'ringing_second', null],
		[{ answersAfterSeconds: 0 }, 'connected', true],
	] as const)('the second party %j: %s', async (behavior, state, answeredBySecond) => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('301', behavior);
			const { results } = await run(setup, originate(), get());
			expect(results[1]).toMatchObject({
				state,
				answeredByFirst: true,
				answeredBySecond,
				disposition: null,
				seenIn: 'live',
			});
		});
	});

	test('while the first phone rings, whichever way Switchvox shows the call', async () => {
		for (const showsFirstAsCalled of [false, true]) {
			await withSetup({ showsFirstAsCalled }, async (setup) => {
				setup.pbx.setParty('101', 'byHand');
				const placing = run(setup, originate({ timeout: 999 }));
				await until(() => setup.pbx.rings.length === 1);
				const since = new Date().toISOString();
				const { results } = await run(setup, get({}, { from: '101', to: '301', since }));
				expect(results[0]).toMatchObject({
					state: 'ringing_first',
					answeredByFirst: null,
					answeredBySecond: null,
				});
				setup.pbx.live.pickUp(setup.pbx.calls[0]?.id ?? '', 'first');
				expect((await placing).results[0]).toMatchObject({ status: 'answered' });
			});
		}
	});

	test('a second party that does not answer', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('301', 'busy');
			const { results } = await run(setup, originate(), get({ waitUntil: 'ended' }));
			expect(results[1]).toMatchObject({
				state: 'ended',
				disposition: null,
				answeredByFirst: true,
				answeredBySecond: false,
				talkSeconds: 0,
			});
		});
	});

	test('a first party that does not answer', async () => {
		await withSetup({ recordAfterSeconds: 0 }, async (setup) => {
			setup.pbx.setParty('101', 'never');
			const { results } = await run(setup, { ...originate({ timeout: 5 }), settings }, get());
			expect(results[0]).toMatchObject({ status: 'not_connected' });
			expect(results[1]).toBeUndefined();
			const since = (results[0] as { readonly requestedAt: string }).requestedAt;
			const named = { from: '101', to: '301', since, status: 'not_connected' };
			const again = await run(setup, get({}, named));
			expect(again.results[0]).toMatchObject({
				state: 'ended',
				disposition: 'no_answer',
				answeredByFirst: false,
				answeredBySecond: false,
			});
		});
	});

	test('with the prefix that Switchvox dials, and without it', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(
				setup,
				originate({}, { dialSecond: dead }),
				get(),
				get({}, { to: `+${dead}`, since: '={{ $("0").item.json.requestedAt }}' }),
			);
			expect(results[0]).toMatchObject({ to: `9${dead}` });
			expect(results.slice(1)).toMatchObject([{ state: 'connected' }, { state: 'connected' }]);
		});
	});

	test('two calls between the same numbers are candidates, another time finds none', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(
				setup,
				originate(),
				originate(),
				get(),
				get({}, { from: '101', to: '301', since: '={{ $now.minus(1, "hour").toISO() }}' }),
				get({}, { from: '102', to: '301', since: '={{ $now.toISO() }}' }),
			);
			expect(results.slice(2)).toMatchObject([
				{
					state: 'unknown',
					details: {
						candidates: [{ state: 'connected' }, { state: 'connected', matchedBy: 'numbers' }],
					},
				},
				{ state: 'not_found' },
				{ state: 'not_found' },
			]);
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
			expect(results[1]).toMatchObject({ state: 'connected' });
			expect(setup.firstRings()).toBe(1);
		});
	});

	test('on the generic node', async () => {
		await withSetup({}, async (setup) => {
			const own = { resource: 'call', vendor: 'switchvox', options: {} };
			const generic = (more: Form): Step => ({
				type: 'originateCall',
				parameters: { ...own, ...more },
			});
			const since = '={{ $("0").item.json.requestedAt }}';
			const { results } = await run(
				setup,
				originate(),
				generic({ operation: 'get' }),
				generic({ operation: 'hangUp', since }),
			);
			expect(results.slice(1)).toMatchObject([
				{ vendor: 'switchvox', state: 'connected', answeredByFirst: true },
				{ vendor: 'switchvox', status: 'hung_up' },
			]);
		});
	});
});

describe('Originate with a wait', () => {
	test('until the first phone is answered: the reply has said so', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, originate({ waitUntil: 'firstAnswered' }));
			expect(results[0]).toMatchObject({
				status: 'answered',
				call: { state: 'ringing_second', answeredByFirst: true, seenIn: 'reply', timedOut: false },
			});
			expect(asked(setup, 'currentCalls.getList')).toEqual([]);
		});
	});

	test('until both parties talk', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('301', { answersAfterSeconds: 20 });
			const { results } = await run(setup, originate({ waitUntil: 'connected' }));
			expect(results[0]).toMatchObject({
				status: 'answered',
				call: { state: 'connected', answeredByFirst: true, answeredBySecond: true },
			});
		});
	});

	test('a canceled execution ends the wait, and not the call', async () => {
		await withSetup({}, async (setup) => {
			const steps = [originate({ waitUntil: 'ended' })];
			const executionId = await startChain(client, { switchvoxApi: setup.stored }, steps);
			await until(() => asked(setup, 'systemClock.getInfo').length > 0);
			await client.stop(executionId);
			const { status } = await client.waitFor(executionId);
			// A request that was under way then may still arrive.
			await pause(500);
			const before = setup.pbx.requests.length;
			// Longer than from one look to the next.
			await pause(5500);
			expect([status, setup.pbx.requests.length]).toEqual(['canceled', before]);
			expect(setup.pbx.live.all()[0]?.phase).toBe('connected');
		});
	});

	test('as an extension user: the log of its own account', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { results } = await run(setup, originate({ waitUntil: 'ended' }, asUser), get());
			expect(results[0]).toMatchObject({
				status: 'answered',
				call: {
					state: 'ended',
					disposition: 'answered',
					talkSeconds: 25,
					startedAt: null,
					seenIn: 'record',
					details: { localStart: expect.stringMatching(/^[\d-]{10} [\d:]{8}$/) },
				},
			});
			expect(results[1]).toMatchObject({ state: 'ended', disposition: 'answered' });
		};
		await withSetup({ talkSeconds: 25 }, use, signInOf('user'));
	});
});

describe('Hang Up', () => {
	test('of a live call, and again when it is gone; another call goes on', async () => {
		await withSetup({}, async (setup) => {
			const since = '={{ $("1").item.json.requestedAt }}';
			const { results } = await run(
				setup,
				originate({}, { dialFirst: '102' }),
				originate(),
				hangUp(),
				get({ waitUntil: 'ended' }, { since }),
				hangUp({ since }),
			);
			expect(results.slice(2)).toMatchObject([
				{ status: 'hung_up', reason: null, callId: null, from: '101', to: '301' },
				{ state: 'ended', disposition: 'answered' },
				{ status: 'not_found', reason: null, from: '101', to: '301' },
			]);
			const phases = setup.pbx.live.all().map(({ phase, endedBy }) => [phase, endedBy]);
			expect(phases).toEqual([
				['connected', null],
				['ended', 'request'],
			]);
		});
	});

	test('two calls match: none is ended', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, originate(), originate(), { ...hangUp(), settings });
			expect(results[2]).toMatchObject({
				status: 'not_sent',
				message: expect.stringMatching(
					/^2 current calls match: SIP\/101-\w+ \(talking, since .*\. The call was not ended\./,
				),
			});
			expect(asked(setup, 'currentCalls.hangUp')).toEqual([]);
		});
	});

	test('never without all of numbers and time', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await run(setup, originate(), {
				...hangUp({ to: '={{ undefined }}', since: '={{ undefined }}' }),
				settings,
			});
			expect(results[1]).toMatchObject({
				status: 'not_sent',
				reason: 'invalid_input',
				message: expect.stringMatching(
					/ The call was not ended\. • To is empty\..*\n• Since is empty/,
				),
			});
			expect(asked(setup, 'currentCalls.getList')).toEqual([]);
		});
	});
});

describe('rights', () => {
	test('an administrator without them: the failure names them', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { results } = await run(setup, originate(), { ...get(), settings });
			expect(results[1]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				message: expect.stringMatching(
					/\(27168\)\. The state of the call is not known\. .*switchvox\.currentCalls\.getList/,
				),
				vendorErrors: [{ code: '27168' }],
			});
		};
		await withSetup({}, use, signInOf('blind'));
	});

	test.each(['blind', 'user'] as const)('to end the call: %s', async (account) => {
		await withSetup({}, async (setup) => {
			await run(setup, originate());
			const test = await setup.callWith({ ...setup.credential, ...signInOf(account) });
			const since = new Date().toISOString();
			const { results } = await runChain(client, test.credentials, [
				{ ...hangUp({ from: '101', to: '301', since }), settings },
			]);
			expect(results[0]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				message: expect.stringMatching(
					/\(27168\)\. The call was not ended\. .*switchvox\.currentCalls\.hangUp/,
				),
			});
			expect(setup.pbx.live.all()[0]?.phase).toBe('connected');
		});
	});

	test('a wait without them leaves the call placed', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { results } = await run(setup, originate({ waitUntil: 'ended' }));
			expect(results[0]).toMatchObject({
				status: 'answered',
				call: {
					state: 'unknown',
					answeredByFirst: true,
					details: { notFollowed: expect.stringContaining('27168') },
				},
			});
		};
		await withSetup({}, use, signInOf('blind'));
	});
});

describe('a call whose reply is lost', () => {
	test('stays unknown, with the candidate', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate({ lookUpUnknown: true }), settings });
			expect(results[0]).toMatchObject({
				status: 'unknown',
				details: { candidates: [{ from: '101', to: '301', state: 'connected' }] },
			});
			expect(setup.firstRings()).toBe(1);
		});
	});

	test('without the option, nothing is looked up', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate(), settings });
			expect(results[0]).toMatchObject({ status: 'unknown', details: {} });
			expect(asked(setup, 'currentCalls.getList')).toEqual([]);
		});
	});
});
