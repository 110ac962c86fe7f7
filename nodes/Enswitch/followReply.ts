import type { Trouble } from '../shared/calling/contract/outcome';
import { unreadable } from '../shared/calling/contract/reply';
import { explain, isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { maxListCharacters } from '../shared/wire/text/limits';
import { isUnreadable } from '../shared/wire/text/unreadable';
import {
	describeErrors,
	isRefusalCode,
	isSuccess,
	readReply,
	type RefusalCode,
	type Reply,
	saysOnly,
} from './reply';

/** A reply of a function that follows a call; a trouble if it is not one of the API. */
export function readFollowReply(response: HttpResponse): Reply | Trouble {
	const reply = readReply(response, maxListCharacters);
	if (isExplanation(reply) || !isUnreadable(reply)) return reply;
	return unreadable(enswitch, response, reply.why);
}

/** For the texts about replies. */
export const enswitch = { displayName: 'Enswitch' };

/**
 * Why a function that follows a call did not do it. `what` ends the sentence "Enswitch refused ...", `rights` is the advice
 * for a role that does not allow it.
 */
export function explainRefusal(
	response: HttpResponse,
	reply: Reply,
	{ what, rights }: { readonly what: string; readonly rights: string },
): Trouble {
	const { verdict, entries, json } = reply;
	const said = describeErrors(entries);
	const evidence = { vendorErrors: entries, response: json };
	if (verdict === 'refused') {
		const lacksRight = entries.some(({ code }) => code === '401' || code === '402');
		const advice = [...new Set(entries.map(({ code }) => code))]
			.filter(isRefusalCode)
			.map((code) => (code === '402' ? rights : followAdvice[code]));
		return {
			...explain(
				'refused',
				lacksRight ? 'unauthorized' : 'vendor_refused',
				`Enswitch refused ${what}: ${said}`,
				advice.join(' '),
				response.status,
			),
			...evidence,
		};
	}
	const http = isSuccess(response) ? '' : ` with HTTP ${response.status}`;
	// 500 is documented as a fault inside Enswitch.
	const reason = verdict === 'accepted' || saysOnly(reply, '500') ? 'server_fault' : verdict;
	return {
		...explain(
			'unknown',
			reason,
			`Enswitch answered${http}: ${said}`,
			'Check that Enswitch is running as it should.',
			response.status,
		),
		...evidence,
	};
}

const followAdvice: Readonly<Record<Exclude<RefusalCode, '402'>, string>> = {
	400: 'Check Call ID and Customer ID. If they are right, this version of Enswitch may not support this.',
	401: 'Check user name and password in the credential.',
	403: 'The rate plan of the customer does not allow this. Ask the person who manages rate plans in Enswitch.',
};
