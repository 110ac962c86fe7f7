import type { Trouble } from '../shared/calling/contract/outcome';
import { unreadable } from '../shared/calling/contract/reply';
import { explain, type Explanation, quoting } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { explainStatus, type FieldNames, noNames } from '../shared/wire/reply/status';
import {
	isJsonObject,
	type JsonObject,
	type JsonValue,
	member,
	parseJson,
	textOf,
} from '../shared/wire/text/json';
import { brief } from '../shared/wire/text/sentences';
import { isUnreadable } from '../shared/wire/text/unreadable';

/** Most likely the request reached another web server. */
export const whereAriIs =
	"Base URL has to be the address of Asterisk's own web server, up to /ari. Its port is 8088 (http) or 8089 (https) by default. It is not the web interface of FreePBX. ARI must be on: enabled=yes in http.conf and in ari.conf.";

/** What ARI means by a status. */
export const statusAdvice: Readonly<Record<number, string>> = {
	401: 'Check user name and password in the credential. Enter an ARI user (in FreePBX: Settings, Asterisk REST Interface Users), not a user of FreePBX itself.',
	403: 'This ARI user may only read. Set read_only=no in ari.conf, or Read Only to No in FreePBX.',
	404: `There is no ARI at this address. ${whereAriIs}`,
};

/** What the HTTP status means, with ARI's own message; undefined for 2xx. */
export function explainReply(
	response: HttpResponse,
	names: FieldNames = noNames,
): Explanation | undefined {
	const explanation = explainStatus(response, 'Asterisk', statusAdvice, names);
	const said = saidBy(readJson(response.body));
	if (response.status === 409) return conflict(said);
	if (explanation === undefined || said === undefined) return explanation;
	const isOwnWord =
		response.status !== 401 && response.status !== 403 && said !== 'Resource not found';
	const advice =
		explanation.status === 'refused' && isOwnWord
			? 'Check the values. If they are right, this version of Asterisk may not support one of them.'
			: explanation.advice;
	return { ...quoting(explanation, `${brief(said)}.`), advice };
}

/**
 * ARI answers 409 while a call with this ID is live. After one conflict on a connection, Asterisk 22 also answers 409 for an
 * endpoint that does not exist. So only a look at the channel shows whether the call exists.
 */
function conflict(said: string | undefined): Explanation {
	return explain(
		'unknown',
		'contradictory_reply',
		`Asterisk answered with HTTP 409${said === undefined ? '' : `: ${brief(said)}`}.`,
		'A call with this ID may be live already.',
		409,
	);
}

/** The object in a body; undefined for anything else. */
export function readJson(body: string): JsonObject | undefined {
	const parsed = parseJson(body);
	return !isUnreadable(parsed) && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** A reply that does not answer the question. `why` continues "... could not be read: ". */
export function otherReply(response: HttpResponse, why: string): Trouble {
	const advice = whereAriIs;
	return { ...unreadable({ displayName: 'Asterisk' }, response, why), advice };
}

/** Whether there is no such channel: the call is over, or never was. Any other 404 is not about a call. */
export function isNoChannel({ status, body }: HttpResponse): boolean {
	return status === 404 && saidBy(readJson(body)) === 'Channel not found';
}

/** ARI's own message about a request that it did not carry out. */
export function saidBy(json: JsonValue | undefined): string | undefined {
	return textOf(member(json, 'message')) ?? textOf(member(json, 'error'));
}
