import { type Outcome, toFailed, type VendorError } from '../../shared/calling/outcome';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { Explanation } from '../../shared/wire/explanation';
import type { HttpResponse, JsonObject, JsonValue } from '../../shared/wire/http';
import { isJsonObject, parseJson } from '../../shared/wire/json';
import { maxListCharacters } from '../../shared/wire/limits';
import type { FailureReason } from '../../shared/wire/reasons';
import { brief, listSayings } from '../../shared/wire/sentences';
import {
	explainStatus,
	type FieldNames,
	noNames,
	pauseBetweenCalls,
} from '../../shared/wire/status';
import { isUnreadable } from '../../shared/wire/unreadable';
import { childrenNamed, parseXml, xmlToJson } from '../../shared/wire/xml';
import { fields } from './fields';
import type { IovoxCall } from './read';

export const howToCheck =
	'look into the call records of IOVOX for the link and the number (type API; a delayed call is not there before it runs)';

/** The one that IOVOX documents for a call it took; it documents no body for it. */
const acceptedStatus = 201;

/** What IOVOX is known to mean by a status. */
export const statusAdvice = {
	400: 'IOVOX does not document this answer. Check the values, and the Calling Rules of the link; where Environment in the credential is Custom, check Base URL too.',
	401: 'Check User Name and Secure Key in the credential; production and sandbox have different keys. If they are right, allow the public IP address that requests come from: the key is bound to addresses, which the API Settings of the IOVOX portal list for production and sandbox each.',
	403: 'Check User Name and Secure Key in the credential, and whether the API Settings of the IOVOX portal allow the public IP address that requests come from.',
	404: 'Check Environment in the credential, and Base URL where it is Custom: it has to be the address of the IOVOX API itself.',
};

/** A documented text and what to do about it; the values in the text are handed to `advice`. */
interface KnownError {
	readonly pattern: RegExp;
	/** The parameter it is about. */
	readonly parameter?: string;
	/** Too many calls. */
	readonly isLimit?: true;
	/** It is no check of the request: a call may have been placed by then. */
	readonly mayHaveCalled?: true;
	/** The documented resolution, and where it is on the form. */
	advice(names: FieldNames, ...values: readonly string[]): string;
}

const sentWith = (what: string) =>
	`It was sent with ${what}: check that no proxy on the way changes requests, and Base URL in the credential where Environment is Custom.`;

/** https://www.iovox.com/api/rest/initiateCall.html, "Error Result"; its last one comes with HTTP 500. */
const knownErrors: readonly KnownError[] = [
	{
		pattern: /^API Version Empty$/i,
		parameter: 'v',
		advice: () => `Add a value for the v parameter in the query string. ${sentWith('v=3')}`,
	},
	{
		pattern: /^API Version Invalid$/i,
		parameter: 'v',
		advice: () => `Correct v parameter. ${sentWith('v=3')}`,
	},
	{
		pattern: /^Request Method must be POST\. (.+) attempted$/i,
		advice: (_names, attempted = '') =>
			`Switch request method ${attempted} to POST. ${sentWith('the method POST')}`,
	},
	{
		pattern: /^XML Empty$/i,
		advice: () => `Add xml to the request body. ${sentWith('one')}`,
	},
	{
		pattern: /^XML parse error\. (.*) at line (\d+), column (\d+)$/is,
		advice: (names, what = '', line = '', column = '') =>
			`Correct XML at point ${what} on line ${line}, column ${column}. ${capitalize(names('dryRun') ?? 'a dry run')} shows the XML that is sent; look for the variable that stands there.`,
	},
	{
		pattern: /^Request Empty$/i,
		advice: (names) => {
			const asked = ['linkId', 'callDestination', 'callVariables'].map(names);
			return `Add link_id and any mandatory variables to the request: check ${asked.filter((name) => name !== undefined).join(', ')}.`;
		},
	},
	{
		pattern: /^Link ID Empty$/i,
		parameter: 'link_id',
		advice: (names) => `Add link_id to the XML: enter it in ${names('linkId') ?? 'the call'}.`,
	},
	{
		pattern: /^Link ID does not exist$/i,
		parameter: 'link_id',
		advice: () =>
			'Correct link_id to be an existing Link ID: check the ID of the link. Production and sandbox have links of their own.',
	},
	{
		pattern: /^Link ID has no Calling Rules$/i,
		parameter: 'link_id',
		advice: () =>
			'Add Calling Rules to link_id using Rules::attachRuleTemplateToLinks or change to a Link ID that has Calling Rules attached.',
	},
	{
		pattern: /^Call Variable (.+) Empty$/i,
		advice: (names, name = '') =>
			`${capitalize(enter(name, names))}: the Calling Rules of the link ask for ${name}.`,
	},
	{
		pattern: /^The number of calls allowed has been exceeded$/i,
		isLimit: true,
		advice: (names) =>
			`The caller cannot make more calls for a period of time. ${pauseBetweenCalls(names)}`,
	},
	{
		pattern: /^Internal Server Error$/i,
		mayHaveCalled: true,
		advice: () => 'IOVOX documents for it: Retry later.',
	},
];

/** Variables that have a field of their own; the others are rows. */
const fieldsOfVariables: Readonly<Record<string, string>> = {
	call_destination: 'callDestination',
	delay: 'delay',
};

function enter(variable: string, names: FieldNames): string {
	const own = Object.hasOwn(fieldsOfVariables, variable) ? fieldsOfVariables[variable] : undefined;
	const name = names(own ?? 'callVariables') ?? 'the call';
	return `enter a value ${own === undefined ? `for ${variable} ` : ''}in ${name}`;
}

function capitalize(text: string): string {
	return text.replace(/^./, (first) => first.toUpperCase());
}

const ownNames = fieldNamesOf(fields);

/**
 * https://www.iovox.com/api/rest/initiateCall.html
 * A call was taken when the status is exactly 201. Any other 2xx is not documented, and proves nothing.
 */
export function decode(
	response: HttpResponse,
	call: IovoxCall,
	names: FieldNames = ownNames,
): Outcome {
	const { status } = response;
	const body = readBody(response.body);
	if (status === acceptedStatus && !contradicts(body)) {
		const { delayMinutes } = call;
		return {
			status: delayMinutes === undefined ? 'accepted' : 'scheduled',
			callId: null,
			details: {
				...(delayMinutes === undefined ? {} : { delayMinutes }),
			},
			response: body.parsed,
		};
	}
	return {
		...toFailed(explainReply(response, body, names), howToCheck),
		vendorErrors: body.errors,
		response: body.parsed,
	};
}

/** An error beside the status of a call that was taken. A mere text, such as "Created", is one only when it is documented as such. */
function contradicts({ parsed, errors }: Body): boolean {
	const isMarked = typeof parsed !== 'string';
	return errors.some(({ message }) => isMarked || matchKnown(message) !== undefined);
}

/** Says what an answer other than the one that is hoped for means; `body` as {@link readBody} read it. */
function explainReply(
	response: HttpResponse,
	{ errors, isPage }: Body,
	names: FieldNames = noNames,
): Explanation {
	const { status } = response;
	const byStatus = explainStatus(response, 'IOVOX', statusAdvice, names);
	if (byStatus === undefined) return explainSuccess(status, errors, isPage);
	if (byStatus.reason === 'redirected' || errors.length === 0) return byStatus;
	const advice = [
		...new Set(errors.map((error) => adviceOn(error, names)).filter((text) => text !== undefined)),
	].join(' ');
	// Every documented 4xx is about the request or the account, ahead of any call: a text that is not documented is
	// refused like the others. Unless one of the errors is known to be none of these, or says so.
	const isRefusal =
		byStatus.status === 'refused' &&
		errors.every(
			({ code, message }) =>
				(code === null || /^4(?!08)/.test(code)) &&
				matchKnown(message)?.error.mayHaveCalled === undefined,
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

/** A 2xx that proves no call: another one than the documented, or one that is contradicted by its body. */
function explainSuccess(
	status: number,
	errors: readonly VendorError[],
	isPage: boolean,
): Explanation {
	if (isPage) {
		return {
			kind: 'explanation',
			status: 'unknown',
			reason: 'unreadable_reply',
			what: 'A web page came instead of an answer of IOVOX.',
			advice: statusAdvice[404],
			httpStatus: status,
		};
	}
	const said = errors.length === 0 ? '' : ` and ${describeErrors(errors)}`;
	const isContradiction = status === acceptedStatus;
	return {
		kind: 'explanation',
		status: 'unknown',
		reason: isContradiction ? 'contradictory_reply' : 'undocumented_code',
		what: isContradiction
			? `IOVOX answered with HTTP ${status}, as for a call that it took, and with a refusal: ${describeErrors(errors)}.`
			: `IOVOX answered with HTTP ${status}${said}; a call that was taken has ${acceptedStatus}.`,
		advice: 'If this keeps happening, ask IOVOX what it means.',
		httpStatus: status,
	};
}

/** What IOVOX says of a limit comes with a status that says something else. */
function refusalReason({ reason }: Explanation, errors: readonly VendorError[]): FailureReason {
	const isLimit = errors.some(({ message }) => matchKnown(message)?.error.isLimit);
	return isLimit ? 'rate_limited' : reason;
}

function adviceOn({ message }: VendorError, names: FieldNames): string | undefined {
	const known = matchKnown(message);
	return known?.error.advice(names, ...known.values);
}

function matchKnown(message: string) {
	// As documented for the sign-in: "HTTP 401: Unauthorized". A dot at the end may or may not be there.
	const text = withoutStatus(message).replace(/\.$/, '');
	for (const error of knownErrors) {
		const match = error.pattern.exec(text);
		if (match !== null) return { error, values: match.slice(1) };
	}
	return undefined;
}

function withoutStatus(message: string): string {
	return message.replace(/^HTTP \d{3}: /, '');
}

/** A page of getLinks. */
export interface LinksPage {
	/** As they came, each with `link_id`, `link_name` and `rule_name`. */
	readonly links: readonly JsonObject[];
	readonly totalPages: number | undefined;
}

/**
 * https://www.iovox.com/api/rest/getLinks.html
 * In JSON, one link is an object and several are a list; without links, there are no results at all.
 */
export function decodeLinks(response: HttpResponse): LinksPage | Explanation {
	const body = readBody(response.body, maxListCharacters);
	const root = isJsonObject(body.parsed) ? body.parsed : {};
	// XML, which has no member of that name, is read too: a server may not know the output JSON.
	const reply = isJsonObject(root.response) ? root.response : root;
	if (response.status !== 200 || reply.results === undefined) {
		return explainLinks(response, body);
	}
	const { results, total_pages: pages } = reply;
	const found = isJsonObject(results) ? results.result : undefined;
	const list: readonly JsonValue[] = found === undefined ? [] : [found].flat();
	const totalPages = Number(pages);
	return {
		links: list.filter(isJsonObject),
		totalPages: Number.isSafeInteger(totalPages) ? totalPages : undefined,
	};
}

function explainLinks(response: HttpResponse, body: Body): Explanation {
	if (response.status >= 300) return explainReply(response, body);
	return {
		kind: 'explanation',
		status: 'refused',
		reason: 'unreadable_reply',
		what: `Something answered, but not IOVOX${body.isPage ? ': it is a web page' : ''}.`,
		advice: statusAdvice[404],
		httpStatus: response.status,
	};
}

/** What IOVOX said, as the middle of a sentence. */
export function describeErrors(errors: readonly VendorError[]): string {
	return listSayings(errors.map(({ message }) => brief(withoutStatus(message))));
}

/** A body, as far as it can be read. */
export interface Body {
	/** XML and JSON as JSON, anything else as its text; null where it is empty. */
	readonly parsed: JsonValue;
	readonly errors: readonly VendorError[];
	readonly isPage: boolean;
}

/** Longer than any documented text; a whole page is none. */
const longestError = 300;

/** XML is documented; JSON comes where it was asked for, and public clients are prepared for mere text. */
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
		errors: isText ? text.split(/\s*[\r\n]\s*/).map((line) => toVendorError(line)) : [],
		isPage: false,
	};
}

function toVendorError(message: string, code: string | null = null): VendorError {
	const known = matchKnown(message);
	const [variable] = /^Call Variable /i.test(withoutStatus(message)) ? (known?.values ?? []) : [];
	const parameter = known?.error.parameter ?? variable;
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

/** The shape is not documented; public clients meet texts, in lists and in objects. */
function errorsInJson(value: JsonValue | undefined, code: string | null = null): VendorError[] {
	if (typeof value === 'string') return value.trim() === '' ? [] : [toVendorError(value, code)];
	if (Array.isArray(value)) return value.flatMap((one: JsonValue) => errorsInJson(one, code));
	if (!isJsonObject(value)) return [];
	const { status, code: own = status, ...members } = value;
	const ownCode = typeof own === 'string' || typeof own === 'number' ? String(own) : code;
	return Object.values(members).flatMap((one) => errorsInJson(one, ownCode));
}
