import { explain } from '../../wire/reply/explanation';
import type { HttpResponse } from '../../wire/reply/http';
import type { FailureReason } from '../../wire/reply/reasons';
import type { JsonValue } from '../../wire/text/json';
import { failed, type Failed, type Trouble, type VendorError } from './outcome';

/** A phone system, as the texts about its replies name it. */
export interface PhoneSystem {
	readonly displayName: string;
	/** Ends the sentence "Before dialing again, ...". */
	readonly howToCheck: string;
}

/** The part of a failure that comes from the reply; `parsed` is the body, where it could be read. */
export type Evidence = Pick<Failed, 'vendorErrors' | 'httpStatus' | 'response'>;

export function evidenceOf(
	{ status }: HttpResponse,
	vendorErrors: readonly VendorError[] = [],
	parsed?: JsonValue,
): Evidence {
	return {
		vendorErrors,
		httpStatus: status,
		...(parsed === undefined ? {} : { response: parsed }),
	};
}

/** A reply that does not show whether a call was placed. */
export function inconclusive(
	{ howToCheck }: Pick<PhoneSystem, 'howToCheck'>,
	reason: FailureReason,
	what: string,
	evidence?: Evidence,
): Failed {
	return failed('unknown', reason, what, `Before dialing again, ${howToCheck}.`, evidence);
}

/** A reply that holds both a success and a refusal. */
export function contradictory(
	system: PhoneSystem,
	success: string,
	refusal: string,
	evidence: Evidence,
): Failed {
	const what = `${system.displayName} answered with ${success} and a refusal: ${refusal}`;
	return inconclusive(system, 'contradictory_reply', what, evidence);
}

/** A reply that cannot be read. `why` continues "... could not be read: "; `parsed` is a body in a form that is not documented. */
export function unreadable(
	{ displayName }: Pick<PhoneSystem, 'displayName'>,
	response: HttpResponse,
	why: string,
	parsed?: JsonValue,
): Trouble {
	const what = isPage(response, parsed)
		? `A web page came instead of a reply from ${displayName}.`
		: `The reply from ${displayName} could not be read: ${why}.`;
	const advice = `Check that Base URL in the credential is the address of ${displayName} itself.`;
	return {
		...explain('unknown', 'unreadable_reply', what, advice),
		...evidenceOf(response, [], parsed),
	};
}

/** The same of the reply to placing a call. */
export function unreadableReply(
	system: PhoneSystem,
	response: HttpResponse,
	why: string,
	parsed?: JsonValue,
): Failed {
	const { what, advice } = unreadable(system, response, why, parsed);
	const evidence = evidenceOf(response, [], parsed);
	if (!isPage(response, parsed)) return inconclusive(system, 'unreadable_reply', what, evidence);
	const howToGoOn = `${advice} Before dialing again, ${system.howToCheck}.`;
	return failed('unknown', 'unreadable_reply', what, howToGoOn, evidence);
}

function isPage({ headers }: HttpResponse, parsed: JsonValue | undefined): boolean {
	return parsed === undefined && headers['content-type']?.includes('html') === true;
}
