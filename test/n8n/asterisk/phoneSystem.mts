import type { PhoneSystem, PhoneSystemOptions } from '../phoneSystems.mts';
import { firstPhones, phones as special } from '../phoneSystems.mts';
import { numbers, startAsterisk, users } from './asterisk.mts';
import { startHandPhones } from './handPhones.mts';
import { ensurePrograms } from './install.mts';
import { startProxy } from './proxy.mts';
import { wallOfAsterisk } from './wall.mts';

/** By this long after a call, every phone of it has rung. */
const settledMs = 1500;

/** A real Asterisk with SIP phones that ring on the wall, for the demo; downloaded if the machine has none. */
export async function startRealAsterisk({ log }: PhoneSystemOptions): Promise<PhoneSystem> {
	const programs = await ensurePrograms();
	const phones = await startHandPhones();
	phones.setManner(special.silent, 'byHand');
	phones.setManner(special.busy, 'busy');
	const ours = [...firstPhones, ...numbers.answers, ...Object.values(special), 'trunk'];
	const asterisk = await startAsterisk(programs, { port: phones.port, numbers: ours });
	const { body } = await asterisk.ask('GET', '/asterisk/info?only=system');
	const { system } = JSON.parse(body) as { system: { version: string } };
	log?.(`Asterisk: a real one, ${system.version}, with SIP phones`);
	const proxy = await startProxy(asterisk.url, { tls: false });
	proxy.fault('cutAfterRinging', { holding: `Local/${special.cut}@` });
	const rings: { readonly number: string }[] = [];
	phones.onChange(({ number, state, caller }) => {
		if (state !== 'ringing') return;
		rings.push({ number });
		log?.(`Asterisk: ring  ${number}${caller.number === '' ? '' : `, caller ID ${caller.number}`}`);
	});
	const wall = wallOfAsterisk({
		asterisk,
		phones,
		numbers: firstPhones,
		requests: () => proxy.requests,
		fault: proxy.fault,
	});
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
			{ number: special.silent, does: 'silent', status: 'accepted' },
			{ number: special.busy, does: 'busy', status: 'accepted' },
			{ number: special.cut, does: 'cut', status: 'accepted' },
		],
		get calls() {
			return proxy.requests.filter(({ method, status }) => method === 'POST' && status === 200);
		},
		rings,
		wall,
		idle: async () => {
			await new Promise((settled) => setTimeout(settled, settledMs));
		},
		close: async () => {
			wall.stop();
			await proxy.close();
			await asterisk.stop();
			await phones.stop();
		},
	};
}
