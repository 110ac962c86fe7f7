import { performance } from 'node:perf_hooks';
import { attributesOf, errorsIn } from '../client.mts';
import { createHandClock } from '../clock.mts';
import type { SwitchvoxOptions } from '../switchvox.mts';
import { until } from '../../until.mts';
import { callXml, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

afterEach(() => setup.close());

async function start(options?: SwitchvoxOptions): Promise<Setup> {
	setup = await setUp(options);
	return setup;
}

const originateFailed = ['41591 Your call failed to connect (Originate failed).'];

function ringing(): [string, string][] {
	return setup.pbx.rings.map(({ number, party }) => [number, party]);
}

test('the reply waits for the first party, and the second rings only then', async () => {
	const clock = createHandClock();
	const { pbx, post } = await start({ clock });
	pbx.setParty('101', { answersAfterSeconds: 4 });
	let replied = false;
	const reply = post(callXml()).finally(() => (replied = true));
	await until(() => pbx.rings.length > 0);
	expect(ringing()).toEqual([['101', 'first']]);
	expect(pbx.calls[0]?.state).toBe('ringing');
	expect(pbx.requests[0]?.status).toBeNull();
	clock.turn(3.9);
	await new Promise((resolve) => setTimeout(resolve, 40));
	expect([replied, pbx.rings.length]).toEqual([false, 1]);

	clock.turn(0.1);
	expect(attributesOf(await reply, 'call_info')).toHaveLength(1);
	expect(ringing()).toEqual([
		['101', 'first'],
		['301', 'second'],
	]);
	expect(pbx.calls[0]?.state).toBe('connected');
	expect(pbx.requests[0]?.status).toBe(200);
	const [first, second] = pbx.rings.map(({ at }) => at.getTime());
	expect((second ?? 0) - (first ?? 0)).toBe(4000);
});

test('the log and the rings name the party and the caller ID', async () => {
	const lines: string[] = [];
	const { pbx, post } = await start({ log: (line) => lines.push(line) });
	await post(callXml());
	await post(callXml('<caller_id_name>Tom &amp; Ann</caller_id_name>'));
	expect(lines).toEqual([
		'ring  101  (first party, caller ID "PBX")',
		'ring  301  (second party)',
		'ring  101  (first party, caller ID "Tom & Ann")',
		'ring  301  (second party)',
	]);
	expect(pbx.rings[0]).toEqual({
		number: '101',
		party: 'first',
		callerIdName: 'PBX',
		at: expect.any(Date) as Date,
	});
	expect(pbx.rings[1]).not.toHaveProperty('callerIdName');
});

test('the calls tell what was really dialed', async () => {
	const { pbx, post } = await start();
	await post(callXml().replace('>301<', '>2025550143<'));
	expect(pbx.calls).toEqual([
		{
			id: expect.stringMatching(/^SIP\/101-[0-9a-f]{8}$/) as string,
			method: 'switchvox.call',
			accountId: '1106',
			dialFirst: '101',
			dialSecond: '92025550143',
			callerIdName: 'PBX',
			variables: [],
			timeoutSeconds: 30,
			state: 'connected',
			at: expect.any(Date) as Date,
		},
	]);
});

describe('a first party that does not answer', () => {
	const waits = async (more: string) => {
		const begin = performance.now();
		const errors = errorsIn(await setup.post(callXml(more)));
		expect(errors).toEqual(originateFailed);
		expect(setup.pbx.calls[0]?.state).toBe('failed');
		return performance.now() - begin;
	};

	test('rings for 30 seconds by default', async () => {
		const { pbx } = await start({ secondMs: 4 });
		pbx.setParty('101', 'never');
		expect(await waits('')).toBeGreaterThanOrEqual(119);
		expect(ringing()).toEqual([['101', 'first']]);
	});

	test('rings as long as the timeout says', async () => {
		const { pbx } = await start({ secondMs: 4 });
		pbx.setParty('101', { answersAfterSeconds: 11 });
		expect(await waits('<timeout>10</timeout>')).toBeGreaterThanOrEqual(39);
		pbx.reset();
		pbx.setParty('101', { answersAfterSeconds: 9 });
		expect(errorsIn(await setup.post(callXml('<timeout>10</timeout>')))).toEqual([]);
	});

	test('is busy: no phone rings and the call fails at once', async () => {
		const { pbx } = await start({ secondMs: 1000 });
		pbx.setParty('101', 'busy');
		expect(await waits('')).toBeLessThan(30_000);
		expect(ringing()).toEqual([]);
	});
});

test.each(['never', 'busy'] as const)(
	'the reply does not depend on the second party: %s',
	async (how) => {
		const { pbx, post } = await start();
		pbx.setParty('301', how);
		expect(errorsIn(await post(callXml()))).toEqual([]);
		expect(ringing()).toHaveLength(how === 'busy' ? 1 : 2);
	},
);

test('a party is known by the number as dialed or as requested', async () => {
	const { pbx, post } = await start();
	const outside = callXml().replace('>101<', '>2025550143<');
	for (const number of ['92025550143', '2025550143']) {
		pbx.reset();
		pbx.setParty(number, 'busy');
		expect(errorsIn(await post(outside))).toEqual(originateFailed);
	}
});

test('a client that goes away does not end the call', async () => {
	const clock = createHandClock();
	const { pbx, post } = await start({ clock });
	pbx.setParty('101', { answersAfterSeconds: 15 });
	const abort = new AbortController();
	const reply = post(callXml(), undefined, abort.signal);
	await until(() => pbx.rings.length === 1);
	abort.abort();
	await expect(reply).rejects.toThrow('aborted');
	expect(pbx.rings).toHaveLength(1);
	clock.turn(15);
	expect(pbx.rings).toHaveLength(2);
	expect(pbx.calls[0]?.state).toBe('connected');
});

test('calls ring side by side', async () => {
	const clock = createHandClock();
	const { pbx, post } = await start({ clock });
	pbx.setParty('101', { answersAfterSeconds: 8 });
	const replies = [post(callXml()), post(callXml())];
	await until(() => pbx.rings.length === 2);
	expect(ringing().map(([, party]) => party)).toEqual(['first', 'first']);
	clock.turn(8);
	await Promise.all(replies);
	expect(pbx.rings).toHaveLength(4);
});

test('reset forgets everything and ends what still rings', async () => {
	const { pbx, post } = await start({ secondMs: 100 });
	pbx.setParty('101', 'never');
	pbx.fault('cut', { after: 1 });
	const reply = post(callXml());
	await until(() => pbx.rings.length === 1);
	const ended = expect(reply).rejects.toThrow();
	pbx.reset();
	await ended;
	expect([pbx.rings, pbx.calls, pbx.requests]).toEqual([[], [], []]);
	// Twice: neither the fault nor the party's behaviour is left.
	expect(errorsIn(await post(callXml()))).toEqual([]);
	expect(errorsIn(await post(callXml()))).toEqual([]);
	expect(pbx.rings).toHaveLength(4);
});

test('a call that reset has ended rings no second phone', async () => {
	const clock = createHandClock();
	const { pbx, post } = await start({ clock });
	pbx.setParty('101', { answersAfterSeconds: 8 });
	const ended = expect(post(callXml())).rejects.toThrow();
	await until(() => pbx.rings.length === 1);
	pbx.reset();
	await ended;
	clock.turn(60);
	expect(pbx.rings).toEqual([]);
});
