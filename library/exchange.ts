import type { Explanation } from '../nodes/shared/wire/explanation';
import {
	type Asked,
	type HttpRequest,
	type HttpResponse,
	toHttpResponse,
} from '../nodes/shared/wire/http';
import { maxReplyCharacters } from '../nodes/shared/wire/limits';
import { explainError, type Sending } from '../nodes/shared/wire/noAnswer';
import { isRecord } from '../nodes/shared/wire/values';

/** Sends requests: an `Agent`, `Pool`, `ProxyAgent`, `MockAgent` or any other dispatcher of undici 7 or later. */
export interface Dispatcher {
	dispatch(request: DispatchRequest, handler: DispatchHandler): boolean;
}

/** What undici is told of a request. */
export interface DispatchRequest {
	readonly origin: string;
	readonly path: string;
	readonly method: HttpRequest['method'];
	readonly headers: Record<string, string>;
	readonly body: string | null;
	/** In milliseconds, from when the request is written. */
	readonly headersTimeout: number;
	/** In milliseconds without a byte of the body. */
	readonly bodyTimeout: number;
	readonly maxRedirections: 0;
}

/** What undici tells of a request, as it happens. */
export interface DispatchHandler {
	onRequestStart(controller: DispatchController): void;
	onResponseStart(controller: DispatchController, status: number, headers: object): void;
	onResponseData(controller: DispatchController, chunk: Uint8Array): void;
	onResponseEnd(): void;
	onResponseError(controller: unknown, error: unknown): void;
}

export interface DispatchController {
	abort(reason: Error): void;
}

/** An address in the two parts that undici takes. */
export interface Target {
	readonly origin: string;
	/** With the query. */
	readonly path: string;
}

/** What is to be known of a request on its way, to tell what became of it. */
export interface Journey {
	readonly sending: Sending;
	readonly signal: AbortSignal | undefined;
}

/** The signal ended it before a byte was written. */
export const cancelledBefore: Explanation = {
	kind: 'explanation',
	status: 'not_sent',
	reason: 'cancelled',
	what: 'The call was cancelled before it was sent.',
	advice: 'Place it again when it is wanted after all.',
	httpStatus: null,
};

/**
 * One HTTP exchange over undici: written to a connection once at most, whatever the dispatcher is made to repeat. No
 * redirect is followed. An `Explanation` means that no response came.
 */
export async function exchange(
	dispatcher: Dispatcher,
	{ method, path, headers, body }: HttpRequest,
	target: Target,
	journey: Journey,
): Promise<HttpResponse | Explanation> {
	if (journey.signal?.aborted === true) return cancelledBefore;
	const timeout = journey.sending.timeoutSeconds * 1000;
	return await new Promise((resolve) => {
		const { baseUrl } = journey.sending;
		const handler = follow(journey, { baseUrl, path }, resolve);
		try {
			dispatcher.dispatch(
				{
					origin: target.origin,
					path: target.path,
					method,
					headers: { ...headers },
					body: body ?? null,
					headersTimeout: timeout,
					bodyTimeout: timeout,
					maxRedirections: 0,
				},
				handler,
			);
		} catch (error) {
			handler.onResponseError(undefined, error);
		}
	});
}

/** Follows one request to its end, and tells it once. */
function follow(
	{ sending, signal }: Journey,
	asked: Asked,
	tell: (end: HttpResponse | Explanation) => void,
): DispatchHandler {
	const reply = collectReply(asked);
	/** Undefined as long as not a byte was written. */
	let writing: DispatchController | undefined;
	let deadline = Infinity;
	let ended = false;

	const end = (what: HttpResponse | Explanation) => {
		ended = true;
		signal?.removeEventListener('abort', cancel);
		tell(what);
	};
	const fail = (error: unknown) => {
		end(writing === undefined ? explainBefore(error, sending) : explainAfter(error, sending));
	};
	const cancel = () => {
		if (writing === undefined) end(cancelledBefore);
		else fail({ code: 'ABORT_ERR' });
		writing?.abort(new Error('cancelled'));
	};
	const respond = () => end(reply.response() ?? explainAfter(undefined, sending));
	signal?.addEventListener('abort', cancel, { once: true });
	return {
		onRequestStart(controller) {
			// Ended while it waited for a connection, or given to a connection once already: it is not written.
			if (ended || writing !== undefined) {
				controller.abort(new Error('not written twice'));
				return;
			}
			writing = controller;
			deadline = Date.now() + sending.timeoutSeconds * 1000;
		},
		onResponseStart: (_controller, status, headers) => reply.start(status, headers),
		onResponseData(controller, chunk) {
			if (ended) return;
			const isLate = Date.now() > deadline;
			if (isLate) fail({ code: 'UND_ERR_BODY_TIMEOUT' });
			else if (reply.add(chunk) === 'enough') respond();
			if (ended) controller.abort(new Error(isLate ? 'too slow' : 'too long'));
		},
		onResponseEnd() {
			if (!ended) respond();
		},
		onResponseError(_controller, error) {
			if (!ended) fail(error);
		},
	};
}

/** A response as it comes in. */
function collectReply(asked: Asked) {
	const decoder = new TextDecoder();
	let head: { readonly status: number; readonly headers: object } | undefined;
	let body = '';
	return {
		start(status: number, headers: object): void {
			// 1xx comes ahead of the response.
			if (status >= 200) head = { status, headers };
		},
		/** Enough is what no decoder reads: it says so itself. */
		add(chunk: Uint8Array): 'more' | 'enough' {
			body += decoder.decode(chunk, { stream: true });
			return body.length > maxReplyCharacters ? 'enough' : 'more';
		},
		response: () => {
			const received = {
				status: head?.status,
				headers: head?.headers,
				body: body + decoder.decode(),
			};
			return toHttpResponse(received, asked);
		},
	};
}

/** Undici says when it begins to write: whatever went wrong ahead of that, nothing was sent. */
function explainBefore(error: unknown, sending: Sending): Explanation {
	if (isRecord(error) && error.code === 'UND_ERR_INVALID_ARG') return refusedByDispatcher;
	return explainError({ syscall: 'connect', cause: error }, sending);
}

const refusedByDispatcher: Explanation = {
	kind: 'explanation',
	status: 'not_sent',
	reason: 'invalid_settings',
	what: 'The dispatcher did not take the request (UND_ERR_INVALID_ARG).',
	advice: 'It has to be one of undici 7 or later.',
	httpStatus: null,
};

/** From then on, whatever the code: it may have been read. */
function explainAfter(error: unknown, sending: Sending): Explanation {
	const explanation = explainError(error, sending);
	return explanation.status === 'unknown' ? explanation : explainError(undefined, sending);
}
