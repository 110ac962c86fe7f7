import type { Vendor } from '../nodes/shared/calling/vendor';
import { type Address, readAddress } from '../nodes/shared/wire/address';
import { explainInvalid, type Explanation, isExplanation } from '../nodes/shared/wire/explanation';
import type { HttpRequest, HttpResponse } from '../nodes/shared/wire/http';
import { isInvalid } from '../nodes/shared/wire/invalid';
import type { Sending } from '../nodes/shared/wire/noAnswer';
import { cancelledBefore, type Dispatcher, exchange, type Target } from './exchange';
import { keepTickets } from './tickets';
import { openDispatcher, type OwnDispatcher } from './undici';

/** A way to one vendor, with a credential of its own. */
export interface Connection {
	readonly baseUrl: string;
	/**
	 * Signs in and sends once, and once more after a refused sign-in that could be renewed: nothing was placed then.
	 * `onSend` is told before the first byte may be written.
	 */
	send(
		request: HttpRequest,
		timeoutSeconds: number,
		signal: AbortSignal | undefined,
		onSend?: () => void,
	): Promise<HttpResponse | Explanation>;
	/** Ends the connections that are our own, when what is in flight has ended. */
	close(): Promise<void>;
}

/** Opens the way to a vendor; nothing is sent. The explanation is for a credential whose address cannot be read. */
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
		const sending: Sending = { vendorName, baseUrl, timeoutSeconds, causeAdvice };
		return await exchange(through, request, targetOf(request), { sending, signal });
	};
	const tickets = keepTickets(async () => {
		const { tickets: source } = signIn;
		if (source === undefined) return { ticket: '' };
		const request = source.request(credential, baseUrl);
		if ('ticket' in request) return request;
		const answer = await transmit(request, source.timeoutSeconds);
		return source.read(answer, credential);
	});
	const sendWith = async (
		ticket: string,
		request: HttpRequest,
		timeoutSeconds: number,
		signal: AbortSignal | undefined,
		onSend: () => void,
	) => {
		const signed = signIn.sign(request, credential, { ticket, uri: targetOf(request).path });
		if (isExplanation(signed)) return signed;
		onSend();
		return await transmit(signed, timeoutSeconds, signal);
	};
	return {
		baseUrl,
		async send(request, timeoutSeconds, signal, onSend = () => undefined) {
			if (signal?.aborted === true) return cancelledBefore;
			const ticket = await unlessAborted(tickets.current(), signal);
			if (typeof ticket !== 'string') return ticket;
			const answer = await sendWith(ticket, request, timeoutSeconds, signal, onSend);
			if (!('body' in answer) || !renewOn.includes(answer.status)) return answer;
			const fresh = await unlessAborted(tickets.renewed(ticket), signal);
			if (typeof fresh !== 'string') return fresh;
			// The very same sign-in would be refused again.
			if (fresh === ticket) return answer;
			return await sendWith(fresh, request, timeoutSeconds, signal, onSend);
		},
		close: route.close,
	};
}

/** Where a request goes. The last one is kept: the calls of a program mostly have the same. */
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

/** Somebody else's to close. */
function routeThrough(dispatcher: Dispatcher): Route {
	return { dispatcher: () => Promise.resolve(dispatcher), close: () => Promise.resolve() };
}

/** Opened by the first request. */
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

/** What others wait for too goes on without the one that is cancelled. */
async function unlessAborted<T>(
	promise: Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | Explanation> {
	if (signal === undefined) return await promise;
	if (signal.aborted) return cancelledBefore;
	return await new Promise<T | Explanation>((resolve, reject) => {
		const cancel = () => resolve(cancelledBefore);
		signal.addEventListener('abort', cancel, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel));
	});
}
