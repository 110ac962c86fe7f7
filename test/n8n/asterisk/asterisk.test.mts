/** The phones that the other tests count on: who rings, how often, and that nothing is left behind. */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { until } from '../../until.mts';
import { context, startAsterisk } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { ensurePrograms } from './install.mts';

let asterisk: Asterisk;

beforeAll(async () => {
	asterisk = await startAsterisk(await ensurePrograms());
});
afterEach(() => asterisk.reset());
afterAll(() => asterisk.stop());

const rung = async () => (await asterisk.rings()).map(({ number }) => number);

async function call(first: string, second: string, more: object = {}): Promise<string> {
	const id = crypto.randomUUID();
	const body = { endpoint: `PJSIP/${first}`, extension: second, context, timeout: 2, ...more };
	const { status } = await asterisk.ask('POST', `/channels/${id}`, body);
	expect(status).toBe(200);
	return id;
}

async function isOver(id: string): Promise<boolean> {
	return (await asterisk.ask('GET', `/channels/${id}`)).status === 404;
}

async function talking(): Promise<number> {
	const { body } = await asterisk.ask('GET', '/bridges');
	return (JSON.parse(body) as { channels: string[] }[]).flatMap(({ channels }) => channels).length;
}

test('it is an Asterisk that nobody here wrote', async () => {
	const { body } = await asterisk.ask('GET', '/asterisk/info');
	expect(JSON.parse(body)).toMatchObject({ system: { version: expect.stringMatching(/^\d+\./) } });
});

test('one phone rings, then the other, and both talk', async () => {
	const id = await call('101', '301');
	await until(async () => (await talking()) === 2);
	expect(await rung()).toEqual(['101', '301']);
	await asterisk.ask('DELETE', `/channels/${id}`);
	await until(() => isOver(id));
});

test('a phone hangs up by itself', async () => {
	const id = await call('111', '311');
	await until(() => isOver(id));
	expect(await rung()).toEqual(['111', '311']);
});

test.each([
	['is busy', '131', ['131']],
	['rings out', '121', ['121']],
	['is off', '141', []],
])('the first phone %s: the second does not ring', async (_, first, rings) => {
	const id = await call(first, '301');
	await until(() => isOver(id));
	expect(await rung()).toEqual(rings);
});

test.each([
	['is busy', '331', ['101', '331']],
	['rings', '321', ['101', '321']],
	['is off', '341', ['101']],
	['has not registered', '351', ['101']],
	['is unknown to the dialplan', '30', ['101']],
])('the second phone %s: nobody talks', async (_, second, rings) => {
	await call('101', second);
	await until(async () => (await rung()).length === rings.length);
	expect(await rung()).toEqual(rings);
	expect(await talking()).toBe(0);
});

test('a phone that registered by itself rings, and talks', async () => {
	await call('161', '301', { timeout: 10, callerId: '12025550100' });
	await until(async () => (await talking()) === 2);
	expect((await rung()).sort()).toEqual(['161', '301']);
	expect((await asterisk.rings()).map(({ caller }) => caller.number)).toEqual([
		'12025550100',
		'12025550100',
	]);
});

test('a trunk takes numbers outside, and phones show who calls', async () => {
	await call('101', '12025550123', { callerId: 'Sales <12025550100>' });
	await until(async () => (await rung()).length === 2);
	const [, outside] = await asterisk.rings();
	expect(outside).toMatchObject({
		number: '12025550123',
		caller: { name: 'Sales', number: '12025550100' },
	});
});

test('variables are seen at the second phone', async () => {
	await call('101', '301', { variables: { tag: 'a b', __inherited: 'c' } });
	await until(async () => (await rung()).length === 2);
	const [, second] = await asterisk.rings();
	expect(second?.headers).toMatchObject({ 'x-tag': 'a b', 'x-inherited': 'c' });
});

test('each Asterisk is one of its own, and leaves nothing behind', async () => {
	const before = await foldersOf();
	const another = await startAsterisk(await ensurePrograms());
	expect(another.url).not.toBe(asterisk.url);
	expect(await foldersOf()).toHaveLength(before.length + 1);
	await another.stop();
	await expect(fetch(another.url)).rejects.toThrow();
	expect(await foldersOf()).toEqual(before);
});

async function foldersOf(): Promise<readonly string[]> {
	return (await readdir(tmpdir())).filter((name) => name.startsWith('originate-asterisk-'));
}
