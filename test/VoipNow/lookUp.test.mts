/** A call whose reply was lost is looked for by its nonce, and never placed again. */
import { createClient } from '../../index.ts';
import { shortenPauses } from '../shortenPauses.mts';
import { defaultApps, startVoipNow } from '../simulators/voipnow.mts';
import type { Fault, VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';

shortenPauses();

let pbx: VoipNowSimulator;

async function start(options: VoipNowOptions = {}): Promise<void> {
	await pbx.close();
	pbx = await startVoipNow(options);
}

beforeEach(async () => {
	pbx = await startVoipNow();
});
afterEach(() => pbx.close());

const call = { source: '0003*210', destination: '12025550123' };

function client() {
	const { clientId, clientSecret } = defaultApps.user;
	const { url: baseUrl, caCertificate } = pbx;
	return createClient('voipNow', { baseUrl, clientId, clientSecret, caCertificate });
}

async function place(more: object = {}) {
	await using open = client();
	return await open.originate({ ...call, ...more });
}

const asked = () =>
	pbx.requests
		.map(({ method, path }) => `${method} ${path.split('?', 1)[0] ?? ''}`)
		.filter((line) => !line.includes('/oauth/'));
const placing = 'POST /uapi/phoneCalls/@me/simple';
const listing = 'GET /uapi/phoneCalls/@me/@self';
const reading = 'GET /uapi/cdr/@me';

const faultsAfterRinging: readonly Fault[] = [
	'cutAfterRinging',
	'resetMidReply',
	'truncated',
	'garbage',
	'flood',
	{ status: 408, rings: true },
	{ status: 500, rings: true },
	{ status: 502, rings: true },
	{ status: 201, rings: true },
	{ redirect: '/done', rings: true },
	{ body: '{}' },
	{ body: '[{"error":{"code":"internal_server_error","message":"Oops"}}]' },
];

test.each(faultsAfterRinging)('%j, the phone rings: accepted', async (fault) => {
	pbx.setParty('0003*210', 'never');
	pbx.fault(fault);
	expect(await place()).toMatchObject({
		status: 'accepted',
		callId: pbx.calls[0]?.id,
		details: {
			userId: '@me',
			extension: '0003*210',
			nonce: pbx.calls[0]?.nonce,
			foundBy: 'tag',
		},
	});
	expect(asked()).toEqual([placing, listing]);
	expect(pbx.rings).toHaveLength(1);
});

test('a phone that was answered: answered', async () => {
	pbx.fault('cutAfterRinging');
	expect(await place()).toMatchObject({
		status: 'answered',
		callId: pbx.calls[0]?.id,
		details: { foundBy: 'tag' },
	});
});

test.each<Fault>(['cut', { status: 502 }, 'html'])(
	'%j, nothing rings: unknown, with the nonce to look for',
	async (fault) => {
		pbx.fault(fault);
		const outcome = await place({ extension: '0003*210', options: { nonce: 'order-4711' } });
		expect(outcome).toMatchObject({
			status: 'unknown',
			details: { userId: '@me', extension: '0003*210', nonce: 'order-4711' },
		});
		expect(asked().filter((line) => line.startsWith('POST'))).toEqual([placing]);
		expect(pbx.rings).toHaveLength(0);
	},
);

test('a call that is over already is one of the candidates only', async () => {
	await start({ recordAfterSeconds: 0 });
	pbx.setParty('0003*210', 'busy');
	pbx.fault('cutAfterRinging');
	expect(await place()).toMatchObject({
		status: 'unknown',
		details: {
			candidates: [
				{
					callId: pbx.calls[0]?.id,
					state: 'ended',
					disposition: 'busy',
					seenIn: 'record',
					matchedBy: 'numbers',
				},
			],
		},
	});
	expect(asked()).toEqual([placing, listing, reading]);
});

test('two calls with the same nonce are candidates', async () => {
	pbx.setParty('0003*210', 'never');
	const options = { nonce: 'order-4711' };
	await place({ options });
	pbx.fault('cutAfterRinging');
	const outcome = await place({ options });
	expect(outcome).toMatchObject({
		status: 'unknown',
		details: { candidates: pbx.calls.map(({ id }) => ({ callId: id, matchedBy: 'tag' })) },
	});
});

test('a call of somebody else between the same numbers is not ours', async () => {
	pbx.setParty('0003*210', 'never');
	await place();
	pbx.fault('cut');
	expect(await place()).toMatchObject({ status: 'unknown' });
	expect(pbx.calls).toHaveLength(1);
});

test('where nothing but faults comes back, it stays unknown', async () => {
	// Every request but that for the token.
	pbx.fault({ status: 500, rings: true }, { where: 'any', after: 1 });
	expect(await place()).toMatchObject({
		status: 'unknown',
		reason: 'server_fault',
		details: { nonce: pbx.calls[0]?.nonce },
	});
	expect(asked()).toEqual([placing, listing, listing, listing]);
	expect(pbx.rings.map(({ party }) => party)).toEqual(['source', 'destination']);
});

test('what is certain is not looked for', async () => {
	await place();
	expect(await place({ source: '0003*999' })).toMatchObject({ status: 'refused' });
	expect(asked()).toEqual([placing, placing]);
});

test('of several live calls, Hang Up ends the one that is meant, by its ID', async () => {
	await start({ talkSeconds: 60 });
	await using open = client();
	const calls = [await open.originate(call), await open.originate(call)];
	const [first, second] = calls.map(({ reference }) => reference ?? {});
	const live = () => pbx.live.all().filter(({ phase }) => phase !== 'ended').length;
	expect(await open.hangUp(first ?? {})).toMatchObject({ status: 'hung_up' });
	expect(live()).toBe(1);
	expect(await open.hangUp(first ?? {})).toMatchObject({ status: 'not_found' });
	expect(live()).toBe(1);
	expect(await open.hangUp({ ...second, callId: null })).toMatchObject({
		status: 'hung_up',
		callId: pbx.calls[1]?.id,
		from: '0003*210',
		to: '12025550123',
	});
	expect(live()).toBe(0);
	const ends = pbx.requests.filter(({ method }) => method === 'DELETE');
	expect(ends.map(({ path }) => path)).toEqual(
		[0, 0, 1].map((index) => `/uapi/phoneCalls/@me/0003*210/${pbx.calls[index]?.id ?? ''}`),
	);
});

test.each(['', ' ', '.', '..', '../0003*210', '%2e%2e', 'a/b', '?', '#'])(
	'the ID "%s" ends no call',
	async (callId) => {
		await place();
		await using open = client();
		expect(await open.hangUp({ callId })).toMatchObject({ status: 'not_sent' });
		expect(pbx.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
		expect(pbx.live.all().every(({ phase }) => phase !== 'ended')).toBe(true);
	},
);
