/** Get and Hang Up in a program, with a simulated Enswitch that fails in every way. */
import { createClient } from '../../index.ts';
import { defaultAccounts, startEnswitch } from '../simulators/enswitch.mts';
import type { EnswitchOptions, EnswitchSimulator, Fault } from '../simulators/enswitch.mts';
import { shortenPauses } from '../shortenPauses.mts';

shortenPauses();

let pbx: EnswitchSimulator;

const setUp = async (options: EnswitchOptions = {}) => {
	pbx = await startEnswitch({ secondMs: 10, talkSeconds: 1000, ...options });
};
afterEach(() => pbx.close());

const connect = (account: keyof typeof defaultAccounts = 'agent') => {
	const { username, password } = defaultAccounts[account];
	const { url: baseUrl, caCertificate } = pbx;
	return createClient('enswitch', { baseUrl, username, password, caCertificate });
};

const call = {
	snumber: '1234567',
	ctype: 'phone',
	cnumber: '1234568',
	options: { wait: 5 },
} as const;

/** A live call, and the fault in what follows it. */
async function placed(fault: Fault) {
	await setUp();
	const client = connect();
	const { reference } = await client.originate(call);
	if (reference === undefined) throw new Error('not placed');
	pbx.fault(fault, { where: 'follow' });
	return { client, reference, [Symbol.asyncDispose]: client.close };
}

const faults: readonly [Fault, status: string, reason: string][] = [
	['cut', 'unknown', 'connection_lost'],
	['resetMidReply', 'unknown', 'connection_lost'],
	['flood', 'unknown', 'unreadable_reply'],
	['html', 'unknown', 'unreadable_reply'],
	['truncated', 'unknown', 'unreadable_reply'],
	['garbage', 'unknown', 'unreadable_reply'],
	['empty', 'unknown', 'unreadable_reply'],
	[{ body: '{}' }, 'unknown', 'unreadable_reply'],
	[{ status: 500 }, 'unknown', 'server_fault'],
	[{ status: 502 }, 'unknown', 'server_fault'],
	[{ status: 404 }, 'refused', 'vendor_refused'],
	[{ status: 429 }, 'refused', 'rate_limited'],
	[{ status: 403 }, 'refused', 'unauthorized'],
	[{ redirect: 'https://other.example/' }, 'unknown', 'redirected'],
];

test.each(faults)('Get, %j: %s, %s', async (fault, status, reason) => {
	await using run = await placed(fault);
	const seen = await run.client.get(run.reference);
	expect(seen).toMatchObject({
		status,
		reason,
		message: expect.stringContaining('The state of the call is not known.'),
	});
	expect(JSON.stringify(seen)).not.toMatch(/placed|dialing|test-password/);
	expect(pbx.requests).toHaveLength(2);
	expect(pbx.live.all()).toHaveLength(1);
});

test.each(faults)('Hang Up, %j: %s, %s', async (fault, status, reason) => {
	await using run = await placed(fault);
	const ended = await run.client.hangUp(run.reference);
	const verdict =
		status === 'unknown' ? 'The call may have been ended.' : 'The call was not ended.';
	expect(ended).toMatchObject({ status, reason, message: expect.stringContaining(verdict) });
	expect(JSON.stringify(ended)).not.toMatch(/placed|dialing|test-password/);
	expect(pbx.requests).toHaveLength(2);
});

test('a wait outlives what passes', async () => {
	await setUp({ talkSeconds: 5 });
	await using client = connect();
	pbx.fault({ status: 503 }, { where: 'follow', times: 3 });
	expect(await client.originate(call, { waitUntil: 'ended' })).toMatchObject({
		status: 'accepted',
		callId: '1234567890.123456',
		call: { state: 'ended', disposition: 'answered', answeredBySecond: true },
	});
	expect(pbx.rings).toHaveLength(2);
});

test.each<EnswitchOptions>([
	{ unknownParameters: 'ignore' },
	{ version: '3.14', textNumbers: true },
	{ envelope: { codes: 'number', responses: 'object' } },
])('one of many calls: %j', async (options) => {
	await setUp(options);
	await using client = connect(options.version === '3.14' ? 'administrator' : 'agent');
	const references = [];
	for (const cnumber of ['1234570', '1234571', 'front-desk']) {
		references.push((await client.originate({ ...call, cnumber })).reference);
	}
	await pbx.idle();
	const [, reference] = references;
	if (reference === undefined) throw new Error('not placed');
	const id = '1234567890.123457';
	expect(reference.callId).toBe(id);
	expect(await client.get(reference)).toMatchObject({ callId: id, matchedBy: 'id' });
	expect(await client.get({ ...reference, callId: null })).toMatchObject({
		callId: id,
		to: '1234571',
		state: 'connected',
		matchedBy: 'numbers',
	});
	expect(await client.get({ ...reference, callId: null, requestedAt: null })).toMatchObject({
		status: 'not_sent',
		reason: 'invalid_input',
	});
	expect(await client.hangUp({ ...reference, callId: null })).toMatchObject({
		status: 'hung_up',
		callId: id,
	});
	await pbx.live.until(id, ({ phase }) => phase === 'ended');
	expect(pbx.live.all().filter(({ phase }) => phase === 'connected')).toHaveLength(2);
	expect(await client.hangUp(reference)).toMatchObject({ status: 'not_found', callId: id });
	expect(await client.hangUp({ ...reference, callId: null })).toMatchObject({
		status: 'not_found',
		callId: null,
	});
});
