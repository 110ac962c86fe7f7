/** The set-up of the simulated Asterisk: the same office as that of the real one in test/n8n/asterisk. */
import type { PartyBehaviour } from '../liveCalls.mts';

/** What a phone does; `unregistered`: Asterisk does not know where to send a call. */
export type Manner = PartyBehaviour | 'unregistered';

/** The one context of its dialplan; it has extensions of three digits, and North American numbers through a trunk. */
export const context = 'from-internal';

/** How long a phone that `answers` rings before it is picked up. */
export const answersAfterSeconds = 0.05;

/** What the phone of each number does when it is called. */
export const office: ReadonlyMap<string, Manner> = new Map<string, Manner>([
	...both('01', 'answers'),
	...both('11', { answersAfterSeconds, talksSeconds: 0.4 }),
	...both('21', 'never'),
	...both('31', 'busy'),
	...both('41', 'offline'),
	...both('51', 'unregistered'),
	['161', 'answers'],
	['trunk', 'answers'],
]);

function both(digits: string, manner: Manner): [string, Manner][] {
	return ['1', '3'].map((side) => [side + digits, manner]);
}

/** The phone that the dialplan rings for an extension; undefined if there is none. */
export function phoneOf(extension: string, inContext: string): string | undefined {
	if (inContext !== context) return undefined;
	if (/^\d{3}$/.test(extension)) return extension;
	return /^1[2-9]\d{2}[2-9]\d{6}$/.test(extension) ? extension : undefined;
}
