import type { VendorError } from '../shared/calling/contract/outcome';
import type { Explanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import type { FailureReason } from '../shared/wire/reply/reasons';
import { explainStatus, type FieldNames, noNames } from '../shared/wire/reply/status';
import { isJsonList, isJsonObject, type JsonValue, parseJson } from '../shared/wire/text/json';
import { brief, listSayings } from '../shared/wire/text/sentences';
import { isUnreadable, type Unreadable } from '../shared/wire/text/unreadable';
import { toText } from '../shared/wire/text/values';

/** The parts that the replies of all functions share. */
export interface Reply {
	readonly verdict: 'accepted' | 'refused' | Doubt;
	/** At least one. */
	readonly entries: readonly VendorError[];
	readonly data: JsonValue | undefined;
	/** The whole reply, without members that are named like a secret. */
	readonly json: JsonValue;
}

/** Why a reply does not show what happened to the request. */
export type Doubt = 'server_fault' | 'contradictory_reply' | 'undocumented_code';

const acceptedCodes: ReadonlySet<string | null> = new Set(['200', '204']);

/**
 * The documented codes that refuse the request itself, before Enswitch acts on it; 402 and 403 differ from HTTP's. Any
 * other code, such as the 500 of other functions, proves nothing.
 */
const refusalCodes = ['400', '401', '402', '403'] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export function isRefusalCode(code: string | null): code is RefusalCode {
	return refusalCodes.some((refusal) => refusal === code);
}

/** `Explanation`: the HTTP status decides, and the body adds nothing. `Unreadable`: the body is not a reply of the API. */
export function readReply(
	response: HttpResponse,
	maxCharacters?: number,
	names: FieldNames = noNames,
): Reply | Unreadable | Explanation {
	const byStatus = explainStatus(response, 'Enswitch', {}, names);
	if (byStatus?.reason === 'redirected') return byStatus;
	const parsed = parseJson(response.body, maxCharacters);
	if (isUnreadable(parsed)) return byStatus ?? parsed;
	const { responses = null, data } = isJsonObject(parsed.value) ? parsed.value : {};
	const entries = toList(responses).map(toVendorError);
	if (entries.length === 0) return byStatus ?? { kind: 'unreadable', why: 'it has no responses' };
	return { verdict: judge(response, entries), entries, data, json: withoutSecrets(parsed.value) };
}

/** Some paths give a single entry without its array. */
function toList(responses: JsonValue): readonly JsonValue[] {
	if (isJsonList(responses)) return responses;
	return responses === null ? [] : [responses];
}

function judge(response: HttpResponse, entries: readonly VendorError[]): Reply['verdict'] {
	const accepted = entries.filter(({ code }) => acceptedCodes.has(code)).length;
	if (accepted === entries.length && isSuccess(response)) return 'accepted';
	if (isServerFault(response)) return 'server_fault';
	if (accepted > 0) return 'contradictory_reply';
	return entries.every(({ code }) => isRefusalCode(code)) ? 'refused' : 'undocumented_code';
}

function toVendorError(entry: JsonValue): VendorError {
	const { code = null, key = '', message = '' } = isJsonObject(entry) ? entry : {};
	const parameter = toText(key).trim();
	return {
		code: toText(code).trim() || null,
		message: withoutSecretsIn(toText(message).trim()),
		...(parameter === '' ? {} : { parameter }),
	};
}

/** Enswitch's own messages, as one sentence. */
export function describeErrors(errors: readonly VendorError[]): string {
	const said = errors.map(({ code, message, parameter }) => {
		const about = parameter === undefined ? '' : `${parameter}: `;
		return `${about}${brief(message) || 'no message'} (${code ?? 'no code'})`;
	});
	return `${listSayings(said)}.`;
}

/** Why a request was refused, by the codes of the refusal: 401 and 402 are about the user. */
export function refusalReason(errors: readonly VendorError[]): FailureReason {
	const lacksRight = errors.some(({ code }) => code === '401' || code === '402');
	return lacksRight ? 'unauthorized' : 'vendor_refused';
}

/** A reply that is no refusal, in words. */
export function describeReply(response: HttpResponse, { entries }: Reply): string {
	const http = isSuccess(response) ? '' : ` with HTTP ${response.status}`;
	return `Enswitch answered${http}: ${describeErrors(entries)}`;
}

/** Whether this code is all that Enswitch answered. */
export function saysOnly({ entries }: Reply, wanted: string): boolean {
	return entries.every(({ code }) => code === wanted);
}

function isSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status < 300;
}

/** After one of these, no body proves how far the request got. */
function isServerFault({ status }: HttpResponse): boolean {
	return status === 408 || status >= 500;
}

const secretsInText = /\b(auth_\w{1,20}|password|secret|token)=[^\s&;]*/gi;
const secretName = /pass|secret|token|auth_|pin$/i;
const deepestLevel = 20;

function withoutSecretsIn(text: string): string {
	return text.includes('=') ? text.replace(secretsInText, '$1=***') : text;
}

function withoutSecrets(value: JsonValue, level = 0): JsonValue {
	if (typeof value === 'string') return withoutSecretsIn(value);
	if (typeof value !== 'object' || value === null) return value;
	if (level >= deepestLevel) return null;
	if (!isJsonObject(value)) return value.map((member) => withoutSecrets(member, level + 1));
	const members: [string, JsonValue][] = [];
	for (const name in value) {
		if (!secretName.test(name))
			members.push([name, withoutSecrets(value[name] ?? null, level + 1)]);
	}
	return Object.fromEntries(members);
}
