/** Following VoipNow's calls in a real n8n, against the simulated VoipNow, whose calls ring, talk and end. */
import { setTimeout as pause } from 'node:timers/promises';

import type { Fault, VoipNowOptions } from '../simulators/voipnow.mts';
import { until } from '../until.mts';
import { runChain, startChain, type Step } from './chain.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n } from './context.mts';
import { during, type Form } from './setup.mts';
import { appOf, parameters, setUpVoipNow } from './voipnowSetup.mts';
import type { VoipNowSetup } from './voipnowSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: VoipNowOptions, changes) =>
	setUpVoipNow(client, { secondMs: 100, ...options }, changes),
);

const type = 'voipNow';

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

const run = async ({ stored }: VoipNowSetup, ...steps: readonly Step[]) =>
	await runChain(client, { voipNowOAuth2Api: stored }, steps);

const requestsTo = ({ pbx }: VoipNowSetup, method: string) =>
	pbx.requests.filter((one) => one.method === method && !one.path.startsWith('/oauth/'));

describe('Get', () => {
	test('behind Originate, waits until the call has ended', async () => {
		await withSetup({ talkSeconds: 25 }, async (setup) => {
			const { results } = await run(setup, originate(), get({ waitUntil: 'ended' }));
			const [placed, ended] = results;
			expect(placed).toMatchObject({ status: 'accepted', details: { userId: '@me' } });
			expect(ended).toMatchObject({
				vendor: 'voipNow',
				callId: placed?.callId,
				from: '0003*210',
				to: '12025550123',
				state: 'ended',
				answeredByFirst: true,
				answeredBySecond: true,
				disposition: 'answered',
				answeredAt: expect.stringMatching(/Z$/),
				seenIn: 'record',
				matchedBy: 'id',
				timedOut: false,
				details: { nonce: setup.pbx.calls[0]?.nonce, disposition: 'ANSWERED' },
			});
			expect(setup.firstRings()).toBe(1);
		});
	});

	test.each(['empty', 'notFound', 'noContent', 'invalid'] as const)(
		'of a call that has ended, which VoipNow may say like this: %s',
		async (endedReply) => {
			await withSetup({ endedReply, recordAfterSeconds: 0 }, async (setup) => {
				setup.pbx.setParty('0003*210', 'busy');
				const { results } = await run(setup, originate(), get());
				expect(results[1]).toMatchObject({
					state: 'ended',
					disposition: 'busy',
					answeredByFirst: null,
					answeredBySecond: null,
				});
			});
		},
	);

	test('a wait that runs out is no failure', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('12025550123', 'byHand');
			const wait = { waitUntil: 'connected', waitAtMost: 1 };
			const { results, execution } = await run(setup, originate(), get(wait));
			expect(execution.status).toBe('success');
			expect(results[1]).toMatchObject({
				state: 'ringing_second',
				answeredByFirst: true,
				answeredBySecond: null,
				timedOut: true,
			});
		});
	});

	test('by nonce and by numbers; the App of an organization keeps the user of the call', async () => {
		const use = async (setup: VoipNowSetup) => {
			setup.pbx.setParty('0003*210', 'byHand');
			const { results } = await run(
				setup,
				originate({ nonce: 'order-4711' }, { userId: '12' }),
				get({}, { callId: '' }),
				get({}, { callId: '', nonce: '', since: '={{ $("0").item.json.requestedAt }}' }),
			);
			const { id } = setup.pbx.calls[0] ?? {};
			const seen = { callId: id, state: 'ringing_first', answeredByFirst: null };
			expect(results[1]).toMatchObject({ ...seen, matchedBy: 'tag' });
			expect(results[2]).toMatchObject({ ...seen, matchedBy: 'numbers' });
		};
		await withSetup({}, use, appOf('organization'));
	});

	test('Retry On Fail repeats the Get, and not the call', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('0003*210', 'never');
			setup.pbx.fault({ status: 500 }, { where: 'follow', times: 1 });
			const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
			const { results } = await run(setup, { ...originate(), settings }, { ...get(), settings });
			expect(results[1]).toMatchObject({ state: 'ringing_first' });
			expect(setup.firstRings()).toBe(1);
			expect(requestsTo(setup, 'GET')).toHaveLength(2);
		});
	});

	test('on the generic node', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('0003*210', 'byHand');
			const own: Form = { resource: 'call', vendor: 'voipNow', options: {} };
			const call = {
				...own,
				operation: 'originate',
				userId: '@me',
				extension: { __rl: true, mode: 'id', value: '0003*210' },
				from: '0003*210',
				to: '12025550123',
			};
			const generic = [call, { ...own, operation: 'get' }, { ...own, operation: 'hangUp' }].map(
				(form) => ({ type: 'originateCall', parameters: form }),
			);
			const { results } = await run(setup, ...generic);
			expect(results).toMatchObject([
				{ status: 'accepted' },
				{ state: 'ringing_first', matchedBy: 'id' },
				{ status: 'hung_up', callId: setup.pbx.calls[0]?.id },
			]);
		});
	});
});

describe('Originate with a wait', () => {
	test('until both parties talk', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			setup.pbx.setParty('0003*210', { answersAfterSeconds: 5 });
			const { results } = await run(setup, originate({ waitUntil: 'connected' }));
			expect(results[0]).toMatchObject({
				status: 'accepted',
				call: { state: 'connected', answeredByFirst: true, answeredBySecond: true },
			});
			expect(setup.pbx.live.all()[0]?.phase).toBe('connected');
		});
	});

	test('until the call has ended: nobody picks up', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('0003*210', 'never');
			const options = { waitUntil: 'ended', waitForPickup: 10 };
			const { results } = await run(setup, originate(options));
			expect(results[0]).toMatchObject({
				status: 'accepted',
				call: {
					state: 'ended',
					disposition: 'no_answer',
					answeredByFirst: null,
					answeredBySecond: null,
				},
			});
			expect(setup.firstRings()).toBe(1);
		});
	});

	test('a canceled execution ends the wait, and not the call', async () => {
		await withSetup({}, async (setup) => {
			setup.pbx.setParty('0003*210', 'byHand');
			const options = { waitUntil: 'ended', waitForPickup: 3600 };
			const executionId = await startChain(client, { voipNowOAuth2Api: setup.stored }, [
				originate(options),
			]);
			await until(() => requestsTo(setup, 'GET').length > 0);
			await client.stop(executionId);
			const { status } = await client.waitFor(executionId);
			// A request that was under way then may still arrive.
			await pause(500);
			const asked = setup.pbx.requests.length;
			// Longer than from one look to the next.
			await pause(2500);
			expect([status, setup.pbx.requests.length]).toEqual(['canceled', asked]);
			expect(setup.pbx.live.all()[0]?.phase).toBe('ringing_first');
		});
	});
});

describe('Hang Up', () => {
	test('of a live call, and again when it is gone; another call goes on', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const { results } = await run(setup, originate(), originate(), hangUp(), hangUp());
			const [other, ended] = setup.pbx.calls;
			expect(results.slice(2)).toMatchObject([
				{ status: 'hung_up', reason: null, callId: ended?.id },
				{ status: 'not_found', reason: null, callId: ended?.id },
			]);
			const phases = setup.pbx.live.all().map(({ id, phase }) => [id, phase]);
			expect(phases).toEqual([
				[other?.id, 'connected'],
				[ended?.id, 'ended'],
			]);
			expect(requestsTo(setup, 'DELETE').map(({ path }) => path)).toEqual(
				[ended, ended].map((call) => `/uapi/phoneCalls/@me/0003*210/${call?.id ?? ''}`),
			);
		});
	});

	test('of a call that VoipNow gave no ID: by its nonce', async () => {
		await withSetup({ reply: 'noContent', talkSeconds: 600 }, async (setup) => {
			const { results } = await run(setup, originate(), originate(), hangUp());
			expect(results[1]).toMatchObject({ status: 'accepted', callId: null });
			expect(results[2]).toMatchObject({ status: 'hung_up', callId: setup.pbx.calls[1]?.id });
			expect(setup.pbx.live.all().map(({ phase }) => phase)).toEqual(['connected', 'ended']);
		});
	});

	test('never without an ID, which would end all calls of the extension', async () => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			for (const callId of ['', '.', '..', '={{ undefined }}']) {
				const step = { ...hangUp({ callId, nonce: '' }), settings };
				const { results } = await run(setup, originate(), step);
				expect(results[1]).toMatchObject({
					status: 'not_sent',
					reason: 'invalid_input',
					message: expect.stringContaining('The call was not ended.'),
				});
			}
			expect(requestsTo(setup, 'DELETE')).toEqual([]);
			expect(setup.pbx.live.all().every(({ phase }) => phase === 'connected')).toBe(true);
		});
	});
});

describe('the missing right', () => {
	const body = '{"error":{"code":"access_denied","message":"Access denied."}}';
	test.each([
		['Get', get(), 'The state of the call is not known.'],
		['Hang Up', hangUp(), 'The call was not ended.'],
	])('%s says which App can', async (_, step, verdict) => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault({ status: 403, body }, { where: 'follow' });
			const settings = { onError: 'continueErrorOutput' } as const;
			const { results } = await run(setup, originate(), { ...step, settings });
			expect(results[1]).toMatchObject({
				status: 'refused',
				reason: 'unauthorized',
				vendorErrors: [{ code: 'access_denied' }],
				httpStatus: 403,
			});
			const { message } = results[1] as { readonly message: string };
			expect(message).toContain(`(access_denied). ${verdict}`);
			expect(message).toContain('the App has to belong to the user whose call it is');
		});
	});
});

describe.each([
	['Get', get(), 'The state of the call is not known.', 'The state of the call is not known.'],
	['Hang Up', hangUp(), 'The call was not ended.', 'The call may have been ended.'],
])('a fault under %s', (_, step, certainly, perhaps) => {
	test.each<[Fault, string, string]>([
		['cut', 'unknown', 'connection_lost'],
		['resetMidReply', 'unknown', 'connection_lost'],
		['html', 'unknown', 'unreadable_reply'],
		['truncated', 'unknown', 'unreadable_reply'],
		['garbage', 'unknown', 'unreadable_reply'],
		['flood', 'unknown', 'unreadable_reply'],
		[{ status: 500 }, 'unknown', 'server_fault'],
		[{ status: 501 }, 'unknown', 'server_fault'],
		[{ redirect: '/login' }, 'unknown', 'redirected'],
		[{ redirect: 'https://other.example/', status: 307 }, 'not_sent', 'redirected'],
		[{ status: 429 }, 'refused', 'rate_limited'],
	])('%j: %s, %s', async (fault, status, reason) => {
		await withSetup({ talkSeconds: 600 }, async (setup) => {
			setup.pbx.fault(fault, { where: 'follow' });
			const settings = { onError: 'continueErrorOutput' } as const;
			const { results } = await run(setup, originate(), { ...step, settings });
			expect(results[1]).toMatchObject({
				status,
				reason,
				callId: setup.pbx.calls[0]?.id,
				message: expect.stringContaining(status === 'unknown' ? perhaps : certainly),
			});
			expect(JSON.stringify(results[1])).not.toMatch(/No call was placed|Bearer/);
			expect(setup.firstRings()).toBe(1);
		});
	});
});

test('without the right to call records, a call that is over is not found, and why is said', async () => {
	await withSetup({}, async (setup) => {
		setup.pbx.setParty('0003*210', 'busy');
		// The first request to follow it is for the live call.
		setup.pbx.fault({ status: 403 }, { where: 'follow', after: 1 });
		const { results } = await run(setup, originate(), get());
		expect(results[1]).toMatchObject({
			state: 'not_found',
			callId: setup.pbx.calls[0]?.id,
			details: { notRead: expect.stringMatching(/^This App may not read call records\./) },
		});
	});
});

describe('a call whose reply is lost', () => {
	const step = { ...originate(), settings: { onError: 'continueErrorOutput' } as const };

	test.each<[Fault]>([['cutAfterRinging'], ['truncated'], [{ status: 502, rings: true }]])(
		'%j: found by its nonce, and followed by it',
		async (fault) => {
			await withSetup({}, async (setup) => {
				setup.pbx.setParty('0003*210', 'never');
				setup.pbx.fault(fault);
				const { results } = await run(setup, step, get());
				expect(results).toMatchObject([
					{ status: 'accepted', callId: setup.pbx.calls[0]?.id, details: { foundBy: 'tag' } },
					{ state: 'ringing_first', matchedBy: 'id' },
				]);
				expect(setup.firstRings()).toBe(1);
			});
		},
	);

	test('over already: unknown, with the candidate', async () => {
		await withSetup({ recordAfterSeconds: 0 }, async (setup) => {
			setup.pbx.setParty('0003*210', 'busy');
			setup.pbx.fault('cutAfterRinging');
			const { results } = await run(setup, step);
			expect(results[0]).toMatchObject({
				status: 'unknown',
				details: { candidates: [{ callId: setup.pbx.calls[0]?.id, disposition: 'busy' }] },
			});
		});
	});
});
