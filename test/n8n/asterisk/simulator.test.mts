/** The simulator answers as the real Asterisk does. */
import { Agent, request } from 'undici';
import { authorizationOf, startBench } from '../../simulators/asterisk/testing.mts';
import type { Bench } from '../../simulators/asterisk/testing.mts';
import { exchanges, play } from '../../simulators/asterisk/exchanges.mts';
import { until } from '../../until.mts';
import { startAsterisk } from './asterisk.mts';
import type { Asterisk } from './asterisk.mts';
import { ensurePrograms } from './install.mts';

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
	const answer = await request(`${real.url}/ari${path}`, {
		method,
		headers: { ...authorizationOf(as), 'content-type': 'application/json' },
		body: body === undefined ? null : JSON.stringify(body),
		// An earlier request on the connection can change an answer: see the last test.
		reset: true,
	});
	const headers = answer.headers as Record<string, string>;
	return { status: answer.statusCode, headers, body: await answer.body.text() };
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

test.each(['PJSIP/101', `Local/101@from-internal/n`])(
	'%s talks to another phone',
	async (endpoint) => {
		const body = { endpoint, extension: '301', context: 'from-internal', callerId: 'Sales <100>' };
		const place = { method: 'POST', path: '/channels/a', body } as const;
		const shown = async (send: Bench['send']) => {
			await send(place);
			const ask = async (path: string) =>
				JSON.parse((await send({ method: 'GET', path })).body) as { channels: string[] }[];
			const isTalking = async () =>
				(await ask('/bridges')).some(
					({ channels }) => channels.includes('a') && channels.length > 1,
				);
			await until(isTalking);
			return JSON.stringify([await ask('/channels'), await ask('/bridges')]);
		};
		expect(talk(await shown(simulated.send))).toEqual(talk(await shown(sendToReal)));
	},
);

test('after a conflict, the real one answers with another one whatever is wrong, on the same connection', async () => {
	const dispatcher = new Agent({ connections: 1 });
	const place = async (id: string, endpoint: string) => {
		const answer = await request(`${real.url}/ari/channels/${id}`, {
			dispatcher,
			method: 'POST',
			headers: { ...authorizationOf(undefined), 'content-type': 'application/json' },
			body: JSON.stringify({ endpoint, extension: '301', context: 'from-internal', timeout: 5 }),
		});
		await answer.body.dump();
		return answer.statusCode;
	};
	const answers = [
		await place('first', 'PJSIP/999'),
		await place('second', 'PJSIP/121'),
		await place('second', 'PJSIP/121'),
		await place('third', 'PJSIP/999'),
	];
	await dispatcher.close();
	// If the last one is 500 again, that version has fixed it. decode.ts does not depend on it.
	expect(answers.slice(0, 3)).toEqual([500, 200, 409]);
	expect([409, 500]).toContain(answers[3]);
	expect((await real.ask('GET', '/channels/third')).status).toBe(404);
});

/** What has to be equal when two phones talk: neither names that Asterisk makes, nor what else its dialplan does. */
function talk(body: string): unknown {
	const alike = body
		.replace(/"\d{10}\.\d+"/g, '"a channel"')
		.replace(/("id":)"[^"]*"(,"technology":)"[^"]*"/g, '$1"a bridge"$2"any"')
		.replaceAll(',b(headers^add^1())', '');
	return comparable(alike);
}

/** What has to be equal: no counters, times and IDs of its own; of its information about itself, only the names. */
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
