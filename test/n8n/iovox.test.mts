/** The IOVOX node in a real n8n, against the simulated IOVOX: the documented examples, sign-in, outputs, lists. */
import { isUnreadable } from '../../nodes/shared/wire/text/unreadable.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseXml, type XmlElement } from '../../nodes/shared/wire/text/xml.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import { defaultSignIn, type IovoxOptions, links } from '../simulators/iovox.mts';
import { until } from '../until.mts';
import type { N8nClient } from './client.mts';
import { blockedAddress, logInToN8n, runNode, startNode } from './context.mts';
import { during, type Form, storeCredential } from './setup.mts';
import { type IovoxSetup, setUpIovox, parameters } from './iovoxSetup.mts';
import { packageName } from './paths.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: IovoxOptions, changes) => setUpIovox(client, options, changes));

function treeOf(xml: string): XmlElement {
	const root = parseXml(xml);
	if (isUnreadable(root)) throw new Error(root.why);
	return root;
}

function withoutSecret<T>(result: T): T {
	expect(JSON.stringify(result)).not.toContain(defaultSignIn.secureKey);
	return result;
}

const fixtures = fixturesOf('iovox');
const callPath = '/Calling?v=3&method=initiateCall';

test('n8n lists the node with its parameters and options, and offers it as a tool', async () => {
	const types = await client.nodeTypes();
	const properties = types.find(({ name }) => name === `${packageName}.iovox`)?.properties;
	// Workflows store these names: they never change.
	expect(properties?.map(({ name }) => name)).toEqual([
		'resource',
		'operation',
		'ringsNotice',
		'toolNotice',
		'linkId',
		'callDestination',
		'specifyVariables',
		'callVariables',
		'callVariablesJson',
		'options',
		// Of Get.
		'linkId',
		'to',
		'since',
		'delayMinutes',
		'options',
	]);
	const options = properties?.find(({ name }) => name === 'options')?.options;
	// Its own options, then limits, numbers, pace, following, tests and result.
	expect(options?.map(({ name }) => name)).toEqual([
		'delay',
		'allowedDestinations',
		'blockedDestinations',
		'callingHours',
		'maxCalls',
		'onceKey',
		'numberFormat',
		'defaultCountry',
		'interval',
		'intervalCounts',
		'maxConcurrent',
		'waitUntil',
		'waitAtMost',
		'lookUpUnknown',
		'dryRun',
		'includeInputData',
		'includeResponse',
	]);
	expect(types.map(({ name }) => name)).toContain(`${packageName}.iovoxTool`);
});

describe('the documented requests', () => {
	const documented = fixtures.filter(({ request }) => request !== undefined);

	test('all three are here, with three more', () => {
		expect(documented.filter(({ source }) => source.includes('/initiateCall.html'))).toHaveLength(
			5,
		);
		expect(documented).toHaveLength(6);
	});

	test.each(documented.map((fixture) => [fixture.title, fixture] as const))(
		'%s',
		async (_, { input = {}, call, request, outcome }) => {
			const noVariables = !('callDestination' in call);
			await withSetup({}, async ({ pbx: iovox, call: run }) => {
				const linkId = noVariables ? 'link-alarm' : input.linkId;
				const options = { ...(input.options as object), includeResponse: true };
				const { items } = withoutSecret(await runNode(client, run({ ...input, linkId, options })));
				expect(items).toHaveLength(1);
				expect(items[0]?.json).toMatchObject({
					...outcome,
					vendor: 'iovox',
					from: noVariables ? 'link-alarm' : 'link123',
					to: noVariables ? null : (call as { callDestination?: string }).callDestination,
					response: null,
				});
				expect(iovox.requests).toHaveLength(1);
				const [sent] = iovox.requests;
				expect([sent?.method, sent?.path]).toEqual(['POST', callPath]);
				expect(sent?.headers).toMatchObject({
					'content-type': 'application/xml',
					username: defaultSignIn.username,
				});
				const body = (request?.body ?? '').replace(
					'link123',
					noVariables ? 'link-alarm' : 'link123',
				);
				expect(treeOf(sent?.body ?? '')).toEqual(treeOf(body));
				if (outcome.status === 'scheduled') {
					await until(() => iovox.rings.length > 0);
					// 30 minutes of the simulator, each of which takes 10 ms; a timer can be a little early.
					const waited =
						Number(iovox.rings[0]?.at) - Date.parse(String(items[0]?.json.requestedAt));
					expect(waited).toBeGreaterThanOrEqual(290);
				}
				expect(iovox.rings).toHaveLength(1);
			});
		},
	);
});

describe('the replies', () => {
	const replies = fixtures.filter(
		({ input, response: { status } }) => input === undefined && status >= 200,
	);

	test('the twelve documented ones are among them', () => {
		const documented = replies.filter(({ source }) => source.endsWith('Error Result'));
		expect(
			new Set(documented.map(({ title }) => title.replace(/\b(?:\w+_\w+) Empty/, 'x Empty'))),
		).toHaveProperty('size', 12);
	});

	test('each copied literally, in an execution', async () => {
		await withSetup({}, async ({ pbx: iovox, call }) => {
			for (const { title, response, outcome } of replies) {
				iovox.reset();
				if ('location' in response.headers) {
					const { status, headers } = response;
					iovox.fault({ redirect: headers.location ?? '', status });
				} else iovox.fault({ status: response.status, body: response.body });
				const settings = { onError: 'continueErrorOutput' } as const;
				const items = [{ customer: 'Ann' }];
				const result = withoutSecret(await runNode(client, call({}, { items, settings })));
				const json = (result.items[0] ?? result.failedItems[0])?.json;
				if ('message' in outcome) {
					const { status, vendorErrors, httpStatus, message, advice } = outcome;
					expect([title, json]).toEqual([
						title,
						{
							customer: 'Ann',
							vendor: 'iovox',
							status,
							reason: outcome.reason,
							message: `${message} ${advice}`,
							callId: null,
							from: 'link123',
							to: '441632960001',
							requestedAt: expect.any(String) as string,
							replayed: false,
							details: {},
							vendorErrors,
							httpStatus,
						},
					]);
					expect(result.failedItems).toHaveLength(1);
				} else {
					expect([title, json]).toEqual([title, expect.objectContaining({ ...outcome })]);
				}
				// One request each, also after a 401.
				expect(iovox.requests).toHaveLength(1);
			}
		});
	});
});

describe('what IOVOX refuses', () => {
	test.each<[string, Record<string, unknown>, IovoxOptions, RegExp, RegExp]>([
		[
			'an unknown link',
			{ linkId: 'nobody' },
			{},
			/Link ID does not exist\. No call was placed\.$/,
			/check the ID of the link/,
		],
		[
			'a link without rules',
			{ linkId: 'link-bare' },
			{},
			/no Calling Rules/,
			/attachRuleTemplateToLinks/,
		],
		[
			'no destination',
			{ callDestination: '' },
			{},
			/call_destination Empty/,
			/in Call Destination/,
		],
		[
			'two missing variables',
			{ linkId: 'link-survey' },
			{ errorFormat: 'json' },
			/Call Variable my_custom_var Empty; Call Variable the_custom_var Empty/,
			/value for my_custom_var in Call Variables: .*value for the_custom_var in Call Variables/,
		],
		[
			'two missing variables, in plain text',
			{ linkId: 'link-survey' },
			{ errorFormat: 'text' },
			/my_custom_var Empty; Call Variable the_custom_var Empty/,
			/the_custom_var in Call Variables/,
		],
		['too many calls', {}, { callsAllowed: 0 }, /has been exceeded/, /period of time.*Interval/],
		[
			'another address',
			{},
			{ addressAllowed: false },
			/401\): Unauthorized/,
			/Secure Key.*IP address/,
		],
	])('%s', async (_, changes, options, message, advice) => {
		await withSetup(options, async ({ pbx: iovox, call }) => {
			const { error } = withoutSecret(await runNode(client, call(changes)));
			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(advice);
			expect(iovox.rings).toEqual([]);
			expect(iovox.requests).toHaveLength(1);
		});
	});
});

describe('the outputs', () => {
	test('variables from expressions, item by item; bad ones go to the error output', async () => {
		const items = [
			{ phone: '+44 1632 960001', vars: { my_custom_var: 'Ann & <Bob>', the_custom_var: 7 } },
			{ phone: '441632960002', vars: { 'no name': 1 } },
			{ phone: 'call Bob', vars: {} },
			{ phone: '441632960003,,1', vars: '{"my_custom_var":"x","the_custom_var":"y"}' },
		];
		await withSetup({}, async ({ pbx: iovox, call }) => {
			const result = await runNode(
				client,
				call(
					{
						linkId: 'link-survey',
						callDestination: '={{ $json.phone }}',
						specifyVariables: 'json',
						callVariablesJson: '={{ $json.vars }}',
					},
					{ items, settings: { onError: 'continueErrorOutput' } },
				),
			);
			expect(result.items.map(({ json }) => [json.status, json.to])).toEqual([
				['accepted', '+441632960001'],
				['accepted', '441632960003,,1'],
			]);
			expect(result.failedItems.map(({ json }) => [json.phone, json.status, json.message])).toEqual(
				[
					['441632960002', 'not_sent', expect.stringContaining('is named "no name"')],
					['call Bob', 'not_sent', expect.stringContaining('Call Destination is "call Bob"')],
				],
			);
			expect(iovox.calls.map(({ variables }) => variables)).toEqual([
				{
					call_destination: '+441632960001',
					my_custom_var: 'Ann & <Bob>',
					the_custom_var: '7',
				},
				{ call_destination: '441632960003,,1', my_custom_var: 'x', the_custom_var: 'y' },
			]);
			expect(iovox.rings).toHaveLength(2);
		});
	});

	test('Stop lists the placed calls', async () => {
		const items = [{ phone: '' }, { phone: 'Bob' }, { phone: '' }];
		await withSetup({}, async ({ pbx: iovox, call }) => {
			const linkId = 'link-alarm';
			const callDestination = '={{ $json.phone }}';
			const { error } = await runNode(client, call({ linkId, callDestination }, { items }));
			expect(error?.description).toContain(
				'Other calls of this run: item 0 (link-alarm, accepted). Items not tried: 1.',
			);
			expect(iovox.rings).toHaveLength(1);
		});
	});

	test.each([
		['custom', {}, undefined],
		['production', { environment: 'production' }, 'https://api.iovox.com:444'],
		['sandbox', { environment: 'sandbox' }, 'https://sandboxapi.iovox.com:444'],
	])('a dry run shows the request for %s, without the key', async (_, changes, base) => {
		const use = async ({ pbx: iovox, call }: IovoxSetup) => {
			const options = { dryRun: true, delay: 5 };
			const { items } = withoutSecret(await runNode(client, call({ options })));
			expect(items[0]?.json).toMatchObject({
				status: 'skipped',
				reason: 'dry_run',
				callId: null,
				from: 'link123',
				to: '441632960001',
				request: {
					method: 'POST',
					url: (base ?? iovox.url) + callPath,
					headers: { 'Content-Type': 'application/xml', Accept: 'application/xml' },
					body: '<?xml version="1.0" encoding="UTF-8"?><request><link_id>link123</link_id><call_variables><call_destination>441632960001</call_destination><delay>5</delay></call_variables></request>',
				},
			});
			expect(iovox.requests).toEqual([]);
		};
		await withSetup({}, use, changes);
	});

	test('a body with the 201 is included on request', async () => {
		const acceptedBody = '<response><id>007</id></response>';
		await withSetup({ acceptedBody }, async ({ call }) => {
			const { items } = await runNode(client, call({ options: { includeResponse: true } }));
			expect(items[0]?.json).toMatchObject({
				status: 'accepted',
				callId: null,
				details: {},
				response: { id: '007' },
			});
		});
	});

	test('canceling the execution starts no further call', async () => {
		await withSetup({}, async ({ pbx: iovox, call }) => {
			const options = { interval: 2 };
			const items = Array.from({ length: 30 }, () => ({}));
			const { executionId, end } = await startNode(client, call({ options }, { items }));
			await until(() => iovox.rings.length > 0);
			await client.stop(executionId);
			expect((await end()).execution.status).toBe('canceled');
			const rings = iovox.rings.length;
			expect(rings).toBeLessThan(items.length);
			await new Promise((resolve) => setTimeout(resolve, 2500));
			expect(iovox.rings).toHaveLength(rings);
		});
	});
});

describe('the list of links', () => {
	const list = async (setup: IovoxSetup, filter?: string, paginationToken?: string) =>
		await client.list({
			nodeType: `${packageName}.iovox`,
			methodName: 'searchLinks',
			field: 'linkId',
			parameters,
			credentials: setup.call().credentials,
			filter,
			paginationToken,
		});

	test('has pages, shows ID, name and rules, and gives the Link ID', async () => {
		await withSetup({}, async (setup) => {
			const pages = [await list(setup)];
			while (pages.at(-1)?.paginationToken !== undefined && pages.length < 9) {
				pages.push(await list(setup, undefined, String(pages.at(-1)?.paginationToken)));
			}
			expect(pages.map(({ results }) => results.length)).toEqual([100, 100, 30]);
			const all = pages.flatMap(({ results }) => results);
			expect(all.map(({ value }) => value)).toEqual(links.map(({ linkId }) => linkId));
			expect(all.slice(0, 4).map(({ name }) => name)).toEqual([
				'link123 Documentation (Click to call)',
				'link-survey Survey & <Feedback> (Survey)',
				'link-alarm Alarm (Ring the desk)',
				'link-bare Müller’s line (no Calling Rules)',
			]);
			expect(setup.pbx.rings).toEqual([]);
			expect(setup.pbx.requests.map(({ path }) => path)).toContain(
				'/Links?v=3&method=getLinks&output=JSON&req_fields=lid,ln,rn&page=1&limit=100',
			);
		});
	});

	test('is searched by ID and by name over all pages', async () => {
		await withSetup({}, async (setup) => {
			expect((await list(setup, ' AGENT 226 ')).results).toEqual([
				expect.objectContaining({ value: 'agent-226' }),
			]);
			expect((await list(setup, 'müller')).results).toHaveLength(1);
			expect(await list(setup, 'nobody is called this')).toEqual({ results: [] });
		});
	});

	test('says why it cannot be read', async () => {
		const use = async (setup: IovoxSetup) => {
			await expect(list(setup)).rejects.toThrow('Unauthorized');
		};
		await withSetup({}, use, { secureKey: 'wrong-key' });
		await withSetup({}, async (setup) => {
			setup.pbx.fault('html', { where: 'any' });
			await expect(list(setup)).rejects.toThrow('Something answered, but not IOVOX');
		});
	});
});

describe('the test of the credential', () => {
	const testCredential = async (data: Form) => {
		const result = await client.testCredential({ name: 'Test', type: 'iovoxApi', data });
		expect(JSON.stringify(result)).not.toContain(String(data.secureKey));
		return result;
	};
	const testAgainst = async (options: IovoxOptions = {}, changes: Form = {}) => {
		const { pbx: iovox, credential, close } = await setUpIovox(client, options, changes);
		try {
			const result = await testCredential(credential);
			expect(iovox.rings).toEqual([]);
			expect(iovox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
			return result;
		} finally {
			await close();
		}
	};

	test('signs in without ringing', async () => {
		expect(await testAgainst()).toEqual({ status: 'OK', message: 'Signed in' });
		expect(await testAgainst({}, { secureKey: ` ${defaultSignIn.secureKey}\n` })).toMatchObject({
			status: 'OK',
		});
	});

	test.each<[string, IovoxOptions, Form]>([
		['a wrong key', {}, { secureKey: 'wrong-key' }],
		['a wrong user name', {}, { username: 'nobody' }],
		['an address that is not allowed', { addressAllowed: false }, {}],
	])('%s: both usual causes are named', async (_, options, changes) => {
		expect(await testAgainst(options, changes)).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(
				/HTTP 401\): Unauthorized\. Check User Name and Secure Key .*IP address/,
			),
		});
	});

	test('an untrusted certificate', async () => {
		const { message } = await testAgainst({ tls: true });
		expect(message).toMatch(
			/^The certificate of https:\S+ is not trusted \(\w+\)\. IOVOX itself has a/,
		);
		expect(message).not.toContain('CA Certificate');
	});

	test.each([
		[
			'an unknown host',
			'https://iovox.invalid',
			/^The host of \S+ was not found\. Check Environment/,
		],
		['the network policy', `https://${blockedAddress}`, /^The network policy of n8n blocks/],
		['no address', '', /^Base URL in the credential is empty/],
		['a password in the address', 'https://a:hunter2@iovox.test', /^(?!.*hunter2).*own fields/],
	])('%s', async (_, baseUrl, message) => {
		const result = await testCredential({ environment: 'custom', baseUrl, ...defaultSignIn });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(message) });
	});

	test('no server is listening', async () => {
		const { pbx: iovox, credential, close } = await setUpIovox(client);
		await iovox.refuse();
		const { message } = await testCredential(credential);
		await close();
		expect(message).toContain(`${iovox.url} refused the connection`);
	});

	test('no key, and a key that does not fit in a header', async () => {
		expect((await testAgainst({}, { secureKey: '\n' })).message).toContain('Secure Key in the');
		const { message } = await testAgainst({}, { secureKey: 'schlüssel' });
		expect(message).toContain('Secure Key in the credential has a character that cannot be sent');
	});

	test('a pasted API address', async () => {
		const { pbx: iovox, credential, close } = await setUpIovox(client);
		const result = await testCredential({ ...credential, baseUrl: `${iovox.url}/Calling/` });
		await close();
		expect(result).toMatchObject({ status: 'OK' });
	});

	test('something else answers there', async () => {
		const server = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html').end('<html><body>Welcome</body></html>');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const baseUrl = `http://127.0.0.1:${String(port)}`;
		const result = await testCredential({ environment: 'custom', baseUrl, ...defaultSignIn });
		server.closeAllConnections();
		server.close();
		expect(result.message).toContain('Something answered, but not IOVOX: it is a web page');
	});
});

test('a key that does not fit in a header: certainly no call', async () => {
	await withSetup({}, async ({ pbx: iovox, call, credential }) => {
		const data = { ...credential, secureKey: 'schlüssel-geheim' };
		const iovoxApi = await storeCredential(client, 'iovoxApi', data);
		const result = await runNode(client, call({}, { credentials: { iovoxApi } }));
		expect(result.error?.message).toContain('cannot be sent. No call was placed.');
		expect(result.error?.description).toBe('Copy it again.');
		expect(JSON.stringify(result)).not.toContain('geheim');
		expect(iovox.requests).toEqual([]);
	});
});

test("n8n's own HTTP Request node signs in with this credential", async () => {
	await withSetup({}, async ({ pbx: iovox, call }) => {
		const { credentials } = call();
		const id = await client.createWorkflow({
			name: `IOVOX by HTTP Request ${crypto.randomUUID()}`,
			nodes: [
				{
					name: 'Start',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: {},
				},
				{
					name: 'HTTP Request',
					type: 'n8n-nodes-base.httpRequest',
					typeVersion: 4.2,
					position: [200, 0],
					credentials,
					parameters: {
						url: `${iovox.url}/Links?v=3&method=getLinks&output=JSON&limit=1&link_id=link123`,
						authentication: 'predefinedCredentialType',
						nodeCredentialType: 'iovoxApi',
						options: {},
					},
				},
			],
			connections: { Start: { main: [[{ node: 'HTTP Request', type: 'main', index: 0 }]] } },
		});
		const execution = await client.execute(id, 'Start');
		expect(execution.error?.message).toBeUndefined();
		expect(execution.nodes['HTTP Request']?.[0]?.outputs[0]?.[0]?.json).toMatchObject({
			response: { total_results: '1' },
		});
	});
});
