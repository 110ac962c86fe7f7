/** The VoipNow node in a real n8n, against the simulated VoipNow: the documented examples, tokens, outputs, lists, the credential. */
import { fixturesOf } from '../fixtures/fixtures.mts';
import type { Fault, VoipNowOptions } from '../simulators/voipnow.mts';
import type { N8nClient } from './client.mts';
import { blockedAddress, logInToN8n, runNode, workflowWith } from './context.mts';
import { packageName } from './paths.mts';
import { during, type Form } from './setup.mts';
import { appOf, connect, setUpVoipNow, parameters } from './voipnowSetup.mts';
import type { VoipNowSetup } from './voipnowSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: VoipNowOptions, changes) =>
	setUpVoipNow(client, options, changes),
);

const token = 'POST /oauth/token.php 200';
const calling = (status: number, user = '@me') =>
	`POST /uapi/phoneCalls/${user}/simple ${String(status)}`;
const continued = { settings: { onError: 'continueRegularOutput' } } as const;

function sentBy({ pbx }: VoipNowSetup): Record<string, unknown> {
	return JSON.parse(pbx.requests.at(-1)?.body ?? '') as Record<string, unknown>;
}

describe('the documented examples', () => {
	const fixtures = fixturesOf('VoipNow');
	const sent = fixtures.filter(({ input }) => input !== undefined);

	test('all four requests are here, and one with every option', () => {
		expect(sent.map(({ name }) => name)).toEqual([
			'everyOption',
			'model',
			'otherUser',
			'publicNumbers',
			'sandbox',
		]);
	});

	test.each(sent.map((fixture) => [fixture.title, fixture] as const))('%s', async (_, fixture) => {
		const { input = {}, request, response, outcome } = fixture;
		await withSetup({}, async (setup) => {
			// The ring is the simulator's, the reply the document's.
			const { status, body } = response;
			setup.pbx.fault({ status, body, rings: true });
			const options = { ...(input.options as object), includeResponse: true };
			const { items, error } = await runNode(client, setup.call({ ...input, options }));
			expect(error).toBeUndefined();
			expect(setup.traffic().at(-1)).toContain(request?.path.split('?', 1)[0]);
			expect(setup.pbx.requests.at(-1)?.path).toBe(request?.path);
			expect(sentBy(setup)).toEqual(JSON.parse(request?.body ?? ''));
			const { response: got, ...json } = items[0]?.json ?? {};
			expect(json).toMatchObject(outcome);
			expect(got).toMatchObject([{ id: 'c3e92a04ff422a7a0b9f' }]);
			const { source, destination } = fixture.call as Record<string, string[]>;
			expect(setup.pbx.rings.map(({ number, party }) => [number, party])).toEqual([
				...(source ?? []).map((number) => [number, 'source']),
				...(destination ?? []).map((number) => [number, 'destination']),
			]);
		});
	});

	const refused = fixtures.filter(({ outcome }) => outcome.status === 'refused');
	test('every documented refusal', async () => {
		expect(refused.length).toBeGreaterThan(14);
		for (const { title, response, outcome } of refused) {
			await withSetup({}, async (setup) => {
				const { status, body } = response;
				setup.pbx.fault({ status, body });
				const { items } = await runNode(client, setup.call({}, continued));
				if (!('message' in outcome)) throw new Error(title);
				const { vendorErrors, httpStatus, message, advice } = outcome;
				const expected = { status: 'refused', vendorErrors, httpStatus };
				expect(items[0]?.json).toMatchObject({ ...expected, message: `${message} ${advice}` });
				expect(setup.pbx.rings).toEqual([]);
			});
		}
	});

	test('success in every documented way; the call of the example that is not JSON is found', async () => {
		const results: unknown[] = [];
		for (const reply of ['accepted', 'ok', 'documented', 'empty', 'noContent'] as const) {
			await withSetup({ reply }, async (setup) => {
				const { items } = await runNode(client, setup.call({}, continued));
				const { status, callId } = items[0]?.json ?? {};
				results.push([reply, status, callId === setup.pbx.calls[0]?.id ? 'the ID' : callId]);
				expect(setup.firstRings()).toBe(1);
			});
		}
		expect(results).toEqual([
			['accepted', 'accepted', 'the ID'],
			['ok', 'accepted', 'the ID'],
			['documented', 'answered', 'the ID'],
			['empty', 'accepted', null],
			['noContent', 'accepted', null],
		]);
	});

	test.each<[string, Form, Readonly<Record<string, unknown>>, string, string]>([
		['@me for an App of the administrator', appOf('administrator'), {}, 'user_invalid', '@me'],
		['@me for an App of an organization', appOf('organization'), {}, 'user_invalid', '@me'],
		[
			'an extension that is no phone',
			{},
			{ extension: '0003*250' },
			'extension_invalid',
			'Phone T',
		],
		["somebody else's extension", {}, { extension: '0003*310' }, 'extension_invalid', 'User ID'],
		['an unknown source', {}, { source: '0003*999' }, 'pc_source_invalid', 'Correct Source'],
		['an unknown destination', {}, { destination: ['0003*9'] }, 'pc_destination_invalid', 'Dest'],
		[
			'a caller ID that the extension may not set',
			{},
			{ extension: '0003*211', options: { callerId: 'John Doe <4242425>' } },
			'pc_callerid_invalid',
			'may not set',
		],
	])('%s is refused by VoipNow', async (_, app, changes, code, advice) => {
		const use = async (setup: VoipNowSetup) => {
			const { error } = await runNode(client, setup.call(changes));
			expect(error?.message).toContain(`(${code})`);
			expect(error?.description).toContain(advice);
			expect(setup.pbx.rings).toEqual([]);
		};
		await withSetup({}, use, app);
	});

	test.each(['administrator', 'organization'] as const)(
		'an App of the %s calls on behalf of a user',
		async (name) => {
			const use = async (setup: VoipNowSetup) => {
				const { items } = await runNode(client, setup.call({ userId: '12' }));
				expect(items[0]?.json.status).toBe('accepted');
				expect(setup.traffic()).toEqual([token, calling(202, '12')]);
			};
			await withSetup({}, use, appOf(name));
		},
	);
});

describe('tokens', () => {
	const three = { items: [{}, {}, {}] };
	const statuses = async (setup: VoipNowSetup) =>
		(await runNode(client, setup.call({}, three))).items.map(({ json }) => json.status);
	const accepted = ['accepted', 'accepted', 'accepted'];

	test('one is requested once, and kept for the next execution', async () => {
		await withSetup({}, async (setup) => {
			expect(await statuses(setup)).toEqual(accepted);
			expect(await statuses(setup)).toEqual(accepted);
			const calls = Array.from({ length: 6 }, () => calling(202));
			expect(setup.traffic()).toEqual([token, ...calls]);
			expect(setup.pbx.requests[0]?.body).toContain(
				'grant_type=client_credentials&type=unifiedapi',
			);
			expect(setup.firstRings()).toBe(6);
		});
	});

	test.each([401, 403] as const)(
		'an expired one, answered with %i, is renewed once, and the call is placed once',
		async (expiredStatus) => {
			await withSetup({ expiredStatus }, async (setup) => {
				await statuses(setup);
				setup.pbx.expireTokens();
				expect(await statuses(setup)).toEqual(accepted);
				expect(setup.traffic().slice(4)).toEqual([
					calling(expiredStatus),
					token,
					calling(202),
					calling(202),
					calling(202),
				]);
				expect(setup.firstRings()).toBe(6);
			});
		},
	);

	test.each([401, 403] as const)(
		'a new one that is answered with %i as well is not renewed again',
		async (expiredStatus) => {
			await withSetup({ expiredStatus }, async (setup) => {
				setup.pbx.refuseTokens();
				const { error } = await runNode(client, setup.call());
				expect(error?.message).toContain('(access_denied)');
				expect(error?.description).toContain('token was renewed once');
				const refusal = calling(expiredStatus);
				expect(setup.traffic()).toEqual([token, refusal, token, refusal]);
				expect(setup.firstRings()).toBe(0);
			});
		},
	);

	test.each<[string, Fault, string, string]>([
		[
			'is refused',
			{ status: 401, body: '{"error":"invalid_client"}' },
			'refused',
			'invalid_client',
		],
		['is cut off', 'cut', 'not_sent', 'did not answer the request for a token'],
		['is answered with HTTP 500', { status: 500 }, 'not_sent', 'without a token (HTTP 500)'],
		['is answered with a web page', 'html', 'not_sent', 'answered without a token'],
		[
			'is redirected to nowhere',
			{ redirect: 'http://127.0.0.1:1' },
			'not_sent',
			'No call was placed',
		],
	])('a renewal that %s places no call, and says so', async (_, what, outcome, says) => {
		await withSetup({}, async (setup) => {
			await runNode(client, setup.call());
			setup.pbx.expireTokens();
			setup.pbx.fault(what, { where: 'any', after: 1 });
			const { items } = await runNode(client, setup.call({}, continued));
			expect(items[0]?.json.status).toBe(outcome);
			expect(items[0]?.json.message).toContain(says);
			expect(setup.traffic().slice(2, 3)).toEqual([calling(401)]);
			expect(setup.firstRings()).toBe(1);
		});
	});

	test('several calls in flight with an expired one ring once each', async () => {
		await withSetup({}, async (setup) => {
			await statuses(setup);
			setup.pbx.expireTokens();
			const items = Array.from({ length: 6 }, (_, index) => ({
				source: `0003*${String(400 + index)}`,
			}));
			const options = { maxConcurrent: 3 };
			const test = setup.call({ source: '={{ [$json.source] }}', options }, { items });
			const result = await runNode(client, test);
			expect(result.items.map(({ json }) => [json.status, json.from])).toEqual(
				items.map(({ source }) => ['accepted', source]),
			);
			expect(setup.firstRings()).toBe(9);
		});
	});

	test('with an authorization code: connected, renewed, revoked', async () => {
		const changes = { grantType: 'authorizationCode', ...appOf('untrusted') };
		const use = async (setup: VoipNowSetup) => {
			const unconnected = await runNode(client, setup.call());
			expect(unconnected.error?.message).toContain('The credential has no token');
			expect(setup.traffic()).toEqual([]);

			await connect(setup.stored);
			expect(setup.traffic()).toEqual(['GET /oauth/authorize.php 302', token]);
			expect(await statuses(setup)).toEqual(accepted);
			setup.pbx.expireTokens();
			expect(await statuses(setup)).toEqual(accepted);
			expect(setup.traffic().slice(5, 9)).toEqual([
				calling(401),
				token,
				calling(202),
				calling(202),
			]);
			expect(setup.pbx.requests[6]?.body).toContain('grant_type=refresh_token');

			setup.pbx.expireTokens();
			setup.pbx.revokeRefreshTokens();
			const revoked = await runNode(client, setup.call());
			expect(revoked.error?.message).toContain('No call was placed.');
			expect(revoked.error?.description).toContain('connect it to VoipNow again');
			expect(setup.firstRings()).toBe(6);
		};
		await withSetup({ tls: false }, use, changes);
	});

	test("n8n's own HTTP Request node can use the credential", async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const workflow = workflowWith(call());
			const [trigger, node] = workflow.nodes;
			if (!trigger || !node) throw new Error('The workflow has no node.');
			const httpRequest = {
				...node,
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					method: 'POST',
					url: `${pbx.url}/uapi/phoneCalls/@me/simple?waitForPickup=0`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'voipNowOAuth2Api',
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '{"phoneCallView":[{"source":["0003*210"],"destination":["5353535"]}]}',
					options: {
						allowUnauthorizedCerts: true,
						response: { response: { neverError: true } },
					},
				},
			};
			const id = await client.createWorkflow({ ...workflow, nodes: [trigger, httpRequest] });
			const execution = await client.execute(id, trigger.name);
			const body = execution.nodes[node.name]?.[0]?.outputs[0]?.[0]?.json;
			expect(body?.error).toMatchObject({ code: 'pc_timeout_invalid' });
			expect(pbx.rings).toEqual([]);
		});
	});
});

describe('the outputs', () => {
	const items = [
		{ name: 'Ann', phone: '+1 (202) 555-0101' },
		{ name: 'Bob', phone: 'call Bob' },
		{ name: 'Cleo', phone: '202.555.0103' },
	];
	const toPhone = { destination: ['={{ $json.phone }}'] };

	test('the error output gets the failed item, merged with its input', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const result = await runNode(client, call(toPhone, { items, settings }));
			expect(result.items.map(({ json }) => json)).toEqual([
				expect.objectContaining({ status: 'accepted', to: '+12025550101' }),
				expect.objectContaining({ status: 'accepted', to: '2025550103' }),
			]);
			expect(result.failedItems.map(({ json }) => json)).toEqual([
				{
					...items[1],
					vendor: 'voipNow',
					status: 'not_sent',
					reason: 'invalid_input',
					message: expect.stringMatching(/^Destination is "call Bob", which cannot be/),
					callId: null,
					from: '0003*210',
					to: 'call Bob',
					requestedAt: null,
					replayed: false,
					details: {},
					vendorErrors: [],
					httpStatus: null,
				},
			]);
			expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
			expect(pbx.calls).toHaveLength(2);
		});
	});

	test.each([
		['a list', '={{ ["0003*210", "5302040"] }}'],
		['a text with commas', '0003*210, 5302040'],
		['one field each', ['0003*210', '5302040']],
		['an expression in a field', ['={{ ["0003*210", 5302040] }}']],
	])('several sources as %s ring at once', async (_, source) => {
		await withSetup({}, async (setup) => {
			const result = await runNode(client, setup.call({ source }));
			expect(result.items[0]?.json).toMatchObject({ from: '0003*210, 5302040' });
			expect(setup.pbx.rings.map(({ number }) => number)).toEqual([
				'0003*210',
				'5302040',
				'12025550123',
			]);
		});
	});

	test('a nonce is sent: a fresh one for each call, or the one of the form', async () => {
		await withSetup({}, async (setup) => {
			const fresh = await runNode(client, setup.call({}, { items: [{}, {}] }));
			await runNode(client, setup.call({ options: { nonce: 'order-4711' } }));
			const nonces = setup.pbx.calls.map(({ nonce }) => nonce);
			expect(new Set(nonces).size).toBe(3);
			expect(nonces[2]).toBe('order-4711');
			expect(fresh.items.map(({ json }) => json.details)).toEqual([
				expect.objectContaining({ nonce: nonces[0] }),
				expect.objectContaining({ nonce: nonces[1] }),
			]);
		});
	});

	test('a dry run sends nothing and shows the exact request without secrets', async () => {
		await withSetup({}, async ({ pbx, call, credential }) => {
			const result = await runNode(
				client,
				call({ options: { dryRun: true, callerId: 'n8n <1>', waitForPickup: 5 } }),
			);
			expect(result.items[0]?.json).toMatchObject({
				status: 'skipped',
				reason: 'dry_run',
				callId: null,
				from: '0003*210',
				to: '12025550123',
				request: {
					method: 'POST',
					url: `${pbx.url}/uapi/phoneCalls/@me/simple?waitForPickup=5`,
					headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
					body: expect.stringContaining('"callerId":"n8n <1>"'),
				},
			});
			expect(JSON.stringify(result)).not.toContain(String(credential.clientSecret));
			expect(pbx.requests).toEqual([]);
		});
	});

	test('every option is sent, and only if it was set', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const options = {
				callerId: 'Doe & "Sons" <+3334444>'.replaceAll('"', "'"),
				callerIdDestination: 'Jane <4242425>',
				nonce: 'a"b',
				waitForPickup: 5,
				callDuration: 60,
				allowPublicTransfer: true,
				video: false,
			};
			await runNode(client, call({ options }));
			await runNode(client, call({ extension: '', options: { nonce: 'n' } }));
			const [first, second] = pbx.requests.filter(({ path }) => path.startsWith('/uapi/'));
			expect(first?.path).toBe(
				'/uapi/phoneCalls/@me/simple?waitForPickup=5&callDuration=60&allowPublicTransfer=true&video=false',
			);
			expect(pbx.calls[0]).toMatchObject({
				callerId: "Doe & 'Sons' <+3334444>",
				callerIdDestination: 'Jane <4242425>',
				nonce: 'a"b',
				waitForPickupSeconds: 5,
				callDurationSeconds: 60,
			});
			expect(second?.path).toBe('/uapi/phoneCalls/@me/simple');
			expect(JSON.parse(second?.body ?? '')).toEqual({
				phoneCallView: [{ source: ['0003*210'], destination: ['12025550123'] }],
				nonce: 'n',
			});
		});
	});
});

describe('the list of extensions', () => {
	const list = async (
		setup: VoipNowSetup,
		filter?: string,
		paginationToken?: string,
		userId: unknown = '@me',
	) =>
		await client.list({
			nodeType: `${packageName}.voipNow`,
			methodName: 'searchExtensions',
			field: 'extension',
			parameters: { ...parameters, userId },
			credentials: setup.call().credentials,
			filter,
			paginationToken,
		});

	test('has pages, with phones of the user only', async () => {
		await withSetup({}, async (setup) => {
			const first = await list(setup);
			const second = await list(setup, undefined, String(first.paginationToken));
			expect([first.results.length, second.results.length]).toEqual([100, 3]);
			expect(second.paginationToken).toBeUndefined();
			expect(first.results[0]).toEqual({ name: '0003*210', value: '0003*210' });
			const values = [...first.results, ...second.results].map(({ value }) => value);
			expect(new Set(values).size).toBe(103);
			expect(values).not.toContain('0003*250');
			expect(setup.pbx.rings).toEqual([]);
		});
	});

	test('is searched over all pages', async () => {
		await withSetup({}, async (setup) => {
			expect((await list(setup, ' 499 ')).results).toEqual([
				{ name: '0003*499', value: '0003*499' },
			]);
			expect(await list(setup, '7777')).toEqual({ results: [] });
		});
	});

	test('is that of the user in the form', async () => {
		const use = async (setup: VoipNowSetup) => {
			expect((await list(setup, '', undefined, '13')).results).toEqual([
				{ name: '0003*310', value: '0003*310' },
			]);
			await expect(list(setup)).rejects.toThrow('(user_invalid)');
		};
		await withSetup({}, use, appOf('organization'));
	});

	test('says why it cannot be read', async () => {
		const use = async (setup: VoipNowSetup) => {
			await expect(list(setup)).rejects.toThrow('issued no token (invalid_client)');
		};
		await withSetup({}, use, { clientSecret: 'wrong' });
	});
});

describe('the test of the credential', () => {
	const testOf = async ({ stored, credential: data }: VoipNowSetup) => {
		const credential = { ...stored, type: 'voipNowOAuth2Api', data };
		const result = await client.testCredential(credential);
		expect(JSON.stringify(result)).not.toContain(String(data.clientSecret));
		return result;
	};

	test.each(['user', 'administrator', 'organization'] as const)(
		'an App of the %s signs in without ringing',
		async (name) => {
			const use = async (setup: VoipNowSetup) => {
				expect(await testOf(setup)).toMatchObject({ status: 'OK' });
				expect(setup.traffic()[0]).toBe(token);
				expect(setup.pbx.rings).toEqual([]);
			};
			await withSetup({}, use, appOf(name));
		},
	);

	test.each<[string, Form, RegExp]>([
		['a wrong secret', { clientSecret: 'wrong secret' }, /Client authentication failed/],
		['an App that is not trusted', appOf('untrusted'), /not authorized to request/],
		['an untrusted certificate', { allowUnauthorizedCerts: false }, /self-signed certificate/],
		['an unknown host', { baseUrl: 'https://voipnow.invalid' }, /incorrect host/],
		['no server', { baseUrl: 'http://127.0.0.1:1' }, /refused the connection/],
		['the network policy', { baseUrl: `https://${blockedAddress}` }, /restricted IP address/],
	])('reports %s', async (_, changes, says) => {
		const use = async (setup: VoipNowSetup) => {
			const { status, message } = await testOf(setup);
			expect(status).toBe('Error');
			expect(message).toMatch(says);
		};
		await withSetup({}, use, changes);
	});

	test.each([401, 403] as const)(
		'reports a token that is refused with %i',
		async (expiredStatus) => {
			await withSetup({ expiredStatus }, async (setup) => {
				setup.pbx.refuseTokens();
				expect((await testOf(setup)).message).toContain(
					`issued a token and then refused it (HTTP ${String(expiredStatus)})`,
				);
			});
		},
	);

	test.each<[string, Fault, string]>([
		['a redirect', { redirect: 'https://other.example' }, 'answers with a redirect (HTTP 302)'],
		['another server', { status: 404 }, 'is not at this address (HTTP 404)'],
		['a server that is down', { status: 503 }, 'Service Unavailable'],
	])('reports %s after the sign-in', async (_, what, says) => {
		await withSetup({}, async (setup) => {
			setup.pbx.fault(what, { where: 'any', after: 1 });
			const { status, message } = await testOf(setup);
			expect([status, message]).toEqual(['Error', expect.stringContaining(says)]);
		});
	});

	test.each(['/', '/uapi', '/uapi/'])('an address with %s works', async (end) => {
		await withSetup({}, async (setup) => {
			const baseUrl = `${String(setup.credential.baseUrl)}${end}`;
			const credential = { ...setup.credential, baseUrl };
			expect(await testOf({ ...setup, credential })).toMatchObject({ status: 'OK' });
		});
	});
});
