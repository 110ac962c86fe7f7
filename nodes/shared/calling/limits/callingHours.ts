import { weekdays } from '../../form/fields';
import type { FieldReader, FormValues } from '../../form/reader';
import type { Skipped } from '../contract/outcome';

/** When phones may ring: within at least one of these windows. */
export type CallingHours = readonly Window[];

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

/** Reads the option Calling Hours; undefined if it was not added. `timeZone` is for hours without one. */
export function readCallingHours(options: FieldReader, timeZone: string): CallingHours | undefined {
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

/** Skips a call that would ring at this time; undefined if the time is within one of the windows. */
export function checkCallingHours(
	hours: CallingHours | undefined,
	time: Date,
): Skipped | undefined {
	if (hours === undefined || hours.some((window) => isOpen(window, time))) return undefined;
	const clocks = [...new Set(hours.map(({ timeZone }) => timeZone))].map((timeZone) => {
		const { day, minutes } = clockAt(time, timeZone);
		const clock = [Math.floor(minutes / 60), minutes % 60].map((part) =>
			String(part).padStart(2, '0'),
		);
		return `${weekdays[day] ?? ''} ${clock.join(':')} in ${timeZone}`;
	});
	const details = { clock: clocks.join(', ') };
	return { status: 'skipped', reason: 'outside_calling_hours', details };
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
