import type { VendorError } from '../shared/calling/contract/outcome';
import { type Explanation, quoting } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import {
	explainStatus,
	type FieldNames,
	noNames,
	pauseBetweenCalls,
} from '../shared/wire/reply/status';
import {
	isJsonList,
	isJsonObject,
	type JsonObject,
	type JsonValue,
	member,
	parseJson,
	textOf,
} from '../shared/wire/text/json';
import { brief, listSayings } from '../shared/wire/text/sentences';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { adviceOnCode, parameterOf, signInAgain } from './errors';

/** The parts that the replies of all resources share. */
export interface Reply {
	/** Undefined if the body is not JSON. */
	readonly json: JsonValue | undefined;
	readonly error: VendorError | undefined;
	/**
	 * Undefined for 2xx. An error comes with an HTTP status that means what it says, whatever its code: 4xx comes before
	 * anything is placed, and 5xx proves nothing.
	 */
	readonly refusal: Explanation | undefined;
}

/** https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/HTTP-Return-Codes.html */
export function readReply(
	response: HttpResponse,
	names: FieldNames = noNames,
	maxCharacters?: number,
): Reply {
	const parsed = parseJson(response.body, maxCharacters);
	const json = isUnreadable(parsed) ? undefined : parsed.value;
	const error = errorIn(json);
	return { json, error, refusal: explainReply(response, error, names) };
}

function explainReply(
	response: HttpResponse,
	error: VendorError | undefined,
	names: FieldNames,
): Explanation | undefined {
	const { status } = response;
	const byStatus = explainStatus(response, 'VoipNow', {}, names);
	if (byStatus === undefined) return undefined;
	const reason = limits.has(status) ? 'rate_limited' : byStatus.reason;
	const ownAdvice = adviceOnStatus(names)[status];
	const explanation = { ...byStatus, reason, advice: ownAdvice ?? byStatus.advice };
	if (error === undefined) return explanation;
	const said = describeError(error);
	if (byStatus.status !== 'refused') return quoting(explanation, said);
	return {
		...explanation,
		what: `VoipNow refused the request: ${said}`,
		advice: adviceOnCode(error.code, names) ?? ownAdvice ?? 'Check the values that VoipNow names.',
	};
}

/** The vendor's own clients treat 409 and 413 as limits too. */
const limits: ReadonlySet<number> = new Set([409, 413, 429]);

function adviceOnStatus(names: FieldNames): Readonly<Record<number, string>> {
	const tooMany = `VoipNow has reached a limit of requests or calls. ${pauseBetweenCalls(names)}`;
	return { 401: signInAgain, 403: signInAgain, 409: tooMany, 413: tooMany, 429: tooMany };
}

/** The documented error, also as an entry of a list. */
function errorIn(json: JsonValue | undefined): VendorError | undefined {
	const places = isJsonList(json) ? json : [json];
	return places.map((place) => toVendorError(member(place, 'error'))).find((one) => one);
}

function toVendorError(error: JsonValue | undefined): VendorError | undefined {
	const code = textOf(member(error, 'code')) ?? null;
	const message = textOf(member(error, 'message')) ?? code;
	if (message === null) return undefined;
	const parameter = parameterOf(code);
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

/** VoipNow's own message, as a sentence. */
export function describeError({ code, message }: VendorError): string {
	return `${listSayings([brief(message)])} (${code ?? 'no code'}).`;
}

/** A page of a collection of the UnifiedAPI. */
export interface Collection {
	readonly entries: readonly JsonObject[];
	/** The number of entries on all pages, if VoipNow gives it. */
	readonly total?: number;
}

/**
 * Undefined for anything that is not a collection. Call records come as an object with the ID of each entry as its key,
 * everything else as a list.
 */
export function readCollection(json: JsonValue | undefined): Collection | undefined {
	const entry = member(json, 'entry');
	const total = Number(textOf(member(json, 'totalResults')) ?? Number.NaN);
	// VoipNow leaves out what is empty.
	if (entry === undefined && total === 0) return { entries: [], total };
	if (typeof entry !== 'object' || entry === null) return undefined;
	const entries = isJsonList(entry)
		? entry.filter(isJsonObject)
		: Object.entries(entry).flatMap(([id, one]) => (isJsonObject(one) ? [{ id, ...one }] : []));
	return { entries, ...(Number.isFinite(total) ? { total } : {}) };
}

/** The index of the first entry of the next page; undefined on the last page. */
export function nextStart(
	{ entries, total }: Collection,
	start: number,
	pageSize: number,
): number | undefined {
	const next = start + entries.length;
	const isLast =
		entries.length === 0 || (total === undefined ? entries.length < pageSize : next >= total);
	return isLast ? undefined : next;
}
