import type { Clock } from '../clock.mts';
import { createLiveCalls } from '../liveCalls.mts';
import type { LiveCall, LiveCalls } from '../liveCalls.mts';
import { applyApiSettings, applyCallRules, findByNumber } from './directory.mts';

export interface Ring {
	/** As really dialed: with the prefix, after forwarding. */
	readonly number: string;
	readonly party: 'first' | 'second';
	/** Only for the first party: it alone is shown the name. */
	readonly callerIdName?: string;
	readonly at: Date;
}

export interface Variable {
	readonly name: string;
	readonly value: string;
}

export interface CallRequest {
	readonly method: string;
	readonly accountId: string;
	readonly dialFirst: string;
	readonly dialSecond: string;
	readonly callerIdName: string;
	readonly variables: readonly Variable[];
	readonly timeoutSeconds: number;
	readonly timeoutSecondCallSeconds: number;
	readonly ignoreUserApiSettings: boolean;
	readonly ignoreUserCallRules: boolean;
}

export interface Call {
	readonly id: string;
	readonly method: string;
	/** dial_as_account_id or account_id. */
	readonly accountId: string;
	/** As really dialed: with the prefix, after forwarding. */
	readonly dialFirst: string;
	readonly dialSecond: string;
	readonly callerIdName: string;
	readonly variables: readonly Variable[];
	readonly timeoutSeconds: number;
	/** `ringing`: the first party has not answered yet. `connected`: it has, whatever came then. */
	readonly state: 'ringing' | 'connected' | 'failed';
	readonly at: Date;
}

/** What Switchvox knows of a call beside its legs. */
export interface Tags {
	readonly accountId: string;
	/** In the call logs. */
	readonly logId: string;
	/** In what the event triggers send: no other request shows it. */
	readonly jobId: string;
	/** Who calls the first party; null: the API has placed the call. */
	readonly caller: Caller | null;
}

/** Somebody outside, or at an extension. */
export interface Caller {
	readonly number: string;
	readonly name: string;
	/** What was dialed from outside. */
	readonly did?: string;
	/** Menus and queues that the call reaches before the phones. */
	readonly through?: readonly string[];
}

export interface DialRequest {
	readonly caller: Caller;
	/** All of them ring at once. */
	readonly to: readonly string[];
	/** Default 30. */
	readonly ringSeconds?: number;
}

export type SwitchvoxCall = LiveCall<Tags>;

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	readonly live: LiveCalls<Tags>;
	/** Resolves when the first party has answered, or has not in time: see the call's state. */
	place(request: CallRequest): Promise<Call>;
	/** Somebody calls by hand, from outside or from an extension. */
	dial(request: DialRequest): SwitchvoxCall;
	/** Calls that ended long enough ago to be logged, the latest first. */
	logged(): readonly SwitchvoxCall[];
	/** Forgets everything; calls that still ring are dropped: their `place` rejects. */
	reset(): void;
}

export interface SwitchboardOptions {
	readonly clock: Clock;
	readonly talkSeconds?: number;
	readonly recordAfterSeconds: number;
	readonly log: (line: string) => void;
}

/** The documented row of a log has this ID. */
const firstLogId = 8467;

/** Digits, a point and digits, as documented: 99.100 is not 99.1. */
const jobIdOf = (made: number) => `99.${String(made + 1)}`;

export function createSwitchboard(options: SwitchboardOptions): Switchboard {
	const { clock, talkSeconds = 60, recordAfterSeconds, log } = options;
	const rings: Ring[] = [];
	const calls: Call[] = [];
	let made = 0;
	const live = createLiveCalls<Tags>({
		clock,
		talkSeconds,
		rang: (call, party, { number, ringingAt }) => {
			const { callerId } = call[party] ?? call.first;
			const isFirst = party === 'first';
			rings.push({
				number,
				party,
				...(isFirst && { callerIdName: callerId }),
				at: new Date(ringingAt ?? call.placedAt),
			});
			log(`ring  ${number}  (${party} party${isFirst ? `, caller ID "${callerId}"` : ''})`);
		},
	});

	const nextOf = (number: string) => {
		const one = made++;
		const id = `SIP/${number}-${(0x08682a00 + one).toString(16).padStart(8, '0')}`;
		return { id, logId: String(firstLogId + one), jobId: jobIdOf(one) };
	};

	const place = async (request: CallRequest): Promise<Call> => {
		const { method, accountId, callerIdName, variables, timeoutSeconds } = request;
		const { dialFirst, dialSecond } = dialed(request);
		const { id, ...numbered } = nextOf(dialFirst);
		const known = { id, method, accountId, dialFirst, dialSecond, callerIdName, variables };
		const placed = live.place({
			id,
			first: {
				phones: [{ number: dialFirst, requested: request.dialFirst }],
				callerId: callerIdName,
				ringSeconds: timeoutSeconds,
			},
			second: {
				phones: [{ number: dialSecond, requested: request.dialSecond }],
				ringSeconds: request.timeoutSecondCallSeconds,
			},
			tags: { accountId, ...numbered, caller: null },
		});
		const call: Call = {
			...known,
			timeoutSeconds,
			get state() {
				return stateOf(placed);
			},
			at: new Date(placed.placedAt),
		};
		calls.push(call);
		await live.until(id, (now) => stateOf(now) !== 'ringing');
		return call;
	};

	return {
		rings,
		calls,
		live,
		place,
		dial: ({ caller, to, ringSeconds = 30 }) => {
			const { id, ...numbered } = nextOf(to[0] ?? '');
			const accountId = findByNumber(caller.number)?.accountId ?? '';
			return live.place({
				id,
				first: { phones: to.map((number) => ({ number })), callerId: caller.name, ringSeconds },
				tags: { accountId, ...numbered, caller },
			});
		},
		logged: () =>
			live
				.all()
				.filter(
					(call) =>
						call.endedAt !== null && live.now(call) - call.endedAt >= recordAfterSeconds * 1000,
				)
				.reverse(),
		reset: () => {
			live.reset();
			clock.clear();
			rings.length = 0;
			calls.length = 0;
			made = 0;
		},
	};
}

function stateOf({ first, phase }: SwitchvoxCall): Call['state'] {
	if (first.answeredAt !== null) return 'connected';
	return phase === 'ended' ? 'failed' : 'ringing';
}

function dialed(request: CallRequest): { dialFirst: string; dialSecond: string } {
	const { accountId, ignoreUserApiSettings, ignoreUserCallRules } = request;
	const prefixed = (number: string) =>
		ignoreUserApiSettings ? number : applyApiSettings(accountId, number);
	const first = prefixed(request.dialFirst);
	return {
		// The parameter is documented for the first party only; the second follows its rules anyway.
		dialFirst: ignoreUserCallRules ? first : applyCallRules(first),
		dialSecond: applyCallRules(prefixed(request.dialSecond)),
	};
}
