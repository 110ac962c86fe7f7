import { done, type Step } from './conversation';
import { type Explanation, isExplanation } from './explanation';
import type { HttpRequest, HttpResponse } from './http';
import { type Invalid, isInvalid } from './invalid';
import type { Unreadable } from './unreadable';

/** What the editor asks of a list. */
export interface ListQuery {
	/** What the user typed, trimmed; empty for everything. */
	readonly filter: string;
	/** The `nextPage` of the page before; undefined for the first. */
	readonly page: string | undefined;
	/** The present value of another field of the form. */
	parameter(name: string): unknown;
}

export interface ListPage {
	readonly kind: 'page';
	readonly items: readonly ListItem[];
	readonly nextPage?: string;
}

export interface ListItem {
	readonly name: string;
	readonly value: string;
}

/** Why a list cannot be shown. */
export interface NoList {
	readonly kind: 'noList';
	readonly what: string;
	readonly advice: string;
}

export const enterByHand = 'The value can be entered by hand all the same: choose By ID.';

export function noList(what: string, advice = enterByHand): NoList {
	return { kind: 'noList', what, advice };
}

/** The reason is a reply that is not a list. */
export function noListIn(vendorName: string, reply: Explanation | Unreadable): NoList {
	return isExplanation(reply)
		? noList(reply.what, reply.advice)
		: noList(`The reply from ${vendorName} could not be read: ${reply.why}.`);
}

/** One list of a vendor's form. */
export type ListSearch = (query: ListQuery) => Step<ListPage | NoList>;

/** A search that finds little stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;
const enoughItems = 50;

/** One page of the vendor's own list: how to ask for it, and what its reply says. */
export interface VendorPages {
	/** What the vendor calls its first page. */
	readonly first: string;
	request(page: string): HttpRequest | Invalid;
	read(response: HttpResponse, page: string): ListPage | NoList;
}

/**
 * The items that contain what was typed, for vendors that cannot search: their own pages are read one after the other.
 */
export function searchPages(
	{ filter, page = '' }: ListQuery,
	{ first, request, read }: VendorPages,
): Step<ListPage | NoList> {
	const wanted = filter.toLowerCase();
	const askFor = (
		one: string,
		before: readonly ListItem[],
		left: number,
	): Step<ListPage | NoList> => {
		const asked = request(one);
		if (isInvalid(asked)) return done(noList(asked.texts.join(' ')));
		return {
			kind: 'ask',
			request: asked,
			next(response) {
				const found = read(response, one);
				if (found.kind === 'noList') return done(found);
				const items = [
					...before,
					...found.items.filter(({ name }) => name.toLowerCase().includes(wanted)),
				];
				const { nextPage } = found;
				if (nextPage === undefined) return done({ kind: 'page', items });
				const isEnough = filter === '' || items.length >= enoughItems || left <= 1;
				return isEnough
					? done({ kind: 'page', items, nextPage })
					: askFor(nextPage, items, left - 1);
			},
		};
	};
	return askFor(page === '' ? first : page, [], pagesPerSearch);
}
