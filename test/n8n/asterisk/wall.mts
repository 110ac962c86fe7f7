/** The phones of the real Asterisk on the wall: SIP phones that people pick up, and its calls as ARI shows them. */
import type { RecordedRequest } from '../../simulators/server.mts';
import type { Fault, FaultOptions } from '../../simulators/fault.mts';
import type { CallView, LineView, WallSystem } from '../wall/view.mts';
import type { Asterisk } from './asterisk.mts';
import type { HandPhones, PhoneCall } from './handPhones.mts';

export interface RealWallOptions {
	readonly asterisk: Pick<Asterisk, 'ask'>;
	readonly phones: HandPhones;
	/** Shown before anybody calls them. */
	readonly numbers: readonly string[];
	/** What n8n asked Asterisk. */
	readonly requests: () => readonly RecordedRequest[];
	readonly fault: (fault: Fault | null, options?: FaultOptions) => void;
}

export interface RealWall extends WallSystem {
	readonly stop: () => void;
}

type Followed = { -readonly [Key in keyof CallView]: CallView[Key] } & {
	connectedAt: number | null;
};

const lookEveryMs = 250;
const callsShown = 6;
const furtherPhones = 6;

export function wallOfAsterisk(options: RealWallOptions): RealWall {
	const { asterisk, phones, numbers, requests, fault } = options;
	const listeners = new Set<() => void>();
	const further = new Set<string>();
	const calls = new Map<string, Followed>();
	let seen = 0;
	let losesNextReply = false;

	const changed = () => {
		for (const listener of listeners) listener();
	};
	const met = (number: string) => {
		if (!numbers.includes(number)) further.add(number);
	};
	const endPhones = phones.onChange(({ number }) => {
		met(number);
		changed();
	});

	const takeUp = () => {
		const asked = requests();
		for (; seen < asked.length; seen++) {
			const { method, body, status } = asked[seen] as RecordedRequest;
			// It has not arrived completely.
			if (method === 'POST' && body === '' && status === null) return;
			const call =
				method === 'POST' && body !== '' ? callOf(asked[seen] as RecordedRequest) : undefined;
			if (call !== undefined) calls.set(call.call, call);
		}
	};
	const follow = async () => {
		takeUp();
		const live = [...calls.values()].filter(({ disposition }) => disposition === null);
		if (live.length === 0) return;
		const before = JSON.stringify(live);
		const channels = (await read(asterisk, '/channels')) as { id: string; state: string }[];
		const bridges = (await read(asterisk, '/bridges')) as { channels: string[] }[];
		for (const call of live) {
			const channel = channels.find(({ id }) => id === call.call);
			const isTalking = bridges.some(
				({ channels: those }) => those.length > 1 && those.includes(call.call),
			);
			if (channel === undefined) {
				// Between the request and the channel there is a moment.
				if (Date.now() - call.placedAt > 2 * lookEveryMs) end(call);
			} else if (channel.state !== 'Up') call.state = 'ringing_first';
			else if (isTalking) {
				call.state = 'connected';
				call.connectedAt ??= Date.now();
			} else call.state = 'ringing_second';
		}
		if (JSON.stringify(live) !== before) changed();
	};
	let isLooking = false;
	const timer = setInterval(() => {
		if (isLooking) return;
		isLooking = true;
		follow()
			.catch(() => undefined)
			.finally(() => {
				isLooking = false;
			});
	}, lookEveryMs);
	timer.unref();

	const lineOf = (one: PhoneCall): LineView => {
		const partner = [...calls.values()].find(
			({ from, to, disposition }) =>
				disposition === null && (from === one.number || to === one.number),
		);
		const party = partner === undefined || partner.from === one.number ? 'first' : 'second';
		const isTalking = partner?.state === 'connected';
		return {
			call: one.id,
			party,
			state: one.state === 'ringing' ? 'ringing' : isTalking ? 'talking' : 'waiting',
			callerId: callerIdOf(one),
			other: (party === 'first' ? partner?.to : partner?.from) ?? '',
			since: isTalking ? (partner.connectedAt ?? one.since) : one.since,
		};
	};
	return {
		id: 'asterisk',
		show: () => {
			takeUp();
			const lines = phones.calls();
			const latest = [...further].slice(-furtherPhones);
			const busy = [...further].filter((number) => lines.some((one) => one.number === number));
			return {
				id: 'asterisk',
				name: 'Asterisk',
				losesNextReply,
				phones: [...new Set([...numbers, ...busy, ...latest])].map((number) => ({
					number,
					does: phones.mannerOf(number),
					lines: lines.filter((one) => one.number === number).map(lineOf),
				})),
				calls: [...calls.values()].slice(-callsShown).reverse(),
			};
		},
		onChange: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		act(action) {
			switch (action.kind) {
				case 'pickUp':
					return phones.pickUp(action.call);
				case 'reject':
					return phones.reject(action.call);
				case 'hangUp':
					return phones.hangUp(action.call);
				case 'set':
					met(action.number);
					phones.setManner(action.number, action.does);
					changed();
					return true;
				case 'loseNextReply': {
					const struck = () => {
						losesNextReply = false;
						changed();
					};
					fault(action.on ? 'cutAfterRinging' : null, { next: true, struck });
					losesNextReply = action.on;
					changed();
					return true;
				}
			}
		},
		setOthers: (does) => {
			phones.setOthers(does);
			changed();
		},
		stop: () => {
			endPhones();
			clearInterval(timer);
		},
	};
}

/** Undefined if the request places no call. */
function callOf({ path, body }: RecordedRequest): Followed | undefined {
	const [, id] = /^\/ari\/channels\/([^/?]+)/.exec(path) ?? [];
	if (id === undefined) return undefined;
	const { endpoint = '', extension = '' } = JSON.parse(body) as Record<string, string>;
	const [, number = ''] = /^[^/]+\/([^@/]+)/.exec(endpoint) ?? [];
	const call = decodeURIComponent(id);
	return {
		call,
		callId: call,
		from: number,
		to: extension,
		state: 'ringing_first',
		disposition: null,
		placedAt: Date.now(),
		talkSeconds: null,
		connectedAt: null,
	};
}

/** ARI has no records: who was seen talking has talked, and of the others nobody says why they did not. */
function end(call: Followed): void {
	const { connectedAt } = call;
	call.state = 'ended';
	call.disposition = connectedAt === null ? 'not answered' : 'answered';
	if (connectedAt !== null) call.talkSeconds = Math.round((Date.now() - connectedAt) / 1000);
}

async function read({ ask }: Pick<Asterisk, 'ask'>, path: string): Promise<unknown> {
	return JSON.parse((await ask('GET', path)).body);
}

function callerIdOf({ caller: { name, number } }: PhoneCall): string {
	// Asterisk's word for a call without a number.
	if (number === '' || number === 'anonymous' || number === 'asterisk') return '';
	return name === '' || name === number ? number : `${name} <${number}>`;
}
