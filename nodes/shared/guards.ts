import { isInvalid, type Skipped } from './call';
import type { FieldReader } from './form';
import { beginsWithPlus, cleanNumber, isInternal } from './number';
import { formsOf, type Country } from './phoneNumber';
import type { FormValues } from './vendor';

/** What a workflow forbids itself. A guard that was opened and says nothing is refused: it must not fail open. */
export interface Guards {
	readonly allowed?: readonly Entry[] | undefined;
	readonly blocked?: readonly Entry[] | undefined;
	readonly callingHours?: readonly Window[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** An entry of a list: the beginning of a number, or all of it. */
interface Entry {
	/** As the workflow has it. */
	readonly entered: string;
	/** As it would be dialled; absent where it begins with `+`. */
	readonly dialled?: string;
	/** From the country code on; absent where the entry does not begin with `+` or 00. */
	readonly international?: string;
	/** Whether it has to be all of a number that is allowed: an extension must not open an area code. */
	readonly isWhole: boolean;
}

/** A part of a day, told by the clock of a time zone. Where `to` is not behind `from`, it ends on the next day. */
interface Window {
	/** Of the day on which the window begins; 0 is Sunday. */
	readonly days: ReadonlySet<number>;
	/** Minutes since midnight. */
	readonly from: number;
	/** Minutes since midnight, up to 1440; this one is outside. */
	readonly to: number;
	readonly timeZone: string;
}

/** `timeZone` holds where the form has none. */
export function readGuards(
	options: FieldReader,
	defaultCountry: Country | undefined,
	timeZone: string,
): Guards {
	return {
		allowed: readEntries(options, 'allowedDestinations'),
		blocked: readEntries(options, 'blockedDestinations'),
		callingHours: readCallingHours(options, timeZone),
		defaultCountry,
	};
}

function readEntries(options: FieldReader, name: string): readonly Entry[] | undefined {
	if (!options.has(name)) return undefined;
	const value = options.value(name);
	// A list that an expression gives may have blanks, or nobody on it; a blank row is an expression that points nowhere.
	const entries = options.list(name);
	const mayHaveNobody = name === 'blockedDestinations' && Array.isArray(value);
	if (Array.isArray(value) && value.some(isBlank)) {
		options.refuse(name, 'has an entry that is empty. Enter a number, or remove the entry.');
	} else if (entries?.length === 0 && !mayHaveNobody) {
		options.refuse(name, 'is empty. Enter numbers or their beginnings, or remove the option.');
	}
	return entries?.map((entered) => readEntry(entered, (why) => options.refuse(name, why)));
}

function isBlank(value: unknown): boolean {
	return (
		value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
	);
}

function readEntry(entered: string, refuse: (why: string) => void): Entry {
	// Many write the beginning of a number with a star behind it.
	const isOpen = /\d\*+$/.test(entered);
	const digits = cleanNumber(isOpen ? entered.replace(/\*+$/, '') : entered);
	if (isInvalid(digits)) {
		digits.invalid.forEach(refuse);
		return { entered, isWhole: true };
	}
	if (beginsWithPlus(entered)) return { entered, international: digits, isWhole: false };
	const [, afterPrefix] = /^00(\d+)$/.exec(digits) ?? [];
	return {
		entered,
		dialled: digits,
		...(afterPrefix === undefined ? {} : { international: afterPrefix }),
		isWhole: isInternal(digits) && !isOpen && afterPrefix === undefined,
	};
}

export const weekdays = [
	'sunday',
	'monday',
	'tuesday',
	'wednesday',
	'thursday',
	'friday',
	'saturday',
] as const;

function readCallingHours(options: FieldReader, timeZone: string): readonly Window[] | undefined {
	const name = 'callingHours';
	if (!options.has(name)) return undefined;
	const rows = options.rows(name, 'window').flatMap((row) => [row, ...moreOf(row)]);
	if (rows.length === 0) options.refuse(name, 'is empty. Add hours, or remove the option.');
	return rows.map((row) => readWindow(row, timeZone, (why) => options.refuse(name, why)));
}

/** The rows of More Hours, which go by the clock of the row that they are in. */
function moreOf(first: FormValues): FormValues[] {
	const { window = [] } = Object(first.more) as FormValues;
	const clock = 'timeZone' in first ? { timeZone: first.timeZone } : {};
	return [window].flat().map((row) => ({ ...clock, ...Object(row) }));
}

function readWindow(row: FormValues, workflowZone: string, refuse: (why: string) => void): Window {
	const days = [row.days].flat().map((day) => weekdays.findIndex((known) => known === day));
	if (days.length === 0 || days.includes(-1)) {
		refuse(`needs at least one day of: ${weekdays.join(', ')}.`);
	}
	const from = minutesOf(row.from);
	const to = minutesOf(row.to);
	if (from === undefined || to === undefined || from === to || from === dayMinutes) {
		refuse(
			`is from "${String(row.from)}" to "${String(row.to)}". Enter two times such as 09:00 and 17:30; the whole day is 00:00 to 24:00.`,
		);
	}
	// Empty on the form is the workflow's; an expression that points nowhere is somebody else's, and not known.
	const { timeZone: entered = 'timeZone' in row ? undefined : '' } = row;
	const timeZone = entered === '' ? workflowZone : String(entered).trim();
	if (!isTimeZone(timeZone)) {
		refuse(`has the time zone "${timeZone}", which does not exist. Enter one like Europe/London.`);
	}
	return { days: new Set(days), from: from ?? 0, to: to ?? 0, timeZone };
}

const dayMinutes = 24 * 60;

function minutesOf(entered: unknown): number | undefined {
	const [, hours = '', minutes = ''] =
		/^\s*([01]?\d|2[0-4]):([0-5]\d)\s*$/.exec(String(entered)) ?? [];
	const total = Number(hours) * 60 + Number(minutes);
	return hours === '' || total > dayMinutes ? undefined : total;
}

function isTimeZone(timeZone: string): boolean {
	try {
		return clockAt(new Date(0), timeZone) !== undefined;
	} catch {
		return false;
	}
}

/** Why one of these numbers must not be rung; undefined where all may. Null stands for whom the vendor chooses. */
export function checkDestinations(
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
	const { dialled, international, national } = formsOfDialled(number, country);
	return allowed.some((entry) => {
		if (entry.isWhole) return dialled === entry.dialled;
		return (
			beginsWith(entry.dialled, dialled, international, national) ||
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
		const { dialled, international, national } = formsOfDialled(part, country);
		// Without a country, 011 may be the prefix for calls abroad, or the beginning of an area code.
		const abroad = dialled.replace(country === undefined ? /^(?:00|011)/ : /^00/, '');
		return {
			all: [dialled, international, national, abroad],
			abroad: isInternal(dialled) ? [international] : [international, dialled, abroad],
			end: endOf(dialled),
		};
	});
	return blocked.find((entry) =>
		candidates.some(
			({ all, abroad, end }) =>
				beginsWith(entry.dialled, ...all) ||
				beginsWith(entry.international, ...abroad) ||
				(end !== undefined && end === endOf(entry.dialled ?? entry.international ?? '')),
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
function formsOfDialled(
	number: string,
	country: Country | undefined,
): { readonly dialled: string; readonly international?: string; readonly national?: string } {
	const dialled = number.replace(/[^0-9*#]/g, '');
	const hasPlus = beginsWithPlus(number);
	if (!hasPlus && isInternal(dialled)) return { dialled };
	const known = formsOf(hasPlus ? `+${dialled}` : dialled, country);
	if (known !== undefined) return { dialled, ...known };
	// Without a country, digits from a country code on look like any others.
	return hasPlus || country === undefined
		? { dialled, international: dialled.replace(/^00/, '') }
		: { dialled };
}

/** Whether a phone that rings at this time rings outside of all windows; undefined inside of one. */
export function checkCallingHours({ callingHours }: Guards, time: Date): Skipped | undefined {
	if (callingHours === undefined || callingHours.some((window) => isOpen(window, time))) {
		return undefined;
	}
	const clocks = [...new Set(callingHours.map(({ timeZone }) => timeZone))].map((timeZone) => {
		const { day, minutes } = clockAt(time, timeZone);
		const clock = [Math.floor(minutes / 60), minutes % 60].map((part) =>
			String(part).padStart(2, '0'),
		);
		return `${weekdays[day] ?? ''} ${clock.join(':')} in ${timeZone}`;
	});
	return skipped('outside_calling_hours', { clock: clocks.join(', ') });
}

function isOpen({ days, from, to, timeZone }: Window, time: Date): boolean {
	const { day, minutes } = clockAt(time, timeZone);
	const begunToday = days.has(day) && minutes >= from;
	if (from < to) return begunToday && minutes < to;
	const begunYesterday = days.has((day + 6) % 7) && minutes < to;
	return begunToday || begunYesterday;
}

/** What the clock of a time zone shows, daylight saving included; throws a RangeError for a zone that does not exist. */
function clockAt(time: Date, timeZone: string): { readonly day: number; readonly minutes: number } {
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone,
		weekday: 'long',
		hour: 'numeric',
		minute: 'numeric',
		hourCycle: 'h23',
	});
	const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
	const day = weekdays.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
	return { day, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function skipped(reason: Skipped['reason'], details: Skipped['details']): Skipped {
	return { status: 'skipped', reason, details };
}
