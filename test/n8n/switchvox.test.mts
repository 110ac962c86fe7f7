/** The Switchvox node in a real n8n, against the simulated PBX: the documented examples, sign-in, outputs, lists. */
import { isUnreadable } from '../../nodes/shared/wire/unreadable.ts';
import { parseXml, type XmlElement, xmlToJson } from '../../nodes/shared/wire/xml.ts';
import { fixturesOf } from '../fixtures/fixtures.mts';
import type { SwitchvoxOptions } from '../simulators/switchvox.mts';
import type { N8nClient } from './client.mts';
import { logInToN8n, runNode, saidOf, startNode, workflowWith } from './context.mts';
import { packageName } from './paths.mts';
import {
	type Bench,
	createSwitchvoxCredential,
	type Credential,
	openBench,
	parameters,
	signInOf,
} from './switchvoxBench.mts';

jest.setTimeout(60_000);

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

async function withBench<T>(
	options: SwitchvoxOptions,
	use: (bench: Bench) => Promise<T>,
	changes: Credential = {},
): Promise<T> {
	const bench = await openBench(client, options, changes);
	try {
		return await use(bench);
	} finally {
		await bench.close();
	}
}

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
		await withBench(
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
					const told = { status, vendorErrors, httpStatus, message: `${message} ${advice}` };
					expect(json).toMatchObject(told);
					expect(pbx.calls.map(({ state }) => state)).toEqual(['failed']);
				} else {
					// A result leaves out a list with nothing in it.
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
			await withBench({}, async ({ pbx, call, credential }) => {
				const { error } = await runNode(client, call(fixture.input));
				expect(error?.message).toMatch(/[.] No call was placed[.]$/);
				for (const text of fixture.invalid ?? []) expect(saidOf(error)).toContain(text);
				expect(pbx.requests).toEqual([]);

				// The documented request itself: n8n's own HTTP Request node sends it, with this package's credential.
				const switchvoxApi = await createSwitchvoxCredential(client, credential);
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
	const statuses = async (bench: Bench) =>
		(await runNode(client, bench.call({}, three))).items.map(({ json }) => json.status);
	const requests = ({ pbx }: Bench) => pbx.requests.map(({ method, status }) => [method, status]);
	const challenge = ['GET', 401];
	const call = ['POST', 200];
	const stale = ['POST', 401];

	test.each<[string, SwitchvoxOptions, Credential]>([
		['Basic, found out', {}, {}],
		['Digest, found out', { authentication: 'digest' }, {}],
		['Digest with SHA-256', { authentication: 'digest', digest: { algorithm: 'SHA-256' } }, {}],
		['Digest with MD5-sess', { authentication: 'digest', digest: { algorithm: 'MD5-sess' } }, {}],
		['Digest without qop', { authentication: 'digest', digest: { qop: false } }, {}],
		['Digest, as set', { authentication: 'digest' }, { authentication: 'digest' }],
	])(
		'%s: asked once, then one request per call, also in the next execution',
		async (_, options, changes) => {
			await withBench(
				options,
				async (bench) => {
					expect(await statuses(bench)).toEqual(answered);
					expect(await statuses(bench)).toEqual(answered);
					expect(requests(bench)).toEqual([challenge, call, call, call, call, call, call]);
				},
				changes,
			);
		},
	);

	test('Basic, as set: one request per call', async () => {
		const use = async (bench: Bench) => {
			expect(await statuses(bench)).toEqual(answered);
			expect(requests(bench)).toEqual([call, call, call]);
		};
		await withBench({}, use, { authentication: 'basic' });
	});

	test('a stale nonce is renewed once, and the call placed once', async () => {
		await withBench({ authentication: 'digest' }, async (bench) => {
			await statuses(bench);
			bench.pbx.expireNonces();
			expect(await statuses(bench)).toEqual(answered);
			expect(requests(bench).slice(4)).toEqual([stale, challenge, call, call, call]);
			expect(bench.firstRings()).toBe(6);
		});
	});

	test('a nonce that expires all the time costs requests, and never a second ring', async () => {
		const options = { authentication: 'digest', digest: { nonceLifetimeRequests: 2 } } as const;
		await withBench(options, async (bench) => {
			expect(await statuses(bench)).toEqual(answered);
			expect(bench.firstRings()).toBe(3);
		});
	});

	test('an upgrade from 6.5 to 6.6 goes by unnoticed', async () => {
		await withBench({ authentication: 'digest' }, async (bench) => {
			await statuses(bench);
			bench.pbx.changeAuthentication('basic');
			expect(await statuses(bench)).toEqual(answered);
			expect(bench.firstRings()).toBe(6);
		});
	});

	test('a process that finds the credential used by another asks for a challenge of its own', async () => {
		const use = async (bench: Bench) => {
			expect(await statuses(bench)).toEqual(answered);
			expect(requests(bench)).toEqual([challenge, call, call, call]);
			expect(bench.firstRings()).toBe(3);
		};
		await withBench({ authentication: 'digest' }, use, { challenge: 'Basic' });
	});

	test.each([1, 10])('100 calls, %i at once: none is refused', async (maxConcurrent) => {
		const use = async (bench: Bench) => {
			const items = Array.from({ length: 100 }, () => ({}));
			const test = bench.call({ options: { maxConcurrent } }, { items });
			const result = await runNode(client, test);
			expect(result.items.map(({ json }) => json.status)).toEqual(items.map(() => 'answered'));
			expect(bench.firstRings()).toBe(100);
			if (maxConcurrent === 1) expect(bench.pbx.requests).toHaveLength(101);
		};
		await withBench({ authentication: 'digest' }, use, { challenge: 'of another process' });
	});

	test('set to Digest, a page that asks for nothing gets no password', async () => {
		const use = async (bench: Bench) => {
			bench.pbx.fault({ status: 200 }, { where: 'any' });
			const { error } = await runNode(client, bench.call());
			expect(`${error?.message ?? ''} ${error?.description ?? ''}`).toContain(
				'asked for no sign-in (HTTP 200), so the password was not sent',
			);
			expect(bench.pbx.requests.filter(({ headers }) => headers.authorization)).toEqual([]);
		};
		await withBench({ authentication: 'digest' }, use, { authentication: 'digest' });
	});

	test('calls in flight at once share a nonce and ring once each', async () => {
		await withBench({ authentication: 'digest' }, async (bench) => {
			const items = Array.from({ length: 8 }, (_, index) => ({
				dialFirst: `10${String(index + 1)}`,
			}));
			const options = { maxConcurrent: 4 };
			const test = bench.call({ dialFirst: '={{ $json.dialFirst }}', options }, { items });
			const result = await runNode(client, test);
			expect(result.items.map(({ json }) => [json.status, json.from])).toEqual(
				items.map(({ dialFirst }) => ['answered', dialFirst]),
			);
			expect(bench.firstRings()).toBe(8);
		});
	});

	test.each([
		['a wrong password', { password: 'wrong' }],
		['an unknown user', { username: 'nobody' }],
	])('%s is refused and rings nobody', async (_, changes) => {
		for (const authentication of ['basic', 'digest'] as const) {
			const use = async (bench: Bench) => {
				const { error } = await runNode(client, bench.call());
				expect(error?.message).toMatch(
					/^Switchvox refused the request \(HTTP 40[13]\)\. No call was placed\.$/,
				);
				expect(error?.description).toContain('Check user name and password in the credential');
				expect(bench.pbx.rings).toEqual([]);
			};
			await withBench({ authentication }, use, changes);
		}
	});

	test('a set Digest that the PBX does not speak says so', async () => {
		const use = async (bench: Bench) => {
			const { error } = await runNode(client, bench.call());
			expect(error?.description).toContain('set Authentication to Basic.');
			expect(bench.pbx.rings).toEqual([]);
		};
		await withBench({ authentication: 'basic' }, use, { authentication: 'digest' });
	});

	test('an extension user calls as that account', async () => {
		const use = async (bench: Bench) => {
			const { items } = await runNode(client, bench.call({ accountType: 'user' }));
			expect(items[0]?.json).toMatchObject({ status: 'answered', from: '101', to: '301' });
			const wrong = await runNode(client, bench.call({ accountType: 'admin' }));
			expect(wrong.error?.message).toContain('27168');
			expect(wrong.error?.description).toContain('change Signed In As to match');
		};
		await withBench({}, use, signInOf('user'));
	});

	test('an administrator without the right is told which one', async () => {
		const use = async (bench: Bench) => {
			const { error } = await runNode(client, bench.call());
			expect(error?.message).toContain('not permitted to run this action (27168)');
			expect(error?.description).toContain('read and write Manage Extensions');
		};
		await withBench({}, use, signInOf('readonly'));
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
		await withBench({}, async ({ pbx, call }) => {
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

	test('Continue keeps one item out for one item in, in order', async () => {
		await withBench({}, async ({ call }) => {
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

	test('Stop throws at the first failure, starts nothing more, and lists what was placed', async () => {
		await withBench({}, async ({ pbx, call }) => {
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
		await withBench({}, async ({ pbx, call }) => {
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

	test('every option goes out, and only when it was set', async () => {
		await withBench({}, async ({ pbx, call }) => {
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

	test('cancelling the execution starts no further call', async () => {
		await withBench({ secondMs: 1000 }, async ({ pbx, call, firstRings }) => {
			pbx.setParty('101', { answersAfterSeconds: 3 });
			const { executionId, end } = await startNode(client, call({}, { items: [{}, {}, {}] }));
			for (let waited = 0; firstRings() === 0 && waited < 100; waited++) {
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
			await client.stop(executionId);
			expect((await end()).execution.status).toBe('canceled');
			await new Promise((resolve) => setTimeout(resolve, 3500));
			expect(firstRings()).toBe(1);
			expect(pbx.calls).toHaveLength(1);
		});
	});
});

describe('the list of accounts', () => {
	const list = async (
		bench: Bench,
		filter?: string,
		paginationToken?: string,
		accountType = 'admin',
	) =>
		await client.list({
			nodeType: `${packageName}.switchvox`,
			methodName: 'searchAccounts',
			field: 'accountId',
			parameters: { ...parameters, accountType },
			credentials: bench.call().credentials,
			filter,
			paginationToken,
		});

	test('comes in pages, with number, name and the account ID, which it gives', async () => {
		await withBench({}, async (bench) => {
			const pages = [await list(bench)];
			while (pages.at(-1)?.paginationToken !== undefined && pages.length < 9) {
				pages.push(await list(bench, undefined, String(pages.at(-1)?.paginationToken)));
			}
			expect(pages.map(({ results }) => results.length)).toEqual([50, 50, 31]);
			const all = pages.flatMap(({ results }) => results);
			expect(new Set(all.map(({ value }) => value)).size).toBe(131);
			expect(all.find(({ value }) => value === '1106')?.name).toBe(
				'101 Anna Müller-Lüdenscheidt (ID 1106)',
			);
			expect(bench.pbx.rings).toEqual([]);
		});
	});

	test('is searched by number and by name over all pages', async () => {
		await withBench({}, async (bench) => {
			const { results: byNumber } = await list(bench, '301');
			const byId = expect.stringMatching(/\(ID 1301\)$/) as unknown;
			expect(byNumber.map(({ name }) => name)).toEqual(
				expect.arrayContaining([expect.stringMatching(/^301 /), byId]),
			);
			expect(byNumber).toHaveLength(2);
			const first = byNumber.find(({ name }) => name.startsWith('301 '));
			const { results: byName } = await list(
				bench,
				` ${first?.name.slice(4).toUpperCase() ?? ''} `,
			);
			expect(byName).toEqual([first]);
			expect(await list(bench, 'nobody is called this')).toEqual({ results: [] });
		});
	});

	test('asks for a credential where none is chosen', async () => {
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
		const use = async (bench: Bench) => {
			const { results } = await list(bench, '', undefined, 'user');
			expect(results).toEqual([{ name: '101 Anna Müller-Lüdenscheidt (ID 1106)', value: '1106' }]);
		};
		await withBench({}, use, signInOf('user'));
	});

	test('says why it cannot be read', async () => {
		const use = async (bench: Bench) => {
			await expect(list(bench)).rejects.toThrow(
				'Your account is not permitted to run this action (27168)',
			);
		};
		await withBench({}, use, signInOf('user'));
	});
});
