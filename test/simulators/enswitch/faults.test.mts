import type { Fault } from '../enswitch.mts';
import { entriesOf, formHeaders, formOf, fromTo, startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench();
});
afterEach(() => bench.close());

const rung = async () => {
	await bench.pbx.idle();
	return bench.pbx.rings.length;
};

const unanswered = (signal?: AbortSignal) =>
	bench
		.send({ path: '/api/json/calls/make/', headers: formHeaders, body: formOf(fromTo), signal })
		.then(
			({ status }) => `a reply: ${String(status)}`,
			() => 'no reply',
		);

test.each<[Fault, number]>([
	['hang', 0],
	['hangAfterRinging', 2],
	['cut', 0],
	['cutAfterRinging', 2],
	['resetMidReply', 2],
])('%s: no reply, %i rings', async (fault, rings) => {
	bench.pbx.fault(fault);
	expect(await unanswered(AbortSignal.timeout(300))).toBe('no reply');
	expect(await rung()).toBe(rings);
});

test.each<[Fault, number, number]>([
	['html', 200, 0],
	['truncated', 200, 2],
	['garbage', 200, 2],
	['empty', 200, 2],
	[{ status: 500 }, 500, 0],
	[{ status: 502, rings: true }, 502, 2],
	[{ redirect: 'https://other.example/' }, 302, 0],
	[{ body: '{}' }, 200, 2],
])('%j: HTTP %i, %i rings', async (fault, status, rings) => {
	bench.pbx.fault(fault);
	expect((await bench.post(fromTo)).status).toBe(status);
	expect(await rung()).toBe(rings);
});

test('a fault hits calls, unless it is to hit everything', async () => {
	bench.pbx.fault({ status: 500 });
	expect((await bench.post({}, 'user/login')).status).toBe(200);
	bench.pbx.fault({ status: 500 }, { where: 'any' });
	expect((await bench.post({}, 'user/login')).status).toBe(500);
});

test('refuses connections, then listens again', async () => {
	await bench.pbx.refuse();
	expect(await unanswered()).toBe('no reply');
	await bench.pbx.listenAgain();
	expect(entriesOf(await bench.post(fromTo))).toEqual(['204  OK']);
});

test('reset keeps what has not rung from ringing', async () => {
	await bench.post({ ...fromTo, delay: '50' });
	bench.pbx.reset();
	expect(await rung()).toBe(0);
	expect(bench.pbx.calls).toEqual([]);
});
