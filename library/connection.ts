import type { Vendor } from '../nodes/shared/calling/contract/vendor';
import {
	explainInvalid,
	type Explanation,
	isExplanation,
} from '../nodes/shared/wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../nodes/shared/wire/reply/http';
import type { Sending } from '../nodes/shared/wire/reply/noAnswer';
import { type Address, readAddress } from '../nodes/shared/wire/signIn/address';
import { askForSession, knownSession } from '../nodes/shared/wire/signIn/signIn';
import { isInvalid } from '../nodes/shared/wire/text/invalid';
import { abortedBefore, type Dispatcher, exchange, type Target } from './exchange';
import { keepSession } from './session';
import { openDispatcher, type OwnDispatcher } from './undici';

/** A connection to one vendor, with one credential. */
export interface Connection {
	readonly baseUrl: string;
	/**
	 * Signs and sends a request once, and once more if the vendor refused the session and issues another one; it did nothing
	 * then. `onSend` is called before the first byte may be written.
	 */
	send(
		request: HttpRequest,
		timeoutSeconds: number,
		signal: AbortSignal | undefined,
		onSend?: () => void,
	): Promise<HttpResponse | Explanation>;
	/** Waits for requests in flight, then closes our own dispatcher. */
	close(): Promise<void>;
}

/** Sends nothing yet. An `Explanation` means that the address in the credential cannot be read. */
export function openConnection(
	vendor: Vendor,
	credential: Readonly<Record<string, unknown>>,
	dispatcher: Dispatcher | undefined,
): Connection | Explanation {
	const address = readAddress(credential, vendor);
	if (isInvalid(address)) return explainInvalid(address);
	const { baseUrl } = address;
	const { signIn, renewOn = [] } = vendor;
	const route = dispatcher === undefined ? ownRoute(address) : routeThrough(dispatcher);

	const targetOf = keepTarget(baseUrl);
	const transmit = async (
		request: HttpRequest,
		timeoutSeconds: number,
		signal?: AbortSignal,
	): Promise<HttpResponse | Explanation> => {
		const through = await route.dispatcher();
		if (isExplanation(through)) return through;
		const { displayName: vendorName, causeAdvice } = vendor;
		const sending: Sending = {
			sender: 'this program',
			vendorName,
			baseUrl,
			timeoutSeconds,
			causeAdvice,
		};
		return await exchange(through, request, targetOf(request), { sending, signal });
	};
	const known = knownSession(signIn, credential);
	const sessions = keepSession(
		() => askForSession(signIn, credential, baseUrl, transmit),
		signIn.session?.isOrdered,
	);
	const sendSigned = async (
		session: string,
		request: HttpRequest,
		timeoutSeconds: number,
		signal: AbortSignal | undefined,
		onSend: () => void,
	) => {
		const signed = signIn.sign(request, credential, { session, uri: targetOf(request).path });
		if (isExplanation(signed)) return signed;
		onSend();
		return await transmit(signed, timeoutSeconds, signal);
	};
	return {
		baseUrl,
		async send(request, timeoutSeconds, signal, onSend = () => undefined) {
			if (signal?.aborted === true) return abortedBefore;
			const session = known ?? (await unlessAborted(sessions.current(), signal));
			if (isExplanation(session)) return session;
			const answer = await sendSigned(session, request, timeoutSeconds, signal, onSend);
			if (isExplanation(answer) || !renewOn.includes(answer.status) || known !== undefined) {
				return answer;
			}
			const fresh = await unlessAborted(sessions.renewed(session), signal);
			if (isExplanation(fresh)) return fresh;
			// The vendor would refuse the same session again.
			if (fresh === session) return answer;
			return await sendSigned(fresh, request, timeoutSeconds, signal, onSend);
		},
		close: route.close,
	};
}

/** Splits the address of a request. Keeps the last result, because most calls of a program go to the same path. */
function keepTarget(baseUrl: string): (request: HttpRequest) => Target {
	let last: (Target & { readonly of: string }) | undefined;
	return ({ path }) => {
		if (last?.of !== path) {
			const { origin, pathname, search } = new URL(baseUrl + path);
			last = { of: path, origin, path: pathname + search };
		}
		return last;
	};
}

interface Route {
	dispatcher(): Promise<Dispatcher | Explanation>;
	close(): Promise<void>;
}

/** Closing a dispatcher that was handed in is up to its owner. */
function routeThrough(dispatcher: Dispatcher): Route {
	return { dispatcher: () => Promise.resolve(dispatcher), close: () => Promise.resolve() };
}

/** The first request opens the dispatcher. */
function ownRoute(address: Address): Route {
	let opening: Promise<OwnDispatcher | Explanation> | undefined;
	return {
		dispatcher: () => (opening ??= openDispatcher(address)),
		async close() {
			const opened = await opening;
			if (opened !== undefined && !isExplanation(opened)) await opened.close();
		},
	};
}

/** Stops waiting, but not the work itself: other calls may wait for it too. */
async function unlessAborted<T>(
	promise: Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | Explanation> {
	if (signal === undefined) return await promise;
	if (signal.aborted) return abortedBefore;
	return await new Promise<T | Explanation>((resolve, reject) => {
		const stop = () => resolve(abortedBefore);
		signal.addEventListener('abort', stop, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}

/** The connection as following a call needs it. The signal ends it. */
export function linkOf(connection: Connection, signal: AbortSignal | undefined) {
	return {
		over: signal,
		send: async (request: HttpRequest, seconds: number) =>
			await connection.send(request, seconds, signal),
	};
}
