/** Times as a phone system writes them in its own zone: YYYY-MM-DD HH:MM:SS. All are in milliseconds. */

/** A span of time, in milliseconds since 1970. */
export interface Span {
	readonly earliest: number;
	readonly latest: number;
}

const hour = 3_600_000;
/** Every zone of the world differs from UTC by a multiple of it. */
const step = hour / 4;
/** From the westernmost zone to the easternmost one. */
const zones = { west: -12 * hour, east: 14 * hour };

/** The time as if it were in UTC; undefined if the text is not a time. */
export function readLocalTime(text: string | undefined): number | undefined {
	if (text === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
	const time = Date.parse(`${text.replace(' ', 'T')}Z`);
	// There is no 31st of February, but it can be parsed.
	return Number.isNaN(time) || writeLocalTime(time) !== text ? undefined : time;
}

/** Writes such a time. */
export function writeLocalTime(time: number): string {
	return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** A text that is a whole number of seconds; null for anything else. */
export function readSeconds(text: string | undefined): number | null {
	return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** The distance from UTC of a clock that shows `local` at the moment `utc`; undefined if no zone of the world is so far away. */
export function zoneOf(local: number, utc: number): number | undefined {
	const zone = Math.round((local - utc) / step) * step;
	return zone >= zones.west && zone <= zones.east ? zone : undefined;
}

/** Whether a local time is within the span; without a zone, whether it is so in any zone of the world. */
export function isWithin(local: number, { earliest, latest }: Span, zone?: number): boolean {
	if (zone !== undefined) return local - zone >= earliest && local - zone <= latest;
	const west = Math.max(local - latest, zones.west);
	const east = Math.min(local - earliest, zones.east);
	return Math.ceil(west / step) * step <= east;
}

/** The local times of a span; without a zone, those in all zones of the world. */
export function localSpan({ earliest, latest }: Span, zone?: number): Span {
	const { west, east } = zone === undefined ? zones : { west: zone, east: zone };
	return { earliest: earliest + west, latest: latest + east };
}
