import {
	failed,
	type Failed,
	type Outcome,
	type Placed,
	toFailed,
	type VendorError,
} from '../../shared/calling/contract/outcome';
import { contradictory, evidenceOf, unreadableReply } from '../../shared/calling/contract/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { Explanation } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import type { FieldNames } from '../../shared/wire/reply/status';
import { type JsonValue, member, textOf } from '../../shared/wire/text/json';
import { brief } from '../../shared/wire/text/sentences';
import { explainReply, readJson, saidBy, whereAriIs } from '../reply';
import { fields } from './fields';
import type { AsteriskCall } from './read';

export const howToCheck = 'check the active channels and the call records of Asterisk';

const asterisk = { displayName: 'Asterisk', howToCheck };

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
	if (explanation !== undefined) return withReply(response, explanation, call, json);
	if (said !== undefined) {
		const evidence = evidenceOf(response, [{ code: null, message: said }], json);
		const refusal = `${brief(said)}.`;
		return { ...contradictory(asterisk, 'a channel', refusal, evidence), callId: call.callId };
	}
	return placedBy(response, call) ?? otherChannel(response, call, json);
}

/** Undefined if the reply is not the channel of the call. */
function placedBy({ status, body }: HttpResponse, call: AsteriskCall): Placed | undefined {
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

function withReply(
	response: HttpResponse,
	explanation: Explanation,
	{ callId }: AsteriskCall,
	json: JsonValue | undefined,
): Failed {
	const said = saidBy(json);
	const errors: VendorError[] =
		said === undefined ? [] : [{ code: String(response.status), message: said }];
	return {
		...toFailed(explanation, howToCheck),
		...(explanation.status === 'unknown' ? { callId } : {}),
		...evidenceOf(response, errors, json),
	};
}

/** A reply that is not the channel of this call. */
function otherChannel(
	response: HttpResponse,
	{ callId }: AsteriskCall,
	json: JsonValue | undefined,
): Failed {
	const why = json === undefined ? 'it is not JSON' : 'it is not the channel of this call';
	const failure = unreadableReply(asterisk, response, why, json);
	const { advice } = failure;
	return { ...failure, callId, advice: json === undefined ? `${advice} ${whereAriIs}` : advice };
}
