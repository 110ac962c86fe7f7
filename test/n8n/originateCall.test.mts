/** The generic node in a real n8n: one form and one result, whatever the vendor. */
import type { N8nClient } from './client.mts';
import { logInToN8n, runNode } from './context.mts';
import type { NodeTest } from './context.mts';
import { packageName } from './paths.mts';
import { openBench } from './switchvoxBench.mts';
import type { Bench } from './switchvoxBench.mts';

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** A test of the generic node with the bench's credential. */
const generic = (
	bench: Pick<Bench, 'call'>,
	parameters: Readonly<Record<string, unknown>>,
	more: Partial<NodeTest> = {},
): NodeTest => ({
	...bench.call(),
	type: 'originateCall',
	parameters: { resource: 'call', operation: 'originate', ...parameters },
	...more,
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

	test("the call and the result are those of the vendor's own node", async () => {
		const bench = await openBench(client);
		const options = { ringTimeout: 20, includeResponse: true };
		const { items } = await runNode(client, generic(bench, { ...parameters, options }));
		const own = await runNode(
			client,
			bench.call({ dialSecond: '15554578299', options: { timeout: 20, includeResponse: true } }),
		);
		const bodies = bench.pbx.requests
			.filter(({ method }) => method === 'POST')
			.map(({ body }) => body);
		await bench.close();
		const requestedAt = expect.any(String) as unknown;
		expect(items[0]?.json).toEqual({ ...own.items[0]?.json, requestedAt });
		expect(items[0]?.json).toMatchObject({
			vendor: 'switchvox',
			status: 'answered',
			to: '915554578299',
		});
		expect(bodies[0]).toBe(bodies[1]);
	});

	test('failures go to the error output, with the input', async () => {
		const bench = await openBench(client);
		bench.pbx.setParty('101', 'never');
		const settings = { onError: 'continueErrorOutput' } as const;
		const more = { settings, items: [{ ticket: 7 }] };
		const { failedItems } = await runNode(client, generic(bench, parameters, more));
		await bench.close();
		expect(failedItems.map(({ json }) => json)).toEqual([
			expect.objectContaining({ ticket: 7, vendor: 'switchvox', status: 'not_connected' }),
		]);
	});

	test("the vendor's list works on the generic form", async () => {
		const bench = await openBench(client);
		const { results } = await client.list({
			nodeType: `${packageName}.originateCall`,
			methodName: 'searchAccounts',
			field: 'accountId',
			parameters,
			credentials: bench.call().credentials,
			filter: '101',
		});
		await bench.close();
		expect(results).toEqual([{ name: expect.stringMatching(/^101 /) as unknown, value: '1106' }]);
	});
});

test('without a vendor nothing is sent, and the known ones are named', async () => {
	const bench = await openBench(client);
	const { error, execution } = await runNode(
		client,
		generic(bench, { vendor: 'acme', from: '1', to: '2' }),
	);
	await bench.close();
	expect(execution.status).toBe('error');
	expect(`${error?.message ?? ''} ${error?.description ?? ''}`).toMatch(/switchvox|acme/i);
});
