/**
 * How numbers were matched with the lists of destinations before there was an index: entry by
 * entry. A copy of that code, kept for comparison with the index.
 */
import type { Skipped } from '../../../../nodes/shared/calling/contract/outcome.ts';
import { beginsWithPlus, cleanNumber, isInternal } from '../../../../nodes/shared/form/number.ts';
import { type Country, formsOf } from '../../../../nodes/shared/form/phoneNumber.ts';
import { isInvalid } from '../../../../nodes/shared/wire/text/invalid.ts';

/** The lists of a workflow, without blanks; `undefined` if it has no such list. */
export interface FormerLists {
	readonly allowed?: readonly string[] | undefined;
	readonly blocked?: readonly string[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** Why each bad entry cannot be used, or why a number must not be called. */
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
	/** As in the workflow. */
	readonly entered: string;
	/** As it would be dialed; absent where it begins with `+`. */
	readonly dialed?: string;
	/** From the country code on; absent where the entry does not begin with `+` or 00. */
	readonly international?: string;
	/** Whether it must match the whole number: an extension must not allow an area code. */
	readonly isWhole: boolean;
}

function readEntry(entered: string, refuse: (why: string) => void): Entry {
	// Many people write the beginning of a number with a star after it.
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

/** Why one of these numbers must not be called; undefined if all may. Null is a number that the vendor chooses. */
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
		// Text that is sent as entered may ring any phone.
		const isUnclear = number !== null && /[^0-9*#+\s().-]/.test(number);
		const isAllowed =
			allowed === undefined || (number !== null && isOn(allowed, number, defaultCountry));
		if (!isAllowed || (hasList && isUnclear)) return skipped('destination_not_allowed', { number });
	}
	return undefined;
}

/** Only numbers that are certainly on the list. */
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

/** The entry that the number may match: a block list should rather match one number too many. */
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

/** A number with and without codes such as *67 in front of it, which a phone system strips. */
function withoutCodes(number: string): readonly string[] {
	const behindCodes = [...number.matchAll(/[*#]/g)].flatMap(({ index }) => {
		const rest = number.slice(index + 1);
		return [0, 1, 2, 3].map((length) => rest.slice(length));
	});
	return [number, ...behindCodes.filter((rest) => /^\+?\d{7,}/.test(rest))];
}

/** How many final digits make two numbers the same, however they begin; a shorter number has no such end. */
const endLength = 9;

function endOf(digits: string): string | undefined {
	const significant = digits.replace(/^0+/, '');
	return significant.length < endLength ? undefined : significant.slice(-endLength);
}

function beginsWith(start: string | undefined, ...forms: readonly (string | undefined)[]): boolean {
	return start !== undefined && forms.some((form) => form?.startsWith(start) === true);
}

/** In digits. Neither an extension nor a number that cannot exist in its country has an international form. */
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
