import {
	failed,
	type Failed,
	type Outcome,
	toFailed,
	type VendorError,
} from '../../shared/calling/outcome';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import { type Explanation, isExplanation } from '../../shared/wire/explanation';
import type { HttpResponse, JsonObject, JsonValue } from '../../shared/wire/http';
import { isJsonObject, parseJson } from '../../shared/wire/json';
import type { FailureReason } from '../../shared/wire/reasons';
import { brief, listSayings } from '../../shared/wire/sentences';
import { explainStatus, type FieldNames, noNames } from '../../shared/wire/status';
import { isUnreadable, type Unreadable } from '../../shared/wire/unreadable';
import { toText } from '../../shared/wire/values';
import { fields } from './fields';
import type { EnswitchCall } from './read';

export const howToCheck = 'look into the active calls and the call history of Enswitch';

const accepted: ReadonlySet<string | null> = new Set(['200', '204']);

/**
 * What the document lists as a no to the request itself, which comes before any call; 402 and 403 are not what they are in
 * HTTP. Any other code, such as the 500 that other functions document, tells nothing certain of a call.
 */
const refusals: ReadonlyMap<
	string | null,
	(parameters: readonly string[], names: FieldNames) => string
> = new Map([
	[
		'400',
		(parameters: readonly string[], names: FieldNames) =>
			`Check ${parameters.map((name) => describe(name, names)).join(' and ') || 'the values'}. When that is right, this version of Enswitch may not know an option that is set.`,
	],
	['401', () => 'Check user name and password in the credential.'],
	[
		'402',
		() =>
			'The sign-in works, but the role of this user lacks a privilege: placing calls needs actions or panel. Ask whoever manages roles in Enswitch.',
	],
	[
		'403',
		() =>
			'The sign-in works, but the rate plan of the customer does not allow this call. Choose another number, or ask whoever manages rate plans in Enswitch.',
	],
]);

/** A parameter has the name of its field. */
function describe(parameter: string, names: FieldNames): string {
	const name = names(parameter);
	return name === undefined || name.endsWith(parameter) ? parameter : `${name} (${parameter})`;
}

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
	if (isUnreadable(reply)) return unreadable(response, reply);
	const { verdict, entries, data, json } = reply;
	const told = { vendorErrors: entries, httpStatus: response.status, response: json };
	if (verdict === 'accepted') {
		return {
			status: (call.delaySeconds ?? 0) > 0 ? 'scheduled' : 'accepted',
			...readCall(data),
			response: json,
		};
	}
	const said = describeErrors(entries);
	if (verdict === 'refused') {
		const lacksRight = entries.some(({ code }) => code === '401' || code === '402');
		return failed(
			'refused',
			lacksRight ? 'unauthorized' : 'vendor_refused',
			`Enswitch refused the call: ${said}`,
			adviceFor(entries, names),
			told,
		);
	}
	const http = isSuccess(response) ? '' : ` with HTTP ${response.status}`;
	return failed(
		'unknown',
		doubt(response, entries),
		`Enswitch answered${http}: ${said}`,
		`Before dialing again, ${howToCheck}.`,
		told,
	);
}

/** Why a reply does not tell what came of the call. */
function doubt(response: HttpResponse, entries: readonly VendorError[]): FailureReason {
	if (isServerFault(response)) return 'server_fault';
	const isContradiction = entries.some(({ code }) => accepted.has(code));
	return isContradiction ? 'contradictory_reply' : 'undocumented_code';
}

function adviceFor(entries: readonly VendorError[], names: FieldNames): string {
	const codes = [...new Set(entries.map(({ code }) => code))];
	const advice = codes.map((code) => {
		const parameters = entries
			.filter((entry) => entry.code === code)
			.flatMap(({ parameter = [] }) => parameter);
		return refusals.get(code)?.([...new Set(parameters)], names) ?? '';
	});
	return advice.join(' ');
}

/** A reply of any function of the JSON API, as far as all have it in common. */
export interface Reply {
	/** `unknown`: contradictory, or with a code or an HTTP status that says nothing certain. */
	readonly verdict: 'accepted' | 'refused' | 'unknown';
	/** At least one. */
	readonly entries: readonly VendorError[];
	readonly data: JsonValue | undefined;
	/** The whole reply, without whatever is named like a secret. */
	readonly json: JsonValue;
}

/** `Explanation` is for an HTTP status that nothing in the body explains; `Unreadable` for a body that is no reply. */
export function readReply(
	response: HttpResponse,
	maxCharacters?: number,
	names: FieldNames = noNames,
): Reply | Unreadable | Explanation {
	const byStatus = explainStatus(response, 'Enswitch', {}, names);
	if (byStatus?.reason === 'redirected') return byStatus;
	const parsed = parseJson(response.body, maxCharacters);
	if (isUnreadable(parsed)) return byStatus ?? parsed;
	const envelope = isJsonObject(parsed.value) ? parsed.value : {};
	const { responses = null, data } = envelope;
	// Some paths give a single entry without its array.
	const list: readonly JsonValue[] = Array.isArray(responses)
		? responses
		: responses === null
			? []
			: [responses];
	const entries = list.map(toVendorError);
	if (entries.length === 0) return byStatus ?? { kind: 'unreadable', why: 'it has no responses' };
	return {
		verdict: judge(response, entries),
		entries,
		data,
		json: withoutSecrets(parsed.value),
	};
}

function judge(response: HttpResponse, entries: readonly VendorError[]): Reply['verdict'] {
	if (entries.every(({ code }) => accepted.has(code))) {
		return isSuccess(response) ? 'accepted' : 'unknown';
	}
	const refused = entries.every(({ code }) => refusals.has(code)) && !isServerFault(response);
	return refused ? 'refused' : 'unknown';
}

function toVendorError(entry: JsonValue): VendorError {
	const { code = null, key = '', message = '' } = isJsonObject(entry) ? entry : {};
	const parameter = toText(key).trim();
	return {
		code: toText(code).trim() || null,
		message: toText(message).trim().replace(secretsInText, '$1=***'),
		...(parameter === '' ? {} : { parameter }),
	};
}

/** `machine`, `server` and `callid` come only with `wait`, and only if they were known in time. */
function readCall(data: JsonValue | undefined): { callId: string | null; details: JsonObject } {
	const { callid = '', machine = '', server = '' } = isJsonObject(data) ? data : {};
	const told = Object.entries({ machine, server }).filter(
		([, value]) => toText(value).trim() !== '',
	);
	return {
		callId: toText(callid).trim() || null,
		details: Object.fromEntries(told),
	};
}

function isSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status < 300;
}

/** Of these, no body says for certain how far the request got. */
function isServerFault({ status }: HttpResponse): boolean {
	return status === 408 || status >= 500;
}

/** What Enswitch said, as a sentence. */
function describeErrors(errors: readonly VendorError[]): string {
	const said = errors.map(({ code, message, parameter }) => {
		const about = parameter === undefined ? '' : `${parameter}: `;
		return `${about}${brief(message) || 'no message'} (${code ?? 'no code'})`;
	});
	return `${listSayings(said)}.`;
}

const secretsInText = /\b(auth_\w{1,20}|password|secret|token)=[^\s&;]*/gi;
const secretName = /pass|secret|token|auth_|pin$/i;
const deepestLevel = 20;

function withoutSecrets(value: JsonValue, level = 0): JsonValue {
	if (typeof value === 'string') return value.replace(secretsInText, '$1=***');
	if (typeof value !== 'object' || value === null) return value;
	if (level >= deepestLevel) return null;
	if (!isJsonObject(value)) return value.map((member) => withoutSecrets(member, level + 1));
	const members = Object.entries(value).filter(([name]) => !secretName.test(name));
	return Object.fromEntries(
		members.map(([name, member]) => [name, withoutSecrets(member, level + 1)]),
	);
}

function unreadable({ status, headers }: HttpResponse, { why }: Unreadable): Failed {
	const isPage = headers['content-type']?.includes('html') === true;
	return failed(
		'unknown',
		'unreadable_reply',
		isPage
			? 'A web page came instead of an answer of Enswitch.'
			: `The answer of Enswitch cannot be read: ${why}.`,
		`${isPage ? 'Check that Base URL in the credential is the address of Enswitch itself. ' : ''}Before dialing again, ${howToCheck}.`,
		{ httpStatus: status },
	);
}
