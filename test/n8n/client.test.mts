import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { N8nClient } from './client.mts';
import type { WorkflowData, WorkflowNode } from './client.mts';
import { logInToN8n } from './context.mts';
import { unflatten } from './flatted.mts';

describe('execution data', () => {
	test('strings are looked up; other values are used as they are', () => {
		const text = '[{"a":"1","b":2,"c":"2"},"x",["1",null,true,"0"]]';
		const value = unflatten(text) as { a: string; b: number; c: unknown[] };
		expect(value.a).toBe('x');
		expect(value.b).toBe(2);
		expect(value.c.slice(0, 3)).toEqual(['x', null, true]);
		expect(value.c[3]).toBe(value);
	});
});

function twoItemsInto(type: string, parameters: WorkflowNode['parameters']): WorkflowData {
	return {
		name: 'Test of the client',
		nodes: [
			{
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{ name: 'Node', type, typeVersion: 1, position: [200, 0], parameters },
		],
		connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
		pinData: { Start: [{ json: { a: 1 } }, { json: { a: 'text' } }] },
	};
}

test('an execution is requested again while the database is not ready', async () => {
	const execution = { id: '7', status: 'success', data: '[{"resultData":"1"},{"runData":"2"},{}]' };
	const answers = [
		{ status: 503, body: 'Database is not ready!' },
		{ status: 200, body: JSON.stringify({ data: { ...execution, status: 'running' } }) },
		{ status: 503, body: 'Database is not ready!' },
		{ status: 200, body: JSON.stringify({ data: execution }) },
	];
	const server = createServer((_request, response) => {
		const { status, body } = answers.shift() ?? { status: 500, body: '' };
		response.writeHead(status).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	try {
		const { status } = await new N8nClient(`http://127.0.0.1:${String(port)}`).waitFor('7');
		expect(status).toBe('success');
		expect(answers).toEqual([]);
	} finally {
		server.closeAllConnections();
		server.close();
	}
});

describe('the client', () => {
	let client: N8nClient;

	beforeAll(async () => {
		client = await logInToN8n();
	});

	test('returns the output of a node, item by item', async () => {
		const id = await client.createWorkflow(twoItemsInto('n8n-nodes-base.noOp', {}));
		const { status, lastNode, nodes } = await client.execute(id, 'Start');
		expect(status).toBe('success');
		expect(lastNode).toBe('Node');
		expect(nodes.Node?.[0]?.outputs[0]?.map(({ json }) => json)).toEqual([{ a: 1 }, { a: 'text' }]);
		await client.deleteWorkflow(id);
	});

	test('reports what n8n refused', async () => {
		const unnamed = { name: '', type: 'switchvoxApi', data: {} };
		await expect(client.createCredential(unnamed)).rejects.toThrow(
			/^POST \/rest\/credentials was answered 400/,
		);
	});

	test('stops an execution that does not end in time', async () => {
		const id = await client.createWorkflow(
			twoItemsInto('n8n-nodes-base.wait', { amount: 30, unit: 'seconds' }),
		);
		const executionId = await client.start(id, 'Start');
		await expect(client.waitFor(executionId, 300)).rejects.toThrow('did not end in 300 ms');
		expect((await client.waitFor(executionId)).status).toBe('canceled');
	});
});
