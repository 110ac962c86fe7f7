import { isInternal } from '../../form/number';
import type { Outcome } from '../contract/outcome';
import type { Vendor } from '../contract/vendor';

/** Likely mistakes in a call that can still be sent, one sentence each. */
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

/** Adds the warnings to an outcome, unless the call was skipped; a dry run does get them. */
export function withWarnings(outcome: Outcome, warnings: readonly string[]): Outcome {
	const isKeptBack = outcome.status === 'skipped' && outcome.reason !== 'dry_run';
	return warnings.length === 0 || isKeptBack
		? outcome
		: { ...outcome, details: { ...outcome.details, warnings } };
}

/** Whether a number begins with a single 0. After 00, there is a country code. */
function lacksCountryCode(number: string): boolean {
	const digits = number.replace(/[^0-9*#+]/g, '');
	return /^0(?!0)/.test(digits) && !isInternal(digits);
}
