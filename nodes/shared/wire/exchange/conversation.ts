import { type Explanation, isExplanation } from '../reply/explanation';
import type { HttpRequest, HttpResponse } from '../reply/http';

/**
 * Several requests in a row, as pure data. A step either asks, with a function for the response, or is done. A driver
 * sends the requests, in n8n or in a program.
 */
export type Step<Result> = Ask<Result> | Done<Result>;

export interface Ask<Result> {
	readonly kind: 'ask';
	readonly request: HttpRequest;
	next(response: HttpResponse): Step<Result>;
}

export interface Done<Result> {
	readonly kind: 'done';
	readonly result: Result;
}

/** The last step of a conversation. */
export function done<Result>(result: Result): Done<Result> {
	return { kind: 'done', result };
}

/**
 * Asks for pages one after the other, and continues with the items of all of them. `ask` calls `next` with the items of its
 * page and with the page that follows; undefined after the last one. `most` ends a list whose pages do not end.
 */
export function eachPage<Page, Item, Result>(
	first: Page,
	most: number,
	ask: (
		page: Page,
		next: (items: readonly Item[], following: Page | undefined) => Step<Result>,
		before: readonly Item[],
	) => Step<Result>,
	end: (items: readonly Item[]) => Step<Result>,
): Step<Result> {
	const askFrom = (page: Page, before: readonly Item[], left: number): Step<Result> =>
		ask(
			page,
			(items, following) => {
				const all = [...before, ...items];
				const isLast = following === undefined || left <= 1;
				return isLast ? end(all) : askFrom(following, all, left - 1);
			},
			before,
		);
	return askFrom(first, [], most);
}

/** More requests than any conversation needs; it ends one that never comes to its end. */
const mostRequests = 100;

/** Runs a conversation to its end. An `Explanation` means that a request got no response. */
export async function converse<Result>(
	first: Step<Result>,
	send: (request: HttpRequest) => Promise<HttpResponse | Explanation>,
): Promise<Result | Explanation> {
	let step = first;
	for (let sent = 0; sent < mostRequests && step.kind === 'ask'; sent++) {
		const answer = await send(step.request);
		if (isExplanation(answer)) return answer;
		step = step.next(answer);
	}
	if (step.kind === 'done') return step.result;
	throw new Error('The conversation does not end');
}
