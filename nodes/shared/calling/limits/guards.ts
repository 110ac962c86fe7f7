import type { Country } from '../../form/phoneNumber';
import type { FieldReader } from '../../form/reader';
import type { Skipped } from '../contract/outcome';
import type { Originate } from '../contract/vendor';
import { type CallingHours, readCallingHours } from './callingHours';
import {
	type AllowedList,
	type BlockedList,
	type EntryRules,
	findBlock,
	isEmpty,
	isOn,
	readAllowed,
	readBlocked,
} from './destinations';
import { isEmergencyNumber } from './emergency';

/** The limits of a workflow on its own calls. An empty limit is refused, because it must not let every call through. */
export interface Guards {
	readonly allowed?: AllowedList | undefined;
	readonly blocked?: BlockedList | undefined;
	readonly callingHours?: CallingHours | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** Reads the limits from the options of a form. `timeZone` is for calling hours without one. */
export function readGuards(
	options: FieldReader,
	defaultCountry: Country | undefined,
	timeZone: string,
	rules: EntryRules,
): Guards {
	return {
		allowed: readAllowed(options, rules),
		blocked: readBlocked(options, rules),
		callingHours: readCallingHours(options, timeZone),
		defaultCountry,
	};
}

/** The phones that a call rings, for the limits of a workflow. */
export interface Rung {
	/** As dialed; null for a number that the vendor's own rules choose. */
	readonly numbers: readonly (string | null)[];
	/** Telephone lines of the vendor that have names in letters. */
	readonly lines: readonly string[];
}

/** The phones that this call rings. */
export function rungBy(operation: Originate, call: object): Rung {
	return { numbers: operation.numbers(call), lines: operation.lines?.(call) ?? [] };
}

/** Skips a call that rings a number which is blocked or not allowed. A number that cannot be compared is not allowed. */
export function checkDestinations({ numbers, lines }: Rung, guards: Guards): Skipped | undefined {
	for (const number of numbers) {
		const skip = checkNumber(number, guards);
		if (skip !== undefined) return skip;
	}
	for (const line of lines) {
		const skip = checkLine(line, guards);
		if (skip !== undefined) return skip;
	}
	return undefined;
}

function checkNumber(
	number: string | null,
	{ allowed, blocked, defaultCountry }: Guards,
): Skipped | undefined {
	const entry =
		number === null || blocked === undefined
			? undefined
			: findBlock(blocked, number, defaultCountry);
	if (entry !== undefined) return skipped('destination_blocked', { number, entry });
	const hasList = allowed !== undefined || (blocked !== undefined && !isEmpty(blocked));
	// A number that is sent as entered may ring any phone.
	const isUnclear = number !== null && /[^0-9*#+\s().-]/.test(number);
	const isAllowed =
		allowed === undefined || (number !== null && isOn(allowed, number, defaultCountry));
	return !isAllowed || (hasList && isUnclear)
		? skipped('destination_not_allowed', { number })
		: undefined;
}

/** A name must match an entry exactly. */
function checkLine(line: string, { allowed, blocked }: Guards): Skipped | undefined {
	if (blocked?.lines.has(line) === true) {
		return skipped('destination_blocked', { number: line, entry: line });
	}
	return allowed === undefined || allowed.lines.has(line)
		? undefined
		: skipped('destination_not_allowed', { number: line });
}

/** Skips an emergency number unless an entry of the allowed numbers is that number, and not only its beginning. */
export function checkEmergency({ numbers }: Rung, { allowed }: Guards): Skipped | undefined {
	const number = numbers.find(
		(one) =>
			one !== null &&
			isEmergencyNumber(one) &&
			allowed?.named.has(one.replace(/[^0-9*#]/g, '')) !== true,
	);
	return number === undefined ? undefined : skipped('emergency_number', { number });
}

function skipped(reason: Skipped['reason'], details: Skipped['details']): Skipped {
	return { status: 'skipped', reason, details };
}
