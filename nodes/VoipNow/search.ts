import type { Sighting } from '../shared/calling/contract/callState';
import type { Trouble } from '../shared/calling/contract/outcome';
import { evidenceOf, unreadable } from '../shared/calling/contract/reply';
import { fieldNamesOf } from '../shared/form/fieldNames';
import { eachPage, type Step } from '../shared/wire/exchange/conversation';
import { explain } from '../shared/wire/reply/explanation';
import type { HttpRequest, HttpResponse } from '../shared/wire/reply/http';
import type { FieldNames } from '../shared/wire/reply/status';
import {
	isJsonList,
	isJsonObject,
	type JsonObject,
	type JsonValue,
} from '../shared/wire/text/json';
import { fields } from './get/fields';
import { type Collection, describeError, nextStart, readCollection, readReply } from './reply';
import { pageSize } from './request';

/** More than any search needs; it ends one whose pages do not end. */
const mostPages = 40;

/** How to look for calls in a collection. */
export interface CallSearch {
	/** A page of the collection. */
	request(start: number): HttpRequest;
	/** The sighting of a call that matches. */
	match(call: JsonObject): Sighting | undefined;
	/** Whether one match is enough. */
	readonly isUnique: boolean;
}

/** The calls that were found. */
export interface Matches {
	readonly kind: 'matches';
	readonly calls: readonly Sighting[];
}

/** Reads a collection page by page, and continues with the calls that match. */
export function searchCalls<Result>(
	{ request, match, isUnique }: CallSearch,
	next: (found: Matches | Trouble) => Step<Result>,
): Step<Result> {
	return eachPage<number, Sighting, Result>(
		0,
		mostPages,
		(start, goOn, before) => ({
			kind: 'ask',
			request: request(start),
			next(response) {
				const read = readCalls(response);
				if (read.kind === 'explanation') return next(read);
				const found = read.entries.flatMap((call) => match(call) ?? []);
				// A call that ends moves the later ones to an earlier page.
				const isNew = ({ callId }: Sighting) => before.every((one) => one.callId !== callId);
				const calls = found.filter(isNew);
				const isEnough = isUnique && calls.length > 0;
				return goOn(calls, isEnough ? undefined : nextStart(read, start, pageSize));
			},
		}),
		(calls) => next({ kind: 'matches', calls }),
	);
}

/** The calls in a reply: a page of them, a list, or one call. */
export function readCalls(
	response: HttpResponse,
): ({ readonly kind: 'calls' } & Collection) | Trouble {
	const trouble = troubleIn(response);
	if (trouble !== undefined) return trouble;
	// An empty list comes without a body.
	if (response.status === 204) return { kind: 'calls', entries: [] };
	const { json } = readReply(response);
	const calls = collectionIn(json);
	if (calls !== undefined) return { kind: 'calls', ...calls };
	return unreadable(voipNow, response, 'it has no phone calls', json);
}

function collectionIn(json: JsonValue | undefined): Collection | undefined {
	if (isJsonList(json)) return { entries: json.filter(isJsonObject) };
	if (isJsonObject(json) && json.phoneCallView !== undefined) return { entries: [json] };
	return readCollection(json);
}

/** For the texts about replies. */
export const voipNow = { displayName: 'VoipNow' };

/** The documentation names no other rights: an App sees what its account sees. */
export const rights =
	'To follow or end a call, the App has to belong to the user whose call it is, to the organization of that user, or to the administrator.';

/** What the texts about a refusal need: the names of the fields, and who has the right. */
interface Asking {
	readonly names: FieldNames;
	readonly rights: string;
}

const following: Asking = { names: fieldNamesOf(fields), rights };

/** What is wrong with a reply; undefined if it is a success. */
export function troubleIn(response: HttpResponse, asking = following): Trouble | undefined {
	const { json, error, refusal } = readReply(response, asking.names);
	const evidence = evidenceOf(response, error === undefined ? [] : [error], json);
	if (refusal !== undefined) {
		const isRight = refusal.reason === 'unauthorized';
		const advice = isRight ? `${refusal.advice} ${asking.rights}` : refusal.advice;
		return { ...refusal, advice, ...evidence };
	}
	if (error === undefined) return undefined;
	const what = `VoipNow answered with HTTP ${response.status} and a refusal: ${describeError(error)}`;
	return {
		...explain('unknown', 'contradictory_reply', what, '', response.status),
		...evidence,
	};
}

/** VoipNow does not document how it says that there is no such call. Of a 404, only its own words count. */
export function isNoCall(response: HttpResponse): boolean {
	const { error } = readReply(response);
	if (response.status === 404) return error !== undefined;
	if (response.status === 400) return /(?:^|_)(?:phonecall)?id_invalid$/i.test(error?.code ?? '');
	return response.status === 204;
}
