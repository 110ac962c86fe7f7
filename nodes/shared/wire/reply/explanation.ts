import { headlineOf, type Invalid } from '../text/invalid';
import { isRecord, isTagged, reasonOf } from '../text/values';
import type { FailureReason } from './reasons';

/** Why a request has no result from the vendor itself, in plain words. */
export interface Explanation {
	readonly kind: 'explanation';
	/** `not_sent` and `refused`: certainly nothing was done. `unknown`: something may have been. */
	readonly status: 'not_sent' | 'refused' | 'unknown';
	readonly reason: FailureReason;
	readonly what: string;
	/** What to do about it. */
	readonly advice: string;
	readonly httpStatus: number | null;
}

/** Makes an {@link Explanation}; `what` and `advice` are sentences. */
export function explain(
	status: Explanation['status'],
	reason: FailureReason,
	what: string,
	advice: string,
	httpStatus: number | null = null,
): Explanation {
	return { kind: 'explanation', status, reason, what, advice, httpStatus };
}

export function isExplanation(value: object | string | undefined): value is Explanation {
	return isTagged(value, 'explanation');
}

/** Adds the vendor's own words to an explanation; `said` is a sentence. */
export function quoting(explanation: Explanation, said: string): Explanation {
	return { ...explanation, what: explanation.what.replace(/\.$/, `: ${said}`) };
}

/** The explanation for a credential with values that cannot be used. */
export function explainInvalid(credential: Invalid): Explanation {
	const { what, rest } = headlineOf(credential, 'values of the credential');
	const advice = rest === '' ? 'Correct the credential.' : rest;
	return explain('not_sent', 'invalid_credential', what, advice);
}

/** The explanation for a credential that n8n could not read. */
export function explainUnreadable(error: unknown): Explanation {
	return explain(
		'not_sent',
		'invalid_credential',
		`n8n could not read the credential (${reasonOf(error)}).`,
		'Select a credential in the node, or save it again.',
	);
}

/** The explanation for a fault in this package itself. */
export function explainCrash(error: unknown, isSent: boolean): Explanation {
	return explain(
		isSent ? 'unknown' : 'not_sent',
		'node_fault',
		`This package stopped unexpectedly (${reasonOf(error)}).`,
		'Please report this to its maintainers.',
	);
}

/** For code that n8n calls before it sends the request: throwing is the only way to stop it. */
export class NotSent extends Error {
	readonly explanation: Explanation;
	/** n8n before 2.41 drops the cause of an error but keeps the data of its response. */
	readonly response: { readonly data: { readonly explanation: Explanation } };

	constructor(explanation: Explanation) {
		super(`${explanation.what} ${explanation.advice}`);
		this.explanation = explanation;
		this.response = { data: { explanation } };
		explanations.add(explanation);
	}
}

/** The explanations of this process, so that data from a server cannot pass for one. */
const explanations = new WeakSet<object>();

/** The explanation in an error that n8n may have wrapped; undefined if there is none. */
export function thrownExplanation({ explanation, context }: Readonly<Record<string, unknown>>) {
	const { data } = Object(context) as Readonly<Record<string, unknown>>;
	return [explanation, (Object(data) as Readonly<Record<string, unknown>>).explanation].find(
		(one): one is Explanation => isRecord(one) && explanations.has(one),
	);
}
