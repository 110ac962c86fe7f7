/** Requests and responses as the package sees them, independent of n8n and of any vendor. */

import { chain, isRecord, toText } from '../text/values';

/** One request to a vendor, without its host and secrets: the credential adds both. */
export interface HttpRequest {
	readonly method: 'POST' | 'GET' | 'DELETE';
	/** Starts with a slash; relative to the credential's base URL. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}

export interface HttpResponse {
	readonly status: number;
	/** By name in lower case. If a header was sent several times, its values are joined with ", ". */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** The address of the request, which decides what a redirect means; absent if it is not known. */
	readonly asked?: Asked;
}

/** The address of a request in two parts, without secrets. */
export interface Asked {
	/** Scheme, host, port and path prefix, as the credential has it. */
	readonly baseUrl: string;
	/** Path and query of the request. */
	readonly path: string;
}

/** A response as an HTTP client returns it, unchecked. */
export interface Received {
	readonly status: unknown;
	readonly headers: unknown;
	readonly body: unknown;
}

/** The response inside an error, if it has one of these statuses. With any other, the body was lost with the connection. */
export function thrownResponse(error: unknown, statuses: readonly number[]): Received | undefined {
	return chain(error)
		.map(({ response }) => response)
		.filter(isRecord)
		.map(({ status, headers, data }) => ({ status, headers, body: data }))
		.find(({ status }) => typeof status === 'number' && statuses.includes(status));
}

/** Checks the response of an HTTP client; undefined if it is not a response. */
export function toHttpResponse(
	{ status, headers, body }: Received,
	asked: Asked,
): HttpResponse | undefined {
	if (typeof status !== 'number') return undefined;
	const named: Record<string, string> = {};
	const received = isRecord(headers) ? headers : {};
	for (const name of Object.keys(received)) {
		const value = received[name];
		named[name.toLowerCase()] = Array.isArray(value) ? value.map(toText).join(', ') : toText(value);
	}
	return {
		status,
		headers: named,
		body: toText(body),
		asked,
	};
}
