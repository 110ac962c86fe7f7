/** A program follows and ends its calls, on simulated phone systems whose calls live. */
import { createClient } from '../../index.ts';
import type { CallState, Client, Failed, Outcome, VendorId } from '../../index.ts';
import { defaultUsers, startAsterisk } from '../simulators/asterisk.mts';
import type { LiveCalls } from '../simulators/liveCalls.mts';
import { shortenPauses } from '../shortenPauses.mts';
import { until } from '../until.mts';
import { openEnswitch, openIovox, openSwitchvox, openVoipNow } from './setups.mts';

shortenPauses();

/** Long enough for a phone to ring for two seconds. */
const secondMs = 100;

interface Phones {
	readonly client: Client<VendorId>;
	place(options?: Parameters<Client<VendorId>['originate']>[1], call?: object): Promise<Outcome>;
	readonly live: LiveCalls;
	/** The number that rings second, as the phone system dials it. */
	readonly second: string;
	close(): Promise<void>;
}

async function openAsterisk() {
	const pbx = await startAsterisk({ secondMs });
	const { username, password } = defaultUsers.n8n;
	const { url: baseUrl, caCertificate } = pbx;
	return {
		pbx,
		credential: { baseUrl, username, password, caCertificate },
		call: { endpoint: 'PJSIP/101', extension: '301' },
		close: pbx.close,
	};
}

const openers = {
	asterisk: { open: openAsterisk, second: '301', call: {} },
	switchvox: { open: () => openSwitchvox({ secondMs }), second: '301', call: {} },
	enswitch: {
		open: () => openEnswitch({ secondMs }),
		second: '1234568',
		call: { options: { wait: 5 } },
	},
	voipNow: { open: () => openVoipNow({ secondMs }), second: '+12025550123', call: {} },
	iovox: { open: openIovox, second: '441632960001', call: {} },
} as const;

async function openPhones(vendor: keyof typeof openers): Promise<Phones> {
	const { open, second, call: more } = openers[vendor];
	const { credential, call, pbx, close } = await open();
	const client = createClient(vendor, credential as never) as Client<VendorId>;
	return {
		client,
		live: (pbx as unknown as { readonly live: LiveCalls }).live,
		second,
		place: async (options, changes = {}) =>
			await client.originate({ ...call, ...more, ...changes } as never, options),
		async close() {
			await client.close();
			await close();
		},
	};
}

let phones: Phones;
afterEach(() => phones.close());

function referenceOf({ reference }: Outcome) {
	if (reference === undefined) throw new Error('The call has no reference');
	return reference;
}

function stateOf(got: CallState | Failed): CallState {
	if (!('state' in got)) throw new Error(got.message);
	return got;
}

const live = ['asterisk', 'switchvox', 'enswitch', 'voipNow'] as const;

describe.each(live)('%s', (vendor) => {
	beforeEach(async () => {
		phones = await openPhones(vendor);
	});

	test('waits until both talk, looks, ends the call, and finds it gone', async () => {
		phones.live.setParty(phones.second, { answersAfterSeconds: 1, talksSeconds: 600 });
		const call = await phones.place({ waitUntil: 'connected' });
		expect(call).toMatchObject({ call: { state: 'connected', answeredBySecond: true } });
		// A reference can be stored.
		const reference = JSON.parse(JSON.stringify(referenceOf(call))) as ReturnType<
			typeof referenceOf
		>;
		expect(stateOf(await phones.client.get(reference))).toMatchObject({ state: 'connected' });
		expect(await phones.client.hangUp(reference)).toMatchObject({ status: 'hung_up' });
		await until(() => phones.live.all().every(({ phase }) => phase === 'ended'));
		const gone = stateOf(await phones.client.get(reference, { waitUntil: 'ended', waitAtMost: 2 }));
		expect(['ended', 'not_found']).toContain(gone.state);
		expect(await phones.client.hangUp(reference)).toMatchObject({ status: 'not_found' });
	});

	test('the second phone rings until the wait runs out', async () => {
		phones.live.setParty(phones.second, 'byHand');
		const call = await phones.place({ waitUntil: 'connected', waitAtMost: 1 });
		expect(call).toMatchObject({
			call: { timedOut: true, state: 'ringing_second', answeredBySecond: null },
		});
	});

	test('an aborted wait ends at once, and the call goes on', async () => {
		const stop = new AbortController();
		phones.live.setParty(phones.second, 'byHand');
		const placing = phones.place({ waitUntil: 'ended', signal: stop.signal });
		await until(() => phones.live.all().some(({ phase }) => phase === 'ringing_second'));
		await new Promise((resolve) => setTimeout(resolve, 300));
		stop.abort();
		expect(['accepted', 'answered']).toContain((await placing).status);
		expect(phones.live.all().map(({ phase }) => phase)).toEqual(['ringing_second']);
	});
});

test('IOVOX shows only its records', async () => {
	phones = await openPhones('iovox');
	const call = await phones.place({ waitUntil: 'ended', waitAtMost: 600 });
	expect(call).toMatchObject({ call: { state: 'ended', seenIn: 'record' } });
	expect(await phones.client.hangUp(referenceOf(call))).toMatchObject({
		status: 'not_sent',
		message: 'IOVOX does not let other programs end a call. The call was not ended.',
	});
});

test.each([
	[{ waitUntil: 'someday' }, 'waitUntil is not one of'],
	[{ waitUntil: 'ended', waitAtMost: 0 }, 'waitAtMost is not a whole number'],
])('options that cannot be used place no call: %j', async (options, text) => {
	phones = await openPhones('asterisk');
	const call = await phones.place(options as never);
	expect(call).toMatchObject({ status: 'not_sent', reason: 'invalid_input' });
	expect(JSON.stringify(call)).toContain(text);
	expect(phones.live.all()).toEqual([]);
});

test('a reference of nothing is refused', async () => {
	phones = await openPhones('asterisk');
	for (const reference of [{}, { callId: '' }, null, 'c1']) {
		expect(await phones.client.get(reference as never)).toMatchObject({ status: 'not_sent' });
		expect(await phones.client.hangUp(reference as never)).toMatchObject({ status: 'not_sent' });
	}
});
