/** The node in a workflow that another calls, in a real n8n: what Retry On Fail of either makes of it. */
import type { Fault } from '../simulators/switchvox.mts';
import type { N8nClient, WorkflowNode } from './client.mts';
import { logInToN8n } from './context.mts';
import { calledFlow, flow, startName } from './flow.mts';
import { packageName } from './paths.mts';
import { setUpSwitchvox } from './switchvoxSetup.mts';

type Settings = Pick<WorkflowNode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'>;

const numbers = ['101', '102', '103', '104', '105'];
const retryOnFail: Settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };

let client: N8nClient;

beforeAll(async () => {
	client = await logInToN8n();
});

/** Five calls from a sub-workflow, of which the third meets a fault, once; the numbers that rang first, in order. */
async function run(fault: Fault, mode: 'once' | 'each', parent: Settings, node: Settings) {
	const { pbx, call, close } = await setUpSwitchvox(client);
	try {
		pbx.fault(fault, { times: 1, after: 2 });
		const { type, ...tested } = call({ dialFirst: '={{ $json.number }}' });
		const callee = { ...tested, name: 'Call', type: `${packageName}.${type}`, ...node };
		const id = await client.createWorkflow(calledFlow([callee], [[startName, 'Call']]));
		const caller = {
			name: 'Execute',
			type: 'n8n-nodes-base.executeWorkflow',
			typeVersion: 1.2,
			parameters: { mode, workflowId: { __rl: true, mode: 'id', value: id }, options: {} },
			...parent,
		};
		const items = numbers.map((number) => ({ number }));
		const workflow = flow(items, [caller], [[startName, 'Execute']]);
		const execution = await client.execute(await client.createWorkflow(workflow), startName);
		const first = pbx.rings.filter(({ party }) => party === 'first');
		const [results = []] = execution.nodes.Execute?.at(-1)?.outputs ?? [];
		return { execution, results, rang: first.map(({ number }) => number) };
	} finally {
		await close();
	}
}

describe.each(['once', 'each'] as const)('mode "%s"', (mode) => {
	test('Retry On Fail of the inner node calls no number twice', async () => {
		const refused = await run({ status: 403 }, mode, {}, retryOnFail);
		expect(refused.rang).toEqual(numbers);
		expect(refused.results.map(({ json }) => json.status)).toEqual(numbers.map(() => 'answered'));
		const lost = await run('cutAfterRinging', mode, {}, retryOnFail);
		expect(lost.rang).toEqual(numbers.slice(0, 3));
		expect(lost.execution.error?.message).toBeDefined();
	});

	test('On Error = Continue inside: Retry On Fail outside has nothing to repeat', async () => {
		const { rang, results } = await run('cutAfterRinging', mode, retryOnFail, {
			onError: 'continueRegularOutput',
		});
		expect(rang).toEqual(numbers);
		expect(results.map(({ json }) => json.status)).toEqual(
			numbers.map((number) => (number === '103' ? 'unknown' : 'answered')),
		);
	});

	// Each try is an execution of its own; nothing distinguishes it from a loop that calls on purpose.
	test('Retry On Fail outside, On Error = Stop inside: earlier calls are placed again', async () => {
		const { rang } = await run('cutAfterRinging', mode, retryOnFail, {});
		expect(rang).toEqual([...numbers.slice(0, 3), ...numbers]);
	});
});
