import { explain, type Explanation } from '../nodes/shared/wire/reply/explanation';
import {
	type Asked,
	type HttpRequest,
	type HttpResponse,
	toHttpResponse,
} from '../nodes/shared/wire/reply/http';
import { explainError, type Sending } from '../nodes/shared/wire/reply/noAnswer';
import { maxReplyCharacters } from '../nodes/shared/wire/text/limits';
import { isRecord } from '../nodes/shared/wire/text/values';

/** Sends requests: an `Agent`, `Pool`, `ProxyAgent`, `MockAgent` or any other dispatcher of undici 7 or later. */
export interface Dispatcher {
	dispatch(request: DispatchRequest, handler: DispatchHandler): boolean;
}

/** A request as undici takes it. */
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

/** undici calls these as a request proceeds. */
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

/** An address in the two parts that undici wants. */
export interface Target {
	readonly origin: string;
	/** With the query. */
	readonly path: string;
}

export interface ExchangeOptions {
	readonly sending: Sending;
	readonly signal: AbortSignal | undefined;
}

/** The outcome of a call that was aborted before it was sent. */
export const abortedBefore = explain(
	'not_sent',
	'canceled',
	'The call was aborted before it was sent.',
	'Place it again if it is still wanted.',
);

/**
 * One HTTP exchange over undici. The request is written at most once, even through a dispatcher that retries. Redirects are not
 * followed. An `Explanation` means that no response came.
 */
export async function exchange(
	dispatcher: Dispatcher,
	{ method, path, headers, body }: HttpRequest,
	target: Target,
	options: ExchangeOptions,
): Promise<HttpResponse | Explanation> {
	if (options.signal?.aborted === true) return abortedBefore;
	const { baseUrl, timeoutSeconds } = options.sending;
	const timeout = timeoutSeconds * 1000;
	return await new Promise((resolve) => {
		const handler = createHandler(options, { baseUrl, path }, resolve);
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

/** Calls `resolve` once, whatever undici reports. */
function createHandler(
	{ sending, signal }: ExchangeOptions,
	asked: Asked,
	resolve: (result: HttpResponse | Explanation) => void,
): DispatchHandler {
	const reply = collectReply(asked);
	/** Undefined until the first byte may be written. */
	let writing: DispatchController | undefined;
	let deadline = Infinity;
	let ended = false;

	const end = (result: HttpResponse | Explanation) => {
		ended = true;
		signal?.removeEventListener('abort', abort);
		resolve(result);
	};
	const fail = (error: unknown) => {
		end(writing === undefined ? explainBefore(error, sending) : explainAfter(error, sending));
	};
	const abort = () => {
		if (writing === undefined) end(abortedBefore);
		else fail({ code: 'ABORT_ERR' });
		writing?.abort(new Error('aborted'));
	};
	const respond = () => end(reply.response() ?? explainAfter(undefined, sending));
	signal?.addEventListener('abort', abort, { once: true });
	return {
		onRequestStart(controller) {
			// It ended while it waited for a connection, or was written before: a retry must not write it again.
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
			// 1xx comes before the response.
			if (status >= 200) head = { status, headers };
		},
		/** `enough`: longer than decoders read; they say so in their outcome. */
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

/** undici says when it begins to write. Whatever happens before that, nothing was sent. */
function explainBefore(error: unknown, sending: Sending): Explanation {
	if (isRecord(error) && error.code === 'UND_ERR_INVALID_ARG') return refusedByDispatcher;
	return explainError({ syscall: 'connect', cause: error }, sending);
}

const refusedByDispatcher = explain(
	'not_sent',
	'invalid_settings',
	'The dispatcher did not accept the request (UND_ERR_INVALID_ARG).',
	'Pass a dispatcher of undici 7 or later.',
);

/** From then on the vendor may have read the request, whatever the code says. */
function explainAfter(error: unknown, sending: Sending): Explanation {
	const explanation = explainError(error, sending);
	return explanation.status === 'unknown' ? explanation : explainError(undefined, sending);
}
