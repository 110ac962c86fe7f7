/** The extensions and users of the simulated VoipNow. */

export interface Extension {
	/** With the prefix of its user, e.g. 0003*210. */
	readonly extended: string;
	/** e.g. 210 */
	readonly short: string;
	readonly ownerId: string;
	readonly type: 'phoneTerminal' | 'queue';
	/** Whether its App calls may set another caller ID. */
	readonly mayCallAs: boolean;
}

function extension(
	short: string,
	ownerId: string,
	type: Extension['type'] = 'phoneTerminal',
	mayCallAs = true,
): Extension {
	return { extended: `0003*${short}`, short, ownerId, type, mayCallAs };
}

/** User 12 owns those of the documented examples and a hundred more; user 13 owns one. */
export const extensions: readonly Extension[] = [
	extension('210', '12'),
	extension('00', '12'),
	extension('211', '12', 'phoneTerminal', false),
	extension('250', '12', 'queue'),
	extension('310', '13'),
	...Array.from({ length: 100 }, (_, index) => extension(String(400 + index), '12')),
];

export const userIds: readonly string[] = ['12', '13'];

export type AppOwner =
	| { readonly kind: 'user'; readonly userId: string }
	| { readonly kind: 'organization' | 'administrator' };

/** Short numbers are known only to Apps of a user or an organization. */
export function findExtension(number: string, owner: AppOwner): Extension | undefined {
	return extensions.find(
		({ extended, short }) =>
			extended === number || (short === number && owner.kind !== 'administrator'),
	);
}
