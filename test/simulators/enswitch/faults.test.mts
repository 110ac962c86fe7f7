import { until } from '../../until.mts';
import type { Fault } from '../enswitch.mts';
import { entriesOf, formHeaders, formOf, fromTo, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});
afterEach(() => setup.close());

const rung = async () => {
	await setup.pbx.idle();
	return setup.pbx.rings.length;
};

const unanswered = (signal?: AbortSignal) =>
	setup
		.send({ path: '/api/json/calls/make/', headers: formHeaders, body: formOf(fromTo), signal })
		.then(
			({ status }) => `a reply: ${String(status)}`,
			() => 'no reply',
		);

test.each<[Fault, number]>([
	['hang', 0],
	['hangAfterRinging', 2],
])('%s: no reply, %i rings', async (fault, rings) => {
	setup.pbx.fault(fault);
	const abort = new AbortController();
	const result = unanswered(abort.signal);
	await until(() => setup.pbx.requests.length > 0 && setup.pbx.rings.length === rings);
	await new Promise((resolve) => setTimeout(resolve, 50));
	abort.abort();
	expect(await result).toBe('no reply');
	expect(await rung()).toBe(rings);
});

test.each<[Fault, number]>([
	['cut', 0],
	['cutAfterRinging', 2],
	['resetMidReply', 2],
])('%s: no reply, %i rings', async (fault, rings) => {
	setup.pbx.fault(fault);
	expect(await unanswered()).toBe('no reply');
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
	setup.pbx.fault(fault);
	expect((await setup.post(fromTo)).status).toBe(status);
	expect(await rung()).toBe(rings);
});

test('a fault hits calls unless it is set for everything', async () => {
	setup.pbx.fault({ status: 500 });
	expect((await setup.post({}, 'user/login')).status).toBe(200);
	setup.pbx.fault({ status: 500 }, { where: 'any' });
	expect((await setup.post({}, 'user/login')).status).toBe(500);
});

test('refuses connections, then listens again', async () => {
	await setup.pbx.refuse();
	expect(await unanswered()).toBe('no reply');
	await setup.pbx.listenAgain();
	expect(entriesOf(await setup.post(fromTo))).toEqual(['204  OK']);
});

test('reset cancels calls that have not rung yet', async () => {
	await setup.post({ ...fromTo, delay: '50' });
	setup.pbx.reset();
	expect(await rung()).toBe(0);
	expect(setup.pbx.calls).toEqual([]);
});
