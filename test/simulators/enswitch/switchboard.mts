import { setTimeout as sleep } from 'node:timers/promises';

export interface Ring {
	readonly number: string;
	readonly party: 'first' | 'second';
	readonly callerId: string;
	readonly autoAnswer: boolean;
	readonly at: Date;
}

/** `busy`: the phone does not even ring, and there is nothing to tell about the call. */
export type PartyBehaviour = { readonly answersAfterSeconds: number } | 'never' | 'busy';

/** A request that was taken, with every parameter as it counts, defaults included. */
export interface CallRequest {
	readonly stype: '' | 'phone';
	readonly snumber: string;
	readonly ctype: '' | 'phone';
	readonly cnumber: string;
	readonly cdialplan: string;
	readonly card: string;
	readonly customer: number;
	readonly answer1: boolean;
	readonly answer2: boolean;
	readonly callerid1: string;
	readonly callerid2: string;
	readonly recordgroup: number;
	readonly screen1: boolean;
	readonly screen2: boolean;
	readonly warn1: boolean;
	readonly warn2: boolean;
	readonly delaySeconds: number;
	readonly waitSeconds: number;
	readonly noforwards: boolean;
}

export interface Call extends CallRequest {
	readonly machine: number;
	readonly server: string;
	readonly callid: string;
}

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** Takes the call; resolves after the request's `wait`, or before when there is something to tell. */
	place(request: CallRequest): Promise<Call | undefined>;
	/** Resolves when every call that was taken has rung what it rings. */
	idle(): Promise<void>;
	/** Forgets everything; what has not rung yet never will. */
	reset(): void;
}

/** "The actual request is asynchronous, and may take a second or two." */
const secondsUntilMade = 1;
const answersSoon: PartyBehaviour = { answersAfterSeconds: 0.2 };

export function createSwitchboard(secondMs: number, log: (line: string) => void): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const parties = new Map<string, PartyBehaviour>();
	const running = new Set<Promise<void>>();
	let ended = new AbortController();

	const pause = (seconds: number) =>
		sleep(seconds * secondMs, undefined, { signal: ended.signal, ref: false });

	const ring = (call: Call, party: Ring['party']) => {
		const [number, callerId, autoAnswer] =
			party === 'first'
				? [call.snumber, call.callerid1, call.answer1]
				: [call.cnumber, call.callerid2, call.answer2];
		rings.push({ number, party, callerId, autoAnswer, at: new Date() });
		log(`ring  ${number}  (${party} party${callerId === '' ? '' : `, caller ID "${callerId}"`})`);
	};

	const make = async (call: Call) => {
		await pause(call.delaySeconds + secondsUntilMade);
		const first = parties.get(call.snumber) ?? answersSoon;
		if (first === 'busy') return;
		ring(call, 'first');
		if (first === 'never') return;
		await pause(first.answersAfterSeconds);
		if (parties.get(call.cnumber) !== 'busy') ring(call, 'second');
	};

	return {
		rings,
		calls,
		setParty: (number, behaviour) => {
			parties.set(number, behaviour);
		},
		place: async (request) => {
			// The first call id is the documented one.
			const callid = `1234567890.${String(123456 + calls.length)}`;
			const call: Call = { ...request, machine: 1, server: 'asterisk01', callid };
			calls.push(call);
			const run: Promise<void> = make(call)
				.catch(() => undefined)
				.finally(() => running.delete(run));
			running.add(run);
			const { delaySeconds, waitSeconds } = request;
			if (waitSeconds === 0) return undefined;
			const known = delaySeconds + secondsUntilMade;
			await pause(Math.min(known, waitSeconds));
			const isKnown = known <= waitSeconds && parties.get(call.snumber) !== 'busy';
			return isKnown ? call : undefined;
		},
		idle: async () => {
			await Promise.all(running);
		},
		reset: () => {
			ended.abort();
			ended = new AbortController();
			rings.length = 0;
			calls.length = 0;
			parties.clear();
		},
	};
}
