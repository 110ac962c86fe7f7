import { entriesOf, formHeaders, formOf, fromTo, startBench } from './testing.mts';
import type { Bench } from './testing.mts';

let bench: Bench;

beforeEach(async () => {
	bench = await startBench();
});
afterEach(() => bench.close());

const refusal = async (parameters: Record<string, string>) => {
	const reply = await bench.post(parameters);
	await bench.pbx.idle();
	expect(reply.status).toBe(200);
	expect(bench.pbx.calls).toEqual([]);
	expect(bench.pbx.rings).toEqual([]);
	return entriesOf(reply);
};

describe('calls/make', () => {
	test('counts the documented defaults', async () => {
		await bench.post(fromTo);
		expect(bench.pbx.calls).toEqual([
			expect.objectContaining({
				...{ stype: 'phone', ctype: '', cdialplan: '', card: '', customer: 42 },
				...{ answer1: false, answer2: false, callerid1: '', callerid2: '', recordgroup: 0 },
				...{ screen1: false, screen2: false, warn1: true, warn2: true },
				...{ delaySeconds: 0, waitSeconds: 0, noforwards: false },
			}),
		]);
	});

	test('takes every parameter', async () => {
		const more = {
			...{ ctype: 'phone', cdialplan: 'auto', card: '5550002', customer: '43', answer1: '1' },
			...{ answer2: '1', callerid1: 'Ann & Co', callerid2: '2025550100', recordgroup: '7' },
			...{ screen1: '1', screen2: '1', warn1: '0', warn2: '0', delay: '1', wait: '3' },
			noforwards: '1',
		};
		expect(entriesOf(await bench.post({ ...fromTo, ...more }))).toEqual(['200  OK']);
		expect(bench.pbx.calls[0]).toMatchObject({
			...{ ctype: 'phone', card: '5550002', customer: 43, warn1: false, warn2: false },
			...{ delaySeconds: 1, waitSeconds: 3, noforwards: true, callerid1: 'Ann & Co' },
		});
	});

	test.each([
		['no snumber', { snumber: '' }, '400 snumber '],
		['no cnumber', { cnumber: '' }, '400 cnumber '],
		['another stype', { stype: 'number' }, '400 stype '],
		['another ctype', { ctype: 'queue' }, '400 ctype '],
		['a line that nobody has', { snumber: '999' }, '400 snumber '],
		['a number that cannot be dialed', { cnumber: '+1 202' }, '400 cnumber '],
		['another dial plan', { cdialplan: 'us' }, '400 cdialplan '],
		['true for 1', { warn1: 'true' }, '400 warn1 '],
		['a negative delay', { delay: '-1' }, '400 delay '],
		['a broken wait', { wait: '1.5' }, '400 wait '],
		['a card of another customer', { card: '5550002' }, '400 card '],
		['an unknown record group', { recordgroup: '8' }, '400 recordgroup '],
		['an unknown parameter', { snum: '1' }, '400 snum '],
		['a control character', { callerid1: 'a\u0007' }, '400 callerid1 '],
	])('refuses %s', async (_, changes, entry) => {
		const entries = await refusal({ ...fromTo, ...changes });
		expect(entries).toEqual([expect.stringContaining(entry)]);
	});

	test('names everything that is wrong', async () => {
		const entries = await refusal({ ...fromTo, warn1: '2', warn2: '2' });
		expect(entries.map((entry) => entry.slice(0, 9))).toEqual(['400 warn1', '400 warn2']);
	});

	test('a parameter that comes twice is refused', async () => {
		const body = `${formOf(fromTo)}&cnumber=100`;
		const reply = await bench.send({
			path: '/api/json/calls/make/',
			headers: formHeaders,
			body,
		});
		expect(entriesOf(reply)).toEqual(['400 cnumber Given more than once.']);
	});

	test('tells nothing of the call when wait is over before, or when the line is busy', async () => {
		expect(entriesOf(await bench.post({ ...fromTo, delay: '5', wait: '5' }))).toEqual(['204  OK']);
		bench.pbx.setParty('1234567', 'busy');
		expect(entriesOf(await bench.post({ ...fromTo, wait: '5' }))).toEqual(['204  OK']);
	});
});

describe('accounts', () => {
	test.each([
		['a role that may not', 'guest', '402  Your role does not allow this.'],
		['a rate plan that may not', 'unpaid', '403  Your rate plan does not allow this.'],
	] as const)('%s', async (_, account, entry) => {
		expect(entriesOf(await bench.post(fromTo, undefined, account))).toEqual([entry]);
		expect(bench.pbx.calls).toEqual([]);
	});

	test('a wrong password, and none', async () => {
		const path = '/api/json/calls/make/';
		for (const body of [formOf(fromTo).replace(/password=.*/, 'password=x'), 'snumber=1']) {
			const reply = await bench.send({ path, headers: formHeaders, body });
			expect(entriesOf(reply)).toEqual(['401  The authentication details provided are invalid.']);
		}
	});

	test('a form that does not say that it is one holds no sign-in', async () => {
		const reply = await bench.send({ path: '/api/json/calls/make/', body: formOf(fromTo) });
		expect(entriesOf(reply)).toEqual([expect.stringMatching(/^401/)]);
	});

	test('no secret is recorded, wherever it was', async () => {
		const query = `${formOf(fromTo)}&auth_token=test-token`;
		await bench.send({ path: `/api/json/calls/make/?${query}`, method: 'GET' });
		await bench.post(fromTo);
		const recorded = JSON.stringify(bench.pbx.requests);
		expect(recorded).not.toMatch(/test-(?:password|token)/);
		expect(recorded).toContain('auth_password=');
	});
});

describe('the other functions', () => {
	test('user/login needs the user privilege', async () => {
		expect(entriesOf(await bench.post({}, 'user/login'))).toEqual(['200  OK']);
		expect(entriesOf(await bench.post({}, 'user/login', 'panel'))).toEqual([
			'402  Your role does not allow this.',
		]);
	});

	test('phones/list pages, and keeps passwords back unless it is old or asked', async () => {
		const page = await bench.post({ limit: '50', offset: '100' }, 'phones/list');
		const { data } = JSON.parse(page.body) as { data: { name: string }[] };
		expect(data).toHaveLength(31);
		expect(page.body).not.toContain('sip-secret');
		expect((await bench.post({ password: '1' }, 'phones/list')).body).toContain('sip-secret');
		await bench.close();
		bench = await startBench({ listsPasswords: true });
		expect((await bench.post({}, 'phones/list')).body).toContain('sip-secret');
		expect(entriesOf(await bench.post({ password: '0' }, 'phones/list'))).toEqual([
			'400 password Unknown parameter.',
		]);
	});

	test('other paths and methods are no API', async () => {
		expect((await bench.post({}, 'calls/dial')).status).toBe(404);
		expect((await bench.send({ path: '/api/json/calls/make/', method: 'PUT' })).status).toBe(405);
		await bench.close();
		bench = await startBench({ prefix: '/local' });
		expect(entriesOf(await bench.post(fromTo))).toEqual(['204  OK']);
		expect((await bench.send({ path: '/api/json/calls/make/' })).status).toBe(404);
	});
});

describe('the envelope', () => {
	test('can have numbers, and a single object', async () => {
		await bench.close();
		bench = await startBench({ envelope: { codes: 'number', responses: 'object' } });
		expect(JSON.parse((await bench.post(fromTo)).body)).toEqual({
			responses: { code: 204, key: '', message: 'OK' },
		});
	});
});
