/** Following Enswitch's calls in a real n8n, against the simulated Enswitch, whose calls ring, talk and end. */
import { setTimeout as pause } from 'node:timers/promises';

import type { EnswitchOptions } from '../simulators/enswitch.mts';
import { until } from '../until.mts';
import { runChain, startChain, type Step } from './chain.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import { during, type Form } from './setup.mts';
import { type EnswitchSetup, parameters, setUpEnswitch, signInOf } from './enswitchSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: EnswitchOptions, changes) =>
	setUpEnswitch(client, { secondMs: 100, ...options }, changes),
);

const type = 'enswitch';
const [first, second] = ['1234567', '1234568'];
const callId = '1234567890.123456';

/** With an ID, unless the option Wait is left out. */
const originate = (options: Form = {}): Step => ({ type, parameters: { ...parameters, options } });
const withId = (options: Form = {}): Step => originate({ wait: 10, ...options });
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

const run = async ({ stored }: EnswitchSetup, ...steps: readonly Step[]) =>
	await runChain(client, { enswitchApi: stored }, steps);

const asked = ({ pbx }: EnswitchSetup, path: string) =>
	pbx.requests.filter((request) => request.path === `/api/json/${path}/`);

describe('Get', () => {
	test.each<EnswitchOptions>([
		{},
		{ textNumbers: true, envelope: { codes: 'number' }, version: '3.14' },
	])('behind Originate, waits until the call has ended: %j', async (options) => {
		await withSetup({ talkSeconds: 25, ...options }, async (setup) => {
			const { results } = await run(setup, withId(), get({ waitUntil: 'ended' }));
			expect(results[0]).toMatchObject({ status: 'accepted', callId });
			expect(results[1]).toMatchObject({
				vendor: 'enswitch',
				callId,
				from: first,
				to: second,
				state: 'ended',
				answeredByFirst: true,
				answeredBySecond: true,
				disposition: 'answered',
				startedAt: expect.stringMatching(/Z$/),
				answeredAt: expect.stringMatching(/Z$/),
				endedAt: expect.stringMatching(/Z$/),
				talkSeconds: expect.any(Number),
				seenIn: 'record',
				matchedBy: 'id',
				timedOut: false,
				details: { legs: [{ dnumber: first }, { dnumber: second, status: 'answer' }] },
			});
			const { talkSeconds } = results[1] as { readonly talkSeconds: number };
			expect([24, 25, 26]).toContain(talkSeconds);
			expect(await setup.firstRings()).toBe(1);
		});
	});

	test.each([
		[first, 'never', 'ringing_first', null],
		[second, 'byHand', 'ringing_second', true],
		[second, { answersAfterSeconds: 0, talksSeconds: 600 }, 'connected', true],
	] as const)('%s %j: %s', async (party, behavior, state, answeredByFirst) => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty(party, behavior);
			const { results } = await run(setup, withId(), get({ waitUntil: 'ended', waitAtMost: 1 }));
			expect(results[1]).toMatchObject({
				state,
				answeredByFirst,
				answeredBySecond: state === 'connected' ? true : null,
				disposition: null,
				seenIn: 'live',
				timedOut: true,
			});
		});
	});

	test.each([
		[first, { rejectsAfterSeconds: 1 }, 'busy', false],
		[second, 'busy', 'busy', true],
		[second, 'offline', 'failed', true],
	] as const)('%s %j: %s', async (party, behavior, disposition, answeredByFirst) => {
		await withSetup({ recordAfterSeconds: 5 }, async (setup) => {
			setup.pbx.setParty(party, behavior);
			const { results } = await run(setup, withId(), get({ waitUntil: 'ended' }));
			expect(results[1]).toMatchObject({
				state: 'ended',
				disposition,
				answeredByFirst,
				answeredBySecond: false,
				talkSeconds: 0,
			});
		});
	});

	test('without an ID: by both numbers and the time', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const other = { type, parameters: { ...parameters, cnumber: '1234570', options: {} } };
			const { results } = await run(
				setup,
				other,
				originate(),
				get({ waitUntil: 'connected' }),
				// The result of a Get has the ID.
				get(),
				get({}, { callId: '', to: '1234570', since: '={{ $("0").item.json.requestedAt }}' }),
				get({}, { callId: '', since: '={{ $now.plus(1, "hour").toISO() }}' }),
			);
			const id = '1234567890.123457';
			expect(results.slice(1)).toMatchObject([
				{ status: 'accepted', callId: null },
				{ callId: id, state: 'connected', matchedBy: 'numbers' },
				{ callId: id, state: 'connected', matchedBy: 'id' },
				{ callId, state: 'connected', matchedBy: 'numbers' },
				{ state: 'not_found' },
			]);
		});
	});

	test('without an ID, after a delay that is longer than any beginning', async () => {
		await withSetup({ secondMs: 5, talkSeconds: 100_000 }, async (setup) => {
			const { results } = await run(
				setup,
				originate({ delay: 600 }),
				get({ waitUntil: 'connected', waitAtMost: 20 }),
			);
			expect(results[0]).toMatchObject({ status: 'scheduled', details: { delay: 600 } });
			expect(results[1]).toMatchObject({ callId, state: 'connected', matchedBy: 'numbers' });
		});
	});

	test('of a call that was made as another customer', async () => {
		const use = async (setup: EnswitchSetup) => {
			setup.pbx.setParty(first, 'byHand');
			const { results } = await run(setup, withId({ customer: '43' }), get());
			expect(results[0]).toMatchObject({ status: 'accepted', details: { customer: 43 } });
			expect(results[1]).toMatchObject({ callId, state: 'ringing_first' });
		};
		await withSetup({}, use, signInOf('administrator'));
	});

	test('Retry On Fail repeats the Get, and not the call', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty(first, 'byHand');
			setup.pbx.fault({ status: 500 }, { where: 'follow', times: 1 });
			const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
			const { results } = await run(
				setup,
				{ ...withId(), settings: retry },
				{ ...get(), settings: retry },
			);
			expect(results[1]).toMatchObject({ state: 'ringing_first' });
			expect(await setup.firstRings()).toBe(1);
			expect(asked(setup, 'calls/active/list')).toHaveLength(2);
		});
	});

	test('on the generic node', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty(first, 'byHand');
			const own = { resource: 'call', vendor: 'enswitch', options: {} };
			const generic = (more: Form): Step => ({
				type: 'originateCall',
				parameters: { ...own, ...more },
			});
			const since = '={{ $now.minus(1, "minute").toISO() }}';
			const { results } = await run(
				setup,
				withId(),
				generic({ operation: 'get' }),
				generic({ operation: 'hangUp', since }),
			);
			expect(results.slice(1)).toMatchObject([
				{ vendor: 'enswitch', callId, state: 'ringing_first', matchedBy: 'id' },
				{ vendor: 'enswitch', callId, status: 'hung_up' },
			]);
		});
	});
});

describe('Originate with a wait', () => {
	test('until both parties talk', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			setup.pbx.setParty(second, { answersAfterSeconds: 10 });
			const { results } = await run(setup, withId({ waitUntil: 'connected' }));
			expect(results[0]).toMatchObject({
				status: 'accepted',
				callId,
				call: { state: 'connected', answeredByFirst: true, answeredBySecond: true },
			});
		});
	});

	test('a canceled execution ends the wait, and not the call', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const steps = [withId({ waitUntil: 'ended' })];
			const executionId = await startChain(client, { enswitchApi: setup.stored }, steps);
			await until(() => asked(setup, 'calls/active/list').length > 0);
			await client.stop(executionId);
			const { status } = await client.waitFor(executionId);
			// A request that was under way then may still arrive.
			await pause(500);
			const before = setup.pbx.requests.length;
			// Longer than from one look to the next.
			await pause(2500);
			expect([status, setup.pbx.requests.length]).toEqual(['canceled', before]);
			expect(setup.pbx.live.find(callId)?.phase).toBe('connected');
		});
	});
});

describe('Hang Up', () => {
	test('of a live call, and again when it is gone; another call goes on', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			setup.pbx.setParty('1234570', 'byHand');
			const other = { type, parameters: { ...parameters, cnumber: '1234570', options: {} } };
			const { results } = await run(
				setup,
				other,
				withId(),
				hangUp(),
				get({ waitUntil: 'ended' }, { since: '={{ $("1").item.json.requestedAt }}' }),
				hangUp(),
			);
			const id = '1234567890.123457';
			expect(results.slice(2)).toMatchObject([
				{ status: 'hung_up', reason: null, callId: id, from: first, to: second },
				{ state: 'ended', callId: id, matchedBy: 'id' },
				{ status: 'not_found', reason: null, callId: id },
			]);
			expect(setup.pbx.live.find(callId)?.phase).toBe('ringing_second');
			const [hung] = asked(setup, 'calls/hangup');
			expect(hung?.body).toContain(`callid=${id}&`);
		});
	});

	test('without an ID: the only call that fits', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const { results } = await run(setup, originate(), get({ waitUntil: 'connected' }), {
				...hangUp({ callId: '', since: '={{ $("0").item.json.requestedAt }}' }),
			});
			expect(results[2]).toMatchObject({
				status: 'hung_up',
				callId,
				details: { foundBy: 'numbers' },
			});
			await until(() => setup.pbx.live.find(callId)?.endedBy === 'request');
		});
	});

	test('without an ID, two calls match: none is ended', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			await run(setup, originate(), originate());
			await setup.pbx.idle();
			const named = { callId: '', from: first, to: second };
			const since = '={{ $now.minus(1, "minute").toISO() }}';
			const { results } = await run(setup, { ...hangUp({ ...named, since }), settings });
			expect(results[0]).toMatchObject({
				status: 'not_sent',
				message: expect.stringMatching(/^2 calls match .* The call was not ended\./),
			});
			expect(asked(setup, 'calls/hangup')).toEqual([]);
		});
	});

	test('never without an ID, or all of numbers and time', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const { results } = await run(setup, withId(), {
				...hangUp({ callId: '={{ undefined }}', to: '' }),
				settings,
			});
			expect(results[1]).toMatchObject({
				status: 'not_sent',
				reason: 'invalid_input',
				message: expect.stringMatching(/^Call ID is empty\. The call was not ended\. Enter it, or/),
			});
			expect(asked(setup, 'calls/hangup')).toEqual([]);
		});
	});
});

describe('rights', () => {
	test('only the records: a call is seen after its end', async () => {
		const use = async (setup: EnswitchSetup) => {
			const { results } = await run(setup, withId(), get(), get({ waitUntil: 'ended' }));
			const notRead = expect.stringContaining('callshop, telephone line reports or user');
			expect(results.slice(1)).toMatchObject([
				{ state: 'not_found', details: { notRead } },
				{ state: 'ended', disposition: 'answered', seenIn: 'record', details: { notRead } },
			]);
		};
		await withSetup({ talkSeconds: 5, recordAfterSeconds: 20 }, use, signInOf('noLive'));
	});

	test('only the active calls', async () => {
		const use = async (setup: EnswitchSetup) => {
			const { results } = await run(setup, withId(), get({ waitUntil: 'connected' }), hangUp());
			expect(results[1]).toMatchObject({ state: 'connected', seenIn: 'live' });
			await until(() => setup.pbx.live.find(callId)?.phase === 'ended');
			const after = await run(setup, get({}, { callId }));
			expect(after.results[0]).toMatchObject({
				state: 'not_found',
				details: { notRead: expect.stringContaining('callshop or cdrs') },
			});
		};
		await withSetup({ talkSeconds: 600 }, use, signInOf('noRecords'));
	});

	test('neither: the failure names the privileges', async () => {
		const use = async (setup: EnswitchSetup) => {
			const { results } = await run(setup, withId(), { ...get(), settings });
			expect(results[1]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				message: expect.stringMatching(
					/\(402\)\. The state of the call is not known\. .*needs the privilege callshop/,
				),
				vendorErrors: [{ code: '402' }, { code: '402' }],
			});
		};
		await withSetup({}, use, signInOf('panel'));
	});

	test.each(['watcher', 'oneLine'] as const)('to end the call: %s', async (account) => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			await run(setup, withId());
			const test = await setup.callWith({ ...setup.credential, ...signInOf(account) });
			const { results } = await runChain(client, test.credentials, [
				{ ...hangUp({ callId }), settings },
			]);
			expect(results[0]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				message: expect.stringMatching(
					/\(402\)\. The call was not ended\. .*needs the privilege actions or panel/,
				),
			});
			expect(setup.pbx.live.find(callId)?.phase).toBe('connected');
		});
	});

	test("another customer's call is not found", async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			await run(setup, withId());
			const test = await setup.callWith({ ...setup.credential, ...signInOf('stranger') });
			const steps = [get({}, { callId }), hangUp({ callId })];
			const { results } = await runChain(client, test.credentials, steps);
			expect(results).toMatchObject([{ state: 'not_found' }, { status: 'not_found' }]);
		});
	});
});

describe('a call whose reply is lost', () => {
	test('stays unknown, with the candidate', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate({ lookUpUnknown: true }), settings });
			expect(results[0]).toMatchObject({
				status: 'unknown',
				details: { candidates: [{ callId, from: first, to: second, matchedBy: 'numbers' }] },
			});
			expect(await setup.firstRings()).toBe(1);
		});
	});

	test('without the option, nothing is looked up', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, { ...originate(), settings });
			expect(results[0]).toMatchObject({ status: 'unknown', details: {} });
			expect(asked(setup, 'calls/active/list')).toEqual([]);
		});
	});
});
