import type { PhoneSystem, PhoneSystemOptions } from '../phoneSystems.mts';
import { phones } from '../phoneSystems.mts';
import { startAsterisk, users } from './asterisk.mts';
import { ensurePrograms } from './install.mts';
import type { Ring } from './phones.mts';
import { startProxy } from './proxy.mts';

const lookEveryMs = 200;
/** So long after a call, who rings for it has rung. */
const settledMs = 1500;

/** A real Asterisk with real SIP phones, for the demo; brought when the machine has none. */
export async function startRealAsterisk({ log }: PhoneSystemOptions): Promise<PhoneSystem> {
	const asterisk = await startAsterisk(await ensurePrograms(), {
		silent: [phones.silent],
		busy: [phones.busy],
		answers: [phones.cut],
	});
	const { body } = await asterisk.ask('GET', '/asterisk/info?only=system');
	const { system } = JSON.parse(body) as { system: { version: string } };
	log?.(`Asterisk: a real one, ${system.version}, with SIP phones`);
	const proxy = await startProxy(asterisk.url, { tls: false });
	proxy.fault('cutAfterRinging', { holding: `Local/${phones.cut}@` });
	const rings: Ring[] = [];
	const look = async () => {
		for (const ring of (await asterisk.rings()).slice(rings.length)) {
			rings.push(ring);
			const shown = ring.caller.number === '' ? '' : `, caller ID ${ring.caller.number}`;
			log?.(`Asterisk: ring  ${ring.number}${shown}`);
		}
	};
	const timer = setInterval(() => void look(), lookEveryMs);
	return {
		name: 'Asterisk',
		vendor: 'asterisk',
		credential: {
			name: 'Asterisk on this machine',
			type: 'asteriskApi',
			data: { baseUrl: proxy.url, ...users.n8n },
		},
		otherAccounts: [{ data: users.reader, may: 'place no call' }],
		specialPhones: [
			{ number: phones.silent, does: 'silent', status: 'accepted' },
			{ number: phones.busy, does: 'busy', status: 'accepted' },
			{ number: phones.cut, does: 'cut', status: 'accepted' },
		],
		get calls() {
			return proxy.requests.filter(({ method, status }) => method === 'POST' && status === 200);
		},
		rings,
		idle: async () => {
			await new Promise((settled) => setTimeout(settled, settledMs));
			await look();
		},
		close: async () => {
			clearInterval(timer);
			await proxy.close();
			await asterisk.stop();
		},
	};
}
