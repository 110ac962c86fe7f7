import type { VendorError } from '../shared/calling/contract/outcome';
import type { Explanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import type { FailureReason } from '../shared/wire/reply/reasons';
import { explainStatus, type FieldNames, noNames } from '../shared/wire/reply/status';
import { isJsonList, isJsonObject, type JsonValue, parseJson } from '../shared/wire/text/json';
import { brief, listSayings } from '../shared/wire/text/sentences';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { childrenNamed, parseXml, xmlToJson } from '../shared/wire/text/xml';
import { adviceOn, matchKnown, parameterOf, withoutStatus } from './errors';

export const wrongAddress =
	'Check Environment in the credential. If it is Custom, Base URL has to be the address of the IOVOX API itself.';

const statusAdvice = {
	400: 'IOVOX does not document this reply. Check the values, and the Calling Rules of the link. If Environment in the credential is Custom, check Base URL too.',
	401: 'Check User Name and Secure Key in the credential; production and sandbox have different keys. If they are right, allow the IP address that requests come from in the API Settings of the IOVOX portal, which has one list for production and one for sandbox.',
	403: 'Check User Name and Secure Key in the credential. In the API Settings of the IOVOX portal, check that the IP address that requests come from is allowed.',
	404: wrongAddress,
};

/** A body, as far as it can be read. */
export interface Body {
	/** XML and JSON as JSON, anything else as its text; null if it is empty. */
	readonly parsed: JsonValue;
	readonly errors: readonly VendorError[];
	readonly isPage: boolean;
}

/** Longer than any documented text. A longer text is a page or a document, not an error. */
const longestError = 300;

/** XML is documented. JSON comes if it was asked for, and public clients are prepared for plain text. */
export function readBody(body: string, maxCharacters?: number): Body {
	const text = body.trim();
	if (text === '') return { parsed: null, errors: [], isPage: false };
	if (/^<(?:!doctype html|html)\b/i.test(text)) {
		return { parsed: text, errors: [], isPage: true };
	}
	const root = parseXml(body, maxCharacters);
	if (!isUnreadable(root)) {
		const list = root.name === 'errors' ? [root] : childrenNamed(root, 'errors');
		const errors = list
			.flatMap((errorsOf) => childrenNamed(errorsOf, 'error'))
			.map(({ attributes, text: message }) => toVendorError(message, attributes.status));
		return { parsed: xmlToJson(root), errors, isPage: false };
	}
	const json = parseJson(text, maxCharacters);
	if (!isUnreadable(json)) {
		const { value } = json;
		const errors = isJsonObject(value) ? errorsInJson(value.errors) : [];
		return { parsed: value, errors, isPage: false };
	}
	const isText = text.length <= longestError && !/^[<{[]|[^\P{C}\s]|\uFFFD/u.test(text);
	return {
		parsed: text,
		errors: isText ? text.split(/\s*[\r\n]\s*/).map((one) => toVendorError(one)) : [],
		isPage: false,
	};
}

function toVendorError(message: string, code: string | null = null): VendorError {
	const parameter = parameterOf(message);
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

/** The shape is not documented; public clients meet texts, in lists and in objects. */
function errorsInJson(value: JsonValue | undefined, code: string | null = null): VendorError[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [toVendorError(value, code)];
	if (isJsonList(value)) return value.flatMap((one) => errorsInJson(one, code));
	if (!isJsonObject(value)) return [];
	const { status, code: own = status, ...members } = value;
	const ownCode = typeof own === 'string' || typeof own === 'number' ? String(own) : code;
	return Object.values(members).flatMap((one) => errorsInJson(one, ownCode));
}

/** IOVOX's own messages, for the middle of a sentence. */
export function describeErrors(errors: readonly VendorError[]): string {
	return listSayings(errors.map(({ message }) => brief(withoutStatus(message))));
}

/** Explains a reply that is not a success; undefined for 2xx. */
export function explainRefusal(
	response: HttpResponse,
	{ errors }: Body,
	names: FieldNames = noNames,
): Explanation | undefined {
	const { status } = response;
	const byStatus = explainStatus(response, 'IOVOX', statusAdvice, names);
	if (byStatus === undefined || byStatus.reason === 'redirected' || errors.length === 0) {
		return byStatus;
	}
	const isRefusal = byStatus.status === 'refused' && errors.every(isCheck);
	const advice = adviceOn(
		errors.map(({ message }) => message),
		names,
	);
	return {
		kind: 'explanation',
		status: isRefusal ? 'refused' : 'unknown',
		reason: isRefusal ? refusalReason(byStatus, errors) : 'server_fault',
		what: isRefusal
			? `IOVOX refused the request (HTTP ${status}): ${describeErrors(errors)}.`
			: `IOVOX answered with HTTP ${status}: ${describeErrors(errors)}.`,
		advice: advice === '' ? byStatus.advice : advice,
		httpStatus: status,
	};
}

/**
 * Every documented 4xx checks the request or the account, before any call. An undocumented text counts as a check too,
 * unless it has a code of its own that says otherwise.
 */
function isCheck({ code, message }: VendorError): boolean {
	return (
		(code === null || /^4(?!08)/.test(code)) && matchKnown(message)?.error.mayHaveCalled !== true
	);
}

/** IOVOX reports a limit with the status of another refusal. */
function refusalReason({ reason }: Explanation, errors: readonly VendorError[]): FailureReason {
	const isLimit = errors.some(({ message }) => matchKnown(message)?.error.isLimit);
	return isLimit ? 'rate_limited' : reason;
}
