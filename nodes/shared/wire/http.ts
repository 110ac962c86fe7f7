/**
 * The package's own words: what is sent, what comes back, what it proves, and what the workflow gets.
 * Nothing here knows n8n or a vendor.
 */

import { asText, chain, isRecord } from './values';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
	readonly [key: string]: JsonValue;
}

/** One request to a vendor, without host and without secrets: the credential adds both. */
export interface HttpRequest {
	readonly method: 'POST' | 'GET';
	/** Starts with a slash; relative to the credential's base URL. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}

export interface HttpResponse {
	readonly status: number;
	/** Names in lower case; of a header sent several times, the values joined with ", ". */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** What it answers; a redirect is judged by it. Absent where nobody knows. */
	readonly asked?: Asked;
}

/** The address of a request in its two parts; it has no secrets. */
export interface Asked {
	/** Scheme, host, port and path prefix, as the credential has it. */
	readonly baseUrl: string;
	/** Of the API, as the request has it, query included. */
	readonly path: string;
}

/** A response whose body is not read yet. */
export interface Received {
	readonly status: unknown;
	readonly headers: unknown;
	readonly body: unknown;
}

/** The response that an error for one of these statuses carries. Any other has no body to be read: its connection was lost. */
export function thrownResponse(error: unknown, statuses: readonly number[]): Received | undefined {
	return chain(error)
		.map(({ response }) => response)
		.filter(isRecord)
		.map(({ status, headers, data }) => ({ status, headers, body: data }))
		.find(({ status }) => typeof status === 'number' && statuses.includes(status));
}

/** Narrows what an HTTP client gives; undefined where it is no response at all. */
export function toHttpResponse(
	{ status, headers, body }: Received,
	asked: Asked,
): HttpResponse | undefined {
	if (typeof status !== 'number') return undefined;
	const named = Object.entries(isRecord(headers) ? headers : {}).map(([name, value]) => [
		name.toLowerCase(),
		Array.isArray(value) ? value.map(asText).join(', ') : asText(value),
	]);
	return {
		status,
		headers: Object.fromEntries(named) as Record<string, string>,
		body: body === undefined || body === null ? '' : asText(body),
		asked,
	};
}
