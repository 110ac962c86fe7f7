import {
	failed,
	type Failed,
	type Outcome,
	type Placed,
	toFailed,
	type VendorError,
} from '../../shared/calling/outcome';
import { contradictory, evidenceOf, unreadableReply } from '../../shared/calling/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { Explanation } from '../../shared/wire/explanation';
import type { HttpResponse, JsonObject, JsonValue } from '../../shared/wire/http';
import { isJsonObject, member, parseJson, textOf } from '../../shared/wire/json';
import { brief } from '../../shared/wire/sentences';
import { explainStatus, type FieldNames, noNames } from '../../shared/wire/status';
import { isUnreadable } from '../../shared/wire/unreadable';
import { fields } from './fields';
import type { AsteriskCall } from './read';

export const howToCheck = 'check the active channels and the call records of Asterisk';

const asterisk = { displayName: 'Asterisk', howToCheck };

/** Most likely the request reached another web server. */
const whereAriIs =
	"Base URL has to be the address of Asterisk's own web server, up to /ari. Its port is 8088 (http) or 8089 (https) by default. It is not the web interface of FreePBX. ARI must be on: enabled=yes in http.conf and in ari.conf.";

export const statusAdvice: Readonly<Record<number, string>> = {
	401: 'Check user name and password in the credential. Enter an ARI user (in FreePBX: Settings, Asterisk REST Interface Users), not a user of FreePBX itself.',
	403: 'This ARI user may only read. Set read_only=no in ari.conf, or Read Only to No in FreePBX.',
	404: `There is no ARI at this address. ${whereAriIs}`,
};

const ownNames = fieldNamesOf(fields);

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#originatewithid */
export function decode(
	response: HttpResponse,
	call: AsteriskCall,
	names: FieldNames = ownNames,
): Outcome {
	const json = readJson(response.body);
	const said = saidBy(json);
	if (isAllocationFailure(response.status, json)) return noEndpoint(call, json, names);
	const explanation = explainReply(response, names);
	if (explanation !== undefined) return withReply(explanation, call, json);
	if (said !== undefined) {
		const evidence = evidenceOf(response, [{ code: null, message: said }], json);
		const refusal = `${brief(said)}.`;
		return { ...contradictory(asterisk, 'a channel', refusal, evidence), callId: call.callId };
	}
	return placedBy(response, call) ?? unreadable(response, call, json);
}

/** The channel of the call, in the reply to placing it or to asking for it; undefined if the reply is something else. */
export function placedBy({ status, body }: HttpResponse, call: AsteriskCall): Placed | undefined {
	const json = readJson(body);
	if (status !== 200 || json === undefined || textOf(member(json, 'id')) !== call.callId) {
		return undefined;
	}
	if (saidBy(json) !== undefined) return undefined;
	const channel = textOf(member(json, 'name'));
	return {
		status: 'accepted',
		callId: call.callId,
		details: channel === undefined ? {} : { channel },
		response: json,
	};
}

/** Asterisk says this if it cannot make the channel. No phone rings without a channel. */
function isAllocationFailure(status: number, json: JsonValue | undefined): boolean {
	return status === 500 && member(json, 'error') === 'Allocation failed';
}

function noEndpoint(
	{ endpoint }: AsteriskCall,
	response: JsonValue | undefined,
	names: FieldNames,
): Failed {
	const field = names('endpoint');
	return failed(
		'refused',
		'vendor_refused',
		`Asterisk cannot ring ${endpoint}: Allocation failed (500).`,
		`${field === undefined ? 'Check it' : `Check ${field}`}: there is no such endpoint, or no phone has registered for it.`,
		{
			vendorErrors: [{ code: '500', message: 'Allocation failed' }],
			httpStatus: 500,
			...(response === undefined ? {} : { response }),
		},
	);
}

/** What the HTTP status means, with ARI's own message; undefined for 2xx. */
export function explainReply(
	response: HttpResponse,
	names: FieldNames = noNames,
): Explanation | undefined {
	const explanation = explainStatus(response, 'Asterisk', statusAdvice, names);
	const said = saidBy(readJson(response.body));
	if (response.status === 409) return conflict(said);
	if (explanation === undefined || said === undefined) return explanation;
	const what = explanation.what.replace(/\.$/, `: ${brief(said)}.`);
	const isOwnWord = response.status !== 401 && response.status !== 403;
	const advice =
		explanation.status === 'refused' && isOwnWord
			? 'Check the values. If they are right, this version of Asterisk may not support one of them.'
			: explanation.advice;
	return { ...explanation, what, advice };
}

/**
 * ARI answers 409 while a call with this ID is live. After one conflict on a connection, Asterisk 22 also answers 409 for an
 * endpoint that does not exist. So only a look at the channel shows whether the call exists.
 */
function conflict(said: string | undefined): Explanation {
	return {
		kind: 'explanation',
		status: 'unknown',
		reason: 'contradictory_reply',
		what: `Asterisk answered with HTTP 409${said === undefined ? '' : `: ${brief(said)}`}.`,
		advice: 'A call with this ID may be live already.',
		httpStatus: 409,
	};
}

function withReply(
	explanation: Explanation,
	{ callId }: AsteriskCall,
	json: JsonValue | undefined,
): Failed {
	const said = saidBy(json);
	const error: VendorError[] =
		said === undefined ? [] : [{ code: String(explanation.httpStatus), message: said }];
	return {
		...toFailed(explanation, howToCheck),
		...(explanation.status === 'unknown' ? { callId } : {}),
		vendorErrors: error,
		...(json === undefined ? {} : { response: json }),
	};
}

/** A reply that is not the channel of this call. */
function unreadable(
	response: HttpResponse,
	{ callId }: AsteriskCall,
	json: JsonValue | undefined,
): Failed {
	const why = json === undefined ? 'it is not JSON' : 'it is not the channel of this call';
	const failure = unreadableReply(asterisk, response, why, json);
	const { advice } = failure;
	return { ...failure, callId, advice: json === undefined ? `${advice} ${whereAriIs}` : advice };
}

function readJson(body: string): JsonObject | undefined {
	const parsed = parseJson(body);
	return !isUnreadable(parsed) && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** ARI's own message about a request that it did not carry out. */
function saidBy(json: JsonValue | undefined): string | undefined {
	return textOf(member(json, 'message')) ?? textOf(member(json, 'error'));
}
