import { until } from '../../until.mts';
import type { Fault } from '../asterisk.mts';
import { startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench({ secondMs: 100 });
});
afterEach(() => bench.close());

const place = (first: string, second: string, signal?: AbortSignal) => {
	const body = { endpoint: first, extension: second, context: 'from-internal', timeout: 1 };
	return bench.send({ method: 'POST', path: '/channels/a', body }, signal);
};
const isOver = async () =>
	(await bench.send({ method: 'GET', path: '/channels/a' })).status === 404;

test.each<[string, string, readonly string[]]>([
	['PJSIP/101', '301', ['101', '301']],
	['PJSIP/121', '301', ['121']],
	['PJSIP/131', '301', []],
	['PJSIP/141', '301', []],
	['PJSIP/151', '301', []],
	['PJSIP/999', '301', []],
	['PJSIP/101', '321', ['101', '321']],
	['PJSIP/101', '331', ['101']],
	['PJSIP/101', '341', ['101']],
	['PJSIP/101', '30', ['101']],
	['Local/101@from-internal/n', '12025550123', ['101', '12025550123']],
	['Local/30@from-internal/n', '301', []],
	['PJSIP/12025550123@trunk', '301', ['12025550123', '301']],
])('%s, then %s: %j ring', async (first, second, rings) => {
	await place(first, second);
	await bench.pbx.idle();
	expect(bench.pbx.rings.map(({ number }) => number)).toEqual(rings);
});

test.each(['PJSIP/121', 'PJSIP/131', 'PJSIP/141'])('%s: the call ends', async (first) => {
	await place(first, '301');
	await until(isOver);
});

test('a phone that hangs up ends the call', async () => {
	await place('PJSIP/111', '311');
	await until(isOver);
	expect(bench.pbx.rings).toHaveLength(2);
});

test('a call that is hung up rings nobody else', async () => {
	await place('PJSIP/121', '301');
	await bench.send({ method: 'DELETE', path: '/channels/a' });
	await bench.pbx.idle();
	expect(bench.pbx.rings).toHaveLength(1);
});

test('the channel says how far the call is', async () => {
	await place('PJSIP/101', '321');
	await until(async () => {
		const { body } = await bench.send({ method: 'GET', path: '/channels/a' });
		return body.includes('"state":"Up"') && body.includes('"app_name":"Dial"');
	});
});

test.each<[Fault, number, number]>([
	['cut', 0, 0],
	['cutAfterRinging', 0, 2],
	['resetMidReply', 0, 2],
	[{ status: 502 }, 502, 0],
	[{ status: 502, rings: true }, 502, 2],
	['html', 200, 0],
	['truncated', 200, 2],
])('%j: HTTP %i, %i rings', async (fault, status, rings) => {
	bench.pbx.fault(fault);
	const reply = await place('PJSIP/101', '301').catch(() => ({ status: 0 }));
	expect(reply.status).toBe(status);
	await bench.pbx.idle();
	expect(bench.pbx.rings).toHaveLength(rings);
	// A request that asks for a call does not place one.
	expect((await bench.send({ method: 'GET', path: '/endpoints' })).status).toBe(200);
});
