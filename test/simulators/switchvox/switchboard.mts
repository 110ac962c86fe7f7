import { applyApiSettings, applyCallRules } from './directory.mts';

export interface Ring {
	/** As really dialed: with the prefix, after forwarding. */
	readonly number: string;
	readonly party: 'first' | 'second';
	/** Only for the first party: it alone is shown the name. */
	readonly callerIdName?: string;
	readonly at: Date;
}

/** `busy`: the phone does not even ring, and the call fails at once. */
export type PartyBehaviour = { readonly answersAfterSeconds: number } | 'never' | 'busy';

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
	/** `ringing`: the first party has not answered yet. */
	readonly state: 'ringing' | 'connected' | 'failed';
	readonly at: Date;
}

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** Resolves when the first party has answered, or has not in time: see the call's state. */
	place(request: CallRequest): Promise<Call>;
	/** Calls that ring or that connected less than a minute ago, in simulated time. */
	currentCalls(): readonly Call[];
	/** Simulated seconds since a moment. */
	secondsSince(moment: Date): number;
	/** Forgets everything; calls that still ring are dropped: their `place` rejects. */
	reset(): void;
}

const answersSoon: PartyBehaviour = { answersAfterSeconds: 0.2 };
const talkSeconds = 60;

export function createSwitchboard(secondMs: number, log: (line: string) => void): Switchboard {
	const rings: Ring[] = [];
	const calls: { -readonly [K in keyof Call]: Call[K] }[] = [];
	const parties = new Map<string, PartyBehaviour>();
	const timers = createTimers(secondMs);

	const behaviourOf = (dialed: string, requested: string) =>
		parties.get(dialed) ?? parties.get(requested) ?? answersSoon;

	const ring = (number: string, party: Ring['party'], callerIdName?: string) => {
		rings.push({
			number,
			party,
			...(callerIdName !== undefined && { callerIdName }),
			at: new Date(),
		});
		const shown = callerIdName === undefined ? '' : `, caller ID "${callerIdName}"`;
		log(`ring  ${number}  (${party} party${shown})`);
	};

	const place = async (request: CallRequest): Promise<Call> => {
		const { method, accountId, callerIdName, variables, timeoutSeconds } = request;
		const { dialFirst, dialSecond } = dialed(request);
		const id = `SIP/${dialFirst}-${(0x08682a00 + calls.length).toString(16).padStart(8, '0')}`;
		const made = { id, method, accountId, dialFirst, dialSecond, callerIdName, variables };
		const call: (typeof calls)[number] = {
			...made,
			timeoutSeconds,
			state: 'ringing',
			at: new Date(),
		};
		calls.push(call);

		const first = behaviourOf(dialFirst, request.dialFirst);
		if (first === 'busy') {
			call.state = 'failed';
			return call;
		}
		ring(dialFirst, 'first', callerIdName);
		const answersAfter = first === 'never' ? Infinity : first.answersAfterSeconds;
		if (secondMs > 0) await timers.wait(Math.min(answersAfter, timeoutSeconds));
		if (answersAfter > timeoutSeconds) {
			call.state = 'failed';
			return call;
		}
		call.state = 'connected';
		// The reply does not wait for the second party, whatever that does.
		if (behaviourOf(dialSecond, request.dialSecond) !== 'busy') ring(dialSecond, 'second');
		return call;
	};

	const secondsSince = (moment: Date) => (Date.now() - moment.getTime()) / secondMs;
	return {
		rings,
		calls,
		place,
		secondsSince,
		setParty: (number, behaviour) => {
			parties.set(number, behaviour);
		},
		currentCalls: () =>
			calls.filter(
				({ state, at, timeoutSeconds }) =>
					state === 'ringing' ||
					(state === 'connected' && secondsSince(at) < timeoutSeconds + talkSeconds),
			),
		reset: () => {
			rings.length = 0;
			calls.length = 0;
			parties.clear();
			timers.clear();
		},
	};
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

/** Waits in simulated seconds; `clear` ends every wait with a rejection, so that nothing lingers. */
function createTimers(secondMs: number) {
	const waits = new Map<NodeJS.Timeout, (reason: Error) => void>();
	const wait = (seconds: number) =>
		new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => {
				waits.delete(timer);
				resolve();
			}, seconds * secondMs);
			waits.set(timer, reject);
		});
	const clear = () => {
		for (const [timer, reject] of waits) {
			clearTimeout(timer);
			reject(new Error('the simulator was reset'));
		}
		waits.clear();
	};
	return { wait, clear };
}
