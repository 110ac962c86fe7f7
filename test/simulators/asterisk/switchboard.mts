import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { office, phoneOf } from './office.mts';

/** What a phone does when it is called. */
export type Manner =
	| {
			readonly kind: 'answers';
			readonly afterSeconds: number;
			/** Hangs up then; leaves it to the other side unless given. */
			readonly talksSeconds?: number;
	  }
	/** Rings until the caller gives up. */
	| { readonly kind: 'silent' }
	/** Gets the call, and says that it is busy: it does not ring. */
	| { readonly kind: 'busy' }
	/** Nobody is where Asterisk sends the call. */
	| { readonly kind: 'offline' }
	/** Asterisk does not know where to send a call. */
	| { readonly kind: 'unregistered' };

export interface Ring {
	readonly number: string;
	readonly party: 'first' | 'second';
	/** As it was given, such as `Sales <12025550100>`. */
	readonly callerId: string;
	readonly at: Date;
}

/** A request that was taken, as it counts. */
export interface Call {
	readonly id: string;
	/** Such as PJSIP/101. */
	readonly endpoint: string;
	readonly extension: string;
	readonly context: string;
	readonly callerId: string;
	/** Null: without an end. */
	readonly timeoutSeconds: number | null;
	readonly variables: Readonly<Record<string, string>>;
}

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_Data_Models/#channel */
export interface Channel {
	readonly id: string;
	readonly name: string;
	state: 'Down' | 'Ring' | 'Ringing' | 'Up' | 'Busy';
	readonly protocol_id: string;
	readonly caller: { readonly name: string; readonly number: string };
	readonly connected: { readonly name: string; readonly number: string };
	readonly accountcode: string;
	dialplan: {
		readonly context: string;
		readonly exten: string;
		readonly priority: number;
		readonly app_name: string;
		readonly app_data: string;
	};
	readonly creationtime: string;
	readonly language: string;
}

export interface Endpoint {
	readonly technology: string;
	readonly resource: string;
	readonly state: 'online' | 'offline';
	readonly channel_ids: readonly string[];
}

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	setParty(number: string, manner: Manner): void;
	endpoints(): readonly Endpoint[];
	channels(): readonly Channel[];
	channel(id: string): Channel | undefined;
	/** Takes a call, unless there is no phone for its endpoint. */
	place(call: Call): Channel | undefined;
	/** Whether there was one. */
	hangUp(id: string): boolean;
	idle(): Promise<void>;
	reset(): void;
}

const secondTimeoutSeconds = 20;
/** What a timer can wait. */
const longestMs = 2 ** 31 - 1;

export function createSwitchboard(secondMs: number, log: (line: string) => void): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const own = new Map<string, Manner>();
	/** Each with what ends it. */
	const live = new Map<string, { readonly channel: Channel; readonly ended: AbortController }>();
	const running = new Set<Promise<unknown>>();
	let made = 0;

	const mannerOf = (phone: string): Manner | undefined =>
		own.get(phone) ?? office.get(phone) ?? (phone.length > 3 ? office.get('trunk') : undefined);
	const pause = (seconds: number, signal: AbortSignal) =>
		sleep(Math.min(seconds * secondMs, longestMs), undefined, { signal, ref: false });

	/** True when it answered; false when it did not, within its time. */
	const ring = async (
		call: Call,
		party: Ring['party'],
		phone: string,
		{ seconds, signal, ringing }: RingOptions,
	): Promise<boolean> => {
		const manner = mannerOf(phone);
		if (manner === undefined || manner.kind === 'unregistered') return false;
		if (manner.kind !== 'offline' && manner.kind !== 'busy') {
			rings.push({ number: phone, party, callerId: call.callerId, at: new Date() });
			const shown = call.callerId === '' ? '' : `, caller ID "${call.callerId}"`;
			log(`ring  ${phone}  (${party} party${shown})`);
		}
		if (manner.kind === 'busy') return false;
		if (manner.kind !== 'answers' || manner.afterSeconds > seconds) {
			if (manner.kind !== 'offline') ringing();
			await pause(seconds, signal);
			return false;
		}
		ringing();
		await pause(manner.afterSeconds, signal);
		return true;
	};
	const follow = async (call: Call, channel: Channel, signal: AbortSignal) => {
		const first = await ring(call, 'first', phoneBehind(call.endpoint) ?? '', {
			seconds: call.timeoutSeconds ?? Infinity,
			signal,
			ringing: () => (channel.state = 'Ringing'),
		});
		if (!first) return;
		channel.state = 'Up';
		const second = phoneOf(call.extension, call.context);
		if (second === undefined) return;
		const dialplan = { app_name: 'Dial', app_data: `PJSIP/${second},20` };
		channel.dialplan = { ...channel.dialplan, exten: call.extension, ...dialplan };
		const answered = await ring(call, 'second', second, {
			seconds: secondTimeoutSeconds,
			signal,
			ringing: () => undefined,
		});
		if (!answered) return;
		const talks = [phoneBehind(call.endpoint) ?? '', second].map((phone) => {
			const manner = mannerOf(phone);
			return manner?.kind === 'answers' ? (manner.talksSeconds ?? Infinity) : 0;
		});
		await pause(Math.min(...talks), signal);
	};
	return {
		rings,
		calls,
		setParty: (number, manner) => {
			own.set(number, manner);
		},
		endpoints: () =>
			[...new Map([...office, ...own])].map(([resource, { kind }]) => ({
				technology: 'PJSIP',
				resource,
				state: kind === 'unregistered' ? 'offline' : 'online',
				channel_ids: [...live.values()]
					.filter(({ channel }) => channel.name.startsWith(`PJSIP/${resource}-`))
					.map(({ channel }) => channel.id),
			})),
		channels: () => [...live.values()].map(({ channel }) => channel),
		channel: (id) => live.get(id)?.channel,
		place(call) {
			const [technology = '', resource = ''] = call.endpoint.split(/\/(.*)/s);
			const isLocal = /^local$/i.test(technology);
			const phone = phoneBehind(call.endpoint);
			const manner = phone === undefined ? undefined : mannerOf(phone);
			if (!isLocal && (manner === undefined || manner.kind === 'unregistered')) return undefined;
			const channel = channelOf(call, isLocal, resource, made++);
			const shown = { ...channel };
			const ended = new AbortController();
			calls.push(call);
			live.set(call.id, { channel, ended });
			const run = follow(call, channel, ended.signal)
				.catch(() => undefined)
				.finally(() => {
					running.delete(run);
					if (live.get(call.id)?.channel === channel) live.delete(call.id);
				});
			running.add(run);
			return shown;
		},
		hangUp(id) {
			const one = live.get(id);
			live.delete(id);
			one?.ended.abort();
			return one !== undefined;
		},
		async idle() {
			// Calls that stay up, or ring for ever, are not waited for: in 200 simulated milliseconds who rings has rung.
			await Promise.race([Promise.all(running), sleep(0.2 * secondMs)]);
		},
		reset() {
			for (const { ended } of live.values()) ended.abort();
			live.clear();
			rings.length = 0;
			calls.length = 0;
			own.clear();
		},
	};
}

interface RingOptions {
	readonly seconds: number;
	readonly signal: AbortSignal;
	readonly ringing: () => void;
}

/** The phone that an endpoint leads to; of a Local channel, by way of the dialplan. */
function phoneBehind(endpoint: string): string | undefined {
	const [, extension = '', inContext = ''] = /^local\/([^@]*)@([^/]*)/i.exec(endpoint) ?? [];
	if (extension !== '') return phoneOf(extension, inContext);
	const [, number, trunk, phone] = /^pjsip\/(?:(\d+)@(trunk)|([^@/]+))$/i.exec(endpoint) ?? [];
	return trunk === undefined ? phone : number;
}

function channelOf(call: Call, isLocal: boolean, resource: string, made: number): Channel {
	const [, name = '', number = ''] = /^\s*"?(.*?)"?\s*<([^>]*)>\s*$/.exec(call.callerId) ?? [];
	const party = { name, number: number === '' ? call.callerId : number };
	const count = made.toString(16).padStart(8, '0');
	const [exten = '', where = ''] = resource.split(/[@/]/);
	return {
		id: call.id,
		name: isLocal
			? `Local/${exten}@${where}-${count};1`
			: `PJSIP/${resource.split('@').at(-1) ?? ''}-${count}`,
		state: 'Down',
		protocol_id: isLocal ? '' : randomUUID(),
		caller: party,
		connected: party,
		accountcode: '',
		dialplan: {
			context: isLocal ? where : 'from-internal',
			exten: isLocal ? exten : 's',
			priority: 1,
			app_name: 'AppDial2',
			app_data: '(Outgoing Line)',
		},
		creationtime: new Date().toISOString().replace('Z', '+0000'),
		language: 'en',
	};
}
