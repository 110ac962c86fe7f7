/** What is set up in the simulated Asterisk: the office of the real one in test/n8n/asterisk. */
import type { Manner } from './switchboard.mts';

/** The one context of its dialplan; it has extensions of three digits, and North American numbers through a trunk. */
export const context = 'from-internal';

const answers: Manner = { kind: 'answers', afterSeconds: 0.05 };
const hangsUp: Manner = { kind: 'answers', afterSeconds: 0.05, talksSeconds: 0.4 };

/** What the phone of each number does when it is called. */
export const office: ReadonlyMap<string, Manner> = new Map<string, Manner>([
	...both('01', answers),
	...both('11', hangsUp),
	...both('21', { kind: 'silent' }),
	...both('31', { kind: 'busy' }),
	...both('41', { kind: 'offline' }),
	...both('51', { kind: 'unregistered' }),
	['161', answers],
	['trunk', answers],
]);

function both(digits: string, manner: Manner): [string, Manner][] {
	return ['1', '3'].map((side) => [side + digits, manner]);
}

/** The phone that the dialplan rings for an extension; undefined where it has none. */
export function phoneOf(extension: string, inContext: string): string | undefined {
	if (inContext !== context) return undefined;
	if (/^\d{3}$/.test(extension)) return extension;
	return /^1[2-9]\d{2}[2-9]\d{6}$/.test(extension) ? extension : undefined;
}
