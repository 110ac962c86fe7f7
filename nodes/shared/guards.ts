import { isInvalid, type Skipped } from './call';
import type { FieldReader } from './form';
import { cleanNumber, isInternal } from './number';
import { formsOf, type Country } from './phoneNumber';
import type { FormValues } from './vendor';

/** What a workflow forbids itself. A guard that was opened and says nothing is refused: it must not fail open. */
export interface Guards {
	readonly allowed?: readonly Prefix[] | undefined;
	readonly blocked?: readonly Prefix[] | undefined;
	readonly callingHours?: readonly Window[] | undefined;
	readonly defaultCountry?: Country | undefined;
}

/** The beginning of a number, or all of it. */
interface Prefix {
	/** As the workflow has it. */
	readonly entered: string;
	readonly digits: string;
	readonly isInternational: boolean;
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
		allowed: readPrefixes(options, 'allowedDestinations'),
		blocked: readPrefixes(options, 'blockedDestinations'),
		callingHours: readCallingHours(options, timeZone),
		defaultCountry,
	};
}

function readPrefixes(options: FieldReader, name: string): readonly Prefix[] | undefined {
	if (!options.has(name)) return undefined;
	const entries = options.list(name);
	// A list of an expression may have nobody on it; nothing at all is rather an expression that points nowhere.
	const raw = options.value(name);
	const isNobody = name === 'blockedDestinations' && Array.isArray(raw) && raw.length === 0;
	if (entries?.length === 0 && !isNobody) {
		options.refuse(name, 'is empty. Enter numbers or their beginnings, or remove the option.');
	}
	return entries?.map((entered) => {
		// Many write the beginning of a number with a star behind it.
		const digits = cleanNumber(entered.replace(/(?<=\d)\*$/, ''));
		if (isInvalid(digits)) digits.invalid.forEach((why) => options.refuse(name, why));
		return {
			entered,
			digits: isInvalid(digits) ? entered : digits.replace(/^00/, ''),
			isInternational: /^(?:\+|00)/.test(entered),
		};
	});
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
	const rows = options.rows(name, 'window');
	if (rows.length === 0) options.refuse(name, 'is empty. Add hours, or remove the option.');
	return rows.map((row) => readWindow(row, timeZone, (why) => options.refuse(name, why)));
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
	const entered = typeof row.timeZone === 'string' ? row.timeZone.trim() : '';
	const timeZone = entered === '' ? workflowZone : entered;
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

/** Why none of these numbers may be rung; undefined where all may. Null stands for whom the vendor chooses. */
export function checkDestinations(
	numbers: readonly (string | null)[],
	{ allowed, blocked = [], defaultCountry }: Guards,
): Skipped | undefined {
	for (const number of numbers) {
		const forms = number === null ? noForms : formsOfDialled(number, defaultCountry);
		const block = blocked.find(({ digits, isInternational }) =>
			beginsWith(isInternational ? forms.possiblyInternational : forms.all, digits),
		);
		if (block !== undefined) {
			return skipped('destination_blocked', { number, entry: block.entered });
		}
		const isAllowed = allowed?.some(({ digits, isInternational }) =>
			beginsWith(isInternational ? forms.international : forms.all, digits),
		);
		if (isAllowed === false) return skipped('destination_not_allowed', { number });
	}
	return undefined;
}

function beginsWith(forms: readonly string[], digits: string): boolean {
	return forms.some((form) => form.startsWith(digits));
}

/** The ways in which a list can have a number, in digits. */
interface Forms {
	readonly all: readonly string[];
	/** Begins with a country code, as far as that can be told. */
	readonly international: readonly string[];
	/** For a list of numbers that must not be rung, which had better have one too many. */
	readonly possiblyInternational: readonly string[];
}

const noForms: Forms = { all: [], international: [], possiblyInternational: [] };

function formsOfDialled(number: string, country: Country | undefined): Forms {
	const dialled = number.replace(/[^0-9*#]/g, '');
	if (!number.startsWith('+') && isInternal(dialled)) return { ...noForms, all: [dialled] };
	const withoutPrefix = dialled.replace(/^00/, '');
	const { international = withoutPrefix, national = dialled } = formsOf(number, country);
	const possiblyInternational = [dialled, withoutPrefix, international];
	return {
		all: [...possiblyInternational, national],
		international: [international],
		possiblyInternational,
	};
}

/** Whether `now` is outside of all windows; undefined inside of one. */
export function checkCallingHours({ callingHours }: Guards, now: Date): Skipped | undefined {
	if (callingHours === undefined || callingHours.some((window) => isOpen(window, now))) {
		return undefined;
	}
	const clocks = [...new Set(callingHours.map(({ timeZone }) => timeZone))].map((timeZone) => {
		const { day, minutes } = clockAt(now, timeZone);
		const time = [Math.floor(minutes / 60), minutes % 60].map((part) =>
			String(part).padStart(2, '0'),
		);
		return `${weekdays[day] ?? ''} ${time.join(':')} in ${timeZone}`;
	});
	return skipped('outside_calling_hours', { clock: clocks.join(', ') });
}

function isOpen({ days, from, to, timeZone }: Window, now: Date): boolean {
	const { day, minutes } = clockAt(now, timeZone);
	const begunToday = days.has(day) && minutes >= from;
	if (from < to) return begunToday && minutes < to;
	const begunYesterday = days.has((day + 6) % 7) && minutes < to;
	return begunToday || begunYesterday;
}

/** What the clock of a time zone shows, daylight saving included; throws a RangeError for a zone that does not exist. */
function clockAt(now: Date, timeZone: string): { readonly day: number; readonly minutes: number } {
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone,
		weekday: 'long',
		hour: 'numeric',
		minute: 'numeric',
		hourCycle: 'h23',
	});
	const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
	const day = weekdays.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
	return { day, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function skipped(reason: Skipped['reason'], details: Skipped['details']): Skipped {
	return { status: 'skipped', reason, details };
}
