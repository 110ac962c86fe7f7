/** The Enswitch node in a real n8n, against the simulated one: the documented examples, outputs, list, credential. */
import { isUnreadable } from '../../nodes/shared/wire/text/unreadable.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseJson } from '../../nodes/shared/wire/text/json.ts';
import { type Fixture, fixturesOf } from '../fixtures/fixtures.mts';
import type { EnswitchOptions } from '../simulators/enswitch.mts';
import type { N8nClient } from './client.mts';
import {
	blockedAddress,
	logInToN8n,
	type NodeTestResult,
	runNode,
	saidOf,
	workflowWith,
} from './context.mts';
import { during, type Form, storeCredential } from './setup.mts';
import {
	type EnswitchSetup,
	setUpEnswitch,
	parameters,
	signInOf,
	spellingsOf,
} from './enswitchSetup.mts';
import { packageName } from './paths.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: EnswitchOptions, changes) =>
	setUpEnswitch(client, options, changes),
);

/** Runs the node; nothing that n8n keeps of the execution may hold a secret. */
async function run(
	setup: EnswitchSetup,
	...test: Parameters<EnswitchSetup['call']>
): Promise<NodeTestResult> {
	const result = await runNode(client, setup.call(...test));
	expectNoSecret(result, setup);
	return result;
}

function expectNoSecret(stored: unknown, { credential, pbx }: EnswitchSetup): void {
	const text = JSON.stringify(stored);
	for (const spelling of spellingsOf(credential.password)) expect(text).not.toContain(spelling);
	for (const { path } of pbx.requests) expect(path).not.toContain('auth_');
}

/** A form as pairs, without the sign-in, of which the simulator records only the names. */
function formOf(body: string | undefined): [string, string][] {
	return [...new URLSearchParams(body)].filter(([name]) => !name.startsWith('auth_'));
}

function valueOf(json: string): unknown {
	const parsed = parseJson(json);
	if (isUnreadable(parsed)) throw new Error(parsed.why);
	return parsed.value;
}

describe('the documented examples', () => {
	const documented = fixturesOf('Enswitch').filter(({ input }) => input !== undefined);
	const cases = (wanted: (fixture: Fixture) => boolean) =>
		documented.filter(wanted).map((fixture) => [fixture.title, fixture] as const);

	test('all four are here', () => {
		expect(cases(({ source }) => source.includes(' example'))).toHaveLength(4);
	});

	test.each(cases(({ invalid }) => invalid === undefined))(
		'%s',
		async (_, { input = {}, request, response, outcome }) => {
			await withSetup({}, async (setup) => {
				const { pbx } = setup;
				// The phones ring, and the answer is the documented one.
				pbx.fault({ body: response.body });
				const options = { ...(input.options as object), includeResponse: true };
				const { items } = await run(setup, { ...input, options });
				expect(pbx.requests).toHaveLength(1);
				expect(pbx.requests[0]).toMatchObject({
					method: 'POST',
					path: '/api/json/calls/make/',
					body: expect.stringMatching(/&auth_username=&auth_password=$/),
				});
				expect(formOf(pbx.requests[0]?.body)).toEqual(formOf(request?.body));
				expect(items).toHaveLength(1);
				const { response: got, ...json } = items[0]?.json ?? {};
				expect(got).toEqual(valueOf(response.body));
				expect(json).toMatchObject({ vendor: 'enswitch', replayed: false, ...outcome });
				await pbx.idle();
				expect(pbx.rings.map(({ number }) => number)).toEqual([json.from, json.to]);

				// The simulator, strict as the document, accepts the request with the same result.
				pbx.fault(null);
				pbx.reset();
				const again = await run(setup, { ...input, options });
				expect(again.items[0]?.json).toMatchObject({ ...outcome, response: got });
				expect(await setup.firstRings()).toBe(1);
			});
		},
	);

	test.each(cases(({ invalid }) => invalid !== undefined))('%s', async (_, { input, invalid }) => {
		await withSetup({}, async (setup) => {
			const { error } = await run(setup, input);
			expect(error?.message).toMatch(/[.] No call was placed[.]$/);
			for (const text of invalid ?? []) expect(saidOf(error)).toContain(text);
			expect(setup.pbx.requests).toEqual([]);
		});
	});

	// A fault's body is sent as JSON, and the form refuses a wait that is not longer than the delay.
	const answers = fixturesOf('Enswitch').filter(
		({ name, response }) =>
			response.status === 200 && !['html', 'waitLongerThanDelay'].includes(name),
	);
	test.each(answers.map((fixture) => [fixture.title, fixture] as const))(
		'a workflow learns what each answer means: %s',
		async (_, { response, call, outcome }) => {
			const {
				waitSeconds: wait = 0,
				delaySeconds: delay = 0,
				customer = '',
			} = Object(call) as { waitSeconds?: number; delaySeconds?: number; customer?: number };
			const options = { wait, delay, customer };
			await withSetup({}, async (setup) => {
				setup.pbx.fault({ body: response.body });
				const settings = { onError: 'continueErrorOutput' } as const;
				const { items, failedItems } = await run(setup, { options }, { settings });
				const [{ json } = { json: {} }] = [...items, ...failedItems];
				expect(items.length + failedItems.length).toBe(1);
				if ('message' in outcome) {
					const { advice, message, ...rest } = outcome;
					expect(json).toMatchObject({ ...rest, message: `${message} ${advice}` });
				} else {
					expect(json).toMatchObject(outcome);
				}
			});
		},
	);
});

describe('the base URL', () => {
	test.each([
		['', ''],
		['', '/api/json/'],
		['/local', ''],
		['/local', '/'],
		['/local', '/api/json'],
		['/local', '/api/json/calls/make/'],
	])('prefix "%s", with "%s" pasted after it', async (prefix, pasted) => {
		await withSetup({ prefix }, async (setup) => {
			const data = { ...setup.credential, baseUrl: setup.pbx.url + prefix + pasted };
			const enswitchApi = await storeCredential(client, 'enswitchApi', data);
			const { items } = await run(setup, {}, { credentials: { enswitchApi } });
			expect(items[0]?.json.status).toBe('accepted');
			expect(setup.pbx.requests[0]?.path).toBe(`${prefix}/api/json/calls/make/`);
		});
	});
});

describe('accounts', () => {
	test.each([
		['guest', '(402)', 'privilege'],
		['unpaid', '(403)', 'rate plan'],
	] as const)('%s is refused with its own advice', async (account, code, advice) => {
		const use = async (setup: EnswitchSetup) => {
			const { error } = await run(setup);
			expect(error?.message).toContain(code);
			expect(error?.description).toContain(advice);
			expect(error?.description).not.toContain('password');
			expect(setup.pbx.calls).toEqual([]);
		};
		await withSetup({}, use, signInOf(account));
	});

	test.each([
		['a wrong password', { password: 'wrong-password' }],
		['an unknown user', { username: 'nobody' }],
	])('%s is refused without ringing, and not tried again', async (_, changes) => {
		const use = async (setup: EnswitchSetup) => {
			const { error } = await run(setup);
			expect(error?.message).toBe(
				'Enswitch refused the call: The authentication details provided are invalid (401). No call was placed.',
			);
			expect(error?.description).toContain('Check user name and password in the credential.');
			expect(setup.pbx.requests).toHaveLength(1);
		};
		await withSetup({}, use, changes);
	});
});

describe('the envelope as public clients have seen it', () => {
	test.each([
		{ codes: 'number', responses: 'array' },
		{ codes: 'string', responses: 'object' },
		{ codes: 'number', responses: 'object' },
	] as const)('%j', async (envelope) => {
		await withSetup({ envelope }, async (setup) => {
			const { items } = await run(setup, { options: { wait: 5 } });
			expect(items[0]?.json).toMatchObject({
				status: 'accepted',
				callId: '1234567890.123456',
				details: { machine: 1, server: 'asterisk01' },
			});
			const { error } = await run(setup, { cnumber: '1234568', options: { customer: '9' } });
			expect(error?.message).toBe(
				'Enswitch refused the call: customer: Invalid customer (400). No call was placed.',
			);
		});
	});
});

describe('the outputs', () => {
	const items = [
		{ name: 'Ann', phone: '+1 (202) 555-0101' },
		{ name: 'Bob', phone: 'call Bob' },
		{ name: 'Cleo', phone: '202.555.0103' },
	];
	const toPhone = { cnumber: '={{ $json.phone }}', options: { defaultCountry: 'US' } };

	test('the error output gets the failed item, merged with its input', async () => {
		await withSetup({}, async (setup) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const result = await run(setup, toPhone, { items, settings });
			expect(result.items.map(({ json }) => [json.status, json.to])).toEqual([
				['accepted', '12025550101'],
				['accepted', '2025550103'],
			]);
			expect(result.failedItems.map(({ json }) => json)).toEqual([
				{
					...items[1],
					vendor: 'enswitch',
					status: 'not_sent',
					reason: 'invalid_input',
					message: expect.stringMatching(/^Second Call To is "call Bob", which cannot be/),
					callId: null,
					from: '1234567',
					to: 'call Bob',
					requestedAt: null,
					replayed: false,
					details: {},
					vendorErrors: [],
					httpStatus: null,
				},
			]);
			expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
			expect(await setup.firstRings()).toBe(2);
		});
	});

	test('a refusal of Enswitch has its code and parameter', async () => {
		await withSetup({}, async (setup) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const options = { card: '5550002', recordgroup: 8, includeResponse: true };
			const { failedItems } = await run(setup, { options }, { items: [{ name: 'Ann' }], settings });
			expect(failedItems[0]?.json).toMatchObject({
				name: 'Ann',
				status: 'refused',
				httpStatus: 200,
				vendorErrors: [
					{ code: '400', parameter: 'card' },
					{ code: '400', parameter: 'recordgroup' },
				],
				from: '1234567',
				to: '1234568',
				response: { responses: [{ code: '400' }, { code: '400' }] },
			});
		});
	});

	test('Continue gives one item out for each item in, in order', async () => {
		await withSetup({}, async (setup) => {
			const settings = { onError: 'continueRegularOutput' } as const;
			const result = await run(setup, toPhone, { items, settings });
			expect(result.items.map(({ json }) => json.status)).toEqual([
				...['accepted', 'not_sent', 'accepted'],
			]);
			expect(result.items.every(({ json }) => !('error' in json))).toBe(true);
		});
	});

	test('Stop throws at the first failure, starts nothing more, and lists the placed calls', async () => {
		await withSetup({}, async (setup) => {
			const { error, items: none } = await run(setup, toPhone, { items });
			expect(none).toEqual([]);
			expect(error?.message).toContain('Second Call To is "call Bob"');
			expect(error?.description).toContain(
				'Other calls of this run: item 0 (1234567 to 12025550101, accepted). Items not tried: 1.',
			);
			expect(await setup.firstRings()).toBe(1);
		});
	});

	test('a dry run sends nothing and shows the exact request without secrets', async () => {
		await withSetup({}, async (setup) => {
			const result = await run(setup, { options: { dryRun: true, wait: 5 } });
			expect(result.items[0]?.json).toMatchObject({
				status: 'skipped',
				reason: 'dry_run',
				callId: null,
				from: '1234567',
				to: '1234568',
				request: {
					method: 'POST',
					url: `${setup.pbx.url}/api/json/calls/make/`,
					headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
					body: 'stype=phone&snumber=1234567&ctype=&cnumber=1234568&wait=5',
				},
			});
			expect(setup.pbx.requests).toEqual([]);
		});
	});

	test('every option is sent, and only if it was set', async () => {
		await withSetup({}, async (setup) => {
			const options = {
				...{ answer1: true, answer2: false, callerid1: '<b> & "Sons"; a=b', callerid2: 'Zoë' },
				...{ card: '5550001', cdialplan: 'auto', customer: '42', delay: 1, noforwards: true },
				...{ recordgroup: 7, screen1: true, screen2: false, wait: 5, warn1: false, warn2: true },
			};
			const { items: all } = await run(setup, { options });
			expect(all[0]?.json).toMatchObject({ status: 'scheduled', callId: '1234567890.123456' });
			await run(setup);
			const [set, untouched] = setup.pbx.requests.map(({ body }) => formOf(body));
			const required = [
				['stype', 'phone'],
				['snumber', '1234567'],
				['ctype', ''],
				['cnumber', '1234568'],
			];
			expect(untouched).toEqual(required);
			expect(set).toEqual([
				...required,
				['cdialplan', 'auto'],
				['card', '5550001'],
				['customer', '42'],
				['answer1', '1'],
				['answer2', '0'],
				['callerid1', '<b> & "Sons"; a=b'],
				['callerid2', 'Zoë'],
				['recordgroup', '7'],
				['screen1', '1'],
				['screen2', '0'],
				['warn1', '0'],
				['warn2', '1'],
				['delay', '1'],
				['wait', '5'],
				['noforwards', '1'],
			]);
			expect(setup.pbx.calls[0]).toMatchObject({
				callerid1: '<b> & "Sons"; a=b',
				callerid2: 'Zoë',
			});
		});
	});
});

test("n8n's HTTP Request node signs in with the credential, only in a form", async () => {
	await withSetup({}, async (setup) => {
		const enswitchApi = await storeCredential(client, 'enswitchApi', setup.credential);
		const workflow = workflowWith(setup.call());
		const [trigger, node] = workflow.nodes;
		if (!trigger || !node) throw new Error('The workflow has no node.');
		const execute = async (changes: object) => {
			const httpRequest = {
				...node,
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				credentials: { enswitchApi },
				parameters: {
					method: 'POST',
					url: `${setup.pbx.url}/api/json/calls/make/`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'enswitchApi',
					options: {},
					...changes,
				},
			};
			const id = await client.createWorkflow({ ...workflow, nodes: [trigger, httpRequest] });
			const execution = await client.execute(id, trigger.name);
			expectNoSecret(execution, setup);
			return execution;
		};
		const values = { stype: 'phone', snumber: '1234567', cnumber: '1234568' };
		const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
		const form = {
			sendBody: true,
			contentType: 'form-urlencoded',
			bodyParameters: { parameters: fields },
		};
		const placed = await execute(form);
		expect(placed.error?.message).toBeUndefined();
		expect(placed.nodes[node.name]?.[0]?.outputs[0]?.[0]?.json).toEqual({
			responses: [{ code: '204', key: '', message: 'OK' }],
		});
		expect(await setup.firstRings()).toBe(1);

		const refused = await execute({ method: 'GET' });
		expect(JSON.stringify(refused.error)).toContain('only in a form');
		expect(setup.pbx.requests).toHaveLength(1);
	});
});

describe('the list of telephone lines', () => {
	const list = async (
		setup: EnswitchSetup,
		filter?: string,
		paginationToken?: string,
		changes: object = {},
	) => {
		const page = await client.list({
			nodeType: `${packageName}.enswitch`,
			methodName: 'searchPhones',
			field: 'snumber',
			parameters: { ...parameters, ...changes },
			credentials: setup.call().credentials,
			filter,
			paginationToken,
		});
		expect(JSON.stringify(page)).not.toContain('sip-secret');
		expectNoSecret(page, setup);
		return page;
	};

	test.each([false, true])('has pages; passwords in the reply: %s', async (listsPasswords) => {
		await withSetup({ listsPasswords }, async (setup) => {
			const pages = [await list(setup)];
			while (pages.at(-1)?.paginationToken !== undefined && pages.length < 9) {
				pages.push(await list(setup, undefined, String(pages.at(-1)?.paginationToken)));
			}
			expect(pages.map(({ results }) => results.length)).toEqual([50, 50, 31]);
			const all = pages.flatMap(({ results }) => results);
			expect(new Set(all.map(({ value }) => value)).size).toBe(131);
			expect(all).toContainEqual({ name: '1234570 Reception', value: '1234570' });
			expect(all).toContainEqual({ name: '1234567', value: '1234567' });
			expect(setup.pbx.rings).toEqual([]);
			expect(new Set(setup.pbx.requests.map(({ method }) => method))).toEqual(new Set(['POST']));
		});
	});

	test('is searched by name and description over all pages', async () => {
		await withSetup({}, async (setup) => {
			const { results } = await list(setup, ' zoë ');
			expect(results).toEqual([{ name: '1234571 Zoë <Sales> & "Support"', value: '1234571' }]);
			expect((await list(setup, 'front-')).results).toEqual([
				{ name: 'front-desk A line whose name is no number', value: 'front-desk' },
			]);
			expect(await list(setup, 'nobody is called this')).toEqual({ results: [] });
		});
	});

	test('requests the lines of the customer in the options', async () => {
		await withSetup({}, async (setup) => {
			await list(setup, undefined, undefined, { options: { customer: '43' } });
			await list(setup, undefined, undefined, { options: { customer: '={{ $json.id }}' } });
			const sent = setup.pbx.requests.map(({ body }) => Object.fromEntries(formOf(body)));
			expect(sent).toEqual([
				{ customer: '43', limit: '50', offset: '0', owner: '-1' },
				{ limit: '50', offset: '0', owner: '-1' },
			]);
		});
	});

	test('says why it cannot be read, in its own words', async () => {
		const reason = async (changes: Form, body?: string, more: object = {}) =>
			await withSetup(
				{},
				async (setup) => {
					if (body !== undefined) setup.pbx.fault({ body }, { where: 'any' });
					return await list(setup, undefined, undefined, more).then(
						() => 'a list',
						(error: unknown) => String(error),
					);
				},
				changes,
			);
		const entry = { code: '400', key: 'sip-secret', message: 'sip-secret' };
		expect(await reason({ password: 'wrong' })).toContain('Check user name and password');
		expect(await reason(signInOf('panel'))).toContain('may not list telephone lines (402)');
		const leaks = [
			await reason({}, JSON.stringify({ responses: [entry], data: 'sip-secret' })),
			await reason({}, JSON.stringify({ responses: [{ ...entry, code: 'sip-secret' }] })),
			await reason({}, '{"data":[{"name":"1","password":"sip-secret'),
		];
		expect(leaks).toEqual([
			expect.stringContaining('does not know the customer'),
			expect.stringContaining('not documented for lists'),
			expect.stringContaining('could not be read: it is not valid JSON'),
		]);
		expect(leaks.join()).not.toContain('sip-secret');
	});
});

describe('the test of the credential', () => {
	async function testCredential(data: Form) {
		const result = await client.testCredential({ name: 'Test', type: 'enswitchApi', data });
		for (const spelling of spellingsOf(data.password ?? 'none')) {
			expect(JSON.stringify(result)).not.toContain(spelling);
		}
		return result;
	}
	const testAgainst = async (options: EnswitchOptions, changes: Form = {}) =>
		await withSetup(
			options,
			async (setup) => {
				const result = await testCredential(setup.credential);
				expect(setup.pbx.calls).toEqual([]);
				expectNoSecret(result, setup);
				return result;
			},
			changes,
		);
	const changed = async (baseUrl: string) =>
		(await testCredential({ baseUrl, ...signInOf('agent') })).message;

	test('signs in, even without further rights, with a prefix and over http', async () => {
		expect(await testAgainst({})).toMatchObject({ status: 'OK', message: 'Signed in' });
		expect(await testAgainst({ prefix: '/local' })).toMatchObject({ status: 'OK' });
		expect(await testAgainst({ tls: false })).toMatchObject({ status: 'OK' });
		expect(await testAgainst({}, signInOf('panel'))).toMatchObject({
			status: 'OK',
			message: expect.stringContaining('may not read more'),
		});
	});

	test('reports a wrong password', async () => {
		expect(await testAgainst({}, { password: 'wrong-password' })).toEqual({
			status: 'Error',
			message: 'Enswitch refused the sign-in (401). Check user name and password.',
		});
	});

	test('reports untrusted certificates, and accepts them with the switch on', async () => {
		const untrusted = { caCertificate: '' };
		expect((await testAgainst({}, untrusted)).message).toContain('is not trusted (');
		expect((await testAgainst({ certificate: 'wrongHost' })).message).toContain('(ERR_TLS');
		expect((await testAgainst({ certificate: 'expired' })).message).toContain('(CERT_HAS');
		const insecure = { ...untrusted, allowUnauthorizedCerts: true };
		for (const certificate of ['selfSigned', 'wrongHost', 'expired'] as const) {
			expect(await testAgainst({ certificate }, insecure)).toMatchObject({ status: 'OK' });
		}
		expect((await testAgainst({}, { caCertificate: 'hello' })).message).toContain(
			'is not in PEM format',
		);
	});

	test('reports hosts that do not exist', async () => {
		expect(await changed('https://pbx.invalid')).toContain('was not found');
		expect(await changed(`https://${blockedAddress}`)).toContain(
			'The network policy of n8n blocks',
		);
		expect(await changed('')).toContain('Base URL in the credential is empty');
		await withSetup({}, async ({ pbx, credential }) => {
			await pbx.refuse();
			expect((await testCredential(credential)).message).toContain('refused the connection');
		});
	});

	test('reports a wrong path, a redirect, and a server that is not Enswitch', async () => {
		await withSetup({}, async ({ pbx, credential }) => {
			const baseUrl = `${pbx.url}/elsewhere`;
			expect((await testCredential({ ...credential, baseUrl })).message).toMatch(
				/HTTP 404.*Remove everything after the host/,
			);
			pbx.fault({ redirect: 'https://other.example/login' }, { where: 'any' });
			expect((await testCredential(credential)).message).toContain(
				'redirect (HTTP 302) to https://other.example/login',
			);
			pbx.fault(
				{ body: '{"responses":[{"code":"500","key":"","message":"x"}]}' },
				{ where: 'any' },
			);
			expect((await testCredential(credential)).message).toContain('code that is not documented');
		});
		const server = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html').end('<html><body>Welcome</body></html>');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const message = await changed(`http://127.0.0.1:${String(port)}`);
		server.closeAllConnections();
		server.close();
		expect(message).toContain('Something answered, but not Enswitch');
	});
});
