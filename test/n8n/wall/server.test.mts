import { request } from 'undici';
import { createHandClock } from '../../simulators/clock.mts';
import type { HandClock } from '../../simulators/clock.mts';
import { createFaultPlan } from '../../simulators/fault.mts';
import { createLiveCalls } from '../../simulators/liveCalls.mts';
import type { LiveCalls } from '../../simulators/liveCalls.mts';
import { until } from '../../until.mts';
import { startWall } from './server.mts';
import type { Wall } from './server.mts';
import { simulatedSystem } from './simulated.mts';
import type { SystemView, WallView } from './view.mts';

let clock: HandClock;
let live: LiveCalls;
let faults: ReturnType<typeof createFaultPlan>;
let wall: Wall;
let watcher: Watcher;

/** What an open page has got. */
interface Watcher {
	readonly views: WallView[];
	readonly close: () => void;
}

beforeEach(async () => {
	clock = createHandClock();
	live = createLiveCalls({ clock });
	faults = createFaultPlan();
	const common = { phones: ['101', '102'], live, fault: faults.set };
	wall = await startWall(
		[
			simulatedSystem({ ...common, id: 'pbx', name: 'PBX', givesId: true }),
			simulatedSystem({ ...common, id: 'link', name: 'Link', givesId: false }),
		],
		'http://127.0.0.1:5678',
	);
	wall.setOthers('byHand');
	watcher = await watch();
});

afterEach(async () => {
	watcher.close();
	await wall.close();
});

async function watch(): Promise<Watcher> {
	const views: WallView[] = [];
	const leave = new AbortController();
	const { statusCode, headers, body } = await request(`${wall.url}/events`, {
		signal: leave.signal,
	});
	expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream']);
	let text = '';
	body.on('data', (chunk: Buffer) => {
		text += chunk.toString('utf8');
		const events = text.split('\n\n');
		text = events.pop() ?? '';
		for (const event of events) {
			const [, data] = /^data: (.*)$/m.exec(event) ?? [];
			if (data !== undefined) views.push(JSON.parse(data) as WallView);
		}
	});
	body.on('error', () => undefined);
	await until(() => views.length > 0);
	return { views, close: () => leave.abort() };
}

const leg = (number: string) => ({ phones: [{ number }], callerId: 'Sales', ringSeconds: 25 });

function place(id = 'a', first = '101', second = '102'): void {
	live.place({ id, first: leg(first), second: leg(second), tags: {} });
}

/** What the page shows once it shows this of the first system. */
async function shown(isSo: (system: SystemView) => boolean): Promise<SystemView> {
	const last = () => watcher.views.at(-1)?.systems[0];
	await until(() => {
		const system = last();
		return system !== undefined && isSo(system);
	});
	return last() as SystemView;
}

const state = (is: string) => (system: SystemView) => system.calls[0]?.state === is;

async function act(action: object, headers: Record<string, string> = {}): Promise<number> {
	const { statusCode, body } = await request(`${wall.url}/actions`, {
		method: 'POST',
		headers: { origin: wall.url, 'content-type': 'application/json', ...headers },
		body: JSON.stringify({ system: 'pbx', ...action }),
	});
	await body.dump();
	return statusCode;
}

const at = (party: 'first' | 'second', number: string) => ({ call: 'a', party, number });

test('a call is picked up at both ends, talks, and is hung up', async () => {
	place();
	expect(await shown(state('ringing_first'))).toMatchObject({
		phones: [
			{
				number: '101',
				does: 'byHand',
				lines: [{ call: 'a', state: 'ringing', callerId: 'Sales', other: '102' }],
			},
			{ number: '102', lines: [] },
		],
		calls: [{ callId: 'a', from: '101', to: '102', disposition: null }],
	});
	expect(await act({ kind: 'pickUp', ...at('first', '101') })).toBe(204);
	expect((await shown(state('ringing_second'))).phones).toMatchObject([
		{ lines: [{ state: 'waiting', other: '102' }] },
		{ lines: [{ state: 'ringing', other: '101' }] },
	]);
	expect(await act({ kind: 'pickUp', ...at('second', '102') })).toBe(204);
	expect((await shown(state('connected'))).phones).toMatchObject([
		{ lines: [{ state: 'talking' }] },
		{ lines: [{ state: 'talking' }] },
	]);
	clock.turn(65);
	expect(await act({ kind: 'hangUp', ...at('second', '102') })).toBe(204);
	expect(await shown(state('ended'))).toMatchObject({
		phones: [{ lines: [] }, { lines: [] }],
		calls: [{ disposition: 'answered', talkSeconds: 65 }],
	});
	expect(live.find('a')?.endedBy).toBe('second');
	expect(watcher.views.at(-1)?.systems[1]?.calls).toMatchObject([{ callId: null }]);
});

test('a call is rejected, and what comes too late is not done', async () => {
	place();
	expect(await act({ kind: 'reject', ...at('first', '101') })).toBe(204);
	expect((await shown(state('ended'))).calls).toMatchObject([{ disposition: 'rejected' }]);
	expect(await act({ kind: 'pickUp', ...at('first', '101') })).toBe(409);
	expect(await act({ kind: 'hangUp', ...at('first', '101') })).toBe(409);
});

test('a phone that nobody picks up rings until the phone system gives up', async () => {
	place();
	clock.turn(26);
	expect((await shown(state('ended'))).calls).toMatchObject([{ disposition: 'no_answer' }]);
});

test.each(['busy', 'offline'] as const)('a phone is set to %s, and back', async (does) => {
	expect(await act({ kind: 'set', number: '101', does })).toBe(204);
	await shown(({ phones }) => phones[0]?.does === does);
	place();
	expect((await shown(state('ended'))).phones[0]?.lines).toEqual([]);
	wall.setOthers('answers');
	await shown(({ phones }) => phones[1]?.does === 'answers');
	expect(watcher.views.at(-1)).toMatchObject({
		others: 'answers',
		systems: [{ phones: [{ does }, { does: 'answers' }] }, {}],
	});
	expect(await act({ kind: 'set', number: '101', does: 'answers' })).toBe(204);
	place('b');
	await shown(state('connected'));
});

test('all phones answer by themselves, or by hand', async () => {
	expect(await act({ kind: 'setOthers', does: 'answers' })).toBe(204);
	place('a', '201', '202');
	expect((await shown(state('connected'))).phones.map(({ number }) => number)).toEqual([
		...['101', '102', '201', '202'],
	]);
	expect(await act({ kind: 'setOthers', does: 'byHand' })).toBe(204);
	place('b', '201', '202');
	await shown(state('ringing_first'));
});

test('of the phones that were called, the last are shown, and those in use', async () => {
	place('first', '200', '102');
	for (let number = 201; number < 220; number++) {
		place(String(number), String(number), '102');
		live.hangUp(String(number));
	}
	const { phones, calls } = await shown(({ calls: [last] }) => last?.call === '219');
	expect(phones.map(({ number }) => number)).toEqual([
		...['101', '102', '200', '214', '215', '216', '217', '218', '219'],
	]);
	expect(calls.map(({ call }) => call)).toEqual(['219', '218', '217', '216', '215', 'first']);
});

test('the next reply is lost, unless somebody changes their mind', async () => {
	expect(await act({ kind: 'loseNextReply', on: true })).toBe(204);
	await shown(({ losesNextReply }) => losesNextReply);
	expect(faults.take('calls')).toBe('cutAfterRinging');
	await shown(({ losesNextReply }) => !losesNextReply);
	expect(faults.take('calls')).toBeNull();
	await act({ kind: 'loseNextReply', on: true });
	await act({ kind: 'loseNextReply', on: false });
	expect(faults.take('calls')).toBeNull();
});

describe('nobody but the page acts', () => {
	beforeEach(() => {
		place();
	});
	const pickUp = { kind: 'pickUp', ...at('first', '101') };

	test.each<[string, Record<string, string>, number]>([
		['a page from elsewhere', { origin: 'https://evil.example' }, 403],
		['a page without an origin', { origin: 'null' }, 403],
		['the editor', { origin: 'http://127.0.0.1:5678' }, 403],
		['a form', { 'content-type': 'text/plain' }, 415],
		['another name for this machine', { host: 'evil.example' }, 421],
	])('not %s', async (_, headers, status) => {
		expect(await act(pickUp, headers)).toBe(status);
		expect(live.find('a')?.phase).toBe('ringing_first');
	});

	test.each<[string, object]>([
		['an unknown phone system', { ...pickUp, system: 'other' }],
		['no phone system', { ...pickUp, system: 1 }],
		['an unknown action', { ...pickUp, kind: 'explode' }],
		['no number', { kind: 'set', does: 'busy' }],
		['a manner that no phone has', { kind: 'set', number: '101', does: 'never' }],
		['no party', { ...pickUp, party: 'third' }],
		['nothing to lose', { kind: 'loseNextReply' }],
	])('%s is refused', async (_, action) => {
		expect(await act(action)).toBe(400);
	});

	test.each<[string, string, number]>([
		['no JSON', 'pick up', 400],
		['nothing', '', 400],
		['null', 'null', 400],
		['too much', JSON.stringify({ ...pickUp, system: 'x'.repeat(5000) }), 413],
	])('%s is refused', async (_, body, status) => {
		const answer = await request(`${wall.url}/actions`, {
			method: 'POST',
			headers: { origin: wall.url, 'content-type': 'application/json' },
			body,
		});
		await answer.body.dump();
		expect(answer.statusCode).toBe(status);
	});

	test.each<['GET' | 'POST', string, number]>([
		['GET', '/actions', 405],
		['POST', '/', 405],
		['POST', '/events', 405],
		['GET', '/server.mts', 404],
		['GET', '/../server.mts', 404],
		['GET', '/page.html', 404],
	])('%s %s: HTTP %i', async (method, path, status) => {
		const answer = await request(wall.url + path, { method });
		await answer.body.dump();
		expect(answer.statusCode).toBe(status);
	});
});

test('the page is served with what keeps others out', async () => {
	for (const [path, type] of [
		['/', 'text/html'],
		['/page.css', 'text/css'],
		['/page.js', 'text/javascript'],
	] as const) {
		const { statusCode, headers, body } = await request(wall.url + path);
		await body.dump();
		expect([statusCode, headers['content-type']]).toEqual([200, `${type}; charset=utf-8`]);
		expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
		expect(headers['cross-origin-resource-policy']).toBe('same-origin');
		expect(headers).not.toHaveProperty('access-control-allow-origin');
	}
	expect(wall.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a reset of the phone system leaves its first phones', async () => {
	place('a', '201', '202');
	await shown(({ phones }) => phones.length === 4);
	live.reset();
	expect(await shown(({ calls }) => calls.length === 0)).toMatchObject({
		phones: [{ number: '101' }, { number: '102' }],
	});
});
