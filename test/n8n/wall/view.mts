/** What the wall shows, and what people do at it: plain data, as it goes to the page and comes from it. */
import type { Party } from '../../simulators/liveCalls.mts';

/** What a phone does when it is called. `byHand`: it rings until somebody clicks. */
export const manners = ['byHand', 'answers', 'busy', 'offline'] as const;

export type Manner = (typeof manners)[number];

export interface WallView {
	/** Of n8n. */
	readonly editorUrl: string;
	/** What phones do that nobody set otherwise. */
	readonly others: 'byHand' | 'answers';
	readonly systems: readonly SystemView[];
}

export interface SystemView {
	readonly id: string;
	readonly name: string;
	/** Whether the reply to the next call will be cut. */
	readonly losesNextReply: boolean;
	readonly phones: readonly PhoneView[];
	/** The latest first. */
	readonly calls: readonly CallView[];
}

export interface PhoneView {
	readonly number: string;
	readonly does: Manner;
	/** The calls that it has now. */
	readonly lines: readonly LineView[];
}

export interface LineView {
	readonly call: string;
	readonly party: Party;
	/** `waiting`: it was picked up, and hears how the other one rings. */
	readonly state: 'ringing' | 'waiting' | 'talking';
	/** What the phone shows of who calls; empty: nothing. */
	readonly callerId: string;
	/** Who is at the other end, or will be. */
	readonly other: string;
	/** Milliseconds since 1970. */
	readonly since: number;
}

export interface CallView {
	/** As the phone system knows it. */
	readonly call: string;
	/** As the node gets it; null: the phone system gives none. */
	readonly callId: string | null;
	/** Empty: the phone system calls one phone only. */
	readonly from: string;
	readonly to: string;
	/** As Get of the node calls it. */
	readonly state: string;
	/** Of a call that has ended. */
	readonly disposition: string | null;
	/** Milliseconds since 1970. */
	readonly placedAt: number;
	/** Null: nobody talked. */
	readonly talkSeconds: number | null;
}

/** An action at one phone system. */
export type Action =
	| {
			readonly kind: 'pickUp' | 'reject' | 'hangUp';
			readonly call: string;
			readonly party: Party;
			readonly number: string;
	  }
	| { readonly kind: 'set'; readonly number: string; readonly does: Manner }
	| { readonly kind: 'loseNextReply'; readonly on: boolean };

/** A phone system that has its phones on the wall. */
export interface WallSystem {
	readonly id: string;
	readonly show: () => SystemView;
	/** Returns a function that ends it. */
	readonly onChange: (listener: () => void) => () => void;
	/** Whether that could be done: a phone that has stopped ringing cannot be picked up. */
	readonly act: (action: Action) => boolean;
	/** What phones do from now on that nobody set to busy or offline. */
	readonly setOthers: (does: WallView['others']) => void;
}

/** An action that the page sent, and for which phone system; undefined if it is none. */
export function readAction(text: string): { system: string; action: Action } | undefined {
	const { system, kind, call, party, number, does, on } = parse(text);
	if (typeof system !== 'string') return undefined;
	if (kind === 'loseNextReply') {
		return typeof on === 'boolean' ? { system, action: { kind, on } } : undefined;
	}
	if (typeof number !== 'string') return undefined;
	if (kind === 'set') {
		const manner = manners.find((one) => one === does);
		return manner === undefined ? undefined : { system, action: { kind, number, does: manner } };
	}
	if (kind !== 'pickUp' && kind !== 'reject' && kind !== 'hangUp') return undefined;
	if (typeof call !== 'string' || (party !== 'first' && party !== 'second')) return undefined;
	return { system, action: { kind, call, party, number } };
}

/** The choice for all phones that the page sent; undefined if it is none. */
export function readOthers(text: string): WallView['others'] | undefined {
	const { kind, does } = parse(text);
	return kind === 'setOthers' && (does === 'byHand' || does === 'answers') ? does : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(text)) as Record<string, unknown>;
	} catch {
		return {};
	}
}
