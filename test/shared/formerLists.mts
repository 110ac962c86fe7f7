/**
 * How numbers were matched with the lists of destinations before lists of any length were looked up by an index: entry by
 * entry. A copy of that code, kept as the rule that the index is compared with.
 */
import type { Skipped } from '../../nodes/shared/calling/outcome.ts';
import { beginsWithPlus, cleanNumber, isInternal } from '../../nodes/shared/form/number.ts';
import { type Country, formsOf } from '../../nodes/shared/form/phoneNumber.ts';
import { isInvalid } from '../../nodes/shared/wire/invalid.ts';

/** What a workflow had on its lists, cleaned of blanks; `undefined` where it has no such list. */
export interface FormerLists {
	readonly allowed?: readonly string[] | undefined;
	readonly blocked?: readonly string[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** Why the entries cannot be used, one by one, or why a number must not be rung. */
export function checkFormerly(
	numbers: readonly (string | null)[],
	{ allowed, blocked, defaultCountry }: FormerLists,
): { readonly refused: readonly string[] } | Skipped | undefined {
	const refused: string[] = [];
	const read = (entries: readonly string[] | undefined) =>
		entries?.map((entered) => readEntry(entered, (why) => refused.push(why)));
	const guards = { allowed: read(allowed), blocked: read(blocked), defaultCountry };
	return refused.length > 0 ? { refused } : checkDestinations(numbers, guards);
}

interface Guards {
	readonly allowed?: readonly Entry[] | undefined;
	readonly blocked?: readonly Entry[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** An entry of a list: the beginning of a number, or all of it. */
interface Entry {
	/** As the workflow has it. */
	readonly entered: string;
	/** As it would be dialed; absent where it begins with `+`. */
	readonly dialed?: string;
	/** From the country code on; absent where the entry does not begin with `+` or 00. */
	readonly international?: string;
	/** Whether it has to be all of a number that is allowed: an extension must not open an area code. */
	readonly isWhole: boolean;
}

function readEntry(entered: string, refuse: (why: string) => void): Entry {
	// Many write the beginning of a number with a star behind it.
	const isOpen = /\d\*+$/.test(entered);
	const digits = cleanNumber(isOpen ? entered.replace(/\*+$/, '') : entered);
	if (isInvalid(digits)) {
		digits.texts.forEach(refuse);
		return { entered, isWhole: true };
	}
	if (beginsWithPlus(entered)) return { entered, international: digits, isWhole: false };
	const [, afterPrefix] = /^00(\d+)$/.exec(digits) ?? [];
	return {
		entered,
		dialed: digits,
		...(afterPrefix === undefined ? {} : { international: afterPrefix }),
		isWhole: isInternal(digits) && !isOpen && afterPrefix === undefined,
	};
}

/** Why one of these numbers must not be rung; undefined where all may. Null stands for whom the vendor chooses. */
function checkDestinations(
	numbers: readonly (string | null)[],
	{ allowed, blocked, defaultCountry }: Guards,
): Skipped | undefined {
	for (const number of numbers) {
		const block = number === null ? undefined : findBlock(number, blocked, defaultCountry);
		if (block !== undefined) {
			return skipped('destination_blocked', { number, entry: block.entered });
		}
		const hasList = allowed !== undefined || (blocked !== undefined && blocked.length > 0);
		// What was entered, to the letter, may ring anybody.
		const isUnclear = number !== null && /[^0-9*#+\s().-]/.test(number);
		const isAllowed =
			allowed === undefined || (number !== null && isOn(allowed, number, defaultCountry));
		if (!isAllowed || (hasList && isUnclear)) return skipped('destination_not_allowed', { number });
	}
	return undefined;
}

/** Only what certainly is on the list. */
function isOn(allowed: readonly Entry[], number: string, country: Country | undefined): boolean {
	const { dialed, international, national } = formsOfDialed(number, country);
	return allowed.some((entry) => {
		if (entry.isWhole) return dialed === entry.dialed;
		return (
			beginsWith(entry.dialed, dialed, international, national) ||
			beginsWith(entry.international, international)
		);
	});
}

/** The entry that the number may be on: a list of numbers that must not be rung had better have one too many. */
function findBlock(
	number: string,
	blocked: readonly Entry[] = [],
	country: Country | undefined,
): Entry | undefined {
	if (blocked.length === 0) return undefined;
	const candidates = withoutCodes(number.replace(/[^0-9*#+]/g, '')).map((part) => {
		const { dialed, international, national } = formsOfDialed(part, country);
		// Without a country, 011 may be the prefix for calls abroad, or the beginning of an area code.
		const abroad = dialed.replace(country === undefined ? /^(?:00|011)/ : /^00/, '');
		return {
			all: [dialed, international, national, abroad],
			abroad: isInternal(dialed) ? [international] : [international, dialed, abroad],
			end: endOf(dialed),
		};
	});
	return blocked.find((entry) =>
		candidates.some(
			({ all, abroad, end }) =>
				beginsWith(entry.dialed, ...all) ||
				beginsWith(entry.international, ...abroad) ||
				(end !== undefined && end === endOf(entry.dialed ?? entry.international ?? '')),
		),
	);
}

/** A number, and what can stand behind codes such as *67 in front of it, which a phone system takes off. */
function withoutCodes(number: string): readonly string[] {
	const behindCodes = [...number.matchAll(/[*#]/g)].flatMap(({ index }) => {
		const rest = number.slice(index + 1);
		return [0, 1, 2, 3].map((length) => rest.slice(length));
	});
	return [number, ...behindCodes.filter((rest) => /^\+?\d{7,}/.test(rest))];
}

/** In how many digits at the end two numbers are the same, however they begin; a shorter one has no such end. */
const endLength = 9;

function endOf(digits: string): string | undefined {
	const significant = digits.replace(/^0+/, '');
	return significant.length < endLength ? undefined : significant.slice(-endLength);
}

function beginsWith(start: string | undefined, ...forms: readonly (string | undefined)[]): boolean {
	return start !== undefined && forms.some((form) => form?.startsWith(start) === true);
}

/** In digits. An extension has no international form, nor has a number that cannot exist in its country. */
function formsOfDialed(
	number: string,
	country: Country | undefined,
): { readonly dialed: string; readonly international?: string; readonly national?: string } {
	const dialed = number.replace(/[^0-9*#]/g, '');
	const hasPlus = beginsWithPlus(number);
	if (!hasPlus && isInternal(dialed)) return { dialed };
	const known = formsOf(hasPlus ? `+${dialed}` : dialed, country);
	if (known !== undefined) return { dialed, ...known };
	// Without a country, digits from a country code on look like any others.
	return hasPlus || country === undefined
		? { dialed, international: dialed.replace(/^00/, '') }
		: { dialed };
}

function skipped(reason: Skipped['reason'], details: Skipped['details']): Skipped {
	return { status: 'skipped', reason, details };
}
