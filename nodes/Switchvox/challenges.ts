import { sleep } from 'n8n-workflow';

import type { Explanation } from '../shared/transport';
import { basicChallenge, type Challenge } from './signIn';

interface Kept {
	readonly challenge: Challenge;
	/** Until then it is left to a request that n8n does not repeat once more. */
	heldUntil: number;
}

/**
 * The challenges that this process asked for, by what they are for. They are not in the credential, which all processes of n8n
 * share: each process counts its own uses of a nonce, and a server that checks the count takes a nonce from one process only.
 */
const kept = new Map<string, Kept>();
const maxKept = 100;

const asking = new Map<string, Promise<Challenge | Explanation>>();

/** Asks for a challenge and keeps it; who needs one at the same time waits for the same. */
export async function renewChallenge(
	key: string,
	ask: () => Promise<Challenge | Explanation>,
): Promise<Challenge | Explanation> {
	const pending = asking.get(key) ?? ask().finally(() => asking.delete(key));
	asking.set(key, pending);
	const challenge = await pending;
	if (typeof challenge === 'string' && kept.get(key)?.challenge !== challenge) {
		kept.delete(key);
		kept.set(key, { challenge, heldUntil: 0 });
		const [oldest] = kept.keys();
		if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
	}
	return challenge;
}

/** Requests that took a challenge, or found none: n8n repeats each of them once at most. */
const repeated = new WeakSet<object>();

/**
 * So long nobody else uses the nonce of a request that cannot be repeated: every request has a connection of its own, and where
 * the count has to grow, one that is overtaken is refused.
 */
const holdMs = 50;

/** The challenge for a request; undefined where this process has to ask for one. */
export async function takeChallenge(key: string, request: object): Promise<Challenge | undefined> {
	const one = kept.get(key);
	const isLast = repeated.has(request);
	repeated.add(request);
	if (one === undefined || one.challenge === basicChallenge) return one?.challenge;
	const wait = one.heldUntil - Date.now();
	if (isLast) one.heldUntil = Date.now() + Math.max(wait, 0) + holdMs;
	if (wait > 0) await sleep(wait);
	return one.challenge;
}
