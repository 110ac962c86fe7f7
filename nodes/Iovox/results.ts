import type { Trouble } from '../shared/calling/contract/outcome';
import { evidenceOf } from '../shared/calling/contract/reply';
import { explain } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/wire/text/json';
import { maxListCharacters } from '../shared/wire/text/limits';
import { explainRefusal, readBody, wrongAddress } from './reply';

/** A page of what a method that lists something has found. */
export interface ResultsPage {
	/** As IOVOX sends them. */
	readonly results: readonly JsonObject[];
	readonly totalPages: number | undefined;
}

/** In JSON, one result is an object and several are a list; without results, there are none at all. */
export function readResults(response: HttpResponse): ResultsPage | Trouble {
	const body = readBody(response.body, maxListCharacters);
	const refusal = explainRefusal(response, body);
	if (refusal !== undefined) {
		return { ...refusal, ...evidenceOf(response, body.errors, body.parsed) };
	}
	const root = isJsonObject(body.parsed) ? body.parsed : {};
	// Also read as XML, which has no member of that name: a server may not support the output JSON.
	const reply = isJsonObject(root.response) ? root.response : root;
	if (response.status !== 200 || reply.results === undefined) {
		const what = `Something answered, but not IOVOX${body.isPage ? ': it is a web page' : ''}.`;
		return explain('unknown', 'unreadable_reply', what, wrongAddress, response.status);
	}
	const { results, total_pages: pages } = reply;
	const found = isJsonObject(results) ? results.result : undefined;
	const list: readonly JsonValue[] = found === undefined ? [] : [found].flat();
	const totalPages = Number(pages);
	return {
		results: list.filter(isJsonObject),
		totalPages: Number.isSafeInteger(totalPages) ? totalPages : undefined,
	};
}
