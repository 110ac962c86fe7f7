import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Vendor } from '../calling/vendor';
import { openLine } from './connection';
import type { HttpRequest, HttpResponse } from './http';
import { type Invalid, isInvalid } from './invalid';
import { maxListCharacters } from './limits';

/** Nothing rings for a list; a phone system answers it at once. */
const timeoutSeconds = 20;

/** What the editor asks for. */
export interface ListQuery {
	/** What the user typed, trimmed; empty for all. */
	readonly filter: string;
	/** The `nextPage` of the page before; undefined for the first. */
	readonly page: string | undefined;
	/** The present value of another field of the form. */
	parameter(name: string): unknown;
}

export interface ListPage {
	readonly items: readonly { readonly name: string; readonly value: string }[];
	readonly nextPage?: string;
}

/** Asks the vendor with the node's credential; throws a {@link ListError} when no answer comes. */
export type Ask = (request: HttpRequest | Invalid) => Promise<HttpResponse>;

/** One list of a vendor's form: a page of it; what keeps it from being read is thrown as {@link ListError}. */
export type ListSearch = (ask: Ask, query: ListQuery) => Promise<ListPage>;

/** A search that finds little stops here and goes on when the list is scrolled. */
const pagesPerSearch = 10;
const enoughItems = 50;

/**
 * A page of the items that contain what was typed, for vendors that cannot search: their own pages are read one after
 * the other. `firstPage` is what the vendor calls its first page.
 */
export async function searchPages(
	{ filter, page = '' }: ListQuery,
	firstPage: string,
	readPage: (page: string) => Promise<ListPage>,
): Promise<ListPage> {
	const wanted = filter.toLowerCase();
	const items: ListPage['items'][number][] = [];
	let next: string | undefined = page === '' ? firstPage : page;
	for (let read = 0; read < pagesPerSearch && next !== undefined; read++) {
		const { items: found, nextPage }: ListPage = await readPage(next);
		items.push(...found.filter(({ name }) => name.toLowerCase().includes(wanted)));
		next = nextPage;
		if (filter === '' || items.length >= enoughItems) break;
	}
	return { items, ...(next === undefined ? {} : { nextPage: next }) };
}

/** Why a list cannot be shown, as the editor shows it. */
export class ListError extends Error {
	constructor(
		what: string,
		advice = 'The value can be entered by hand all the same: choose By ID.',
	) {
		super(`${what} ${advice}`);
	}
}

type N8nListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A vendor's lists, as n8n's node class takes them. */
export function listSearchOf(vendor: Vendor): Record<string, N8nListSearch> {
	return Object.fromEntries(
		Object.entries(vendor.lists ?? {}).map(([name, search]) => [name, toN8n(vendor, search)]),
	);
}

function toN8n(vendor: Vendor, search: ListSearch): N8nListSearch {
	return async function (filter = '', page) {
		const { items, nextPage } = await search(askThrough(this, vendor), {
			filter: filter.trim(),
			page,
			parameter: (name) => this.getCurrentNodeParameter(name),
		});
		return {
			results: items.map((item) => ({ ...item })),
			...(nextPage === undefined ? {} : { paginationToken: nextPage }),
		};
	};
}

function askThrough(context: ILoadOptionsFunctions, vendor: Vendor): Ask {
	const { credentialType, displayName } = vendor;
	return async (request) => {
		if (context.getNode().credentials?.[credentialType] === undefined) {
			throw new ListError(
				`No credential for ${displayName} is chosen.`,
				'Choose one above, then open the list again.',
			);
		}
		const line = await openLine(context, vendor);
		if (isInvalid(line)) throw new ListError(line.invalid.join(' '));
		if (isInvalid(request)) throw new ListError(request.invalid.join(' '));
		const answer = await line.send(request, timeoutSeconds, maxListCharacters);
		if ('what' in answer) throw new ListError(answer.what, answer.advice);
		return answer;
	};
}
