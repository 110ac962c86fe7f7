import { defaultApps } from '../voipnow.mts';
import { callTo, jsonOf, refusalIn, setUp } from './testing.mts';
import type { Setup, Posting } from './testing.mts';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});
afterEach(() => setup.close());

const { user, administrator, organization } = defaultApps;
const callerId = 'John Doe <4242425>';

describe('the documented requests', () => {
	test.each<[string, Posting, string, string[], string[]]>([
		['the model', {}, '210', ['5354353', '5302040'], ['5353535']],
		['the first example', {}, '210', ['5354353', '5302040'], ['3235742879']],
		[
			'the second example',
			{ userId: '12', app: administrator },
			'0003*210',
			['5354353', '5302040'],
			['3235742879'],
		],
		[
			'the third example',
			{ userId: '12', app: organization },
			'0003*210',
			['0003*210'],
			['0003*00'],
		],
	])(
		'%s rings every source once, then the destination',
		async (_, posting, extension, source, destination) => {
			const body = { extension, phoneCallView: [{ source, destination, callerId }] };
			const reply = await setup.post(body, posting);
			expect(reply.status).toBe(202);
			const [{ id, link, ...call }] = JSON.parse(reply.body) as [Record<string, unknown>];
			expect(call).toEqual({ extension });
			expect(id).toBe(setup.pbx.calls[0]?.id);
			expect(link).toEqual({ self: expect.stringContaining(`/${extension}/${String(id)}`) });
			expect(
				setup.pbx.rings.map(({ number, party, callerId: shown }) => [number, party, shown]),
			).toEqual([
				...source.map((number) => [number, 'source', callerId]),
				...destination.map((number) => [number, 'destination', undefined]),
			]);
		},
	);
});

const refused: [string, unknown, Posting, string][] = [
	['an unknown extension', { ...callTo(), extension: '0003*999' }, {}, 'extension_invalid'],
	['@self', { ...callTo(), extension: '@self' }, {}, 'extension_invalid'],
	['a queue', { ...callTo(), extension: '0003*250' }, {}, 'extension_invalid'],
	["somebody else's extension", { ...callTo(), extension: '0003*310' }, {}, 'extension_invalid'],
	['a duration in words', callTo(), { query: '?callDuration=long' }, 'pc_duration_invalid'],
	['no source', callTo({ source: undefined }), {}, 'pc_source_invalid'],
	['a source outside a list', callTo({ source: '0003*210' }), {}, 'pc_source_invalid'],
	['an empty list of sources', callTo({ source: [] }), {}, 'pc_source_invalid'],
	['a source in letters', callTo({ source: ['Bob'] }), {}, 'pc_source_invalid'],
	['a source as a number', callTo({ source: [210] }), {}, 'pc_source_invalid'],
	['a source with spaces', callTo({ source: ['+1 202 5550123'] }), {}, 'pc_source_invalid'],
	['an empty destination', callTo({ destination: [''] }), {}, 'pc_destination_invalid'],
	['a wait of 0', callTo(), { query: '?waitForPickup=0' }, 'pc_timeout_invalid'],
	['a wait in words', callTo(), { query: '?waitForPickup=25s' }, 'pc_timeout_invalid'],
	['a bare number as the caller ID', callTo({ callerId: '1' }), {}, 'pc_callerid_invalid'],
	[
		'a caller ID without digits',
		callTo({ callerIdDestination: 'A <b>' }),
		{},
		'pc_callerid_invalid',
	],
	[
		'a caller ID that is not allowed',
		{ ...callTo({ callerId }), extension: '0003*211' },
		{},
		'pc_callerid_invalid',
	],
	['a transfer of 1', callTo(), { query: '?allowPublicTransfer=1' }, 'pc_transfer_invalid'],
	['an empty nonce', callTo({}, { nonce: '' }), {}, 'pc_nonce_invalid'],
	['a nonce that is not a string', callTo({}, { nonce: 1 }), {}, 'pc_nonce_invalid'],
	['@me, App of the administrator', callTo(), { app: administrator }, 'user_invalid'],
	['@me, App of an organization', callTo(), { app: organization }, 'user_invalid'],
	['another user, App of a user', callTo(), { userId: '13' }, 'user_invalid'],
	['an unknown user', callTo(), { userId: '99', app: organization }, 'user_invalid'],
	[
		'a short number, App of the administrator',
		{ ...callTo(), extension: '210' },
		{ userId: '12', app: administrator },
		'extension_invalid',
	],
	[
		'a short source, App of the administrator',
		callTo({ source: ['210'] }),
		{ userId: '12', app: administrator },
		'pc_source_invalid',
	],
	['an undocumented member', callTo({ callerDestination: callerId }), {}, 'simulator_undocumented'],
	['an undocumented parameter', callTo(), { query: '?wait=1' }, 'simulator_undocumented'],
	[
		'another type',
		callTo(),
		{ headers: { 'content-type': 'text/json' } },
		'simulator_undocumented',
	],
	['no JSON', '{', {}, 'simulator_undocumented'],
];

test.each(refused)('%s is refused without ringing', async (_, body, posting, code) => {
	expect(refusalIn(await setup.post(body, posting))).toEqual([400, code]);
	expect(setup.pbx.rings).toEqual([]);
});

test('a forbidden caller ID and a malformed one have different texts', async () => {
	const notAllowed = await setup.post({ ...callTo({ callerId }), extension: '0003*211' });
	const malformed = await setup.post(callTo({ callerId: 'x' }));
	expect(notAllowed.body).toContain('You are not allowed to set the callerid field.');
	expect(malformed.body).toContain('must be set to a value with the format: John Doe <+3334444>.');
});

test('every documented parameter arrives', async () => {
	const query = '?waitForPickup=40&callDuration=600&allowPublicTransfer=true&video=true';
	const view = { callerId, callerIdDestination: 'Jane <+3334444>' };
	await setup.post(callTo(view, { nonce: 'n' }), { query, userId: '@owner' });
	expect(setup.pbx.calls).toMatchObject([
		{
			...view,
			nonce: 'n',
			userId: '12',
			waitForPickupSeconds: 40,
			callDurationSeconds: 600,
			allowPublicTransfer: true,
			video: true,
		},
	]);
});

test('without an extension, the first source is charged', async () => {
	const reply = await setup.post({
		phoneCallView: [{ source: ['0003*210'], destination: ['3235742879'] }],
	});
	expect(JSON.parse(reply.body)).toMatchObject([{ extension: '0003*210' }]);
});

test('when nobody picks up, the destination is not rung', async () => {
	setup.pbx.setParty('0003*210', 'never');
	expect((await setup.post(callTo())).status).toBe(202);
	expect(setup.pbx.rings.map(({ party }) => party)).toEqual(['source']);
	expect(setup.pbx.live.all()[0]?.phase).toBe('ringing_first');
});

test('a busy source does not ring, and the destination neither', async () => {
	setup.pbx.setParty('0003*210', 'busy');
	expect((await setup.post(callTo())).status).toBe(202);
	expect(setup.pbx.rings).toEqual([]);
	expect(setup.pbx.live.all()[0]?.disposition).toBe('busy');
});

test.each([
	['ok', 200, /^\[\{"id":/],
	['documented', 202, /^\[\n \{\n {3}"id":"\w+"\n {3}"extension":"0003\*210"\n/],
	['empty', 202, /^$/],
	['noContent', 204, /^$/],
] as const)('the reply %s', async (reply, status, body) => {
	const other = await setUp({ reply });
	const received = await other.post(callTo());
	const rings = other.pbx.rings.length;
	await other.close();
	expect([received.status, rings]).toEqual([status, 2]);
	expect(received.body).toMatch(body);
});

describe('presence', () => {
	const list = async (path: string, app = user) =>
		setup.send({
			method: 'GET',
			path,
			headers: { authorization: `Bearer ${await setup.tokenFor(app)}` },
		});

	test('lists the phones of the user in pages', async () => {
		const path = '/uapi/extensions/@me/@self/presence';
		const first = jsonOf(await list(path));
		expect(first).toMatchObject({ startIndex: 0, totalResults: 103, itemsPerPage: 20 });
		expect(first.entry).toHaveLength(20);
		const last = jsonOf(await list(`${path}?count=100&startIndex=100`));
		expect(last.entry).toHaveLength(3);
	});

	test.each([
		['/uapi/extensions/@owner/@self/presence', user, 'user_invalid'],
		['/uapi/extensions/@me/@self/presence', organization, 'user_invalid'],
		['/uapi/extensions/@me/0003*250/presence', user, 'extension_invalid'],
		['/uapi/extensions/@me/@self/presence?count=5001', user, 'count_invalid'],
		['/uapi/extensions/@me/@self/presence?startIndex=-1', user, 'count_invalid'],
	])('%s is refused', async (path, app, code) => {
		expect(refusalIn(await list(path, app))).toEqual([400, code]);
	});

	test('anything else is not implemented', async () => {
		expect(refusalIn(await list('/uapi/phoneCalls/@me/simple'))).toEqual([
			501,
			'request_not_implemented',
		]);
		expect((await list('/elsewhere')).status).toBe(404);
	});
});
