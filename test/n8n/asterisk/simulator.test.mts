/** The simulator answers as the real Asterisk does. */
import { authorizationOf, startBench } from '../../simulators/asterisk/testing.mts';
import type { Bench } from '../../simulators/asterisk/testing.mts';
import { exchanges, play } from '../../simulators/asterisk/exchanges.mts';
import { startAsterisk } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { ensurePrograms } from './install.mts';

jest.setTimeout(60_000);

let real: Asterisk;
let simulated: Bench;

beforeAll(async () => {
	real = await startAsterisk(await ensurePrograms());
	simulated = await startBench({ secondMs: 1000 });
});
afterEach(async () => {
	await real.reset();
	simulated.pbx.reset();
});
afterAll(async () => {
	await real.stop();
	await simulated.close();
});

const sendToReal: Bench['send'] = async ({ method, path, body, as }) => {
	const answer = await fetch(`${real.url}/ari${path}`, {
		method,
		headers: { ...authorizationOf(as), 'content-type': 'application/json' },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	const headers = Object.fromEntries(answer.headers);
	return { status: answer.status, headers, body: await answer.text() };
};

test.each(exchanges.map((exchange) => [exchange.title, exchange] as const))(
	'%s',
	async (_, exchange) => {
		const id = crypto.randomUUID();
		const [ours, theirs] = await Promise.all([
			play(exchange, id, simulated.send),
			play(exchange, id, sendToReal),
		]);
		expect([theirs.status, theirs.headers['content-type'] ?? '']).toEqual([
			ours.status,
			ours.headers['content-type'] ?? '',
		]);
		expect(theirs.headers['www-authenticate']).toBe(ours.headers['www-authenticate']);
		expect(comparable(ours.body)).toEqual(comparable(theirs.body));
		expect(theirs.status).toBe(exchange.status);
	},
);

/** What has to be alike: not counters, times and IDs of its own, and of what it says of itself only the names. */
function comparable(body: string): unknown {
	if (body === '') return '';
	return leveled(JSON.parse(body));
}

function leveled(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(leveled).map(textOf).sort();
	if (typeof value !== 'object' || value === null) return value;
	if ('build' in value) return Object.keys(value);
	return Object.fromEntries(
		Object.entries(value).map(([name, one]): [string, unknown] => {
			if (name === 'creationtime') return [name, typeof one];
			if (name === 'protocol_id') return [name, String(one) === '' ? '' : 'an ID'];
			if (name === 'name') return [name, String(one).replace(/-[0-9a-f]{8}/, '-counter')];
			// How far a call is depends on the moment.
			if (name === 'state' && one !== 'online' && one !== 'offline') return [name, typeof one];
			return [name, leveled(one)];
		}),
	);
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
