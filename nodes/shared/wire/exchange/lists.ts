import { type Explanation, isExplanation } from '../reply/explanation';
import type { HttpRequest, HttpResponse } from '../reply/http';
import { type Invalid, isInvalid } from '../text/invalid';
import type { Unreadable } from '../text/unreadable';
import { done, type Step } from './conversation';

/** The editor's request for one page of a list. */
export interface ListQuery {
	/** The text that the user typed, trimmed; empty for all items. */
	readonly filter: string;
	/** The `nextPage` of the previous page; undefined for the first one. */
	readonly page: string | undefined;
	/** The current value of another field of the form. */
	parameter(name: string): unknown;
}

/** One page of a list. */
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

export const enterByHand = 'You can still enter the value yourself: choose By ID.';

/** The end of a search that failed. */
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

/** The lists of a form's resource locators, by the name of their `searchListMethod`. */
export type ListSearches = Readonly<Record<string, ListSearch>>;

/** A search that finds few items stops after this many pages, and continues when the user scrolls. */
const pagesPerSearch = 10;
const enoughItems = 50;

/** The pages of a vendor's own list: how to request one, and how to read the reply. */
export interface VendorPages {
	/** The vendor's name for its first page. */
	readonly first: string;
	request(page: string): HttpRequest | Invalid;
	read(response: HttpResponse, page: string): ListPage | NoList;
}

/**
 * Searches a list for vendors that cannot: reads their pages one after the other, and keeps the items that contain the text.
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
