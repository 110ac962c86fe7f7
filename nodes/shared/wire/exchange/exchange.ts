import type { IHttpRequestOptions } from 'n8n-workflow';

import type { Explanation } from '../reply/explanation';
import {
	type HttpRequest,
	type HttpResponse,
	type Received,
	thrownResponse,
	toHttpResponse,
} from '../reply/http';
import { explainError, type Sending } from '../reply/noAnswer';
import { explainTokenError } from '../signIn/token';
import { maxReplyCharacters } from '../text/limits';
import { toText } from '../text/values';

type RequestOptions = IHttpRequestOptions & { readonly abortSignal: AbortSignal };

/** The options of one exchange. */
export interface ExchangeOptions {
	/** The statuses after which n8n renews the sign-in and repeats the request. They prove that nothing was placed. */
	readonly renewOn?: readonly number[];
	readonly maxCharacters?: number | undefined;
	/** Ends the request, and the reading of its reply. */
	readonly cancel?: AbortSignal | undefined;
}

/**
 * One HTTP exchange through one of n8n's helpers, with the body as a stream. Redirects are not followed. n8n's time-out
 * covers only the head of a reply, so the body is read here, up to the same deadline and up to the size that decoding
 * refuses.
 */
export async function exchange(
	helper: (options: RequestOptions) => Promise<unknown>,
	{ method, path, headers, body }: HttpRequest,
	sending: Sending,
	{ renewOn = [], maxCharacters = maxReplyCharacters, cancel }: ExchangeOptions = {},
): Promise<HttpResponse | Explanation> {
	const { baseUrl, timeoutSeconds } = sending;
	const deadline = Date.now() + timeoutSeconds * 1000;
	const connection = new AbortController();
	const stop = () => connection.abort(cancelled);
	cancel?.addEventListener('abort', stop);
	try {
		const received = await receive(
			helper({
				method,
				url: baseUrl + path,
				headers: { ...headers },
				...(body === undefined ? {} : { body }),
				encoding: 'stream',
				returnFullResponse: true,
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: { ignore: true, except: [...renewOn] },
				timeout: timeoutSeconds * 1000,
				abortSignal: connection.signal,
			}),
			renewOn,
		);
		const left = Math.max(deadline - Date.now(), leastMilliseconds);
		const text = await inTime(readText(received.body, maxCharacters), left, connection);
		const response = toHttpResponse({ ...received, body: text }, { baseUrl, path });
		return response ?? explainError(undefined, sending);
	} catch (error) {
		return explainTokenError(error, sending) ?? explainError(error, sending);
	} finally {
		cancel?.removeEventListener('abort', stop);
		// Closes the connection if the reply was not read to its end.
		stop();
	}
}

/** The least time for reading a reply: the sign-in may have taken most of the time. */
const leastMilliseconds = 5_000;

/** The reasons for ending a request, in the form that HTTP clients use. */
const cancelled = { code: 'ERR_CANCELED' };

const timedOut = { code: 'ETIMEDOUT' };

/** If renewing the sign-in did not help, n8n throws the response instead of returning it. */
async function receive(sent: Promise<unknown>, renewOn: readonly number[]): Promise<Received> {
	return await sent.then(
		(response) => {
			const { statusCode, headers, body } = Object(response) as Record<string, unknown>;
			return { status: statusCode, headers, body };
		},
		(error: unknown) => thrownResponse(error, renewOn) ?? Promise.reject(error as Error),
	);
}

/** Closes the connection when the time is up or the request is canceled, and rejects even if n8n keeps it open. */
async function inTime<T>(
	promise: Promise<T>,
	milliseconds: number,
	connection: AbortController,
): Promise<T> {
	const late = AbortSignal.timeout(milliseconds);
	const end = () => connection.abort(timedOut);
	late.addEventListener('abort', end);
	const { signal } = connection;
	const ended = new Promise<never>((_, reject) => {
		const give = () => reject(signal.reason as Error);
		if (signal.aborted) give();
		else signal.addEventListener('abort', give, { once: true });
	});
	try {
		return await Promise.race([promise, ended]);
	} finally {
		late.removeEventListener('abort', end);
	}
}

async function readText(body: unknown, maxCharacters: number): Promise<string> {
	if (!isStream(body)) return toText(body);
	const decoder = new TextDecoder();
	let text = '';
	for await (const chunk of body) {
		text += decoder.decode(chunk, { stream: true });
		if (text.length > maxCharacters) return text;
	}
	return text + decoder.decode();
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}
