import { setUp } from './testing.mts';
import type { Setup } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	const account = { username: 'user', password: 'password', privileges: ['actions'] } as const;
	setup = await setUp({ accounts: [{ ...account, customer: 42 }] });
});
afterEach(() => setup.close());

// https://vobi.com.au/wpsp_knowledge_base/make-a-call/: literal, but for the marks that the page put in the place of
// straight ones, and a comma.
const exchanges: Record<string, { query: string; reply: string; rings: readonly string[] }> = {
	'a telephone line, then another': {
		query: 'auth_username=user;auth_password=password;stype=phone;snumber=1234567;cnumber=1234568',
		reply: '{ "responses":[ { "code":"204", "key":"", "message":"OK" } ] }',
		rings: ['1234567', '1234568'],
	},
	'a telephone line, then an external number': {
		query:
			'auth_username=user;auth_password=password;stype=phone;snumber=1234567;cnumber=2125551234',
		reply: '{ "responses":[ { "code":"204", "key":"", "message":"OK" } ] }',
		rings: ['1234567', '2125551234'],
	},
	'an external number, then a feature code': {
		query: 'auth_username=user;auth_password=password;stype=;snumber=2125551234;cnumber=100',
		reply: '{ "responses":[ { "code":"204", "key":"", "message":"OK" } ] }',
		rings: ['2125551234', '100'],
	},
	'with wait': {
		query:
			'auth_username=user;auth_password=password;stype=phone;snumber=1234567;cnumber=2125551234;wait=5',
		reply:
			'{ "responses":[ { "code":"200", "key":"", "message":"OK" } ], "data":{ "machine":1, "server":"asterisk01", "callid":"1234567890.123456" } }',
		rings: ['1234567', '2125551234'],
	},
};

const cases = Object.entries(exchanges);

test.each(cases)('%s, as documented', async (_, { query, reply, rings }) => {
	const { status, body } = await setup.send({
		method: 'GET',
		path: `/api/json/calls/make/?${query}`,
	});
	expect(status).toBe(200);
	expect(JSON.parse(body)).toEqual(JSON.parse(reply));
	await setup.pbx.idle();
	expect(setup.pbx.rings.map(({ number }) => number)).toEqual(rings);
});

test.each(cases)('%s, as a form', async (_, { query, reply }) => {
	const { body } = await setup.send({
		path: '/api/json/calls/make/',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: query.replaceAll(';', '&'),
	});
	expect(JSON.parse(body)).toEqual(JSON.parse(reply));
	expect(setup.pbx.requests[0]).toMatchObject({
		path: '/api/json/calls/make/',
		body: query.replace('=user;', '=;').replace('=password;', '=;').replaceAll(';', '&'),
	});
});
