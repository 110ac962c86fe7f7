import { entriesOf, formHeaders, formOf, fromTo, setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});
afterEach(() => setup.close());

const refusal = async (parameters: Record<string, string>) => {
	const reply = await setup.post(parameters);
	await setup.pbx.idle();
	expect(reply.status).toBe(200);
	expect(setup.pbx.calls).toEqual([]);
	expect(setup.pbx.rings).toEqual([]);
	return entriesOf(reply);
};

describe('calls/make', () => {
	test('uses the documented defaults', async () => {
		await setup.post(fromTo);
		expect(setup.pbx.calls).toEqual([
			expect.objectContaining({
				...{ stype: 'phone', ctype: '', cdialplan: '', card: '', customer: 42 },
				...{ answer1: false, answer2: false, callerid1: '', callerid2: '', recordgroup: 0 },
				...{ screen1: false, screen2: false, warn1: true, warn2: true },
				...{ delaySeconds: 0, waitSeconds: 0, noforwards: false },
			}),
		]);
	});

	test('accepts every parameter', async () => {
		const more = {
			...{ ctype: 'phone', cdialplan: 'auto', card: '5550002', customer: '43', answer1: '1' },
			...{ answer2: '1', callerid1: 'Ann & Co', callerid2: '2025550100', recordgroup: '7' },
			...{ screen1: '1', screen2: '1', warn1: '0', warn2: '0', delay: '1', wait: '3' },
			noforwards: '1',
		};
		expect(entriesOf(await setup.post({ ...fromTo, ...more }))).toEqual(['200  OK']);
		expect(setup.pbx.calls[0]).toMatchObject({
			...{ ctype: 'phone', card: '5550002', customer: 43, warn1: false, warn2: false },
			...{ delaySeconds: 1, waitSeconds: 3, noforwards: true, callerid1: 'Ann & Co' },
		});
	});

	test.each([
		['no snumber', { snumber: '' }, '400 snumber '],
		['no cnumber', { cnumber: '' }, '400 cnumber '],
		['another stype', { stype: 'number' }, '400 stype '],
		['another ctype', { ctype: 'queue' }, '400 ctype '],
		['an unknown line', { snumber: '999' }, '400 snumber '],
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

	test('names every fault', async () => {
		const entries = await refusal({ ...fromTo, warn1: '2', warn2: '2' });
		expect(entries.map((entry) => entry.slice(0, 9))).toEqual(['400 warn1', '400 warn2']);
	});

	test('a repeated parameter is refused', async () => {
		const body = `${formOf(fromTo)}&cnumber=100`;
		const reply = await setup.send({
			path: '/api/json/calls/make/',
			headers: formHeaders,
			body,
		});
		expect(entriesOf(reply)).toEqual(['400 cnumber Given more than once.']);
	});

	test('says nothing about the call when wait ends first, or when the line is busy', async () => {
		expect(entriesOf(await setup.post({ ...fromTo, delay: '5', wait: '5' }))).toEqual(['204  OK']);
		setup.pbx.setParty('1234567', 'busy');
		expect(entriesOf(await setup.post({ ...fromTo, wait: '5' }))).toEqual(['204  OK']);
	});
});

describe('accounts', () => {
	test.each([
		['a role that may not', 'guest', '402  Your role does not allow this.'],
		['a rate plan that may not', 'unpaid', '403  Your rate plan does not allow this.'],
	] as const)('%s', async (_, account, entry) => {
		expect(entriesOf(await setup.post(fromTo, undefined, account))).toEqual([entry]);
		expect(setup.pbx.calls).toEqual([]);
	});

	test('a wrong password, and an empty one', async () => {
		const path = '/api/json/calls/make/';
		for (const body of [formOf(fromTo).replace(/password=.*/, 'password=x'), 'snumber=1']) {
			const reply = await setup.send({ path, headers: formHeaders, body });
			expect(entriesOf(reply)).toEqual(['401  The authentication details provided are invalid.']);
		}
	});

	test('a form without the content type of a form has no sign-in', async () => {
		const reply = await setup.send({ path: '/api/json/calls/make/', body: formOf(fromTo) });
		expect(entriesOf(reply)).toEqual([expect.stringMatching(/^401/)]);
	});

	test('no secret is recorded, wherever it is sent', async () => {
		const query = `${formOf(fromTo)}&auth_token=test-token`;
		await setup.send({ path: `/api/json/calls/make/?${query}`, method: 'GET' });
		await setup.post(fromTo);
		const recorded = JSON.stringify(setup.pbx.requests);
		expect(recorded).not.toMatch(/test-(?:password|token)/);
		expect(recorded).toContain('auth_password=');
	});
});

describe('the other functions', () => {
	test('user/login needs the user privilege', async () => {
		expect(entriesOf(await setup.post({}, 'user/login'))).toEqual(['200  OK']);
		expect(entriesOf(await setup.post({}, 'user/login', 'panel'))).toEqual([
			'402  Your role does not allow this.',
		]);
	});

	test('phones/list has pages, and leaves passwords out unless it is old or asked for them', async () => {
		const page = await setup.post({ limit: '50', offset: '100' }, 'phones/list');
		const { data } = JSON.parse(page.body) as { data: { name: string }[] };
		expect(data).toHaveLength(31);
		expect(page.body).not.toContain('sip-secret');
		expect((await setup.post({ password: '1' }, 'phones/list')).body).toContain('sip-secret');
		await setup.close();
		setup = await setUp({ listsPasswords: true });
		expect((await setup.post({}, 'phones/list')).body).toContain('sip-secret');
		expect(entriesOf(await setup.post({ password: '0' }, 'phones/list'))).toEqual([
			'400 password Unknown parameter.',
		]);
	});

	test('other paths and methods are not part of the API', async () => {
		expect((await setup.post({}, 'calls/dial')).status).toBe(404);
		expect((await setup.send({ path: '/api/json/calls/make/', method: 'PUT' })).status).toBe(405);
		await setup.close();
		setup = await setUp({ prefix: '/local' });
		expect(entriesOf(await setup.post(fromTo))).toEqual(['204  OK']);
		expect((await setup.send({ path: '/api/json/calls/make/' })).status).toBe(404);
	});
});

describe('the envelope', () => {
	test('may have numbers, and a single object', async () => {
		await setup.close();
		setup = await setUp({ envelope: { codes: 'number', responses: 'object' } });
		expect(JSON.parse((await setup.post(fromTo)).body)).toEqual({
			responses: { code: 204, key: '', message: 'OK' },
		});
	});
});
