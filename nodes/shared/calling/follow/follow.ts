import { converse } from '../../wire/exchange/conversation';
import { pause } from '../../wire/exchange/pause';
import { type Explanation, isExplanation } from '../../wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../../wire/reply/http';
import type { FailureReason } from '../../wire/reply/reasons';
import { type Followed, knownSince, type Sighting, type Wait } from '../contract/callState';
import type { Found } from '../contract/found';
import type { Trouble } from '../contract/outcome';
import type { Get } from '../contract/vendor';

/** Sends one request to the phone system. */
export type Send = (
	request: HttpRequest,
	timeoutSeconds: number,
) => Promise<HttpResponse | Explanation>;

/** For each request. A phone system that has the answer replies at once. */
export const replySeconds = 15;

/** Looks once. */
export async function look<Reference extends object>(
	get: Get<Reference>,
	reference: Reference,
	send: Send,
): Promise<Found> {
	return await converse(get.look(reference), (request) => send(request, replySeconds));
}

/**
 * Looks at a call until the wait is over. `before` is what its reply showed. A wait that runs out, or that `over` ends, is
 * no failure; during a wait, neither is a look that fails for the moment.
 */
export async function follow<Reference extends object>(
	get: Get<Reference>,
	reference: Reference,
	wait: Wait,
	{ send, over, before }: { send: Send; over: AbortSignal | undefined; before?: Sighting },
): Promise<Followed | Trouble> {
	const deadline = Date.now() + wait.atMostSeconds * 1000;
	let known = before;
	if (known !== undefined && wait.until !== 'doNotWait' && isReached(wait.until, known)) {
		const checkedAt = new Date().toISOString();
		return { kind: 'followed', call: known, candidates: [], timedOut: false, checkedAt };
	}
	const isCanceled = () => over?.aborted === true;
	/** Since when the phone system does not show a call that it showed before. */
	let goneSince: number | undefined;
	for (;;) {
		const found = await look(get, reference, send);
		const checked = Date.now();
		const result = (call: Sighting | undefined, timedOut = false): Followed => ({
			kind: 'followed',
			call,
			candidates: found.kind === 'several' ? found.candidates : [],
			timedOut,
			...(found.kind === 'none' && found.unread ? { notRead: found.unread.why } : {}),
			checkedAt: new Date(checked).toISOString(),
		});
		const isWaiting = wait.until !== 'doNotWait' && checked < deadline && !isCanceled();
		if (isExplanation(found)) {
			if (!isWaiting || !passing.has(found.reason)) return found;
		} else if (found.kind === 'several') {
			return result(undefined);
		} else if (found.kind === 'call') {
			known = knownSince(known, found.call);
			goneSince = undefined;
			if (isReached(wait.until, known)) return result(known);
			if (!isWaiting) return result(known, true);
		} else {
			goneSince ??= checked;
			const isGone = found.unread?.list !== 'live' && wasThere(known);
			const isOver = isGone && checked - goneSince >= get.recordLagSeconds * 1000;
			if (isOver && known !== undefined) return result(ended(known));
			if (!isWaiting) {
				const isOpen = wait.until !== 'doNotWait';
				return result(isOpen ? known : undefined, isOpen);
			}
		}
		await pause(Math.min(get.pollSeconds * 1000, deadline - Date.now()), over);
		// After a cancellation, nothing more is sent.
		if (isCanceled()) return result(known, true);
	}
}

/** What can be different at the next look. */
export const passing: ReadonlySet<FailureReason> = new Set([
	'host_not_found',
	'connection_refused',
	'unreachable',
	'tls',
	'rate_limited',
	'timed_out',
	'connection_lost',
	'server_fault',
	'unreadable_reply',
] as const);

function isReached(until: Wait['until'], { state, ...call }: Sighting): boolean {
	if (until === 'doNotWait' || state === 'ended') return true;
	const isConnected = state === 'connected' || call.answeredBySecond === true;
	if (until === 'connected') return isConnected;
	return (
		until === 'firstAnswered' &&
		(isConnected || state === 'ringing_second' || call.answeredByFirst === true)
	);
}

/** Whether a call that is not shown now was certainly there. One that is scheduled may not have begun. */
function wasThere(known: Sighting | undefined): boolean {
	if (known === undefined || known.state === 'scheduled') return false;
	return known.seenIn === 'live' || known.matchedBy !== 'numbers';
}

/** A call that was there and is gone, and that has no record. */
function ended(known: Sighting): Sighting {
	return knownSince(known, { ...known, state: 'ended' });
}
