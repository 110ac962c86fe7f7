import { isTagged } from './values';

/** A text that is not what it should be. */
export interface Unreadable {
	readonly kind: 'unreadable';
	/** Continues "The reply cannot be read: ...". */
	readonly why: string;
}

export function isUnreadable(value: object | string | undefined): value is Unreadable {
	return isTagged(value, 'unreadable');
}
