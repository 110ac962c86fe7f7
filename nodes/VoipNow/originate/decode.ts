import { type Outcome, toFailed } from '../../shared/calling/contract/outcome';
import { contradictory, evidenceOf, unreadableReply } from '../../shared/calling/contract/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { HttpResponse } from '../../shared/wire/reply/http';
import type { FieldNames } from '../../shared/wire/reply/status';
import { isJsonList, member, textOf } from '../../shared/wire/text/json';
import { describeError, readReply } from '../reply';
import { fields } from './fields';
import type { VoipNowCall } from './read';

export const howToCheck =
	'check the call reports of VoipNow, or list its current phone calls and compare their nonce';

const voipNow = { displayName: 'VoipNow', howToCheck };

/** The table of return codes lists 200 and 204 for success; the examples have 202. */
const successes: ReadonlySet<number> = new Set([200, 202, 204]);

const ownNames = fieldNamesOf(fields);

/** https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls */
export function decode(
	response: HttpResponse,
	call: VoipNowCall,
	names: FieldNames = ownNames,
): Outcome {
	const { status, body } = response;
	const { json, error, refusal } = readReply(response, names);
	const [phoneCall] = isJsonList(json) ? json : [];
	const callId = textOf(member(phoneCall, 'id'));
	const isContradiction =
		refusal === undefined
			? error !== undefined
			: refusal.status === 'refused' && callId !== undefined;
	const evidence = evidenceOf(response, error === undefined ? [] : [error], json);
	if (isContradiction) {
		const success = callId === undefined ? `HTTP ${status}` : 'a call';
		const said = error === undefined ? `HTTP ${status}.` : describeError(error);
		return contradictory(voipNow, success, said, evidence);
	}
	if (refusal !== undefined) {
		return { ...toFailed(refusal, howToCheck), ...(error === undefined ? {} : evidence) };
	}
	if (!successes.has(status)) {
		return unreadableReply(voipNow, response, `HTTP ${status} is not documented`, json);
	}
	if (body.trim() === '') {
		return {
			status: 'accepted',
			callId: null,
			details: { userId: call.userId, extension: null, link: null, nonce: call.nonce },
			response: null,
		};
	}
	if (json === undefined) return unreadableReply(voipNow, response, 'it is not JSON');
	if (callId === undefined) {
		const why = 'it is not a list that begins with a call and its ID';
		return unreadableReply(voipNow, response, why, json);
	}
	// `link` in the documented replies, `links` in the documented resource.
	const links = member(phoneCall, 'link') ?? member(phoneCall, 'links');
	return {
		status: 'accepted',
		callId,
		details: {
			userId: call.userId,
			extension: textOf(member(phoneCall, 'extension')) ?? null,
			link: textOf(member(links, 'self')) ?? null,
			nonce: call.nonce,
		},
		response: json,
	};
}
