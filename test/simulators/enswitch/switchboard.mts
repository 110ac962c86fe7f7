import type { Clock } from '../clock.mts';
import { createLiveCalls } from '../liveCalls.mts';
import type { LiveCall, LiveCalls, PartyBehaviour } from '../liveCalls.mts';
import type { Reporter } from './reports.mts';

export interface Ring {
	readonly number: string;
	readonly party: 'first' | 'second';
	readonly callerId: string;
	readonly autoAnswer: boolean;
	readonly at: Date;
}

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

/** What Enswitch knows of a call beside its legs. */
export interface Tags {
	readonly stype: '' | 'phone';
	readonly ctype: '' | 'phone';
	readonly customer: number;
	readonly machine: number;
	/** Whether each phone answers automatically, as it was asked to. */
	readonly autoAnswers: readonly [boolean, boolean];
	/** Of the first leg and of the second one. */
	readonly uniqueids: readonly [string, string];
	/** Of a call from outside, which has one leg. */
	readonly outside?: { readonly caller: string; readonly dialed: string };
}

export type EnswitchCall = LiveCall<Tags>;

export interface Switchboard {
	readonly rings: readonly Ring[];
	readonly calls: readonly Call[];
	readonly live: LiveCalls<Tags>;
	setParty(number: string, behaviour: PartyBehaviour): void;
	/** Takes the call; resolves after the request's `wait`, or as soon as the ID is known. */
	place(request: CallRequest): Promise<Call | undefined>;
	/** Somebody calls from outside; returns the callid. */
	callIn(incoming: IncomingCall): string;
	/** Hangs up a moment later. */
	hangUp(callid: string): void;
	/** Resolves when every call that was taken has rung what it rings. */
	idle(): Promise<void>;
	/** Forgets everything; what has not rung yet never will. */
	reset(): void;
}

export interface IncomingCall {
	readonly caller: string;
	/** The number that the caller dials. */
	readonly dialed: string;
	/** The telephone line that it is routed to. */
	readonly line: string;
}

export interface SwitchboardOptions {
	readonly clock: Clock;
	readonly talkSeconds?: number;
	readonly reporter: Pick<Reporter, 'route' | 'changed'>;
	readonly log: (line: string) => void;
}

/** "The actual request is asynchronous, and may take a second or two." */
const secondsUntilMade = 1;
/** "The actual hanging up is asynchronous, and may take a second or two after the function returns." */
const secondsUntilHungUp = 1.5;
/** How long a phone rings is not documented. */
const ringSeconds = 30;
const answersAfterSeconds = 0.2;
const machine = 1;

export function createSwitchboard({
	clock,
	talkSeconds,
	reporter,
	log,
}: SwitchboardOptions): Switchboard {
	const rings: Ring[] = [];
	const calls: Call[] = [];
	const live = createLiveCalls<Tags>({
		clock,
		answersAfterSeconds,
		...(talkSeconds !== undefined && { talkSeconds }),
		route: (call, party, ring) => {
			reporter.route(call, party, live.now(call), ring);
		},
		rang: (call, party, { number, ringingAt }) => {
			const { callerId } = call[party] ?? call.first;
			const autoAnswer = call.tags.autoAnswers[party === 'first' ? 0 : 1];
			rings.push({ number, party, callerId, autoAnswer, at: new Date(ringingAt ?? call.placedAt) });
			log(`ring  ${number}  (${party} party${callerId === '' ? '' : `, caller ID "${callerId}"`})`);
		},
	});
	live.onChange((call) => {
		if (call !== null) reporter.changed(call);
	});
	let incoming = 0;
	return {
		rings,
		calls,
		live,
		setParty: live.setParty,
		idle: live.idle,
		place: async (request) => {
			const made = calls.length;
			// The first call id is the documented one.
			const callid = `1234567890.${String(123456 + made)}`;
			const call: Call = { ...request, machine, server: 'asterisk01', callid };
			const { stype, ctype, customer, delaySeconds, waitSeconds } = request;
			calls.push(call);
			live.place({
				id: callid,
				startAfterSeconds: delaySeconds + secondsUntilMade,
				first: { phones: [{ number: request.snumber }], callerId: request.callerid1, ringSeconds },
				second: { phones: [{ number: request.cnumber }], callerId: request.callerid2, ringSeconds },
				tags: {
					stype,
					ctype,
					customer,
					machine,
					autoAnswers: [request.answer1, request.answer2],
					uniqueids: [`1234567891.${String(2 * made)}`, `1234567891.${String(2 * made + 1)}`],
				},
			});
			if (waitSeconds === 0) return undefined;
			if (delaySeconds + secondsUntilMade > waitSeconds) {
				await new Promise<void>((resolve) => {
					clock.after(waitSeconds, resolve);
				});
				return undefined;
			}
			const { disposition } = await live.until(callid, ({ phase }) => phase !== 'scheduled');
			return disposition === null ? call : undefined;
		},
		callIn: ({ caller, dialed, line }) => {
			const id = `1234567892.${String(incoming++)}`;
			live.place({
				id,
				first: { phones: [{ number: line }], callerId: caller, ringSeconds },
				tags: {
					stype: '',
					ctype: 'phone',
					customer: 42,
					machine,
					autoAnswers: [false, false],
					uniqueids: [`${id}1`, ''],
					outside: { caller, dialed },
				},
			});
			return id;
		},
		hangUp: (callid) => {
			clock.after(secondsUntilHungUp, () => {
				live.hangUp(callid);
			});
		},
		reset: () => {
			live.reset();
			rings.length = 0;
			calls.length = 0;
		},
	};
}
