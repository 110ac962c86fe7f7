import { isTagged } from './values';

/** A reply that cannot be parsed. */
export interface Unreadable {
	readonly kind: 'unreadable';
	/** Continues "The reply cannot be read: ...". */
	readonly why: string;
}

export function isUnreadable(value: object | string | undefined): value is Unreadable {
	return isTagged(value, 'unreadable');
}
