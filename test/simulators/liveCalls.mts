import type { Clock } from './clock.mts';

/** What the person at a phone does when it is called. */
export type PartyBehaviour =
	/** Picks up: at once, or after the vendor's usual time. */
	| 'answers'
	| {
			readonly answersAfterSeconds: number;
			/** Hangs up after this time. Without it, `talkSeconds` of the model applies, or the time of the other side. */
			readonly talksSeconds?: number;
	  }
	/** It rings until the phone system gives up. */
	| 'never'
	/** It does not even ring. */
	| 'busy'
	/** There is no phone: nothing rings, and the call fails. */
	| 'offline'
	/** Rejects the call after this time, or after a second. */
	| 'rejects'
	| { readonly rejectsAfterSeconds: number }
	/** It rings until somebody uses `pickUp` or `reject`, or the phone system gives up. */
	| 'byHand';

export type Party = 'first' | 'second';

export type Disposition = 'answered' | 'busy' | 'no_answer' | 'rejected' | 'failed' | 'canceled';

export type Phase =
	| 'scheduled'
	| 'ringing_first'
	/** The first party has picked up; the second phone does not ring yet. */
	| 'answered_first'
	| 'ringing_second'
	| 'connected'
	| 'ended';

/** One phone of a leg. */
export interface Phone {
	readonly number: string;
	/** The number as it was requested, if another one is dialed. */
	readonly requested: string;
	/** Null: it never rang. */
	readonly ringingAt: number | null;
	/** Null: not called yet, or it still rings. `canceled`: another one was faster, or the call ended. */
	readonly disposition: Disposition | null;
}

/** One side of a call: all of its phones ring at once, and the first that picks up takes it. */
export interface Leg {
	readonly phones: readonly Phone[];
	/** What its phones show. */
	readonly callerId: string;
	/** When it was called. */
	readonly startedAt: number | null;
	readonly answeredAt: number | null;
	/** The number of the phone that picked up. */
	readonly answeredBy: string | null;
	readonly endedAt: number | null;
	/** How the leg ended: `answered` even if nobody was on the other side. */
	readonly disposition: Disposition | null;
}

export type EndedBy = Party | 'request' | 'system';

/** Plain data. Moments are in milliseconds since 1970; the time between them is simulated. */
export interface LiveCall<Tags = unknown> {
	readonly id: string;
	readonly phase: Phase;
	readonly placedAt: number;
	readonly first: Leg;
	/** Null: a call of one party, which is connected when this party picks up. */
	readonly second: Leg | null;
	readonly connectedAt: number | null;
	readonly endedAt: number | null;
	readonly endedBy: EndedBy | null;
	/** How the call ended, for the party that decided it: the second one if that was called. */
	readonly disposition: Disposition | null;
	/** Data of the vendor's own. */
	readonly tags: Tags;
}

export interface LegRequest {
	/** Each with the number as it was requested, if that differs. A number that occurs twice rings once. */
	readonly phones: readonly { readonly number: string; readonly requested?: string }[];
	readonly callerId?: string;
	/** How long it rings. */
	readonly ringSeconds: number;
}

export interface CallRequest<Tags> {
	readonly id: string;
	/** Until the first phone rings; default 0: before `place` returns. */
	readonly startAfterSeconds?: number;
	readonly first: LegRequest;
	readonly second?: LegRequest;
	/** From the first answer until the second phone rings; default 0. */
	readonly secondAfterSeconds?: number;
	/** The phone system ends the talk then; default: never. */
	readonly longestTalkSeconds?: number;
	readonly tags: Tags;
}

export interface LiveCallsOptions<Tags> {
	readonly clock: Clock;
	/** What `answers` means, and what phones do unless set otherwise; default: they pick up at once. */
	readonly answersAfterSeconds?: number;
	/** How long people talk; default 5. A call that was picked up by hand lasts until it is hung up by hand. */
	readonly talkSeconds?: number;
	/** How many ended calls are kept; default 1000. */
	readonly keep?: number;
	/** A leg is about to be called: its phones ring once `ring` is run; default: at once. */
	readonly route?: (call: LiveCall<Tags>, party: Party, ring: () => void) => void;
	/** A phone begins to ring. */
	readonly rang?: (call: LiveCall<Tags>, party: Party, phone: Phone) => void;
}

/** The live calls of one phone system: what its requests show, and what people do at its phones. */
export interface LiveCalls<Tags = unknown> {
	/** By the number as it is dialed, or as it was requested. */
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** What phones do unless set otherwise. By default, they answer. */
	setOthers(behaviour: PartyBehaviour): void;
	partyOf(number: string, requested?: string): PartyBehaviour;
	place(request: CallRequest<Tags>): LiveCall<Tags>;
	find(id: string): LiveCall<Tags> | undefined;
	/** Live and ended, oldest first. They change, so nobody may keep them. */
	all(): readonly LiveCall<Tags>[];
	/** The same as copies, fit for JSON. */
	snapshot(): LiveCall<Tags>[];
	/** The current moment in the time of this call. */
	now(call: LiveCall<Tags>): number;
	/** Called with a copy of a call after each change, and with null after a reset. Returns a function that ends this. */
	onChange(listener: (call: LiveCall<Tags> | null) => void): () => void;
	/**
	 * Resolves when the condition holds, with a copy of the call as it was then: several changes can come at once. Rejects
	 * when the call is forgotten.
	 */
	until(id: string, reached: (call: LiveCall<Tags>) => boolean): Promise<LiveCall<Tags>>;
	/** Resolves when every accepted call has rung all the phones that it rings without a click. */
	idle(): Promise<void>;
	/** Whether that phone was ringing; without a number, the first one that rings. */
	pickUp(id: string, party: Party, number?: string): boolean;
	reject(id: string, party: Party, number?: string): boolean;
	/** Whether there was such a call, even one that still rings or has not rung yet. */
	hangUp(id: string, by?: EndedBy): boolean;
	/** Forgets everything but its listeners; what has not rung yet never will. */
	reset(): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OwnPhone = Mutable<Phone>;
type OwnLeg = Mutable<Omit<Leg, 'phones'>> & { readonly phones: OwnPhone[] };
type OwnCall<Tags> = Mutable<Omit<LiveCall<Tags>, 'first' | 'second'>> & {
	readonly first: OwnLeg;
	readonly second: OwnLeg | null;
};

interface Entry<Tags> {
	readonly call: OwnCall<Tags>;
	readonly request: CallRequest<Tags>;
	/** On the clock, when it was placed. */
	readonly placed: number;
	/** Its latest moment: time never runs backwards in a call. */
	latest: number;
	/** The timers of this phase. */
	pending: (() => void)[];
	waiting: Waiting<Tags>[];
}

interface Waiting<Tags> {
	readonly reached: (call: LiveCall<Tags>) => boolean;
	readonly resolve: (call: LiveCall<Tags>) => void;
	readonly reject: (reason: Error) => void;
}

const rejectsAfterSeconds = 1;

export function createLiveCalls<Tags>({
	clock,
	answersAfterSeconds = 0,
	talkSeconds = 5,
	keep = 1000,
	route = (_call, _party, ring) => {
		ring();
	},
	rang = () => undefined,
}: LiveCallsOptions<Tags>): LiveCalls<Tags> {
	const entries = new Map<string, Entry<Tags>>();
	/** Ids, in the order in which they ended. */
	const ended = new Set<string>();
	const parties = new Map<string, PartyBehaviour>();
	let others: PartyBehaviour = 'answers';
	const listeners = new Set<(call: LiveCall<Tags> | null) => void>();
	/** Legs that were picked up by hand. */
	const heldByHand = new WeakSet<Leg>();
	/** Calls that will ring another phone without a click. */
	const busyRinging = new Set<string>();
	let idlers: (() => void)[] = [];

	const partyOf = (number: string, requested = number) =>
		parties.get(number) ?? parties.get(requested) ?? others;
	/** Infinity: only by a click. */
	const answersAfter = (phone: Phone) => {
		const behaviour = partyOf(phone.number, phone.requested);
		if (behaviour === 'answers') return answersAfterSeconds;
		if (typeof behaviour === 'string' || !('answersAfterSeconds' in behaviour)) return Infinity;
		return behaviour.answersAfterSeconds;
	};
	const rejectsAfter = (phone: Phone) => {
		const behaviour = partyOf(phone.number, phone.requested);
		if (behaviour === 'rejects') return rejectsAfterSeconds;
		if (typeof behaviour === 'string' || !('rejectsAfterSeconds' in behaviour)) return Infinity;
		return behaviour.rejectsAfterSeconds;
	};
	const talks = ({ answeredBy, phones }: Leg): number | undefined => {
		const phone = phones.find(({ number }) => number === answeredBy);
		const behaviour = phone && partyOf(phone.number, phone.requested);
		return typeof behaviour === 'object' && 'talksSeconds' in behaviour
			? behaviour.talksSeconds
			: undefined;
	};

	const now = (entry: Entry<Tags>): number => {
		const passed = Math.round((clock.seconds() - entry.placed) * 1000);
		entry.latest = Math.max(entry.latest, entry.call.placedAt + passed);
		return entry.latest;
	};
	const after = (entry: Entry<Tags>, seconds: number, run: () => void) => {
		if (seconds < Infinity) entry.pending.push(clock.after(seconds, run));
	};
	const nothingPending = (entry: Entry<Tags>) => {
		for (const cancel of entry.pending) cancel();
		entry.pending = [];
	};

	const changed = (entry: Entry<Tags>) => {
		const { call } = entry;
		const met = entry.waiting.filter(({ reached }) => reached(call));
		if (met.length > 0) {
			entry.waiting = entry.waiting.filter((one) => !met.includes(one));
			for (const { resolve } of met) resolve(structuredClone(call) as LiveCall<Tags>);
		}
		if (listeners.size > 0) {
			const copy = structuredClone(call) as LiveCall<Tags>;
			for (const listener of listeners) listener(copy);
		}
		settle(entry);
	};
	const settle = ({ call }: Entry<Tags>) => {
		if (willRingMore(call)) busyRinging.add(call.id);
		else busyRinging.delete(call.id);
		if (busyRinging.size > 0) return;
		for (const resolve of idlers) resolve();
		idlers = [];
	};
	const willRingMore = ({ phase, first, second }: LiveCall<Tags>) => {
		if (phase === 'scheduled' || phase === 'answered_first') return true;
		if (phase !== 'ringing_first' || second === null) return false;
		return first.phones.some((phone) => isRinging(phone) && answersAfter(phone) < Infinity);
	};

	const start = (entry: Entry<Tags>, party: Party) => {
		const { phase } = entry.call;
		settle(entry);
		route(entry.call, party, () => {
			// It may have been hung up or forgotten in the meantime.
			if (entry.call.phase === phase && entries.get(entry.call.id) === entry) ring(entry, party);
		});
	};
	const ring = (entry: Entry<Tags>, party: Party) => {
		const { call, request } = entry;
		const leg = call[party];
		if (leg === null) return;
		call.phase = party === 'first' ? 'ringing_first' : 'ringing_second';
		leg.startedAt = now(entry);
		for (const phone of leg.phones) {
			const behaviour = partyOf(phone.number, phone.requested);
			if (behaviour === 'busy') phone.disposition = 'busy';
			else if (behaviour === 'offline') phone.disposition = 'failed';
			else {
				phone.ringingAt = leg.startedAt;
				rang(call, party, phone);
			}
		}
		if (!leg.phones.some(isRinging)) {
			endUnanswered(entry, party);
			return;
		}
		changed(entry);
		const fastest = leg.phones.find((phone) => isRinging(phone) && answersAfter(phone) === 0);
		if (fastest !== undefined) {
			answer(entry, party, fastest);
			return;
		}
		const { ringSeconds } = request[party] ?? { ringSeconds: Infinity };
		for (const phone of leg.phones.filter(isRinging)) {
			after(entry, answersAfter(phone), () => {
				if (isRinging(phone)) answer(entry, party, phone);
			});
			after(entry, rejectsAfter(phone), () => {
				turnDown(entry, party, phone);
			});
		}
		after(entry, ringSeconds, () => {
			for (const phone of leg.phones.filter(isRinging)) phone.disposition = 'no_answer';
			endUnanswered(entry, party);
		});
	};

	const answer = (entry: Entry<Tags>, party: Party, phone: OwnPhone, byHand = false) => {
		const { call, request } = entry;
		const leg = call[party];
		if (leg === null) return;
		nothingPending(entry);
		phone.disposition = 'answered';
		for (const other of leg.phones.filter(isRinging)) other.disposition = 'canceled';
		leg.answeredAt = now(entry);
		leg.answeredBy = phone.number;
		if (byHand) heldByHand.add(leg);
		if (party === 'second' || call.second === null) {
			connect(entry);
			return;
		}
		call.phase = 'answered_first';
		changed(entry);
		const { secondAfterSeconds = 0 } = request;
		if (secondAfterSeconds === 0) start(entry, 'second');
		else {
			after(entry, secondAfterSeconds, () => {
				start(entry, 'second');
			});
		}
	};
	const connect = (entry: Entry<Tags>) => {
		const { call, request } = entry;
		call.phase = 'connected';
		call.connectedAt = now(entry);
		changed(entry);
		const legs = [call.first, ...(call.second === null ? [] : [call.second])];
		const own = legs.map((leg) => talks(leg));
		const fallback = legs.some((leg) => heldByHand.has(leg)) ? Infinity : talkSeconds;
		const seconds = Math.min(...own.filter((one) => one !== undefined));
		const { longestTalkSeconds = Infinity } = request;
		const talked = own.every((one) => one === undefined) ? fallback : seconds;
		const by = own[0] === seconds || call.second === null ? 'first' : 'second';
		after(entry, Math.min(talked, longestTalkSeconds), () => {
			end(entry, talked <= longestTalkSeconds ? by : 'system', 'answered');
		});
	};

	const turnDown = (entry: Entry<Tags>, party: Party, phone: OwnPhone) => {
		if (!isRinging(phone)) return;
		phone.disposition = 'rejected';
		if (entry.call[party]?.phones.some(isRinging) === true) changed(entry);
		else endUnanswered(entry, party);
	};

	const endUnanswered = (entry: Entry<Tags>, party: Party) => {
		const found = entry.call[party]?.phones.map(({ disposition }) => disposition) ?? [];
		// The phones of one leg can end differently: the ending that says most about the people counts.
		const order = ['rejected', 'busy', 'no_answer'] as const;
		const disposition = order.find((one) => found.includes(one)) ?? 'failed';
		end(entry, disposition === 'rejected' ? party : 'system', disposition);
	};

	const end = (entry: Entry<Tags>, by: EndedBy, disposition: Disposition) => {
		const { call } = entry;
		nothingPending(entry);
		const at = now(entry);
		for (const leg of [call.first, call.second]) {
			if (leg === null || leg.startedAt === null) continue;
			for (const phone of leg.phones.filter(isRinging)) phone.disposition = 'canceled';
			leg.endedAt = at;
			leg.disposition = leg.answeredAt === null ? disposition : 'answered';
		}
		call.phase = 'ended';
		call.endedAt = at;
		call.endedBy = by;
		call.disposition = disposition;
		ended.add(call.id);
		changed(entry);
		if (ended.size <= keep) return;
		const [oldest = ''] = ended;
		ended.delete(oldest);
		forget(oldest);
	};

	const forget = (id: string) => {
		const entry = entries.get(id);
		entries.delete(id);
		if (entry === undefined) return;
		nothingPending(entry);
		for (const { reject } of entry.waiting) reject(new Error('the call was forgotten'));
	};

	const ringingPhone = (id: string, party: Party, number?: string) => {
		const entry = entries.get(id);
		const phone = entry?.call[party]?.phones.find(
			(one) => isRinging(one) && (number === undefined || one.number === number),
		);
		return entry === undefined || phone === undefined ? undefined : { entry, phone };
	};

	return {
		setParty: (number, behaviour) => {
			parties.set(number, behaviour);
		},
		setOthers: (behaviour) => {
			others = behaviour;
		},
		partyOf,
		place(request) {
			const { id, startAfterSeconds = 0, first, second, tags } = request;
			const placedAt = clock.date();
			const call: OwnCall<Tags> = {
				id,
				phase: 'scheduled',
				placedAt,
				first: legOf(first),
				second: second === undefined ? null : legOf(second),
				connectedAt: null,
				endedAt: null,
				endedBy: null,
				disposition: null,
				tags,
			};
			const placed = clock.seconds();
			const entry = { call, request, placed, latest: placedAt, pending: [], waiting: [] };
			// An ID can be used again after its call is over; then it leaves the list of ended calls.
			ended.delete(id);
			entries.set(id, entry);
			if (startAfterSeconds === 0) start(entry, 'first');
			else {
				changed(entry);
				after(entry, startAfterSeconds, () => {
					start(entry, 'first');
				});
			}
			return call;
		},
		find: (id) => entries.get(id)?.call,
		all: () => [...entries.values()].map(({ call }) => call),
		snapshot: () =>
			[...entries.values()].map(({ call }) => structuredClone(call) as LiveCall<Tags>),
		now: ({ id, endedAt, placedAt }) => {
			const entry = entries.get(id);
			return entry === undefined ? (endedAt ?? placedAt) : now(entry);
		},
		onChange: (listener) => {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		until: (id, reached) =>
			new Promise((resolve, reject) => {
				const entry = entries.get(id);
				if (entry === undefined) reject(new Error('the call was forgotten'));
				else if (reached(entry.call)) resolve(structuredClone(entry.call) as LiveCall<Tags>);
				else entry.waiting.push({ reached, resolve, reject });
			}),
		idle: () =>
			new Promise((resolve) => {
				if (busyRinging.size === 0) resolve();
				else idlers.push(resolve);
			}),
		pickUp: (id, party, number) => {
			const found = ringingPhone(id, party, number);
			if (found !== undefined) answer(found.entry, party, found.phone, true);
			return found !== undefined;
		},
		reject: (id, party, number) => {
			const found = ringingPhone(id, party, number);
			if (found !== undefined) turnDown(found.entry, party, found.phone);
			return found !== undefined;
		},
		hangUp: (id, by = 'request') => {
			const entry = entries.get(id);
			if (entry === undefined || entry.call.phase === 'ended') return false;
			end(entry, by, entry.call.connectedAt === null ? 'canceled' : 'answered');
			return true;
		},
		reset: () => {
			for (const id of [...entries.keys()]) forget(id);
			ended.clear();
			parties.clear();
			others = 'answers';
			busyRinging.clear();
			for (const resolve of idlers) resolve();
			idlers = [];
			for (const listener of listeners) listener(null);
		},
	};
}

function isRinging({ ringingAt, disposition }: Phone): boolean {
	return ringingAt !== null && disposition === null;
}

function legOf({ phones, callerId = '' }: LegRequest): OwnLeg {
	const byNumber = new Map(phones.map((phone) => [phone.number, phone]));
	return {
		phones: [...byNumber.values()].map(({ number, requested = number }) => ({
			number,
			requested,
			ringingAt: null,
			disposition: null,
		})),
		callerId,
		startedAt: null,
		answeredAt: null,
		answeredBy: null,
		endedAt: null,
		disposition: null,
	};
}
