import {
	failed,
	type Outcome,
	toFailed,
	type VendorError,
} from '../../shared/calling/contract/outcome';
import { evidenceOf, inconclusive, unreadableReply } from '../../shared/calling/contract/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import { isExplanation } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import type { FieldNames } from '../../shared/wire/reply/status';
import { isJsonObject, type JsonObject, type JsonValue } from '../../shared/wire/text/json';
import { isUnreadable } from '../../shared/wire/text/unreadable';
import { toText } from '../../shared/wire/text/values';
import { describeErrors, isRefusalCode, isSuccess, readReply, type RefusalCode } from '../reply';
import { fields } from './fields';
import type { EnswitchCall } from './read';

export const howToCheck = 'check the active calls and the call history of Enswitch';

const enswitch = { displayName: 'Enswitch', howToCheck };

const ownNames = fieldNamesOf(fields);

/**
 * https://vobi.com.au/wpsp_knowledge_base/make-a-call/
 * The HTTP status is nearly always 200: the verdict is in `responses`.
 */
export function decode(
	response: HttpResponse,
	call: EnswitchCall,
	names: FieldNames = ownNames,
): Outcome {
	const reply = readReply(response, undefined, names);
	if (isExplanation(reply)) return toFailed(reply, howToCheck);
	if (isUnreadable(reply)) return unreadableReply(enswitch, response, reply.why);
	const { verdict, entries, data, json } = reply;
	const evidence = evidenceOf(response, entries, json);
	switch (verdict) {
		case 'accepted':
			return {
				status: (call.delaySeconds ?? 0) > 0 ? 'scheduled' : 'accepted',
				...readCall(data, call),
				response: json,
			};
		case 'refused': {
			const lacksRight = entries.some(({ code }) => code === '401' || code === '402');
			return failed(
				'refused',
				lacksRight ? 'unauthorized' : 'vendor_refused',
				`Enswitch refused the call: ${describeErrors(entries)}`,
				adviceFor(entries, names),
				evidence,
			);
		}
		default: {
			const http = isSuccess(response) ? '' : ` with HTTP ${response.status}`;
			const what = `Enswitch answered${http}: ${describeErrors(entries)}`;
			return inconclusive(enswitch, verdict, what, evidence);
		}
	}
}

/**
 * `machine`, `server` and `callid` come only with `wait`, and only if Enswitch knew them in time. Without them, Get needs the
 * customer and the delay to find the call.
 */
function readCall(
	data: JsonValue | undefined,
	{ customer, delaySeconds = 0 }: EnswitchCall,
): { callId: string | null; details: JsonObject } {
	const { callid = '', machine = '', server = '' } = isJsonObject(data) ? data : {};
	const known = Object.entries({ machine, server }).filter(
		([, value]) => toText(value).trim() !== '',
	);
	return {
		callId: toText(callid).trim() || null,
		details: {
			...Object.fromEntries(known),
			...(customer === undefined ? {} : { customer }),
			...(delaySeconds > 0 ? { delay: delaySeconds } : {}),
		},
	};
}

function adviceFor(entries: readonly VendorError[], names: FieldNames): string {
	const codes = [...new Set(entries.map(({ code }) => code))].filter(isRefusalCode);
	const advice = codes.map((code) => {
		const parameters = entries
			.filter((entry) => entry.code === code)
			.flatMap(({ parameter = [] }) => parameter);
		return refusalAdvice[code]([...new Set(parameters)], names);
	});
	return advice.join(' ');
}

/** `parameters` are those that Enswitch names. */
const refusalAdvice: Readonly<
	Record<RefusalCode, (parameters: readonly string[], names: FieldNames) => string>
> = {
	400: (parameters, names) =>
		`Check ${parameters.map((name) => describeField(name, names)).join(' and ') || 'the values'}. If that is right, this version of Enswitch may not support one of the options.`,
	401: () => 'Check user name and password in the credential.',
	402: () =>
		'The sign-in works, but the role of this user may not place calls: it needs the privilege actions or panel. Ask the person who manages roles in Enswitch.',
	403: () =>
		'The sign-in works, but the rate plan of the customer does not allow this call. Choose another number, or ask the person who manages rate plans in Enswitch.',
};

/** A parameter has the same name as its field. */
function describeField(parameter: string, names: FieldNames): string {
	const name = names(parameter);
	return name === undefined || name.endsWith(parameter) ? parameter : `${name} (${parameter})`;
}
