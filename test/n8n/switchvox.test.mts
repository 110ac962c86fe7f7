/** The Switchvox node in a real n8n, against the simulated PBX: the documented examples, sign-in, outputs, lists. */
import { isUnreadable } from '../../nodes/shared/wire/text/unreadable.ts';
import { parseXml, type XmlElement, xmlToJson } from '../../nodes/shared/wire/text/xml.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import type { SwitchvoxOptions } from '../simulators/switchvox.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, runNode, saidOf, workflowWith } from './context.mts';
import { packageName } from './paths.mts';
import { during, type Form, storeCredential } from './setup.mts';
import { type SwitchvoxSetup, setUpSwitchvox, parameters, signInOf } from './switchvoxSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

const withSetup = during((options: SwitchvoxOptions, changes) =>
	setUpSwitchvox(client, options, changes),
);

function treeOf(xml: string): XmlElement {
	const root = parseXml(xml);
	if (isUnreadable(root)) throw new Error(root.why);
	return root;
}

describe('the documented examples', () => {
	const documented = fixturesOf('Switchvox').filter(({ input }) => input !== undefined);
	const sent = documented.filter(({ invalid }) => invalid === undefined);

	test('all nine are here', () => {
		expect(documented).toHaveLength(9);
	});

	test.each(sent.map((fixture) => [fixture.title, fixture] as const))('%s', async (_, fixture) => {
		const { input = {}, request, response, outcome } = fixture;
		const changes = input.accountType === 'user' ? signInOf('user') : {};
		await withSetup(
			{},
			async ({ pbx, call }) => {
				if (outcome.status === 'not_connected') pbx.setParty('301', 'never');
				const options = { ...(input.options as object), includeResponse: true };
				const { items } = await runNode(
					client,
					call({ ...input, options }, { settings: { onError: 'continueRegularOutput' } }),
				);
				expect(treeOf(pbx.requests.at(-1)?.body ?? '')).toEqual(treeOf(request?.body ?? ''));
				expect(items).toHaveLength(1);
				const { response: got, ...json } = items[0]?.json ?? {};
				expect(got).toEqual(xmlToJson(treeOf(response.body)));
				if ('message' in outcome) {
					const { status, vendorErrors, httpStatus, message, advice } = outcome;
					const expected = { status, vendorErrors, httpStatus, message: `${message} ${advice}` };
					expect(json).toMatchObject(expected);
					expect(pbx.calls.map(({ state }) => state)).toEqual(['failed']);
				} else {
					// A result leaves out an empty list.
					const { ivrVariables = [] } = outcome.details as { ivrVariables?: readonly unknown[] };
					const details = ivrVariables.length === 0 ? {} : { ivrVariables };
					expect(json).toMatchObject({ ...outcome, details });
					expect(pbx.rings.map(({ number }) => number)).toEqual([json.from, json.to]);
				}
			},
			changes,
		);
	});

	const invalid = documented.filter((fixture) => fixture.invalid !== undefined);
	test.each(invalid.map((fixture) => [fixture.title, fixture] as const))(
		'%s',
		async (_, fixture) => {
			await withSetup({}, async ({ pbx, call, credential }) => {
				const { error } = await runNode(client, call(fixture.input));
				expect(error?.message).toMatch(/[.] No call was placed[.]$/);
				for (const text of fixture.invalid ?? []) expect(saidOf(error)).toContain(text);
				expect(pbx.requests).toEqual([]);

				// The documented request itself: n8n's own HTTP Request node sends it, with this package's credential.
				const switchvoxApi = await storeCredential(client, 'switchvoxApi', credential);
				const workflow = workflowWith(call());
				const [trigger, node] = workflow.nodes;
				if (!trigger || !node) throw new Error('The workflow has no node.');
				const httpRequest = {
					...node,
					type: 'n8n-nodes-base.httpRequest',
					typeVersion: 4.2,
					credentials: { switchvoxApi },
					parameters: {
						method: 'POST',
						url: `${pbx.url}/xml`,
						authentication: 'predefinedCredentialType',
						nodeCredentialType: 'switchvoxApi',
						sendBody: true,
						contentType: 'raw',
						rawContentType: 'application/xml',
						body: fixture.request?.body,
						options: {},
					},
				};
				const id = await client.createWorkflow({ ...workflow, nodes: [trigger, httpRequest] });
				const execution = await client.execute(id, trigger.name);
				expect(execution.error?.message).toBeUndefined();
				const body = execution.nodes[node.name]?.[0]?.outputs[0]?.[0]?.json.data;
				expect(treeOf(String(body))).toEqual(treeOf(fixture.response.body));
				expect(pbx.rings).toEqual([]);
			});
		},
	);
});

describe('sign-in', () => {
	const answered = ['answered', 'answered', 'answered'];
	const three = { items: [{}, {}, {}] };
	const statuses = async (setup: SwitchvoxSetup) =>
		(await runNode(client, setup.call({}, three))).items.map(({ json }) => json.status);
	const requests = ({ pbx }: SwitchvoxSetup) =>
		pbx.requests.map(({ method, status }) => [method, status]);
	const challenge = ['GET', 401];
	const call = ['POST', 200];
	const stale = ['POST', 401];

	test.each<[string, SwitchvoxOptions, Form]>([
		['Basic, detected', {}, {}],
		['Digest, detected', { authentication: 'digest' }, {}],
		['Digest with SHA-256', { authentication: 'digest', digest: { algorithm: 'SHA-256' } }, {}],
		['Digest with MD5-sess', { authentication: 'digest', digest: { algorithm: 'MD5-sess' } }, {}],
		['Digest without qop', { authentication: 'digest', digest: { qop: false } }, {}],
		['Digest, as set', { authentication: 'digest' }, { authentication: 'digest' }],
	])(
		'%s: one challenge, then one request per call, also in the next execution',
		async (_, options, changes) => {
			await withSetup(
				options,
				async (setup) => {
					expect(await statuses(setup)).toEqual(answered);
					expect(await statuses(setup)).toEqual(answered);
					expect(requests(setup)).toEqual([challenge, call, call, call, call, call, call]);
				},
				changes,
			);
		},
	);

	test('Basic, as set: one request per call', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			expect(await statuses(setup)).toEqual(answered);
			expect(requests(setup)).toEqual([call, call, call]);
		};
		await withSetup({}, use, { authentication: 'basic' });
	});

	test('a stale nonce is renewed once, and the call placed once', async () => {
		await withSetup({ authentication: 'digest' }, async (setup) => {
			await statuses(setup);
			setup.pbx.expireNonces();
			expect(await statuses(setup)).toEqual(answered);
			expect(requests(setup).slice(4)).toEqual([stale, challenge, call, call, call]);
			expect(setup.firstRings()).toBe(6);
		});
	});

	test('a nonce that always expires costs requests, but never a second ring', async () => {
		const options = { authentication: 'digest', digest: { nonceLifetimeRequests: 2 } } as const;
		await withSetup(options, async (setup) => {
			expect(await statuses(setup)).toEqual(answered);
			expect(setup.firstRings()).toBe(3);
		});
	});

	test('an upgrade from 6.5 to 6.6 causes no failure', async () => {
		await withSetup({ authentication: 'digest' }, async (setup) => {
			await statuses(setup);
			setup.pbx.changeAuthentication('basic');
			expect(await statuses(setup)).toEqual(answered);
			expect(setup.firstRings()).toBe(6);
		});
	});

	test('a process whose credential is used by another asks for its own challenge', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			expect(await statuses(setup)).toEqual(answered);
			expect(requests(setup)).toEqual([challenge, call, call, call]);
			expect(setup.firstRings()).toBe(3);
		};
		await withSetup({ authentication: 'digest' }, use, { challenge: 'Basic' });
	});

	test.each([1, 10])('100 calls, %i at once: none is refused', async (maxConcurrent) => {
		const use = async (setup: SwitchvoxSetup) => {
			const items = Array.from({ length: 100 }, () => ({}));
			const test = setup.call({ options: { maxConcurrent } }, { items });
			const result = await runNode(client, test);
			expect(result.items.map(({ json }) => json.status)).toEqual(items.map(() => 'answered'));
			expect(setup.firstRings()).toBe(100);
			if (maxConcurrent === 1) expect(setup.pbx.requests).toHaveLength(101);
		};
		await withSetup({ authentication: 'digest' }, use, { challenge: 'of another process' });
	});

	test('with Digest, a page that does not ask for a sign-in gets no password', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			setup.pbx.fault({ status: 200 }, { where: 'any' });
			const { error } = await runNode(client, setup.call());
			expect(`${error?.message ?? ''} ${error?.description ?? ''}`).toContain(
				'asked for no sign-in (HTTP 200), so the password was not sent',
			);
			expect(setup.pbx.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
		};
		await withSetup({ authentication: 'digest' }, use, { authentication: 'digest' });
	});

	test('simultaneous calls share a nonce and ring once each', async () => {
		await withSetup({ authentication: 'digest' }, async (setup) => {
			const items = Array.from({ length: 8 }, (_, index) => ({
				dialFirst: `10${String(index + 1)}`,
			}));
			const options = { maxConcurrent: 4 };
			const test = setup.call({ dialFirst: '={{ $json.dialFirst }}', options }, { items });
			const result = await runNode(client, test);
			expect(result.items.map(({ json }) => [json.status, json.from])).toEqual(
				items.map(({ dialFirst }) => ['answered', dialFirst]),
			);
			expect(setup.firstRings()).toBe(8);
		});
	});

	test.each([
		['a wrong password', { password: 'wrong' }],
		['an unknown user', { username: 'nobody' }],
	])('%s is refused without ringing', async (_, changes) => {
		for (const authentication of ['basic', 'digest'] as const) {
			const use = async (setup: SwitchvoxSetup) => {
				const { error } = await runNode(client, setup.call());
				expect(error?.message).toMatch(
					/^Switchvox refused the request \(HTTP 40[13]\)\. No call was placed\.$/,
				);
				expect(error?.description).toContain('Check user name and password in the credential');
				expect(setup.pbx.rings).toEqual([]);
			};
			await withSetup({ authentication }, use, changes);
		}
	});

	test('Digest that the PBX does not offer is reported', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { error } = await runNode(client, setup.call());
			expect(error?.description).toContain('set Authentication to Basic.');
			expect(setup.pbx.rings).toEqual([]);
		};
		await withSetup({ authentication: 'basic' }, use, { authentication: 'digest' });
	});

	test('an extension user calls as that account', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { items } = await runNode(client, setup.call({ accountType: 'user' }));
			expect(items[0]?.json).toMatchObject({ status: 'answered', from: '101', to: '301' });
			const wrong = await runNode(client, setup.call({ accountType: 'admin' }));
			expect(wrong.error?.message).toContain('27168');
			expect(wrong.error?.description).toContain('change Signed In As to match');
		};
		await withSetup({}, use, signInOf('user'));
	});

	test('an administrator who lacks a right learns which one', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { error } = await runNode(client, setup.call());
			expect(error?.message).toContain('not permitted to run this action (27168)');
			expect(error?.description).toContain('read and write Manage Extensions');
		};
		await withSetup({}, use, signInOf('readonly'));
	});
});

describe('the outputs', () => {
	const items = [
		{ name: 'Ann', phone: '+1 (202) 555-0101' },
		{ name: 'Bob', phone: 'call Bob' },
		{ name: 'Cleo', phone: '202.555.0103' },
	];
	const toPhone = { dialSecond: '={{ $json.phone }}', options: { defaultCountry: 'US' } };

	test('the error output gets the failed item, merged with its input', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const settings = { onError: 'continueErrorOutput' } as const;
			const result = await runNode(client, call(toPhone, { items, settings }));
			expect(result.items.map(({ json }) => json)).toEqual([
				expect.objectContaining({ status: 'answered', to: '912025550101' }),
				expect.objectContaining({ status: 'answered', to: '92025550103' }),
			]);
			expect(result.failedItems.map(({ json }) => json)).toEqual([
				{
					...items[1],
					vendor: 'switchvox',
					status: 'not_sent',
					reason: 'invalid_input',
					message: expect.stringMatching(/^Dial Second is "call Bob", which cannot be/),
					callId: null,
					from: '101',
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

	test('Continue gives one item out for each item in, in order', async () => {
		await withSetup({}, async ({ call }) => {
			const settings = { onError: 'continueRegularOutput' } as const;
			const result = await runNode(client, call(toPhone, { items, settings }));
			expect(result.items.map(({ json }) => json.status)).toEqual([
				'answered',
				'not_sent',
				'answered',
			]);
			expect(result.items.every(({ json }) => !('error' in json))).toBe(true);
		});
	});

	test('Stop throws at the first failure, starts nothing more, and lists the placed calls', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const { error, items: none } = await runNode(client, call(toPhone, { items }));
			expect(none).toEqual([]);
			expect(error?.message).toContain('Dial Second is "call Bob"');
			expect(error?.description).toContain(
				'Other calls of this run: item 0 (101 to 912025550101, answered). Items not tried: 1.',
			);
			expect(pbx.calls).toHaveLength(1);
		});
	});

	test('a dry run sends nothing and shows the exact request without secrets', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const result = await runNode(
				client,
				call({ options: { dryRun: true, callerIdName: 'n8n' } }),
			);
			expect(result.items[0]?.json).toMatchObject({
				status: 'skipped',
				reason: 'dry_run',
				callId: null,
				from: '101',
				to: '301',
				request: {
					method: 'POST',
					url: `${pbx.url}/xml`,
					headers: { 'Content-Type': 'application/xml', Accept: 'application/xml' },
					body: expect.stringContaining('<caller_id_name>n8n</caller_id_name>'),
				},
			});
			expect(pbx.requests).toEqual([]);
		});
	});

	test('every option is sent, and only if it was set', async () => {
		await withSetup({}, async ({ pbx, call }) => {
			const options = {
				autoAnswer: true,
				callerIdName: '<b> & Sons',
				ignoreUserApiSettings: true,
				ignoreUserCallRules: true,
				timeout: 5,
				timeoutSecondCall: 120,
			};
			await runNode(client, call({ options }));
			await runNode(client, call());
			const sent = pbx.requests
				.filter(({ method }) => method === 'POST')
				.map(({ body }) =>
					treeOf(body).children[0]?.children.map(({ name, text }) => [name, text]),
				);
			const required = [
				['dial_first', '101'],
				['dial_second', '301'],
				['dial_as_account_id', '1106'],
			];
			expect(sent).toEqual([
				[
					...required,
					['caller_id_name', '<b> & Sons'],
					['timeout', '5'],
					['timeout_second_call', '120'],
					['auto_answer', '1'],
					['ignore_user_api_settings', '1'],
					['ignore_user_call_rules', '1'],
				],
				required,
			]);
			expect(pbx.rings[0]?.callerIdName).toBe('<b> & Sons');
		});
	});
});

describe('the list of accounts', () => {
	const list = async (
		setup: SwitchvoxSetup,
		filter?: string,
		paginationToken?: string,
		accountType = 'admin',
	) =>
		await client.list({
			nodeType: `${packageName}.switchvox`,
			methodName: 'searchAccounts',
			field: 'accountId',
			parameters: { ...parameters, accountType },
			credentials: setup.call().credentials,
			filter,
			paginationToken,
		});

	test('has pages, shows number, name and account ID, and gives the ID', async () => {
		await withSetup({}, async (setup) => {
			const pages = [await list(setup)];
			while (pages.at(-1)?.paginationToken !== undefined && pages.length < 9) {
				pages.push(await list(setup, undefined, String(pages.at(-1)?.paginationToken)));
			}
			expect(pages.map(({ results }) => results.length)).toEqual([50, 50, 31]);
			const all = pages.flatMap(({ results }) => results);
			expect(new Set(all.map(({ value }) => value)).size).toBe(131);
			expect(all.find(({ value }) => value === '1106')?.name).toBe(
				'101 Anna Müller-Lüdenscheidt (ID 1106)',
			);
			expect(setup.pbx.rings).toEqual([]);
		});
	});

	test('is searched by number and by name over all pages', async () => {
		await withSetup({}, async (setup) => {
			const { results: byNumber } = await list(setup, '301');
			const byId = expect.stringMatching(/\(ID 1301\)$/) as unknown;
			expect(byNumber.map(({ name }) => name)).toEqual(
				expect.arrayContaining([expect.stringMatching(/^301 /), byId]),
			);
			expect(byNumber).toHaveLength(2);
			const first = byNumber.find(({ name }) => name.startsWith('301 '));
			const { results: byName } = await list(
				setup,
				` ${first?.name.slice(4).toUpperCase() ?? ''} `,
			);
			expect(byName).toEqual([first]);
			expect(await list(setup, 'nobody is called this')).toEqual({ results: [] });
		});
	});

	test('asks for a credential if none is chosen', async () => {
		const asked = client.list({
			nodeType: `${packageName}.switchvox`,
			methodName: 'searchAccounts',
			field: 'accountId',
			parameters,
			credentials: {},
		});
		await expect(asked).rejects.toThrow('No credential for Switchvox is chosen. Choose one above');
	});

	test('has the one account of an extension user', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			const { results } = await list(setup, '', undefined, 'user');
			expect(results).toEqual([{ name: '101 Anna Müller-Lüdenscheidt (ID 1106)', value: '1106' }]);
		};
		await withSetup({}, use, signInOf('user'));
	});

	test('says why it cannot be read', async () => {
		const use = async (setup: SwitchvoxSetup) => {
			await expect(list(setup)).rejects.toThrow(
				'Your account is not permitted to run this action (27168)',
			);
		};
		await withSetup({}, use, signInOf('user'));
	});
});
