import { isInternal } from '../form/number';
import type { Outcome } from './outcome';
import type { Vendor } from './vendor';

/** What is likely to be wrong with a call that can be sent all the same, a sentence each. */
export function warningsOf(
	{ displayName, operations: { originate } }: Vendor,
	call: object,
): string[] {
	if (originate.wantsCountryCode !== true) return [];
	return originate
		.numbers(call)
		.filter((number) => number !== null && lacksCountryCode(number))
		.map(
			(number) =>
				`${String(number)} begins with 0 where ${displayName} expects a country code: set Number Format to E.164 Without +, and Default Country.`,
		);
}

/** Of what was sent, or would have been in a dry run; what was kept back is not warned of. */
export function withWarnings(outcome: Outcome, warnings: readonly string[]): Outcome {
	const isKeptBack = outcome.status === 'skipped' && outcome.reason !== 'dry_run';
	return warnings.length === 0 || isKeptBack
		? outcome
		: { ...outcome, details: { ...outcome.details, warnings } };
}

/** 00 is the prefix of a number that has its country code. */
function lacksCountryCode(number: string): boolean {
	const digits = number.replace(/[^0-9*#+]/g, '');
	return /^0(?!0)/.test(digits) && !isInternal(digits);
}
