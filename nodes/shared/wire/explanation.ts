import { headlineOf, type Invalid } from './invalid';
import type { FailureReason } from './reasons';
import { isRecord, isTagged, reasonOf } from './values';

/** What is known of a request that brought no answer of the vendor's own, in plain words. */
export interface Explanation {
	readonly kind: 'explanation';
	/** `not_sent`: nothing was acted upon. `unknown`: it may have been. */
	readonly status: 'not_sent' | 'refused' | 'unknown';
	readonly reason: FailureReason;
	readonly what: string;
	/** How to get it to work. */
	readonly advice: string;
	readonly httpStatus: number | null;
}

export function isExplanation(value: object | string | undefined): value is Explanation {
	return isTagged(value, 'explanation');
}

/** The same, with the vendor's own words; `said` is a sentence. */
export function quoting(explanation: Explanation, said: string): Explanation {
	return { ...explanation, what: explanation.what.replace(/\.$/, `: ${said}`) };
}

/** A credential that cannot be used as it is. */
export function explainInvalid(credential: Invalid): Explanation {
	const { what, rest } = headlineOf(credential, 'values of the credential');
	return {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'invalid_credential',
		what,
		advice: rest === '' ? 'Correct the credential.' : rest,
		httpStatus: null,
	};
}

/** A credential that n8n does not give. */
export function explainUnreadable(error: unknown): Explanation {
	return {
		kind: 'explanation',
		status: 'not_sent',
		reason: 'invalid_credential',
		what: `n8n could not read the credential (${reasonOf(error)}).`,
		advice: 'Choose a credential in the node, or save it once more.',
		httpStatus: null,
	};
}

/** Thrown where n8n takes only a thrown error, ahead of the request itself. */
export class NotSent extends Error {
	readonly explanation: Explanation;
	/** n8n before 2.41 keeps no cause of an error, but the data of its response. */
	readonly response: { readonly data: { readonly explanation: Explanation } };

	constructor(explanation: Explanation) {
		super(`${explanation.what} ${explanation.advice}`);
		this.explanation = explanation;
		this.response = { data: { explanation } };
		explanations.add(explanation);
	}
}

/** Those of this process: what a server sends cannot pass for one. */
const explanations = new WeakSet<object>();

export function thrownExplanation({ explanation, context }: Readonly<Record<string, unknown>>) {
	const { data } = Object(context) as Readonly<Record<string, unknown>>;
	return [explanation, (Object(data) as Readonly<Record<string, unknown>>).explanation].find(
		(one): one is Explanation => isRecord(one) && explanations.has(one),
	);
}
