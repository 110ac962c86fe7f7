/** What ARI shows of a call while it lives. */
import { until } from '../../until.mts';
import type { Bridge, Channel } from './channels.mts';
import { startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench({ secondMs: 100 });
	bench.pbx.live.setOthers('byHand');
});
afterEach(() => bench.close());

async function ask<Shown>(path: string): Promise<Shown> {
	return JSON.parse((await bench.send({ method: 'GET', path })).body) as Shown;
}
const states = async () =>
	(await ask<Channel[]>('/channels')).map(
		({ name, state, dialplan }) => `${name} ${state} ${dialplan.app_name}`,
	);
const place = (endpoint: string) =>
	bench.send({
		method: 'POST',
		path: '/channels/a',
		body: { endpoint, extension: '301', context: 'from-internal', callerId: 'Sales <100>' },
	});

test('a phone rings, is picked up, and talks to another one', async () => {
	await place('PJSIP/101');
	expect(await states()).toEqual(['PJSIP/101-00000000 Ringing AppDial2']);
	expect(bench.pbx.live.pickUp('a', 'first')).toBe(true);
	expect(await states()).toEqual([
		'PJSIP/101-00000000 Up Dial',
		'PJSIP/301-00000001 Ringing AppDial',
	]);
	expect(await ask('/bridges')).toEqual([]);
	expect(bench.pbx.live.pickUp('a', 'second')).toBe(true);
	expect(await states()).toEqual(['PJSIP/101-00000000 Up Dial', 'PJSIP/301-00000001 Up AppDial']);
	const [first, second] = await ask<Channel[]>('/channels');
	const bridges = await ask<Bridge[]>('/bridges');
	expect(bridges.map(({ channels }) => channels)).toEqual([[first?.id, second?.id]]);
	expect(await ask('/channels/a')).toMatchObject({
		dialplan: { exten: '301', app_data: 'PJSIP/301,20' },
	});
});

test('through the dialplan, the phone has a channel and a bridge of its own', async () => {
	await place('Local/101@from-internal/n');
	bench.pbx.live.pickUp('a', 'first');
	bench.pbx.live.pickUp('a', 'second');
	expect(await states()).toEqual([
		'Local/101@from-internal-00000000;1 Up Dial',
		'Local/101@from-internal-00000000;2 Up Dial',
		'PJSIP/101-00000002 Up AppDial',
		'PJSIP/301-00000001 Up AppDial',
	]);
	const [own, half, first, second] = await ask<Channel[]>('/channels');
	const bridges = await ask<Bridge[]>('/bridges');
	expect(bridges.map(({ channels }) => channels)).toEqual([
		[half?.id, first?.id],
		[own?.id, second?.id],
	]);
	expect([own?.id, half?.id]).toEqual(['a', 'a;2']);
});

test('whichever of its channels is hung up, the call is over', async () => {
	await place('PJSIP/101');
	bench.pbx.live.pickUp('a', 'first');
	const [, second] = await ask<Channel[]>('/channels');
	const path = `/channels/${String(second?.id)}`;
	expect(await bench.send({ method: 'DELETE', path })).toMatchObject({ status: 204 });
	expect(await states()).toEqual([]);
	expect(bench.pbx.live.find('a')).toMatchObject({ phase: 'ended', disposition: 'canceled' });
});

test('a call that nobody answers is over when its time is up', async () => {
	await place('PJSIP/101');
	bench.pbx.live.pickUp('a', 'first');
	await until(() => Promise.resolve(bench.pbx.live.find('a')?.phase === 'ended'));
	expect(bench.pbx.live.find('a')).toMatchObject({ disposition: 'no_answer', endedBy: 'system' });
});

test('a fault can applyFault those who follow a call alone', async () => {
	bench.pbx.fault({ status: 503 }, { where: 'follow' });
	expect(await place('PJSIP/101')).toMatchObject({ status: 200 });
	for (const [method, path] of [
		['GET', '/channels/a'],
		['GET', '/bridges'],
		['DELETE', '/channels/a'],
	] as const) {
		expect(await bench.send({ method, path })).toMatchObject({ status: 503 });
	}
});
