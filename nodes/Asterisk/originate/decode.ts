import {
	failed,
	type Failed,
	type Outcome,
	type Placed,
	toFailed,
	type VendorError,
} from '../../shared/calling/outcome';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { Explanation } from '../../shared/wire/explanation';
import type { HttpResponse, JsonObject, JsonValue } from '../../shared/wire/http';
import { isJsonObject, member, parseJson, textOf } from '../../shared/wire/json';
import { brief } from '../../shared/wire/sentences';
import { explainStatus, type FieldNames, noNames } from '../../shared/wire/status';
import { isUnreadable } from '../../shared/wire/unreadable';
import { fields } from './fields';
import type { AsteriskCall } from './read';

export const howToCheck = 'look into the active channels and the call records of Asterisk';

/** What people meet who are on the way to ARI. */
const whereAriIs =
	'Base URL in the credential is the web server of Asterisk, up to /ari: http on port 8088 or https on port 8089 unless it was changed, and not the web interface of FreePBX. ARI has to be on: enabled=yes in http.conf and in ari.conf.';

export const statusAdvice: Readonly<Record<number, string>> = {
	401: 'Check user name and password in the credential: they are those of a user of ARI (in FreePBX under Settings, Asterisk REST Interface Users), and not those of FreePBX itself.',
	403: 'This user of ARI may only read. Set read_only=no in ari.conf, or Read Only to No in FreePBX.',
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
	if (said !== undefined) return contradictory(response, call, said, json);
	return placedBy(response, call) ?? unreadable(response, call, json);
}

/** The channel of the call, as the answer to placing it or to asking for it; undefined where the answer is no such channel. */
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

/** Asterisk's word for it where it makes no channel; no phone rings before there is one. */
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

/** What an HTTP status alone means, with what ARI says beside it; undefined for 2xx. */
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
			? 'Check the values. ARI of this version of Asterisk may not know one of them.'
			: explanation.advice;
	return { ...explanation, what, advice };
}

/**
 * ARI says so while a call with this ID is live. On a connection that was used before, Asterisk 22 says it also of an endpoint that
 * does not exist, when the request before it met a conflict: whether the call is there, only a look at its channel shows.
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

/** A success that says what is wrong. */
function contradictory(
	{ status }: HttpResponse,
	{ callId }: AsteriskCall,
	said: string,
	json: JsonValue = null,
): Failed {
	return failed(
		'unknown',
		'contradictory_reply',
		`Asterisk answered with a channel and a refusal: ${brief(said)}.`,
		`Before dialing again, ${howToCheck}.`,
		{ callId, httpStatus: status, vendorErrors: [{ code: null, message: said }], response: json },
	);
}

function unreadable(
	{ status, headers }: HttpResponse,
	{ callId }: AsteriskCall,
	json: JsonValue | undefined,
): Failed {
	const isPage = headers['content-type']?.includes('html') === true;
	const what = isPage
		? 'A web page came instead of an answer of Asterisk.'
		: `The answer of Asterisk cannot be read: ${json === undefined ? 'it is not JSON' : 'it is not the channel of this call'}.`;
	return failed(
		'unknown',
		'unreadable_reply',
		what,
		`${isPage ? `${whereAriIs} ` : ''}Before dialing again, ${howToCheck}.`,
		{ callId, httpStatus: status, ...(json === undefined ? {} : { response: json }) },
	);
}

function readJson(body: string): JsonObject | undefined {
	const parsed = parseJson(body);
	return !isUnreadable(parsed) && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** What ARI says is wrong. */
function saidBy(json: JsonValue | undefined): string | undefined {
	return textOf(member(json, 'message')) ?? textOf(member(json, 'error'));
}
