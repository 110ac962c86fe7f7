/** Retry On Fail in a real n8n: it runs the node again with all items, and no phone rings twice. */
import type { Fault } from '../simulators/switchvox.mts';
import type { N8nClient, WorkflowNode } from './client.mts';
import { logInToN8n, runNode } from './context.mts';
import { openBench } from './switchvoxBench.mts';

jest.setTimeout(60_000);

const numbers = ['101', '102', '103', '104', '105'];
const items = numbers.map((number) => ({ number }));
const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** Five calls, of which one meets a fault, once; the numbers that rang first, in order. */
async function run(fault: Fault, position: number, onError: NonNullable<WorkflowNode['onError']>) {
	const { pbx, call, close } = await openBench(client);
	try {
		pbx.fault(fault, { times: 1, after: position });
		const settings = { ...retryOnFail, onError };
		const result = await runNode(
			client,
			call({ dialFirst: '={{ $json.number }}' }, { items, settings }),
		);
		const first = pbx.rings.filter(({ party }) => party === 'first');
		return { ...result, rang: first.map(({ number }) => number) };
	} finally {
		await close();
	}
}

describe.each([0, 2, 4])('at position %i of five', (position) => {
	test('a refused call is tried again, and the calls before it are replayed', async () => {
		const { items: results, rang } = await run({ status: 403 }, position, 'stopWorkflow');
		expect(rang).toEqual(numbers);
		expect(results.map(({ json }) => [json.status, json.replayed])).toEqual(
			numbers.map((_, index) => ['answered', index < position]),
		);
	});

	test.each(['cutAfterRinging', 'truncated', 'garbage'] as const)(
		'after %s the phone is not rung again, and the run stops there',
		async (fault) => {
			const { execution, error, rang } = await run(fault, position, 'stopWorkflow');
			expect(execution.status).toBe('error');
			expect(error?.message).toContain('The call may have been placed.');
			expect(error?.description).toContain(
				`Items not tried: ${String(4 - position)}.`.replace(
					'Items not tried: 0.',
					'Every item was tried.',
				),
			);
			expect(rang).toEqual(numbers.slice(0, position + 1));
		},
	);

	test('on the error output, the others go on, and no phone rings twice', async () => {
		const {
			items: results,
			failedItems,
			rang,
		} = await run('cutAfterRinging', position, 'continueErrorOutput');
		expect(rang).toEqual(numbers);
		expect(results).toHaveLength(4);
		expect(failedItems.map(({ json }) => [json.number, json.status])).toEqual([
			[numbers[position], 'unknown'],
		]);
	});
});
