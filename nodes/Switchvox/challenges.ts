import { sleep } from 'n8n-workflow';

import type { Explanation } from '../shared/wire/reply/explanation';
import { type Challenge, challengeTimeoutSeconds } from './signIn';

interface Kept {
	readonly challenge: Challenge;
	/** Until this time, only the request that asked for the challenge uses it. */
	readonly sharedFrom: number;
}

/**
 * The challenges that this process received, by address, user and setting. They are not in the credential, which all
 * processes of n8n share: each process counts its own uses of a nonce, and a server that checks the count accepts a nonce
 * from one process only.
 */
const kept = new Map<string, Kept>();
const maxKept = 100;

/** The questions for a first challenge that have no answer yet. */
const asking = new Map<string, Promise<Challenge | Explanation>>();

/** The first request of a process asks for a challenge. Requests that come in the meantime wait for it. */
const starting = new Map<string, Promise<void>>();
const started = new Map<string, () => void>();

/**
 * The challenges received after a refusal, the latest last. n8n repeats a request only once, so the repeated request must
 * not be refused again: it gets a nonce that no other request has used. Each request has its own connection, so one request
 * can overtake another, and a server that expects the count to grow refuses the late one.
 */
const fresh = new Map<string, Challenge[]>();

/** How long a repeated request has its nonce to itself. */
const headStartMs = 250;

/** Asks for a challenge for one request. Until there is a first one, all requests wait for the same answer. */
export async function renewChallenge(
	key: string,
	ask: () => Promise<Challenge | Explanation>,
): Promise<Challenge | Explanation> {
	if (kept.has(key)) return await askForOne(key, ask);
	const pending = asking.get(key) ?? askForOne(key, ask).finally(() => asking.delete(key));
	asking.set(key, pending);
	return await pending;
}

async function askForOne(
	key: string,
	ask: () => Promise<Challenge | Explanation>,
): Promise<Challenge | Explanation> {
	try {
		const challenge = await ask();
		if (typeof challenge === 'string') {
			if (!kept.has(key)) keep(key, { challenge, sharedFrom: 0 });
			fresh.set(key, [...(fresh.get(key) ?? []), challenge].slice(-maxKept));
		}
		return challenge;
	} finally {
		started.get(key)?.();
		started.delete(key);
		starting.delete(key);
	}
}

/** The challenge that each request was first signed with; undefined if there was none yet. */
const tried = new WeakMap<object, { readonly challenge: Challenge | undefined }>();

/** The challenge to sign a request with; undefined if the request has to ask for one. */
export async function takeChallenge(key: string, request: object): Promise<Challenge | undefined> {
	const before = tried.get(request);
	if (before !== undefined) return takeFresh(key, before.challenge);
	const one = kept.has(key) ? await takeKept(key) : await takeFirst(key);
	tried.set(request, { challenge: one });
	return one;
}

async function takeKept(key: string): Promise<Challenge | undefined> {
	for (;;) {
		const one = kept.get(key);
		const wait = (one?.sharedFrom ?? 0) - Date.now();
		if (one === undefined || wait <= 0) return one?.challenge;
		await sleep(wait);
	}
}

async function takeFirst(key: string): Promise<Challenge | undefined> {
	const pending = starting.get(key);
	if (pending !== undefined) {
		// n8n may cancel the request that the others wait for.
		await Promise.race([pending, sleep(challengeTimeoutSeconds * 1000)]);
		return await takeKept(key);
	}
	starting.set(key, new Promise((resolve) => started.set(key, resolve)));
	return undefined;
}

/** A challenge for a repeated request, in place of the refused one. */
function takeFresh(key: string, refused: Challenge | undefined): Challenge | undefined {
	const mine = fresh.get(key)?.pop();
	const current = kept.get(key)?.challenge;
	if (mine === undefined) return current;
	// Otherwise another request was refused too, and has already replaced the challenge.
	if (current === undefined || current === refused || current === mine) {
		keep(key, { challenge: mine, sharedFrom: Date.now() + headStartMs });
	}
	return mine;
}

function keep(key: string, one: Kept): void {
	kept.delete(key);
	kept.set(key, one);
	const [oldest] = kept.keys();
	if (kept.size <= maxKept || oldest === undefined) return;
	kept.delete(oldest);
	fresh.delete(oldest);
}
