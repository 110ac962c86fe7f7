import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { isExplanation } from '../reply/explanation';
import type { Service } from '../signIn/service';
import { isInvalid } from '../text/invalid';
import { maxListCharacters } from '../text/limits';
import { openConnection } from './connection';
import { converse } from './conversation';
import { enterByHand, type ListSearch, type ListSearches } from './lists';

/** A list takes a phone system no time: no phone rings for it. */
const timeoutSeconds = 20;

/** The error that the editor shows in place of a list. */
class ListError extends Error {
	constructor(what: string, advice: string) {
		super(`${what} ${advice}`);
	}
}

type N8nListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** A vendor's lists in the form that n8n's node class needs. */
export function listSearchOf(
	vendor: Service & { readonly lists?: ListSearches },
): Record<string, N8nListSearch> {
	return Object.fromEntries(
		Object.entries(vendor.lists ?? {}).map(([name, search]) => [name, toN8n(vendor, search)]),
	);
}

function toN8n(service: Service, search: ListSearch): N8nListSearch {
	return async function (filter = '', page) {
		const { displayName, credentialType } = service;
		if (this.getNode().credentials?.[credentialType] === undefined) {
			throw new ListError(
				`No credential for ${displayName} is chosen.`,
				'Choose one above, then open the list again.',
			);
		}
		const connection = await openConnection(this, service);
		if (isInvalid(connection)) throw new ListError(connection.texts.join(' '), enterByHand);
		const query = {
			filter: filter.trim(),
			page,
			parameter: (name: string) => this.getCurrentNodeParameter(name),
		};
		const result = await converse(
			search(query),
			async (request) => await connection.send(request, timeoutSeconds, maxListCharacters),
		);
		if (isExplanation(result) || result.kind === 'noList') {
			throw new ListError(result.what, result.advice);
		}
		const { items, nextPage } = result;
		return {
			results: items.map((item) => ({ ...item })),
			...(nextPage === undefined ? {} : { paginationToken: nextPage }),
		};
	};
}
