import type { Sighting } from './callState';
import type { HungUp, Trouble } from './outcome';

/** What one look at the phone system shows of a call. */
export type Found =
	| { readonly kind: 'call'; readonly call: Sighting }
	| { readonly kind: 'several'; readonly candidates: readonly Sighting[] }
	| { readonly kind: 'none'; readonly unread?: Unread }
	| Trouble;

/** A list that this account may not read, though it may read another one: the call may be there. `why` is for people. */
export interface Unread {
	readonly list: 'live' | 'record';
	readonly why: string;
}

/** What a look shows if these calls match. */
export function foundAmong(matches: readonly Sighting[]): Found {
	const [call] = matches;
	if (call === undefined) return { kind: 'none' };
	return matches.length === 1 ? { kind: 'call', call } : { kind: 'several', candidates: matches };
}

/** What came of asking the phone system to end a call. */
export type Ending = { readonly kind: 'ending'; readonly outcome: HungUp } | Trouble;
