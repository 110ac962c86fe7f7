import {
	failed,
	type Failed,
	type Outcome,
	toFailed,
	type VendorError,
} from '../../shared/calling/outcome';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { HttpResponse, JsonObject, JsonValue } from '../../shared/wire/http';
import { isJsonList, isJsonObject, member, parseJson, textOf } from '../../shared/wire/json';
import { maxListCharacters } from '../../shared/wire/limits';
import { brief, listSayings } from '../../shared/wire/sentences';
import {
	explainStatus,
	type FieldNames,
	noNames,
	pauseBetweenCalls,
} from '../../shared/wire/status';
import { isUnreadable } from '../../shared/wire/unreadable';
import { fields } from './fields';
import type { VoipNowCall } from './read';

export const howToCheck =
	'look into the call reports of VoipNow, or list its current phone calls and compare their nonce';

const signInAgain =
	'The token was renewed once. Check Client ID and Client Secret in the credential, connect it again if it uses an authorization code, and check the rights of the App in VoipNow.';
const numbersOfExtensions =
	'Short extension numbers count only for an App of a user or an organization; use the extended number, e.g. 0003*210, or a phone number of digits and +.';

const nameOf = (names: FieldNames, field: string) => names(field) ?? 'the value';
const checkUser = (names: FieldNames) =>
	`Check ${nameOf(names, 'userId')}: an App of the administrator or of an organization cannot use @me, and needs the ID of the user.`;

interface KnownError {
	/** As in the vendor's documents; its field has the same name. */
	readonly parameter?: string;
	advice(names: FieldNames): string;
}

/** The codes of the documents below, for any request and for this one. */
const knownErrors: ReadonlyMap<string, KnownError> = new Map(
	Object.entries<KnownError>({
		user_invalid: { parameter: 'userId', advice: checkUser },
		extension_invalid: {
			parameter: 'extension',
			advice: (names) =>
				`Check ${nameOf(names, 'extension')}: it takes a Phone Terminal extension of the user. ${checkUser(names)} ${numbersOfExtensions}`,
		},
		access_denied: { advice: () => signInAgain },
		// The older page of the documents spells it so.
		access_denided: { advice: () => signInAgain },
		fields_invalid: { advice: () => 'Correct the value.' },
		pc_duration_invalid: {
			parameter: 'callDuration',
			advice: (names) => `Correct ${nameOf(names, 'callDuration')}: whole seconds, more than 0.`,
		},
		pc_source_invalid: {
			parameter: 'source',
			advice: (names) => `Correct ${nameOf(names, 'source')}. ${numbersOfExtensions}`,
		},
		pc_destination_invalid: {
			parameter: 'destination',
			advice: (names) => `Correct ${nameOf(names, 'destination')}. ${numbersOfExtensions}`,
		},
		pc_timeout_invalid: {
			parameter: 'waitForPickup',
			advice: (names) => `Correct ${nameOf(names, 'waitForPickup')}: whole seconds, more than 0.`,
		},
		pc_callerid_invalid: {
			parameter: 'callerId',
			advice: () =>
				'Enter the caller IDs like John Doe <+3334444>. When they are right, the extension may not set a caller ID of its own: allow it in VoipNow, or leave the options out.',
		},
		pc_transfer_invalid: {
			parameter: 'allowPublicTransfer',
			advice: (names) => `Set ${nameOf(names, 'allowPublicTransfer')} to true or false.`,
		},
		pc_nonce_invalid: {
			parameter: 'nonce',
			advice(names) {
				const nonce = names('nonce');
				return nonce === undefined
					? 'Run it again: each call gets another nonce.'
					: `Enter another unique text in ${nonce}, or leave it out.`;
			},
		},
	}),
);

/** 409 and 413 are what the vendor's own clients know as limits. */
const limits: ReadonlySet<number> = new Set([409, 413, 429]);

function adviceOnStatus(names: FieldNames): Readonly<Record<number, string>> {
	const tooMany = `VoipNow has reached a limit of requests or calls. ${pauseBetweenCalls(names)}`;
	return { 401: signInAgain, 403: signInAgain, 409: tooMany, 413: tooMany, 429: tooMany };
}

const ownNames = fieldNamesOf(fields);

/**
 * https://wiki.4psa.com/display/VNUAPI30/Create+PhoneCalls and
 * https://wiki.4psa.com/VoipNow/Developer-Guide/UnifiedAPI-v5/HTTP-Return-Codes.html
 * The table there has 200 and 204 for success, the examples have 202.
 */
export function decode(
	response: HttpResponse,
	call: VoipNowCall,
	names: FieldNames = ownNames,
): Outcome {
	const { status, body } = response;
	const reply = readJson(body);
	const [phoneCall] = isJsonList(reply) ? reply : [];
	const callId = textOf(member(phoneCall, 'id'));
	const refusal = readRefusal(response, names);
	const error = errorIn(reply);
	const contradicts =
		refusal === undefined
			? error !== undefined
			: refusal.status === 'refused' && callId !== undefined;
	if (contradicts) return contradictory(status, reply, error, callId);
	if (refusal !== undefined) return refusal;
	if (status !== 200 && status !== 202 && status !== 204) {
		return unreadable(response, `HTTP ${status} is not documented`, reply);
	}
	if (body.trim() === '') {
		return {
			status: 'accepted',
			callId: null,
			details: { extension: null, link: null, nonce: call.nonce },
			response: null,
		};
	}
	if (reply === undefined) return unreadable(response, 'it is not JSON');
	if (callId === undefined) {
		return unreadable(response, 'it is not a list that begins with a call and its ID', reply);
	}
	// `link` in the documented replies, `links` in the documented resource.
	const links = member(phoneCall, 'link') ?? member(phoneCall, 'links');
	return {
		status: 'accepted',
		callId,
		details: {
			extension: textOf(member(phoneCall, 'extension')) ?? null,
			link: textOf(member(links, 'self')) ?? null,
			nonce: call.nonce,
		},
		response: reply,
	};
}

/**
 * What VoipNow says no to, with its reasons; undefined for 2xx. Its errors come with an HTTP status that means what it says:
 * 4xx came before anything was placed, whatever the code, and 5xx proves nothing, whatever the code.
 */
export function readRefusal(
	response: HttpResponse,
	names: FieldNames = noNames,
): Failed | undefined {
	const adviceBy = adviceOnStatus(names);
	const explanation = explainStatus(response, 'VoipNow', adviceBy, names);
	if (explanation === undefined) return undefined;
	const reason = limits.has(response.status) ? 'rate_limited' : explanation.reason;
	const byStatus = toFailed({ ...explanation, reason }, howToCheck);
	const reply = readJson(response.body);
	const error = errorIn(reply);
	if (reply === undefined || error === undefined) return byStatus;
	const { code } = error;
	const told = { vendorErrors: [error], httpStatus: response.status, response: reply };
	const said = describeError(error);
	if (byStatus.status !== 'refused') {
		const what = explanation.what.replace(/\.$/, `: ${said}`);
		return { ...toFailed({ ...explanation, reason, what }, howToCheck), ...told };
	}
	const advice =
		knownErrors.get(code ?? '')?.advice(names) ??
		adviceBy[response.status] ??
		'Check the values, and what VoipNow says.';
	return failed('refused', reason, `VoipNow refused the request: ${said}`, advice, told);
}

/** A success and an error, or a refusal and a call. */
function contradictory(
	status: number,
	reply: JsonValue | undefined,
	error: VendorError | undefined,
	callId: string | undefined,
): Failed {
	const success = callId === undefined ? `HTTP ${status}` : 'a call';
	const said = error === undefined ? `HTTP ${status}.` : describeError(error);
	return failed(
		'unknown',
		'contradictory_reply',
		`VoipNow answered with ${success} and a refusal: ${said}`,
		`Before dialing again, ${howToCheck}.`,
		{
			vendorErrors: error === undefined ? [] : [error],
			httpStatus: status,
			...(reply === undefined ? {} : { response: reply }),
		},
	);
}

/** The documented error, also as an entry of a list. */
function errorIn(reply: JsonValue | undefined): VendorError | undefined {
	const places = isJsonList(reply) ? reply : [reply];
	return places.map((place) => toVendorError(member(place, 'error'))).find((one) => one);
}

function describeError({ code, message }: VendorError): string {
	return `${listSayings([brief(message)])} (${code ?? 'no code'}).`;
}

function toVendorError(error: JsonValue | undefined): VendorError | undefined {
	const code = textOf(member(error, 'code')) ?? null;
	const message = textOf(member(error, 'message')) ?? code;
	if (message === null) return undefined;
	const { parameter } = knownErrors.get(code ?? '') ?? {};
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

function unreadable({ status, headers }: HttpResponse, why: string, response?: JsonValue): Failed {
	const isPage = response === undefined && headers['content-type']?.includes('html') === true;
	return failed(
		'unknown',
		'unreadable_reply',
		isPage
			? 'A web page came instead of an answer of VoipNow.'
			: `The answer of VoipNow cannot be read: ${why}.`,
		`${isPage ? 'Check that Base URL in the credential is the address of VoipNow itself. ' : ''}Before dialing again, ${howToCheck}.`,
		{ httpStatus: status, ...(response === undefined ? {} : { response }) },
	);
}

/** A page of a collection of the UnifiedAPI. */
export interface Page {
	readonly entries: readonly JsonObject[];
	/** How many there are over all pages; undefined where it is not told. */
	readonly total?: number;
}

/** Undefined for what is no collection. Entries come as a list or, for some resources, as an object of them. */
export function readPage({ body }: HttpResponse): Page | undefined {
	const reply = readJson(body, maxListCharacters);
	const entry = member(reply, 'entry');
	if (typeof entry !== 'object' || entry === null) return undefined;
	const total = Number(textOf(member(reply, 'totalResults')) ?? Number.NaN);
	return {
		entries: Object.values(entry).filter(isJsonObject),
		...(Number.isFinite(total) ? { total } : {}),
	};
}

/** Undefined for what is no JSON. */
function readJson(body: string, maxCharacters?: number): JsonValue | undefined {
	const parsed = parseJson(body, maxCharacters);
	return isUnreadable(parsed) ? undefined : parsed.value;
}
