import {
	failed,
	type Failed,
	type Outcome,
	toFailed,
	type VendorError,
} from '../../shared/calling/contract/outcome';
import {
	contradictory,
	evidenceOf,
	inconclusive,
	unreadableReply,
} from '../../shared/calling/contract/reply';
import { fieldNamesOf } from '../../shared/form/fieldNames';
import { quoting } from '../../shared/wire/reply/explanation';
import type { HttpResponse } from '../../shared/wire/reply/http';
import type { FailureReason } from '../../shared/wire/reply/reasons';
import { explainStatus, type FieldNames } from '../../shared/wire/reply/status';
import { isUnreadable } from '../../shared/wire/text/unreadable';
import { child, childrenNamed, type XmlElement, xmlToJson } from '../../shared/wire/text/xml';
import { describeErrors, readBody, type Reply, statusAdvice } from '../reply';
import { fields } from './fields';
import type { SwitchvoxCall } from './read';
import { defaultRingSeconds } from './ringTime';

export const howToCheck = 'check the current calls and the call logs of Switchvox';

const switchvox = { displayName: 'Switchvox', howToCheck };

interface KnownError {
	readonly status: 'refused' | 'not_connected';
	advice(call: SwitchvoxCall, names: FieldNames): string;
}

const refusedWith = (advice: string | KnownError['advice']): KnownError => ({
	status: 'refused',
	advice: typeof advice === 'string' ? () => advice : advice,
});

const badValue = refusedWith(
	'Check the values. If they are right, this version of Switchvox may not support one of the options.',
);

const wrongAccount = refusedWith(
	(_call, names) =>
		`Check ${names('accountId') ?? 'the account'}. Use the ID of the account, not its extension number.`,
);

/**
 * The codes that a call can get, from the documentation and from public clients. With any other code, a phone may have
 * rung already.
 */
const knownErrors: ReadonlyMap<string, KnownError> = new Map(
	Object.entries<KnownError>({
		10000: wrongAccount,
		10010: refusedWith('An extension may only contain digits and *. Correct the number.'),
		10011: badValue,
		10012: refusedWith(
			'The extension is too short or too long for this Switchvox. Correct the number.',
		),
		10013: badValue,
		10014: wrongAccount,
		27168: refusedWith(({ method }, names) => {
			const accountType = names('accountType') ?? 'the account type';
			return method === 'switchvox.call'
				? `The account in the credential needs the right to read and write Manage Extensions. If it is an extension with its password, change ${accountType} to match.`
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
			'A number may only contain digits, * and #. Correct the number that Switchvox names.',
		),
		66939: refusedWith(
			(_call, names) => `Enter the ID of the account in ${names('accountId') ?? 'the call'}.`,
		),
		74151: badValue,
		84711: wrongAccount,
	}),
);

const ownNames = fieldNamesOf(fields);

/**
 * https://sangomakb.atlassian.net/wiki/spaces/Switchvox/pages/31097325/Switchvox+Extend+API
 * Errors come with HTTP 200. Switchvox confirms a call only after the first party has answered.
 */
export function decode(
	response: HttpResponse,
	call: SwitchvoxCall,
	names: FieldNames = ownNames,
): Outcome {
	const byStatus = explainStatus(response, 'Switchvox', statusAdvice, names);
	const reply = readBody(response.body);
	if (isUnreadable(reply)) {
		return byStatus === undefined
			? unreadableReply(switchvox, response, reply.why)
			: toFailed(byStatus, howToCheck);
	}
	const { root, errors, result } = reply;
	const json = xmlToJson(root);
	const evidence = evidenceOf(response, errors, json);
	const info = child(result, 'call_info');
	if (info !== undefined && (errors.length > 0 || byStatus?.status === 'refused')) {
		const refusal = errors.length > 0 ? describeErrors(errors) : `HTTP ${response.status}.`;
		return contradictory(switchvox, 'a call', refusal, evidence);
	}
	if (byStatus !== undefined) {
		const explanation = errors.length === 0 ? byStatus : quoting(byStatus, describeErrors(errors));
		return { ...toFailed(explanation, howToCheck), ...evidence };
	}
	if (errors.length > 0) return { ...decodeErrors(errors, call, names), ...evidence };
	if (info === undefined) {
		return unreadableReply(switchvox, response, 'it has no call_info', json);
	}
	return { status: 'answered', callId: null, ...readCallInfo(info, call), response: json };
}

function readCallInfo(info: XmlElement, { timeoutSeconds: timeout }: SwitchvoxCall) {
	const { dialed_first: from, dialed_second: to } = info.attributes;
	const variables = childrenNamed(child(info, 'variables'), 'ivr_variable');
	return {
		...(from === undefined ? {} : { from }),
		...(to === undefined ? {} : { to }),
		details: {
			ivrVariables: variables.map(({ attributes }) => ({ ...attributes })),
			// For Get: until when the call can have begun.
			...(timeout === undefined ? {} : { timeout }),
		},
	};
}

function decodeErrors(errors: Reply['errors'], call: SwitchvoxCall, names: FieldNames): Failed {
	const said = describeErrors(errors);
	const known = errors
		.map(({ code }) => knownErrors.get(code ?? ''))
		.filter((error) => error !== undefined);
	const rang = known.some(({ status }) => status === 'not_connected');
	if (known.length < errors.length) {
		const reason = rang ? 'contradictory_reply' : 'undocumented_code';
		const what = `Switchvox answered with an undocumented code: ${said}`;
		return inconclusive(switchvox, reason, what);
	}
	const advice = [...new Set(known.map((error) => error.advice(call, names)))].join(' ');
	return rang
		? failed(
				'not_connected',
				'no_answer',
				`Switchvox could not connect ${call.dialFirst}: ${said}`,
				advice,
			)
		: failed('refused', refusalReason(errors), `Switchvox refused the call: ${said}`, advice);
}

/** 27168: the account lacks a right. */
function refusalReason(errors: readonly VendorError[]): FailureReason {
	return errors.some(({ code }) => code === '27168') ? 'unauthorized' : 'vendor_refused';
}
