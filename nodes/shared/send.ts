import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';

import { readConnection, tlsOptions } from './address';
import { isInvalid, type HttpRequest, type HttpResponse, type Invalid } from './call';
import { maxReplyCharacters } from './limits';
import { explainTokenError } from './token';
import {
	asText,
	explainError,
	explainUnreadable,
	NotSent,
	thrownResponse,
	toHttpResponse,
	type Explanation,
	type Received,
	type Sending,
} from './transport';
import type { Vendor } from './vendor';

/** A way to one vendor, with the node's credential. */
export interface Line {
	readonly baseUrl: string;
	/**
	 * Sends once, and reads the reply as far as decoding does. An `Explanation` means that no response came, or none that
	 * could be read in time.
	 */
	send(
		request: HttpRequest,
		timeoutSeconds: number,
		maxCharacters?: number,
	): Promise<HttpResponse | Explanation>;
}

/** Opens the way to a vendor; a credential whose address cannot be read gives `Invalid`. */
export async function openLine(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	vendor: Vendor,
): Promise<Line | Invalid> {
	const { credentialType, displayName: vendorName, causeAdvice, renewOn = [] } = vendor;
	const credential = await context.getCredentials(credentialType);
	const connection = readConnection(credential, vendor);
	if (isInvalid(connection)) return connection;
	const getCredentials = keepCredential(context, credential, vendor);
	const { baseUrl } = connection;
	const tokenUrl = vendor.tokenPath === undefined ? undefined : baseUrl + vendor.tokenPath;
	const to = { vendorName, baseUrl, causeAdvice, tokenUrl };
	return {
		baseUrl,
		async send(request, timeoutSeconds, maxCharacters) {
			return await exchange(
				async (options) => {
					// n8n asks the context for the signal that ends a request, whatever signal the options have.
					const caller = overlay(context, {
						getCredentials,
						getExecutionCancelSignal: () => options.abortSignal,
					});
					const response: unknown = await caller.helpers.httpRequestWithAuthentication.call(
						caller,
						credentialType,
						{ ...options, ...tlsOptions(connection) },
						{ oauth2: { tokenExpiredStatusCode: [...renewOn] } },
					);
					return response;
				},
				request,
				{ ...to, timeoutSeconds },
				{ renewOn, maxCharacters, cancel: cancelSignalOf(context) },
			);
		},
	};
}

function cancelSignalOf(
	context: IExecuteFunctions | ILoadOptionsFunctions,
): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

/** The context with some methods of its own; the others are called on the context itself, which may have private fields. */
function overlay<Context extends object>(context: Context, own: Partial<Context>): Context {
	const isOwn = (name: PropertyKey): name is keyof Context => Object.hasOwn(own, name);
	return new Proxy(context, {
		has: (target, name) => isOwn(name) || name in target,
		get(target, name) {
			if (isOwn(name)) return own[name];
			const value: unknown = Reflect.get(target, name);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		},
	});
}

/** So long a credential that was changed in n8n, by a person or another process, is used as it was. */
const keptMilliseconds = 5_000;

/**
 * A `getCredentials` that reads every few seconds. n8n would read, decrypt and evaluate the credential for every
 * request, which takes longer than the request. What n8n renews (a token, a challenge) it puts into this same object;
 * what another process renewed comes with the next reading. A credential that cannot be read any more, or is for
 * another address by now, keeps the request back.
 */
function keepCredential(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	credential: ICredentialDataDecryptedObject,
	vendor: Vendor,
) {
	const { baseUrl } = connectionOf(credential, vendor);
	let until = Date.now() + keptMilliseconds;
	let reading = Promise.resolve(credential);
	const read = async () => {
		const changed = await context.getCredentials(vendor.credentialType).catch((error: unknown) => {
			throw new NotSent(explainUnreadable(error));
		});
		if (connectionOf(changed, vendor).baseUrl !== baseUrl) throw new NotSent(readdressed);
		return changed;
	};
	return async <T extends object>() => {
		if (Date.now() >= until) {
			until = Date.now() + keptMilliseconds;
			reading = read();
			// Not kept: the next request asks again.
			reading.catch(() => (until = 0));
		}
		return (await reading) as T;
	};
}

function connectionOf(
	credential: ICredentialDataDecryptedObject,
	vendor: Vendor,
): { readonly baseUrl?: string } {
	const connection = readConnection(credential, vendor);
	return isInvalid(connection) ? {} : connection;
}

/** The secret of one phone system must not go to another. */
const readdressed: Explanation = {
	status: 'not_sent',
	reason: 'invalid_credential',
	what: 'The address in the credential was changed while the workflow ran.',
	advice: 'Run it again for this item.',
	httpStatus: null,
};

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
