/** A call whose answer was lost is looked for by its ID, and never placed again. */
import { createClient } from '../../index.ts';
import { defaultUsers, startAsterisk } from '../simulators/asterisk.mts';
import type { AsteriskSimulator, Fault } from '../simulators/asterisk.mts';
import { shortenPauses } from '../shortenPauses.mts';

shortenPauses();

let pbx: AsteriskSimulator;

beforeEach(async () => {
	pbx = await startAsterisk({ secondMs: 100 });
});
afterEach(() => pbx.close());

const call = { endpoint: 'PJSIP/121', extension: '301' };

async function place(options: object = {}) {
	const { username, password } = defaultUsers.n8n;
	const { url: baseUrl, caCertificate } = pbx;
	await using client = createClient('asterisk', { baseUrl, username, password, caCertificate });
	return await client.originate({ ...call, options });
}

const asked = () => pbx.requests.map(({ method, path }) => `${method} ${path}`);

test.each<[Fault]>([
	['cutAfterRinging'],
	['resetMidReply'],
	['truncated'],
	['garbage'],
	['empty'],
	['flood'],
	[{ status: 502, rings: true }],
	[{ status: 409, rings: true }],
	[{ redirect: '/done', rings: true }],
])('%j, the phone rang: accepted', async (fault) => {
	pbx.fault(fault);
	expect(await place({ callId: 'a' })).toMatchObject({
		status: 'accepted',
		callId: 'a',
		details: { channel: expect.stringMatching(/^PJSIP\/121-/), foundBy: 'id' },
	});
	expect(asked()).toEqual(['POST /ari/channels/a', 'GET /ari/channels/a']);
	expect(pbx.rings).toHaveLength(1);
});

test.each<[Fault]>([['cut'], [{ status: 502 }], ['html']])(
	'%j, nothing rang: unknown, with the ID to look for',
	async (fault) => {
		pbx.fault(fault);
		expect(await place({ callId: 'a' })).toMatchObject({ status: 'unknown', callId: 'a' });
		expect(asked()).toEqual([
			'POST /ari/channels/a',
			...Array<string>(3).fill('GET /ari/channels/a'),
		]);
		expect(pbx.rings).toHaveLength(0);
	},
);

test('where nobody answers any more, it stays unknown', async () => {
	pbx.fault('cutAfterRinging', { where: 'any' });
	const outcome = await place();
	expect(outcome).toMatchObject({ status: 'unknown', reason: 'connection_lost' });
	expect(outcome).toHaveProperty('callId', expect.stringMatching(/^[0-9a-f-]{36}$/));
	expect(asked()).toHaveLength(4);
});

test('another channel than ours is not ours', async () => {
	pbx.fault({ body: '{"id":"b","name":"PJSIP/121-00000001","state":"Down"}' }, { where: 'any' });
	expect(await place({ callId: 'a' })).toMatchObject({ status: 'unknown', callId: 'a' });
});

test('an ID whose call lives is a call that is there', async () => {
	await place({ callId: 'a' });
	expect(await place({ callId: 'a' })).toMatchObject({
		status: 'accepted',
		callId: 'a',
		details: { foundBy: 'id' },
	});
	expect(pbx.rings).toHaveLength(1);
	expect(asked().slice(1)).toEqual(['POST /ari/channels/a', 'GET /ari/channels/a']);
});

test('a conflict without a call proves nothing', async () => {
	pbx.fault({ status: 409, body: '{"message":"Channel with given unique ID already exists"}' });
	expect(await place({ callId: 'a' })).toMatchObject({
		status: 'unknown',
		reason: 'contradictory_reply',
		callId: 'a',
	});
	expect(pbx.rings).toHaveLength(0);
});

test('what is certain is not looked for', async () => {
	await place();
	pbx.fault({ status: 403 });
	expect(await place()).toMatchObject({ status: 'refused' });
	expect(pbx.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
});
