import {
	converse,
	done,
	eachPage,
	type Step,
} from '../../../../nodes/shared/wire/exchange/conversation';
import type { HttpRequest } from '../../../../nodes/shared/wire/reply/http';

const request = (path: string): HttpRequest => ({ method: 'GET', path, headers: {} });

/** Pages that each hold their own number; the reply is the number of the last page. */
const pages = (most: number, seen: (readonly number[])[] = []) =>
	eachPage<number, number, readonly number[]>(
		1,
		most,
		(page, next, before) => {
			seen.push(before);
			return {
				kind: 'ask',
				request: request(`/${page}`),
				next: ({ body }) => next([page], page < Number(body) ? page + 1 : undefined),
			};
		},
		done,
	);

const answering = (body: string, asked: string[] = []) => {
	return async ({ path }: HttpRequest) => {
		asked.push(path);
		return await Promise.resolve({ status: 200, headers: {}, body });
	};
};

test('reads page after page, and goes on with all items', async () => {
	const asked: string[] = [];
	const seen: (readonly number[])[] = [];
	expect(await converse(pages(9, seen), answering('3', asked))).toEqual([1, 2, 3]);
	expect(asked).toEqual(['/1', '/2', '/3']);
	expect(seen).toEqual([[], [1], [1, 2]]);
});

test('a list whose pages do not end is cut', async () => {
	expect(await converse(pages(2), answering('Infinity'))).toEqual([1, 2]);
});

test('a page can end the conversation', async () => {
	const step = eachPage<number, number, string>(
		1,
		9,
		() => ({ kind: 'ask', request: request('/'), next: () => done('refused') }),
		() => done('all'),
	);
	expect(await converse(step, answering(''))).toBe('refused');
});

test('a conversation that does not end is ended', async () => {
	const again = (): Step<string> => ({ kind: 'ask', request: request('/'), next: again });
	await expect(converse(again(), answering(''))).rejects.toThrow('does not end');
});
