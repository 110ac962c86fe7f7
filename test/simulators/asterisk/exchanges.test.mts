import { exchanges, play } from './exchanges.mts';
import { startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench({ secondMs: 1000 });
});
afterEach(() => bench.close());

test.each(exchanges.map((exchange) => [exchange.title, exchange] as const))(
	'%s',
	async (_, exchange) => {
		const id = crypto.randomUUID();
		const { status, body } = await play(exchange, id, bench.send);
		expect(status).toBe(exchange.status);
		if (exchange.answer === undefined) return;
		const answer = JSON.parse(JSON.stringify(exchange.answer).replaceAll('{id}', id)) as object;
		if (status >= 400) expect(JSON.parse(body)).toEqual(answer);
		else expect(JSON.parse(body)).toMatchObject(answer);
	},
);

test('a parameter that is not documented is refused, which the real one is not as strict about', async () => {
	const body = { endpoint: 'PJSIP/101', extension: '301', callerid: '100' };
	const reply = await bench.send({ method: 'POST', path: '/channels/a', body });
	expect(reply).toMatchObject({ status: 400, body: '{"message":"Unknown parameter: callerid"}' });
	expect(bench.pbx.rings).toEqual([]);
});

test('without ARI, the web server knows no such page', async () => {
	const other = await startBench({ ari: false });
	const reply = await other.send({ method: 'GET', path: '/asterisk/info' });
	expect([reply.status, reply.headers['content-type']]).toEqual([404, 'text/html']);
	await other.close();
});

test('behind a prefix', async () => {
	const other = await startBench({ prefix: '/asterisk' });
	expect(await other.send({ method: 'GET', path: '/channels' })).toMatchObject({ status: 200 });
	await other.close();
});

test('no secret is kept of a request', async () => {
	await bench.send({ method: 'GET', path: '/channels' });
	expect(bench.pbx.requests[0]?.headers.authorization).toBe('Basic');
});
