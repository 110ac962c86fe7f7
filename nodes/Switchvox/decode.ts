import {
	brief,
	failed,
	listSayings,
	type Failed,
	type FailureReason,
	type HttpResponse,
	type Outcome,
	type VendorError,
} from '../shared/call';
import { explainStatus, toFailed, type Explanation } from '../shared/transport';
import {
	child,
	childrenNamed,
	parseXml,
	xmlToJson,
	type Unreadable,
	type XmlElement,
} from '../shared/xml';
import type { SwitchvoxCall } from './read';

export const howToCheck = 'look into the current calls and the call logs of Switchvox';

/** How long Switchvox rings the first party when the call does not say. */
export const defaultRingSeconds = 30;

interface KnownError {
	readonly status: 'refused' | 'not_connected';
	advice(call: SwitchvoxCall): string;
}

const checkAccount =
	'Choose the account from the list, or enter its ID as the list shows it; the ID is not the extension number.';
const checkParameters =
	'Check the values of the form. When it says the same again, the version of Switchvox may not know one of the options that are set.';

const refusedWith = (advice: string | ((call: SwitchvoxCall) => string)): KnownError => ({
	status: 'refused',
	advice: typeof advice === 'string' ? () => advice : advice,
});

/**
 * The codes that are documented or known from public clients and can meet a call. Whether a phone rang before any other
 * code came is not known.
 */
const knownErrors: ReadonlyMap<string, KnownError> = new Map(
	Object.entries<KnownError>({
		10000: refusedWith(checkAccount),
		10010: refusedWith('An extension has digits and * only. Correct the number.'),
		10011: refusedWith(checkParameters),
		10012: refusedWith(
			'The extension is too short or too long for this Switchvox. Correct the number.',
		),
		10013: refusedWith(checkParameters),
		10014: refusedWith(checkAccount),
		27168: refusedWith(({ method }) =>
			method === 'switchvox.call'
				? 'The account in the credential needs the right to read and write Manage Extensions. When it is an extension and its password, set Account Type to Extension User.'
				: 'The account in the credential may not call as this account. Use the password of the extension whose account is entered, or set Account Type to Administrator with an administrator in the credential.',
		),
		41591: {
			status: 'not_connected',
			advice: ({ dialFirst, timeoutSeconds = defaultRingSeconds }) =>
				`Nobody answered ${dialFirst} within ${timeoutSeconds} seconds, or it was busy or not reachable. Raise the option Timeout, or check the extension.`,
		},
		54222: refusedWith('A number has digits, * and # only. Correct the number in the named field.'),
		66939: refusedWith('Enter the account in the field Account.'),
		74151: refusedWith(checkParameters),
		84711: refusedWith(checkAccount),
	}),
);

/** Access rules and sign-in, as Switchvox answers them. */
export const statusAdvice = {
	401: 'Check user name and password in the credential, and that its Authentication fits: Basic from Switchvox 6.6 on, Digest before; Automatic finds out.',
	403: 'Check user name and password in the credential. When they are right, allow the address of n8n in the access control of Switchvox, for the Admin API or the User API, and see whether it was blocked automatically.',
};

/**
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 * Errors come with HTTP 200. The reply of a placed call comes when the first party has answered.
 */
export function decode(response: HttpResponse, call: SwitchvoxCall): Outcome {
	const reply = readReply(response);
	if ('what' in reply) return toFailed(reply, howToCheck);
	if ('unreadable' in reply) return unreadable(response, reply);
	const { root, errors, result } = reply;
	const info = child(result, 'call_info');
	if (errors.length > 0 && info === undefined) return decodeErrors(root, errors, call);
	if (errors.length > 0 || info === undefined) {
		const why = info === undefined ? 'it has no call_info' : 'it has a call and a refusal';
		return unreadable(response, { unreadable: why }, root);
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
	const byStatus = explainStatus(response, 'Switchvox', statusAdvice);
	if (byStatus !== undefined) return byStatus;
	const root = parseXml(response.body, maxCharacters);
	if ('unreadable' in root) return root;
	if (root.name !== 'response') return { unreadable: `it is <${root.name}>, not <response>` };
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

function decodeErrors(
	root: XmlElement,
	errors: readonly VendorError[],
	call: SwitchvoxCall,
): Failed {
	const told = { vendorErrors: errors, httpStatus: 200, response: xmlToJson(root) };
	const said = describeErrors(errors);
	const known = errors
		.map(({ code }) => knownErrors.get(code ?? ''))
		.filter((error) => error !== undefined);
	const advice = [...new Set(known.map((error) => error.advice(call)))].join(' ');
	if (known.some(({ status }) => status === 'not_connected')) {
		return failed(
			'not_connected',
			'no_answer',
			`Switchvox could not connect ${call.dialFirst}: ${said}`,
			advice,
			told,
		);
	}
	if (known.length === errors.length)
		return failed(
			'refused',
			refusalReason(errors),
			`Switchvox refused the call: ${said}`,
			advice,
			told,
		);
	return failed(
		'unknown',
		'undocumented_code',
		`Switchvox answered with an undocumented code: ${said}`,
		`Before dialling again, ${howToCheck}.`,
		told,
	);
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

function unreadable(
	{ status, headers }: HttpResponse,
	{ unreadable: why }: Unreadable,
	root?: XmlElement,
): Failed {
	const isPage = headers['content-type']?.includes('html') === true;
	return failed(
		'unknown',
		'unreadable_reply',
		isPage
			? 'A web page came instead of an answer of Switchvox.'
			: `The answer of Switchvox cannot be read: ${why}.`,
		`${isPage ? 'Check that Base URL in the credential is the address of Switchvox itself. ' : ''}Before dialling again, ${howToCheck}.`,
		{ httpStatus: status, ...(root === undefined ? {} : { response: xmlToJson(root) }) },
	);
}
