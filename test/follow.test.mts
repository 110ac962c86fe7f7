/** The contract of every vendor that can follow a call, run from the registry. */
import type { Found } from '../nodes/shared/calling/contract/found.ts';
import type { Get, HangUp, Vendor } from '../nodes/shared/calling/contract/vendor.ts';
import { formFor } from '../nodes/shared/form/followFields.ts';
import type { Step } from '../nodes/shared/wire/exchange/conversation.ts';
import { isExplanation } from '../nodes/shared/wire/reply/explanation.ts';
import type { HttpResponse } from '../nodes/shared/wire/reply/http.ts';
import { isInvalid } from '../nodes/shared/wire/text/invalid.ts';
import { vendors } from '../nodes/vendors.ts';
import { type Conversation, conversationsOf } from './fixtures/fixtures.mts';

/** The requests of a conversation, and its end, when it gets these responses. */
function play<Result>(
	first: Step<Result>,
	responses: readonly HttpResponse[],
): { readonly asked: readonly object[]; readonly result: Result | 'asks for more' } {
	const asked: object[] = [];
	let step = first;
	for (const response of responses) {
		if (step.kind === 'done') break;
		const { method, path, body } = step.request;
		asked.push({ method, path, ...(body === undefined ? {} : { body }) });
		step = step.next(response);
	}
	return { asked, result: step.kind === 'done' ? step.result : 'asks for more' };
}

function withoutResponse(found: unknown): unknown {
	return JSON.parse(
		JSON.stringify(found, (key, value: unknown) => (key === 'response' ? undefined : value)),
	);
}

/** A conversation with the operation's form, filled in like n8n's. */
function converse(
	operation: Get | HangUp,
	{ form, exchanges }: Pick<Conversation, 'form' | 'exchanges'>,
) {
	const reference = operation.read({ ...formFor(operation.fields, {}), options: {}, ...form });
	if (isInvalid(reference)) return reference;
	const first: Step<unknown> =
		operation.effect === 'reads' ? operation.look(reference) : operation.end(reference);
	return play(
		first,
		exchanges.map(({ response }) => response),
	);
}

const operations = vendors.flatMap((vendor: Vendor) =>
	(['get', 'hangUp'] as const).flatMap((name) => {
		const operation = vendor.operations[name];
		return operation === undefined ? [] : [{ vendor, name, operation }];
	}),
);

describe.each(operations)('$vendor.displayName $name', ({ vendor, name, operation }) => {
	const conversations = conversationsOf(vendor.id, name);

	test('there are conversations of it', () => {
		expect(conversations.length).toBeGreaterThan(3);
	});

	test.each(conversations)('$name: $title', (conversation) => {
		const played = converse(operation, conversation);
		if (isInvalid(played)) {
			expect(played.texts).toEqual(conversation.invalid);
			return;
		}
		expect(played.asked).toEqual(conversation.exchanges.map(({ request }) => request));
		const expected = name === 'get' ? conversation.found : conversation.ending;
		expect(withoutResponse(played.result)).toEqual(expected);
	});

	/** Whatever comes instead of a reply, nothing throws, and nothing is taken for a call. */
	test.each([
		['nothing', 200, ''],
		['a web page', 200, '<html><body>Welcome</body></html>'],
		['JSON of something else', 200, '{"hello":["world"]}'],
		['a text', 200, '"call"'],
		['an error of the server', 500, ''],
		['no right', 403, ''],
		['too many requests', 429, ''],
		['a redirect', 302, ''],
	])('%s instead of a reply is a failure, or no call', (_what, status, body) => {
		for (const { form, exchanges, invalid } of conversations) {
			if (invalid !== undefined) continue;
			const response = { status, headers: {}, body };
			const played = converse(operation, {
				form,
				exchanges: exchanges.map(() => ({
					...exchanges[0],
					response,
				})) as Conversation['exchanges'],
			});
			if (isInvalid(played)) throw new Error(played.texts.join(' '));
			const { result } = played;
			if (result === 'asks for more') continue;
			const found = result as Found;
			expect(isExplanation(found) || found.kind === 'none' || isNotFound(found)).toBe(true);
		}
	});
});

function isNotFound(result: object): boolean {
	const { kind, outcome } = result as { kind: string; outcome?: { status: string } };
	return kind === 'ending' && outcome?.status === 'not_found';
}
