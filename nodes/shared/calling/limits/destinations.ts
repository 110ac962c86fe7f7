import { beginsWithPlus, cleanNumber, isInternal } from '../../form/number';
import { type Country, formsOf } from '../../form/phoneNumber';
import type { FieldReader } from '../../form/reader';
import { isInvalid } from '../../wire/text/invalid';
import type { ListMemory } from './listMemory';

/** The option Allowed Numbers. Finding a number takes the same time in a list of any length. */
export interface AllowedList {
	/** Entries that must match a number as a whole: an extension must not allow an area code. */
	readonly wholes: ReadonlySet<string>;
	readonly dialed: Beginnings;
	readonly international: Beginnings;
	/** Names of telephone lines, which must match exactly. */
	readonly lines: ReadonlySet<string>;
	/** The entries that are one number: neither `+` nor a star makes them a beginning. */
	readonly named: ReadonlySet<string>;
}

/** The option Blocked Numbers. The values are positions in the list, so that a result can name the first entry that matches. */
export interface BlockedList {
	/** As entered. */
	readonly entries: readonly string[];
	readonly dialed: Beginnings;
	readonly international: Beginnings;
	readonly ends: ReadonlyMap<string, number>;
	readonly lines: ReadonlySet<string>;
}

/** The position of the first entry for each beginning of a number. */
interface Beginnings {
	readonly places: Map<string, number>;
	/** The lengths of the keys. */
	readonly lengths: Set<number>;
}

/** An entry of a list: a number or the beginning of one. */
interface Entry {
	/** As it would be dialed; absent if it begins with `+`. */
	readonly dialed?: string;
	/** From the country code on; absent unless the entry begins with `+` or 00. */
	readonly international?: string;
	/** Whether a star marks it as a beginning. */
	readonly isOpen: boolean;
	/** Whether it allows only the number that is equal to it. */
	readonly isWhole: boolean;
}

/** How the entries of a list are read. */
export interface EntryRules {
	/** Whether the vendor has telephone lines with names in letters, which a list may contain. */
	readonly hasLines: boolean;
	readonly memory: ListMemory;
}

/** The option Allowed Numbers; undefined if it was not added. */
export function readAllowed(options: FieldReader, rules: EntryRules): AllowedList | undefined {
	return readList(options, 'allowedDestinations', rules, (entries, refuse) => {
		const wholes = new Set<string>();
		const named = new Set<string>();
		const lines = new Set<string>();
		const dialed = noBeginnings();
		const international = noBeginnings();
		entries.forEach((entered, place) => {
			if (rules.hasLines && isLineName(entered)) {
				lines.add(entered);
				return;
			}
			const entry = readEntry(entered, refuse);
			if (entry?.dialed !== undefined && !entry.isOpen) named.add(entry.dialed);
			if (entry?.isWhole === true && entry.dialed !== undefined) wholes.add(entry.dialed);
			else note(dialed, entry?.dialed, place);
			note(international, entry?.international, place);
		});
		return { wholes, named, lines, dialed, international };
	});
}

/** The option Blocked Numbers; undefined if it was not added. */
export function readBlocked(options: FieldReader, rules: EntryRules): BlockedList | undefined {
	return readList(options, 'blockedDestinations', rules, (entries, refuse) => {
		const dialed = noBeginnings();
		const international = noBeginnings();
		const ends = new Map<string, number>();
		const lines = new Set<string>();
		entries.forEach((entered, place) => {
			// With that many digits it is a mistyped number. As a name, it would block nothing.
			if (rules.hasLines && isLineName(entered) && isInternal(digitsOf(entered))) {
				lines.add(entered);
				return;
			}
			const entry = readEntry(entered, refuse);
			note(dialed, entry?.dialed, place);
			note(international, entry?.international, place);
			keepFirst(ends, endOf(entry?.dialed ?? entry?.international ?? ''), place);
		});
		return { entries, dialed, international, ends, lines };
	});
}

/** Whether a list has no entries, as a do-not-call list may. */
export function isEmpty({ entries }: BlockedList): boolean {
	return entries.length === 0;
}

type Refuse = (why: string) => void;

function readList<List extends object>(
	options: FieldReader,
	name: 'allowedDestinations' | 'blockedDestinations',
	{ memory }: EntryRules,
	toList: (entries: readonly string[], refuse: Refuse) => List,
): List | undefined {
	if (!options.has(name)) return undefined;
	const value = options.value(name);
	const read = memory.once(name, value, () => {
		const entries = options.list(name);
		if (entries === undefined) return undefined;
		const reasons: string[] = [];
		// An expression may return an empty list of blocked numbers. A blank entry is refused: it is an expression without a value.
		const mayHaveNobody = name === 'blockedDestinations' && Array.isArray(value);
		if (Array.isArray(value) && value.some(isBlank)) {
			reasons.push('has an entry that is empty. Enter a number, or remove the entry.');
		} else if (entries.length === 0 && !mayHaveNobody) {
			reasons.push('is empty. Enter numbers or their beginnings, or remove the option.');
		}
		return { list: toList(entries, (why) => reasons.push(why)), reasons };
	});
	read?.reasons.forEach((why) => options.refuse(name, why));
	return read?.list;
}

function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

/** Whether a text can be the name of a telephone line: one word that contains a letter. */
function isLineName(entered: string): boolean {
	return /^[\p{L}\p{N}._@-]*\p{L}[\p{L}\p{N}._@-]*$/u.test(entered);
}

function readEntry(entered: string, refuse: Refuse): Entry | undefined {
	// A common way to write the beginning of a number.
	const isOpen = /\d\*+$/.test(entered);
	const digits = cleanNumber(isOpen ? entered.replace(/\*+$/, '') : entered);
	if (isInvalid(digits)) {
		digits.texts.forEach(refuse);
		return undefined;
	}
	if (beginsWithPlus(entered)) return { international: digits, isOpen, isWhole: false };
	const [, afterPrefix] = /^00(\d+)$/.exec(digits) ?? [];
	return {
		dialed: digits,
		...(afterPrefix === undefined ? {} : { international: afterPrefix }),
		isOpen,
		isWhole: isInternal(digits) && !isOpen && afterPrefix === undefined,
	};
}

/** Whether a number is certainly on the list. */
export function isOn(
	{ wholes, dialed: starts, international: abroad }: AllowedList,
	number: string,
	country: Country | undefined,
): boolean {
	const { dialed, international, national } = formsOfDialed(number, country);
	return (
		wholes.has(dialed) ||
		placeOf(starts, dialed, international, national) !== nowhere ||
		placeOf(abroad, international) !== nowhere
	);
}

/** The entry that may match the number: to block one call too many is better than one too few. */
export function findBlock(
	{ entries, dialed: starts, international: abroadStarts, ends }: BlockedList,
	number: string,
	country: Country | undefined,
): string | undefined {
	if (entries.length === 0) return undefined;
	const places = withoutCodes(number.replace(/[^0-9*#+]/g, '')).flatMap((part) => {
		const { dialed, international, national } = formsOfDialed(part, country);
		// Without a country, 011 may be the prefix for calls abroad, or the beginning of an area code.
		const abroad = dialed.replace(country === undefined ? /^(?:00|011)/ : /^00/, '');
		const end = endOf(dialed);
		return [
			placeOf(starts, dialed, international, national, abroad),
			isInternal(dialed)
				? placeOf(abroadStarts, international)
				: placeOf(abroadStarts, international, dialed, abroad),
			(end === undefined ? undefined : ends.get(end)) ?? nowhere,
		];
	});
	return entries[Math.min(...places)];
}

/** The number itself, and what a phone system may dial after it has removed codes such as *67. */
function withoutCodes(number: string): readonly string[] {
	const behindCodes = [...number.matchAll(/[*#]/g)].flatMap(({ index }) => {
		const rest = number.slice(index + 1);
		return [0, 1, 2, 3].map((length) => rest.slice(length));
	});
	return [number, ...behindCodes.filter((rest) => /^\+?\d{7,}/.test(rest))];
}

/** Two numbers that share this many digits at the end count as the same, however they begin. */
const endLength = 9;

/** The end of a number that is compared; undefined if the number is too short for that. */
function endOf(digits: string): string | undefined {
	const significant = digits.replace(/^0+/, '');
	return significant.length < endLength ? undefined : significant.slice(-endLength);
}

/** The position of an entry that does not exist: after all others. */
const nowhere = Infinity;

function noBeginnings(): Beginnings {
	return { places: new Map(), lengths: new Set() };
}

function note({ places, lengths }: Beginnings, start: string | undefined, place: number): void {
	keepFirst(places, start, place);
	if (start !== undefined) lengths.add(start.length);
}

function keepFirst(places: Map<string, number>, key: string | undefined, place: number): void {
	if (key !== undefined && !places.has(key)) places.set(key, place);
}

/** The position of the first entry that one of the forms begins with. */
function placeOf(
	{ places, lengths }: Beginnings,
	...forms: readonly (string | undefined)[]
): number {
	let first = nowhere;
	for (const form of forms) {
		if (form === undefined) continue;
		for (const length of lengths) {
			const place = length > form.length ? undefined : places.get(form.slice(0, length));
			if (place !== undefined && place < first) first = place;
		}
	}
	return first;
}

function digitsOf(text: string): string {
	return text.replace(/\D/g, '');
}

/** The forms of a number, in digits. An extension has no international form, and neither has a number that cannot exist. */
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
