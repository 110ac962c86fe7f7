/** The generic node in a real n8n: one form and one result, whatever the vendor. */
import { runChain } from './chain.mts';
import type { CredentialRef, N8nClient } from './client.mts';
import { logInToN8n, runNode } from './context.mts';
import type { NodeTest } from './context.mts';
import { packageName } from './paths.mts';
import { startPhoneSystems } from './phoneSystems.mts';
import type { PhoneSystem } from './phoneSystems.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';
import type { SwitchvoxSetup } from './switchvoxSetup.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** A test of the generic node. */
const generic = (
	parameters: Readonly<Record<string, unknown>>,
	credentials: NodeTest['credentials'],
	more: Partial<NodeTest> = {},
): NodeTest => ({
	type: 'originateCall',
	parameters: { resource: 'call', operation: 'originate', ...parameters },
	credentials,
	...more,
});

describe('every vendor', () => {
	let systems: readonly PhoneSystem[];
	const credentials: Record<string, CredentialRef> = {};

	beforeAll(async () => {
		systems = await startPhoneSystems();
		for (const { credential } of systems) {
			credentials[credential.type] = await client.createCredential(credential);
		}
	});

	afterAll(async () => {
		await Promise.all(systems.map(({ close }) => close()));
	});

	/** The same workflow for all; what only one vendor needs is in it, and the others do not see it. */
	const call = {
		from: '0003*210',
		to: '12025550123',
		accountType: 'admin',
		accountId: { __rl: true, mode: 'id', value: '1106' },
		linkId: { __rl: true, mode: 'id', value: 'link123' },
		userId: '@me',
		extension: { __rl: true, mode: 'id', value: '0003*210' },
	};

	test.each([
		['asterisk', 'accepted'],
		['enswitch', 'accepted'],
		['iovox', 'accepted'],
		['switchvox', 'answered'],
		['voipNow', 'accepted'],
	])(
		'%s: only vendor and credential differ, and the call is placed once',
		async (vendor, status) => {
			const before = systems.reduce((sum, { calls }) => sum + calls.length, 0);
			const { items, error } = await runNode(client, generic({ vendor, ...call }, credentials));
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual([
				{
					vendor,
					status,
					reason: null,
					message: expect.stringMatching(/^The call was placed/) as string,
					callId: ['asterisk', 'voipNow'].includes(vendor) ? (expect.any(String) as string) : null,
					from: vendor === 'iovox' ? 'link123' : call.from,
					to: vendor === 'switchvox' ? '912025550123' : call.to,
					requestedAt: expect.any(String) as string,
					replayed: false,
					details: expect.any(Object) as object,
					vendorErrors: [],
					httpStatus: expect.any(Number) as number,
				},
			]);
			const after = systems.reduce((sum, { calls }) => sum + calls.length, 0);
			expect(after - before).toBe(1);
		},
	);

	test.each(['asterisk', 'enswitch', 'iovox', 'switchvox', 'voipNow'])(
		'%s: Get and Hang Up behind it need the phone system only',
		async (vendor) => {
			const step = (operation: string, form: object = {}) => ({
				type: 'originateCall',
				parameters: { resource: 'call', operation, vendor, ...form },
				settings: { onError: 'continueErrorOutput' as const },
			});
			const { results } = await runChain(client, credentials, [
				// Another number than in the tests before: their calls may still be live.
				step('originate', {
					...call,
					to: '12025550199',
					...(vendor === 'asterisk' ? { from: '101' } : {}),
					options: { waitUntil: 'connected', waitAtMost: 5 },
				}),
				step('get'),
				step('hangUp'),
			]);
			const [placed, seen, ended] = results;
			expect(placed).toMatchObject({ vendor, call: { state: expect.any(String) as string } });
			if (vendor === 'iovox') {
				// It shows a call only when it is over, and cannot end one.
				expect(seen).toMatchObject({ vendor, state: 'not_found' });
				expect(ended).toMatchObject({
					status: 'not_sent',
					message: expect.stringMatching(
						/^IOVOX does not let other programs end a call[.]/,
					) as string,
				});
				return;
			}
			expect(placed).toMatchObject({ call: { state: 'connected' } });
			expect(seen).toMatchObject({ vendor, state: 'connected', answeredBySecond: true });
			expect(ended).toMatchObject({ vendor, status: 'hung_up' });
		},
	);

	test("a delay is in seconds, whatever the vendor's unit", async () => {
		const iovox = async (delay: number) =>
			await runNode(client, generic({ vendor: 'iovox', ...call, options: { delay } }, credentials));
		const { items } = await iovox(120);
		expect(items[0]?.json).toMatchObject({ status: 'scheduled', details: { delayMinutes: 2 } });
		const { error } = await iovox(90);
		expect(error).toMatchObject({
			message: 'Delay (Seconds) is "90". No call was placed.',
			description: 'This phone system delays in steps of 60 seconds. Enter a multiple of 60.',
		});
	});
});

describe('Switchvox', () => {
	const accountId = { __rl: true, mode: 'id', value: '1106' };
	const parameters = {
		vendor: 'switchvox',
		from: '101',
		to: '+1 555 457-8299',
		accountType: 'admin',
		accountId,
	};
	const credentialsOf = (setup: SwitchvoxSetup) => setup.call().credentials;

	test("the call and the result are those of the vendor's own node", async () => {
		const setup = await setUpSwitchvox(client);
		const options = { ringTimeout: 20, includeResponse: true, defaultCountry: 'US' };
		const test = generic({ ...parameters, options }, credentialsOf(setup));
		const { items } = await runNode(client, test);
		const own = await runNode(
			client,
			setup.call({ dialSecond: '15554578299', options: { timeout: 20, includeResponse: true } }),
		);
		const posts = setup.pbx.requests.filter(({ method }) => method === 'POST');
		await setup.close();
		const requestedAt = expect.any(String) as unknown;
		expect(items[0]?.json).toEqual({ ...own.items[0]?.json, requestedAt });
		expect(items[0]?.json).toMatchObject({ vendor: 'switchvox', to: '915554578299' });
		expect(posts[0]?.body).toBe(posts[1]?.body);
	});

	test.each(['delay', 'callerId'])(
		'an option of another vendor is refused by name, and nothing is sent: %s',
		async (name) => {
			const setup = await setUpSwitchvox(client);
			const options = { [name]: '={{ $json.value }}' };
			const test = generic({ ...parameters, options }, credentialsOf(setup), {
				items: [{ value: 60 }],
			});
			const { error } = await runNode(client, test);
			const { requests } = setup.pbx;
			await setup.close();
			expect(error?.message).toMatch(
				/^(Delay \(Seconds\)|Caller ID) is not supported by Switchvox\. No call was placed\.$/,
			);
			expect(requests).toEqual([]);
		},
	);

	test('failures go to the error output, with the input', async () => {
		const setup = await setUpSwitchvox(client);
		setup.pbx.setParty('101', 'never');
		const settings = { onError: 'continueErrorOutput' } as const;
		const form = { ...parameters, options: { defaultCountry: 'US' } };
		const test = generic(form, credentialsOf(setup), { settings, items: [{ ticket: 7 }] });
		const { failedItems } = await runNode(client, test);
		await setup.close();
		expect(failedItems.map(({ json }) => json)).toEqual([
			expect.objectContaining({ ticket: 7, vendor: 'switchvox', status: 'not_connected' }),
		]);
	});

	test("the vendor's list works on the generic form", async () => {
		const setup = await setUpSwitchvox(client);
		const { results } = await client.list({
			nodeType: `${packageName}.originateCall`,
			methodName: 'searchAccounts',
			field: 'accountId',
			parameters,
			credentials: credentialsOf(setup),
			filter: '101',
		});
		await setup.close();
		expect(results).toEqual([{ name: '101 Anna Müller-Lüdenscheidt (ID 1106)', value: '1106' }]);
	});
});

test('without a vendor nothing is sent', async () => {
	const setup = await setUpSwitchvox(client);
	const test = generic({ vendor: 'acme', from: '1', to: '2' }, setup.call().credentials);
	const { execution } = await runNode(client, test);
	const { requests } = setup.pbx;
	await setup.close();
	expect(execution.status).toBe('error');
	expect(requests).toEqual([]);
});
