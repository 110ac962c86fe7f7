/** The trigger registers its events in VoipNow and touches nobody else's, whatever fails. */
import type { IDataObject } from 'n8n-workflow';

import { isRegistered, register, unregister } from '../../nodes/shared/trigger/registration.ts';
import { events } from '../../nodes/VoipNow/events.ts';
import { registration } from '../../nodes/VoipNow/phoneCallEvents.ts';
import { voipNow } from '../../nodes/VoipNow/vendor.ts';
import { startVoipNow } from '../simulators/voipnow.mts';
import type { Fault, VoipNowOptions, VoipNowSimulator } from '../simulators/voipnow.mts';
import { hookOf } from './hook.mts';

const path = 'webhook/0d1c6b8e-0000-4000-8000-000000000001/events';
const address = `https://n8n.example/${path}`;
const two = ['0003*210', '0003*211'];
const form = {
	userId: '@me',
	extensions: two.join(', '),
	events: ['ringing', 'answered', 'ended'],
	options: {},
};

let pbx: VoipNowSimulator;
let memory: IDataObject;
let warnings: string[];

async function open(options: VoipNowOptions = {}): Promise<void> {
	pbx = await startVoipNow({ tls: false, ...options });
	memory = {};
	warnings = [];
}

beforeEach(() => open());
afterEach(() => pbx.close());

async function reopen(options: VoipNowOptions): Promise<void> {
	await pbx.close();
	await open(options);
}

interface Changes {
	readonly parameters?: object;
	readonly address?: string;
}

const hook = ({ parameters, address: other = address }: Changes = {}) =>
	hookOf(pbx, {
		parameters: { ...form, ...parameters },
		address: other,
		memory,
		warned: (line) => warnings.push(line),
	});
const checkExists = (changes?: Changes) => isRegistered(hook(changes), voipNow, events);
const create = (changes?: Changes) => register(hook(changes), voipNow, events);
const remove = (changes?: Changes) => unregister(hook(changes), voipNow, events);

/** As n8n does it: if one fails, all are removed. */
async function publish(changes?: Changes): Promise<void> {
	try {
		if (!(await checkExists(changes))) await create(changes);
	} catch (error) {
		await remove(changes);
		throw error;
	}
}

const ours = (at = address) => pbx.events.all.filter(({ url }) => url.startsWith(`${at}?`));
const written = () => ours().map(({ extension, type, url }) => [extension, type, url]);
const wordsAt = (extension: string) =>
	['dial-in 0', 'hangup 2', 'answer-in 3', 'answer-out 4'].map((line) => {
		const [word = '', type = ''] = line.split(' ');
		return [extension, type, `${address}?event=${word}&extension=${extension}`];
	});
const requests = () =>
	pbx.requests
		.filter(({ path: one }) => one.startsWith('/uapi/'))
		.map(({ method, path: one }) => `${method} ${one}`);

/** Events of people, of other programs, of other nodes, and of a test of this node. */
function enterForeign(): string[] {
	const urls = [
		'https://crm.example/calls',
		'https://crm.example/calls?event=dial-in&extension=0003*210',
		'https://n8n.example/webhook/0d1c6b8e-0000-4000-8000-000000000002/events?event=dial-in&extension=0003*210',
		`https://n8n.example/${path.replace('webhook', 'webhook-test')}?event=dial-in&extension=0003*210`,
		`https://staging.example/${path}?event=dial-in&extension=0003*210`,
		`${address}/more?event=dial-in&extension=0003*210`,
	];
	return [...two, '0003*250'].flatMap((extension) =>
		urls.map((url, index) =>
			pbx.events.enter({ extension, url, type: String(index % 3), method: '1' }),
		),
	);
}

const isThere = (id: string) => pbx.events.all.some((one) => one.id === id);

describe('publishing', () => {
	test('registers each event of each extension, and finds them again', async () => {
		expect(await checkExists()).toBe(false);
		expect(await create()).toBe(true);
		expect(written()).toEqual(two.flatMap(wordsAt));
		expect(ours()).toEqual(
			ours().map((one) => ({ ...one, method: '1', status: '1', note: 'n8n: Missed calls' })),
		);
		expect(await checkExists()).toBe(true);
		expect(warnings).toEqual([]);
	});

	test('sends the documented body', async () => {
		await create({ parameters: { extensions: '0003*210', events: ['outgoing'] } });
		const [made] = pbx.requests.filter(({ method }) => method === 'POST').slice(-1);
		expect(made?.path).toBe('/uapi/extensions/@me/0003*210/phoneCallEvents');
		expect(JSON.parse(made?.body ?? '')).toEqual({
			type: '1',
			method: '1',
			note: 'n8n: Missed calls',
			url: `${address}?event=dial-out&extension=0003*210`,
			status: '1',
		});
	});

	test.each(['array', 'object', 'noContent', 'empty'] as const)(
		'whatever VoipNow replies: %s',
		async (eventReply) => {
			await reopen({ eventReply });
			await create();
			expect(memory.ids).toEqual(ours().map(({ id }) => id));
			expect([await checkExists(), await remove()]).toEqual([true, true]);
			expect(pbx.events.all).toEqual([]);
		},
	);

	test('finds its own among many, on several pages; and an empty list can have no body', async () => {
		await reopen({ emptyList: 'noContent', eventReply: 'noContent' });
		const foreign = Array.from({ length: 230 }, (_, index) =>
			pbx.events.enter({ extension: '0003*210', type: '0', url: `https://crm.example/${index}` }),
		);
		await publish();
		expect(await checkExists()).toBe(true);
		await remove();
		expect(pbx.events.all.map(({ id }) => id)).toEqual(foreign);
	});

	test.each([
		['is disabled', { status: '0' }],
		['comes as GET', { method: '0' }],
		['has another address', { url: 'https://n8n.example/' }],
		['is another one', { type: '1' }],
	])('registers again what %s', async (_, change) => {
		await create();
		pbx.events.change(ours()[1]?.id ?? '', change);
		expect(await checkExists()).toBe(false);
		await create();
		expect(written()).toEqual(two.flatMap(wordsAt));
		expect(await checkExists()).toBe(true);
	});

	test('an address may come back in another spelling', async () => {
		await create();
		for (const { id, url } of ours()) pbx.events.change(id, { url: url.replaceAll('*', '%2A') });
		expect(await checkExists()).toBe(true);
		await remove();
		expect(pbx.events.all).toEqual([]);
	});

	test('one phone that is entered twice is registered once', async () => {
		await create({ parameters: { extensions: ['0003*210', ' 210', '0003*210'] } });
		expect(written()).toEqual(wordsAt('0003*210'));
	});
});

describe('unpublishing', () => {
	test('removes what is ours, and nothing else', async () => {
		const foreign = enterForeign();
		await publish();
		expect(await remove()).toBe(true);
		expect(pbx.events.all.map(({ id }) => id)).toEqual(foreign);
		expect(memory).toEqual({ places: [], ids: [] });
	});

	test('each request to delete names one event', async () => {
		enterForeign();
		await publish();
		await publish({ parameters: { extensions: '0003*250' } });
		await remove();
		const deleted = requests().filter((line) => line.startsWith('DELETE'));
		expect(deleted.length).toBeGreaterThan(10);
		for (const line of deleted) expect(line).toMatch(/phoneCallEvents\/[0-4]\/[0-9a-f]{30}$/);
	});

	test.each(['', '.', '..', '../..', 'a b', '%2E', 'a/b', 'x'.repeat(256)])(
		'an event with the ID "%s" is not deleted',
		(id) => {
			const one = { place: '@me/0003*210', type: '0', id, url: address, isActive: true };
			expect(registration.remove(one).kind).toBe('done');
		},
	);

	test('an event that is gone counts as removed', async () => {
		const one = { place: '@me/0003*210', type: '0', id: 'gone', url: address, isActive: true };
		const step = registration.remove(one);
		if (step.kind === 'done') throw new Error('nothing is asked');
		const reply = (status: number, body = '') => step.next({ status, headers: {}, body });
		const gone = { kind: 'done', result: { kind: 'removed' } };
		expect(reply(200, '[{"id":"gone"}]')).toEqual(gone);
		expect(reply(204)).toEqual(gone);
		expect(reply(400, '{"error":{"code":"pce_id_invalid","message":"No."}}')).toEqual(gone);
		expect(reply(404, '{"error":{"code":"not_found","message":"No."}}')).toEqual(gone);
		// A wrong address answers with 404, too.
		expect(reply(404, '<html>')).not.toEqual(gone);
		expect(reply(500)).not.toEqual(gone);
	});

	test('while VoipNow is down: a warning without secrets, and the next publication removes the rest', async () => {
		const foreign = enterForeign();
		await publish();
		await pbx.refuse();
		expect(await remove()).toBe(false);
		expect(warnings).toHaveLength(1);
		expect(warnings[0]).toMatch(/^VoipNow Trigger could not remove all of its events: .*VoipNow/);
		expect(warnings[0]).not.toContain(path);
		await pbx.listenAgain();
		expect(ours()).toHaveLength(8);

		const changed = { parameters: { extensions: '0003*250', events: ['ended'] } };
		await publish(changed);
		expect(written()).toEqual([['0003*250', '2', `${address}?event=hangup&extension=0003*250`]]);
		await remove(changed);
		expect(pbx.events.all.map(({ id }) => id)).toEqual(foreign);
	});

	test('VoipNow is asked once if it does not answer', async () => {
		await publish();
		pbx.fault('cut', { where: 'events' });
		const before = requests().length;
		expect(await remove()).toBe(false);
		expect(requests()).toHaveLength(before + 1);
	});

	test('an extension that is gone keeps no other event from being removed, and is forgotten', async () => {
		await publish();
		memory.places = ['@me/0003*999', ...(memory.places as string[])];
		expect(await remove()).toBe(true);
		expect([pbx.events.all, memory.places, warnings]).toEqual([[], [], []]);
	});

	test('what cannot be removed now is remembered, and removed by the next publication', async () => {
		await publish();
		pbx.fault({ status: 500 }, { where: 'events', times: 1 });
		expect(await remove()).toBe(false);
		expect([ours().length, memory.places]).toEqual([4, ['@me/0003*210']]);
		const changed = { parameters: { extensions: '0003*250', events: ['ended'] } };
		await publish(changed);
		expect(written()).toEqual([['0003*250', '2', `${address}?event=hangup&extension=0003*250`]]);
		expect(memory.places).toEqual(['@me/0003*250']);
	});

	test('what another credential cannot find is in the log: it stays where the first one led to', async () => {
		const missing =
			/^VoipNow Trigger did not find 8 of the events that it had registered\. If its credential was changed, /;
		await publish();
		const elsewhere = await startVoipNow({ tls: false });
		const first = pbx;
		try {
			pbx = elsewhere;
			await publish();
			expect([ours().length, first.events.all.length]).toEqual([8, 8]);
			pbx = first;
			await remove();
			expect(warnings).toEqual([1, 2].map(() => expect.stringMatching(missing) as unknown));
		} finally {
			pbx = first;
			await elsewhere.close();
		}
		expect(first.events.all).toEqual([]);
	});

	test('it never throws, whatever the form and the credential are', async () => {
		await publish();
		const broken = hookOf(pbx, { parameters: form, address, memory, warned: () => undefined });
		broken.getCredentials = () => Promise.reject(new Error('it was deleted'));
		expect(await unregister(broken, voipNow, events)).toBe(false);
		expect(await remove({ parameters: { extensions: '' } })).toBe(true);
		expect(pbx.events.all).toEqual([]);
	});
});

describe('another address of n8n', () => {
	const moved = `https://new.example/${path}`;

	test('what came to the old one is removed, by its ID; the copy of this workflow elsewhere stays', async () => {
		const foreign = enterForeign();
		await publish();
		expect(await checkExists({ address: moved })).toBe(false);
		await create({ address: moved });
		expect([ours(), ours(moved).length]).toEqual([[], 8]);
		await remove({ address: moved });
		expect(pbx.events.all.map(({ id }) => id)).toEqual(foreign);
	});

	test('an event of ours whose address somebody has changed is theirs', async () => {
		await publish();
		const [{ id } = { id: '' }] = ours();
		pbx.events.change(id, { url: 'https://crm.example/calls' });
		await remove();
		expect(pbx.events.all.map((one) => one.id)).toEqual([id]);
	});

	test('one on this computer is registered with a warning', async () => {
		const local = { address: `http://localhost:5678/${path}` };
		await publish(local);
		expect(warnings).toEqual([expect.stringMatching(/only on this computer.+WEBHOOK_URL/)]);
		expect(warnings[0]).not.toContain(path);
	});
});

describe('a start that fails leaves nothing of ours, and says what VoipNow said', () => {
	const unavailable = '{"error":{"code":"internal_server_error","message":"Oops"}}';
	const denied = '{"error":{"code":"access_denied","message":"Access denied."}}';
	/** The requests: two lists, two more, four events to remove, eight to add, and some more. */
	const mostRequests = 18;
	test.each<[Fault]>([
		[{ status: 500, body: unavailable }],
		[{ status: 403, body: denied }],
		[{ status: 502, rings: true }],
		['cut'],
		['cutAfterRinging'],
		['html'],
		['truncated'],
	])('%j, at every step', async (fault) => {
		const foreign = enterForeign();
		let failures = 0;
		// At first from nothing, then with what an earlier publication has left.
		for (const isLeft of [false, true]) {
			for (let step = 0; step < mostRequests; step++) {
				if (isLeft) await create({ parameters: { events: ['outgoing'] } });
				pbx.fault(fault, { where: 'events', times: 1, after: step });
				const failure = await publish().then(
					() => undefined,
					(error: unknown) => error as Error,
				);
				pbx.fault(null);
				if (failure !== undefined) {
					failures += 1;
					expect(failure.message).toMatch(/VoipNow.* No event will start the workflow\. ./);
				}
				expect(written()).toEqual(failure === undefined ? two.flatMap(wordsAt) : []);
				expect(foreign.every(isThere)).toBe(true);
				await remove();
			}
		}
		expect(failures).toBeGreaterThan(7);
		expect(pbx.events.all.map(({ id }) => id)).toEqual(foreign);
	});

	test.each<[string, object, VoipNowOptions, string, string]>([
		[
			'an extension of somebody else',
			{ extensions: '0003*210, 0003*310' },
			{},
			'Extension 0003*310: VoipNow refused the request: ',
			'Check Extensions.',
		],
		['another user', { userId: '13' }, {}, '(user_invalid)', 'Check User ID.'],
		[
			'a VoipNow without answers',
			{},
			{ reportsAnswers: false },
			'(pcet_type_invalid)',
			'leave out Answered in Events',
		],
	])('%s', async (_, parameters, options, said, advice) => {
		await reopen(options);
		const failure = await publish({ parameters }).catch((error: unknown) => error as Error);
		const { message } = failure as Error;
		expect(message).toContain(said);
		expect(message).toContain(advice);
		expect(pbx.events.all).toEqual([]);
	});

	test.each<[object, string]>([
		[{ extensions: '' }, 'Extensions is empty.'],
		[{ extensions: '@self' }, 'Extensions has "@self".'],
		[{ extensions: ['210', '../..'] }, 'Extensions has "../..".'],
		[{ userId: 'me/you' }, 'User ID is "me/you".'],
		[{ events: [] }, 'Events has no event.'],
		[{ events: ['voicemail'] }, 'Events has no event that can be registered.'],
		[{ options: { allowedAddresses: 'home' } }, 'Allowed Addresses contains "home".'],
	])('the form %j is refused before anything is sent', async (parameters, said) => {
		const failure = await publish({ parameters }).catch((error: unknown) => error as Error);
		const { message } = failure as Error;
		expect(message).toContain(`${said} No event will start the workflow. `);
		expect(message).toMatch(/workflow\. (?:Enter|Choose)/);
		expect(requests().filter((line) => !line.startsWith('GET'))).toEqual([]);
	});
});
