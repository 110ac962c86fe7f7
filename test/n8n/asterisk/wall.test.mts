/** The phones of the wall with a real Asterisk: SIP calls by clicks. */
import { until } from '../../until.mts';
import { firstPhones } from '../phoneSystems.mts';
import type { PhoneSystem } from '../phoneSystems.mts';
import type { SystemView, WallSystem } from '../wall/view.mts';
import { users } from './asterisk.mts';
import { startRealAsterisk } from './phoneSystem.mts';

let system: PhoneSystem;
let wall: WallSystem;

beforeAll(async () => {
	system = await startRealAsterisk({});
	wall = system.wall;
});
beforeEach(() => {
	wall.setOthers('byHand');
	for (const number of firstPhones) wall.act({ kind: 'set', number, does: 'byHand' });
});
afterAll(() => system.close());

async function place(id: string, endpoint: string, changes: object = {}): Promise<void> {
	const { baseUrl } = system.credential.data;
	const { username, password } = users.n8n;
	const body = { endpoint, extension: '102', context: 'from-internal', timeout: 20, ...changes };
	await fetch(`${String(baseUrl)}/ari/channels/${id}`, {
		method: 'POST',
		headers: {
			authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
			'content-type': 'application/json',
		},
		body: JSON.stringify(body),
	}).catch(() => undefined);
}

const lines = (number: string) =>
	wall.show().phones.find((phone) => phone.number === number)?.lines ?? [];
const call = (id: string) => wall.show().calls.find((one) => one.call === id);
const isState = (id: string, state: string) => until(() => call(id)?.state === state);

async function act(number: string, kind: 'pickUp' | 'reject' | 'hangUp'): Promise<boolean> {
	await until(() => lines(number).length > 0);
	const [line] = lines(number);
	return wall.act({ kind, number, call: line?.call ?? '', party: line?.party ?? 'first' });
}

test.each(['PJSIP/101', 'Local/101@from-internal/n'])(
	'%s rings, is picked up, talks, and is hung up',
	async (endpoint) => {
		const id = crypto.randomUUID();
		await place(id, endpoint, { callerId: 'Sales <12025550100>' });
		await until(() => lines('101').length > 0);
		expect(lines('101')).toMatchObject([
			{ state: 'ringing', party: 'first', other: '102', callerId: 'Sales <12025550100>' },
		]);
		await isState(id, 'ringing_first');
		expect(await act('101', 'pickUp')).toBe(true);
		await until(() => lines('102').length > 0);
		expect(lines('102')).toMatchObject([{ state: 'ringing', party: 'second', other: '101' }]);
		await isState(id, 'ringing_second');
		expect(lines('101')).toMatchObject([{ state: 'waiting' }]);
		expect(await act('102', 'pickUp')).toBe(true);
		await isState(id, 'connected');
		expect([...lines('101'), ...lines('102')].map(({ state }) => state)).toEqual([
			...['talking', 'talking'],
		]);
		expect(await act('102', 'hangUp')).toBe(true);
		await isState(id, 'ended');
		expect(call(id)).toMatchObject({ disposition: 'answered', callId: id });
		await until(() => lines('101').length === 0);
		expect(wall.act({ kind: 'pickUp', number: '101', call: 'x', party: 'first' })).toBe(false);
	},
);

test('a call is rejected, canceled by its caller, or meets a busy phone', async () => {
	await place('rejected', 'PJSIP/101');
	expect(await act('101', 'reject')).toBe(true);
	await isState('rejected', 'ended');
	await place('canceled', 'PJSIP/101', { timeout: 1 });
	await until(() => lines('101').length > 0);
	await isState('canceled', 'ended');
	await until(() => lines('101').length === 0);
	wall.act({ kind: 'set', number: '101', does: 'busy' });
	await place('busy', 'PJSIP/101');
	await isState('busy', 'ended');
	expect(call('busy')).toMatchObject({ disposition: 'not answered' });
	wall.act({ kind: 'set', number: '101', does: 'offline' });
	await place('offline', 'PJSIP/101', { timeout: 1 });
	await isState('offline', 'ended');
	expect(lines('101')).toEqual([]);
});

test('phones answer by themselves, and numbers outside are phones, too', async () => {
	wall.setOthers('answers');
	await place('outside', 'PJSIP/101', { extension: '12025550123' });
	await isState('outside', 'connected');
	expect(lines('12025550123')).toMatchObject([{ state: 'talking', other: '101' }]);
	expect(await act('12025550123', 'hangUp')).toBe(true);
	await isState('outside', 'ended');
	expect(system.rings.map(({ number }) => number).slice(-2)).toEqual(['101', '12025550123']);
});

test('a lost reply: the call is there', async () => {
	const losing = (): SystemView['losesNextReply'] => wall.show().losesNextReply;
	wall.act({ kind: 'loseNextReply', on: true });
	expect(losing()).toBe(true);
	await place('lost', 'PJSIP/101');
	expect(losing()).toBe(false);
	expect(await act('101', 'reject')).toBe(true);
	await isState('lost', 'ended');
});
