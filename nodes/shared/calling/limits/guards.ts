import { weekdays } from '../../form/fields';
import type { Country } from '../../form/phoneNumber';
import type { FieldReader, FormValues } from '../../form/reader';
import type { Skipped } from '../contract/outcome';
import type { Originate } from '../contract/vendor';
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
	readonly callingHours?: readonly Window[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** A time span in a time zone. If `to` is not later than `from`, it ends on the next day. */
interface Window {
	/** The days on which the window begins; 0 is Sunday. */
	readonly days: ReadonlySet<number>;
	/** Minutes since midnight. */
	readonly from: number;
	/** Minutes since midnight, up to 1440; the first minute outside the window. */
	readonly to: number;
	readonly timeZone: string;
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

function readCallingHours(options: FieldReader, timeZone: string): readonly Window[] | undefined {
	const name = 'callingHours';
	if (!options.has(name)) return undefined;
	const rows = options.rows(name, 'window').flatMap((row) => [row, ...moreOf(row)]);
	if (rows.length === 0) options.refuse(name, 'is empty. Add hours, or remove the option.');
	return rows.map((row) => readWindow(row, timeZone, (why) => options.refuse(name, why)));
}

/** The rows of More Hours, with the time zone of the row that contains them. */
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
	// An empty field means the workflow's time zone. An expression without a value does not: it may have meant another one.
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

/** Skips a call that would ring at this time; undefined if the time is within one of the windows. */
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

/** The local time in a time zone, in minutes since midnight. Throws a RangeError if the zone does not exist. */
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
