import {
	failed,
	type Failed,
	type Outcome,
	toFailed,
	type VendorError,
} from '../../shared/calling/outcome';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import type { Explanation } from '../../shared/wire/explanation';
import type { HttpResponse } from '../../shared/wire/http';
import type { FailureReason } from '../../shared/wire/reasons';
import { brief, listSayings } from '../../shared/wire/sentences';
import { explainStatus, type FieldNames } from '../../shared/wire/status';
import { isUnreadable, type Unreadable } from '../../shared/wire/unreadable';
import { child, childrenNamed, parseXml, type XmlElement, xmlToJson } from '../../shared/wire/xml';
import { fields } from './fields';
import type { SwitchvoxCall } from './read';

export const howToCheck = 'look into the current calls and the call logs of Switchvox';

/** How long Switchvox rings the first party when the call does not say. */
export const defaultRingSeconds = 30;

interface KnownError {
	readonly status: 'refused' | 'not_connected';
	advice(call: SwitchvoxCall, names: FieldNames): string;
}

const checkValues =
	'Check the values. When it says the same again, the version of Switchvox may not know one of the options that are set.';

const refusedWith = (advice: string | KnownError['advice']): KnownError => ({
	status: 'refused',
	advice: typeof advice === 'string' ? () => advice : advice,
});

const wrongAccount = refusedWith(
	(_call, names) =>
		`Check ${names('accountId') ?? 'the account'}: it takes the ID of the account, which is not the extension number.`,
);

/**
 * The codes that are documented or known from public clients and can meet a call. Whether a phone rang before any other
 * code came is not known.
 */
const knownErrors: ReadonlyMap<string, KnownError> = new Map(
	Object.entries<KnownError>({
		10000: wrongAccount,
		10010: refusedWith('An extension has digits and * only. Correct the number.'),
		10011: refusedWith(checkValues),
		10012: refusedWith(
			'The extension is too short or too long for this Switchvox. Correct the number.',
		),
		10013: refusedWith(checkValues),
		10014: wrongAccount,
		27168: refusedWith(({ method }, names) => {
			const accountType = names('accountType') ?? 'the type of account';
			return method === 'switchvox.call'
				? `The account in the credential needs the right to read and write Manage Extensions. When it is an extension with its password, change ${accountType} to match.`
				: `The account in the credential may not call as this account. Use the password of the extension whose account is entered, or an administrator, and change ${accountType} to match.`;
		}),
		41591: {
			status: 'not_connected',
			advice({ dialFirst, timeoutSeconds = defaultRingSeconds }, names) {
				const timeout = names('timeout');
				return `Nobody answered ${dialFirst} within ${timeoutSeconds} seconds, or it was busy or not reachable. ${timeout === undefined ? 'Check the extension.' : `Raise ${timeout}, or check the extension.`}`;
			},
		},
		54222: refusedWith(
			'A number has digits, * and # only. Correct the number that Switchvox names.',
		),
		66939: refusedWith(
			(_call, names) => `Enter the ID of the account in ${names('accountId') ?? 'the call'}.`,
		),
		74151: refusedWith(checkValues),
		84711: wrongAccount,
	}),
);

/** Access rules and sign-in, as Switchvox answers them. */
export const statusAdvice = {
	401: 'Check user name and password in the credential, and that its Authentication fits: Basic from Switchvox 6.6 on, Digest before; Automatic finds out.',
	403: 'Check user name and password in the credential. If they are right, allow the address that requests come from in the access control of Switchvox, for the Admin API or the User API, and check whether it was blocked automatically.',
};

const ownNames = fieldNamesOf(fields);

/**
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 * Errors come with HTTP 200. The reply of a placed call comes when the first party has answered.
 */
export function decode(
	response: HttpResponse,
	call: SwitchvoxCall,
	names: FieldNames = ownNames,
): Outcome {
	const byStatus = explainStatus(response, 'Switchvox', statusAdvice, names);
	const reply = readBody(response.body);
	if (isUnreadable(reply)) {
		return byStatus === undefined ? unreadable(response, reply) : toFailed(byStatus, howToCheck);
	}
	const { root, errors, result } = reply;
	const info = child(result, 'call_info');
	if (info !== undefined && (errors.length > 0 || byStatus?.status === 'refused')) {
		return contradictory(response, reply);
	}
	if (byStatus !== undefined) {
		const said = errors.length === 0 ? '.' : `: ${describeErrors(errors)}`;
		const what = byStatus.what.replace(/\.$/, said);
		return { ...toFailed({ ...byStatus, what }, howToCheck), ...tell(response, reply) };
	}
	if (errors.length > 0) return decodeErrors(response, reply, call, names);
	if (info === undefined) {
		const failure = unreadable(response, { kind: 'unreadable', why: 'it has no call_info' });
		return { ...failure, response: xmlToJson(root) };
	}
	const { dialed_first: from, dialed_second: to } = info.attributes;
	return {
		status: 'answered',
		callId: null,
		...(from === undefined ? {} : { from }),
		...(to === undefined ? {} : { to }),
		details: {
			ivrVariables: childrenNamed(child(info, 'variables'), 'ivr_variable').map(
				({ attributes }) => ({ ...attributes }),
			),
		},
		response: xmlToJson(root),
	};
}

/** A reply of any method of the Extend API, as far as all have it in common. */
export interface Reply {
	readonly root: XmlElement;
	readonly errors: readonly VendorError[];
	readonly result: XmlElement | undefined;
}

/** `Explanation` is for an HTTP status that says it all; `Unreadable` for a body that is no reply of the Extend API. */
export function readReply(
	response: HttpResponse,
	maxCharacters?: number,
): Reply | Unreadable | Explanation {
	return (
		explainStatus(response, 'Switchvox', statusAdvice) ?? readBody(response.body, maxCharacters)
	);
}

function readBody(body: string, maxCharacters?: number): Reply | Unreadable {
	const root = parseXml(body, maxCharacters);
	if (isUnreadable(root)) return root;
	if (root.name !== 'response')
		return { kind: 'unreadable', why: `it is <${root.name}>, not <response>` };
	return {
		root,
		errors: childrenNamed(child(root, 'errors'), 'error').map(toVendorError),
		result: child(root, 'result'),
	};
}

function toVendorError({ attributes, text }: XmlElement): VendorError {
	const { code = null, message = text } = attributes;
	// As documented: "... for parameter dial_second. ..." and "Missing required parameter (dial_as_account_id)".
	const parameter = /\bparameter \(?(\w+)/.exec(message)?.[1];
	return { code, message, ...(parameter === undefined ? {} : { parameter }) };
}

function contradictory(response: HttpResponse, reply: Reply): Failed {
	const said = reply.errors.length > 0 ? describeErrors(reply.errors) : `HTTP ${response.status}.`;
	return failed(
		'unknown',
		'contradictory_reply',
		`Switchvox answered with a call and a refusal: ${said}`,
		`Before dialing again, ${howToCheck}.`,
		tell(response, reply),
	);
}

/** What a failure keeps of a reply. */
function tell({ status }: HttpResponse, { root, errors }: Reply) {
	return { vendorErrors: errors, httpStatus: status, response: xmlToJson(root) };
}

function decodeErrors(
	response: HttpResponse,
	reply: Reply,
	call: SwitchvoxCall,
	names: FieldNames,
): Failed {
	const { errors } = reply;
	const told = tell(response, reply);
	const said = describeErrors(errors);
	const known = errors
		.map(({ code }) => knownErrors.get(code ?? ''))
		.filter((error) => error !== undefined);
	const rang = known.some(({ status }) => status === 'not_connected');
	if (known.length < errors.length) {
		return failed(
			'unknown',
			rang ? 'contradictory_reply' : 'undocumented_code',
			`Switchvox answered with an undocumented code: ${said}`,
			`Before dialing again, ${howToCheck}.`,
			told,
		);
	}
	const advice = [...new Set(known.map((error) => error.advice(call, names)))].join(' ');
	return rang
		? failed(
				'not_connected',
				'no_answer',
				`Switchvox could not connect ${call.dialFirst}: ${said}`,
				advice,
				told,
			)
		: failed('refused', refusalReason(errors), `Switchvox refused the call: ${said}`, advice, told);
}

/** 27168: the account lacks a right. */
function refusalReason(errors: readonly VendorError[]): FailureReason {
	return errors.some(({ code }) => code === '27168') ? 'unauthorized' : 'vendor_refused';
}

/** What Switchvox said, as a sentence. */
export function describeErrors(errors: readonly VendorError[]): string {
	const said = errors.map(({ code, message }) => `${brief(message)} (${code ?? 'no code'})`);
	return `${listSayings(said)}.`;
}

function unreadable({ status, headers }: HttpResponse, { why }: Unreadable): Failed {
	const isPage = headers['content-type']?.includes('html') === true;
	return failed(
		'unknown',
		'unreadable_reply',
		isPage
			? 'A web page came instead of an answer of Switchvox.'
			: `The answer of Switchvox cannot be read: ${why}.`,
		`${isPage ? 'Check that Base URL in the credential is the address of Switchvox itself. ' : ''}Before dialing again, ${howToCheck}.`,
		{ httpStatus: status },
	);
}
