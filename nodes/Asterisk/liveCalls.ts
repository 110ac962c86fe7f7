import type { Channel } from './channel';
import { partyAt } from './parties';

/** Channels that belong together. The channel of a phone is a leg. A Local channel has two halves, and is not a leg. */
export interface Call {
	/** The ID of its first channel: the one that Originate gave, or that of the caller. */
	readonly callId: string;
	readonly from: string | null;
	readonly to: string | null;
	readonly callerName: string | null;
	/** ANSWER if the second party has answered; otherwise how the last attempt to ring somebody ended. */
	readonly dialStatus: string | null;
	/** ISO 8601. When the second party answered. */
	readonly answeredAt: string | null;
	/** ISO 8601. When the last phone hung up that had answered as the second party. */
	readonly talkedUntil: string | null;
	/** Why its first channel ended. */
	readonly hangup: Hangup | null;
	/** Whether somebody asked Asterisk to end it. */
	readonly isHungUpByRequest: boolean;
}

export interface Hangup {
	readonly cause: number | null;
	readonly causeText: string | null;
}

/** A message about one channel that rings another one. Without a caller, Asterisk itself rings the first party of a call. */
export interface Dial {
	readonly caller: Channel | undefined;
	readonly peer: Channel;
	/** What is dialed, without the technology; known only when the dialing begins. */
	readonly dialed: string | null;
	readonly status: string;
	readonly at: string | null;
}

/** What happens to a phone. */
export interface LegEvent {
	readonly event: 'ringing' | 'answered';
	readonly call: Call;
	readonly party: Party;
}

type Party = 'first' | 'second';

interface OwnCall extends Writable<Call> {
	/** The IDs of its channels that exist now. */
	readonly channels: Set<string>;
	/** Whether anybody called or was rung. Other channels are Asterisk's own, such as those that record. */
	isCall: boolean;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Known {
	call: OwnCall;
	readonly local: Local | undefined;
	/** The party that it rings; null until it is rung. */
	party: Party | null;
	hasRung: boolean;
	hasAnswered: boolean;
}

/** Of a Local channel: the half that is rung, or the one that is in the dialplan. */
interface Local {
	readonly name: string;
	readonly half: 'rung' | 'inDialplan';
}

/** Far more than an Asterisk has at once. The call that began first is forgotten first. */
const mostChannels = 5_000;

/** What is known of the calls of one connection. A call that began earlier is not known, and nothing is said about it. */
export function liveCalls() {
	const known = new Map<string, Known>();

	const forget = ({ channels }: OwnCall) => {
		for (const id of channels) known.delete(id);
	};
	const otherHalf = (local: Local | undefined) =>
		local === undefined
			? undefined
			: [...known.values()].find((one) => one.local?.name === local.name && one.local !== local);
	const join = (call: OwnCall, other: OwnCall) => {
		for (const id of other.channels) {
			call.channels.add(id);
			const channel = known.get(id);
			if (channel !== undefined) channel.call = call;
		}
	};
	/** The party that a channel rings. Whatever a Local channel leads to rings for the same party. */
	const partyRungBy = ({ local }: Known): Party =>
		(local?.half === 'inDialplan' ? otherHalf(local)?.party : null) ?? 'second';

	/** The party that Asterisk itself rings; undefined for a channel that only hears a busy signal, which looks the same. */
	const rungByAsterisk = (rung: Known, peer: Channel, dialed: string | null): Party | undefined => {
		if (rung.call.callId !== peer.id) return undefined;
		if (dialed !== null) {
			rung.call.from ??= partyAt(`${peer.name.split('/')[0] ?? ''}/${dialed}`);
		}
		return 'first';
	};
	/** The party that another channel rings; undefined if that channel belongs to an earlier call. */
	const rungByCaller = (rung: Known, caller: Channel): Party | undefined => {
		const ringing = known.get(caller.id);
		if (ringing === undefined) {
			forget(rung.call);
			return undefined;
		}
		if (ringing.call !== rung.call) join(ringing.call, rung.call);
		learn(ringing.call, caller);
		return partyRungBy(ringing);
	};

	return {
		/** A channel was created. */
		created(channel: Channel): void {
			if (known.has(channel.id)) return;
			const local = localOf(channel.name);
			const other = otherHalf(local);
			// The half that is rung is created first.
			if (local?.half === 'inDialplan' && other === undefined) return;
			const call = other?.call ?? newCall(channel, local === undefined);
			call.channels.add(channel.id);
			known.set(channel.id, { call, local, party: null, hasRung: false, hasAnswered: false });
			const [oldest] = known.values();
			if (known.size > mostChannels && oldest !== undefined) forget(oldest.call);
		},

		/** A channel moved to another place in the dialplan. */
		moved(channel: Channel): void {
			const { call } = known.get(channel.id) ?? {};
			if (call !== undefined) learn(call, channel);
		},

		/** A channel is rung, or the attempt to ring it has come further. Returns what happened to a phone. */
		dial({ caller, peer, dialed, status, at }: Dial): LegEvent | undefined {
			const rung = known.get(peer.id);
			if (rung === undefined) return undefined;
			const party =
				caller === undefined ? rungByAsterisk(rung, peer, dialed) : rungByCaller(rung, caller);
			if (party === undefined) return undefined;
			rung.party = party;
			const { call } = rung;
			call.isCall = true;
			const isLeg = rung.local === undefined;
			if (status === 'RINGING') {
				if (!isLeg || rung.hasRung) return undefined;
				rung.hasRung = true;
				return { event: 'ringing', call, party };
			}
			if (rung.hasAnswered) return undefined;
			if (status === 'ANSWER') {
				rung.hasAnswered = true;
				if (party === 'second') {
					call.dialStatus = status;
					call.answeredAt ??= at;
				}
				return isLeg ? { event: 'answered', call, party } : undefined;
			}
			// If a Local channel is given up, everything behind it is canceled, whatever the reason.
			const isBehindLocal =
				caller !== undefined && known.get(caller.id)?.local?.half === 'inDialplan';
			if (isEnd(status) && !isBehindLocal && call.dialStatus !== 'ANSWER') call.dialStatus = status;
			return undefined;
		},

		/** Somebody asked Asterisk to end a channel. */
		hungUpByRequest({ id }: Channel): void {
			const { call } = known.get(id) ?? {};
			if (call?.callId === id) call.isHungUpByRequest = true;
		},

		/** A channel is gone. Returns its call if that was its last one. */
		destroyed(channel: Channel, hangup: Hangup, at: string | null): Call | undefined {
			const gone = known.get(channel.id);
			if (gone === undefined) return undefined;
			const { call } = gone;
			known.delete(channel.id);
			call.channels.delete(channel.id);
			if (call.callId === channel.id) {
				learn(call, channel);
				call.hangup = hangup;
			}
			if (gone.hasAnswered && gone.party === 'second') call.talkedUntil = at;
			return call.channels.size === 0 && call.isCall ? call : undefined;
		},
	};
}

function newCall({ id, state, number, callerName, extension }: Channel, isPhone: boolean): OwnCall {
	const isCaller = isPhone && state === 'Ring';
	return {
		callId: id,
		from: isCaller ? number : null,
		to: isCaller ? extension : null,
		callerName: isCaller ? callerName : null,
		dialStatus: null,
		answeredAt: null,
		talkedUntil: null,
		hangup: null,
		isHungUpByRequest: false,
		channels: new Set(),
		isCall: isCaller,
	};
}

/**
 * Notes the parties, as numbers that can be dialed. The first place in the dialplan has them; later ones can be routines. A
 * caller enters the dialplan at once. A first party that Asterisk rings enters it when it answers.
 */
function learn(call: OwnCall, { id, state, number, extension }: Channel): void {
	if (id !== call.callId || (state !== 'Ring' && state !== 'Up')) return;
	call.from ??= number;
	call.to ??= extension;
}

/** Local/101@from-internal-0000002a;1 is rung, and its other half is in the dialplan. */
function localOf(name: string): Local | undefined {
	const [, local, half] = /^(Local\/.+);([12])$/.exec(name) ?? [];
	if (local === undefined) return undefined;
	return { name: local, half: half === '1' ? 'rung' : 'inDialplan' };
}

function isEnd(status: string): boolean {
	return Object.hasOwn(dispositions, status);
}

/**
 * How an attempt to ring somebody ended, by Asterisk's word.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Dialplan_Applications/Dial/
 */
export const dispositions = {
	ANSWER: 'answered',
	BUSY: 'busy',
	NOANSWER: 'no_answer',
	CANCEL: 'canceled',
	CONGESTION: 'failed',
	CHANUNAVAIL: 'failed',
} as const;
