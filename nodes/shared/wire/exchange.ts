import type { IHttpRequestOptions } from 'n8n-workflow';

import type { Explanation } from './explanation';
import {
	type HttpRequest,
	type HttpResponse,
	type Received,
	thrownResponse,
	toHttpResponse,
} from './http';
import { maxReplyCharacters } from './limits';
import { explainError, type Sending } from './noAnswer';
import { explainTokenError } from './token';
import { asText } from './values';

type RequestOptions = IHttpRequestOptions & { readonly abortSignal: AbortSignal };

/** How an exchange may go. */
export interface ExchangeOptions {
	/** The statuses after which n8n repeats the request, to renew what authenticates it; nothing was placed then. */
	readonly renewOn?: readonly number[];
	readonly maxCharacters?: number | undefined;
	/** Ends the request, and the reading of its reply. */
	readonly cancel?: AbortSignal | undefined;
}

/**
 * One HTTP exchange through one of n8n's helpers, which hands out a stream for the body. No redirect is followed. n8n's time-out
 * ends with the head of a reply: from then on, the reply is read up to its deadline, and no further than to the size that
 * decoding refuses.
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
		// What was not read of the reply is not waited for.
		stop();
	}
}

/** Signing in can have taken most of the time, which a reply that began to come is not to blame for. */
const leastMilliseconds = 5_000;

/** As HTTP clients say why they ended a request. */
const cancelled = { code: 'ERR_CANCELED' };

const timedOut = { code: 'ETIMEDOUT' };

/** n8n throws a response with one of the statuses that ask for a renewal, when that was of no use. */
async function receive(sent: Promise<unknown>, renewOn: readonly number[]): Promise<Received> {
	return await sent.then(
		(response) => {
			const { statusCode, headers, body } = Object(response) as Record<string, unknown>;
			return { status: statusCode, headers, body };
		},
		(error: unknown) => thrownResponse(error, renewOn) ?? Promise.reject(error as Error),
	);
}

/** What is not done in time, or is cancelled, ends the connection, and is not waited for even if n8n should not end it. */
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
	if (!isStream(body)) return body === undefined || body === null ? '' : asText(body);
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
