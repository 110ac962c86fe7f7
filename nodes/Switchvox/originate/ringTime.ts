/** How long Switchvox rings the first party if the call does not set a time. */
export const defaultRingSeconds = 30;
const longestRingSeconds = 999;

/** The longest time that the first party can ring. The meaning of 0 is not documented; it may be "no limit". */
export function ringSecondsOf(timeoutSeconds = defaultRingSeconds): number {
	return timeoutSeconds === 0 ? longestRingSeconds : timeoutSeconds;
}
