import { startServer } from './server.mts';
import type { Answer, HttpRequest } from './server.mts';

/** A call of a tool that the model decides on; `arguments` is what it fills in. */
export interface ToolCall {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>>;
}

/** What the model does next: calls tools, all in one message, or gives its final answer; or its server replies with this status. */
export type Turn =
	| { readonly calls: readonly ToolCall[] }
	| { readonly says: string }
	| { readonly status: number };

export interface OfferedTool {
	readonly name: string;
	readonly description: string;
	/** JSON Schema. */
	readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ModelOptions {
	/** One for each request, in order; after the last the model is done. */
	readonly turns: readonly Turn[];
}

export interface ModelSimulator {
	/** To be entered as Base URL. */
	readonly baseUrl: string;
	/** What tools answered, as the model read it, in order: of the last request, or of the one with this number from 0. */
	readonly toolAnswers: (request?: number) => readonly string[];
	/** The tools of the last request. */
	readonly tools: () => readonly OfferedTool[];
	/** How often the model was asked. */
	readonly asked: () => number;
	readonly close: () => Promise<void>;
}

export const modelName = 'gpt-simulated';

/**
 * A scripted model behind the Chat Completions API.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export async function startModel({ turns }: ModelOptions): Promise<ModelSimulator> {
	const bodies: Record<string, unknown>[] = [];
	const server = await startServer({
		tls: false,
		redact: ({ path, body }) => ({ path, headers: {}, body }),
		handle: (request) => Promise.resolve(answer(request, turns, bodies)),
	});
	const last = () => bodies.at(-1) ?? {};
	return {
		baseUrl: `${server.url}/v1`,
		toolAnswers: (request = -1) =>
			listOf(bodies.at(request)?.messages)
				.filter(({ role }) => role === 'tool')
				.map(({ content }) => textOf(content)),
		tools: () => listOf(last().tools).map((tool) => tool.function as OfferedTool),
		asked: () => bodies.length,
		close: server.close,
	};
}

function answer(
	{ method, path, headers, body }: HttpRequest,
	turns: readonly Turn[],
	bodies: Record<string, unknown>[],
): Answer {
	if (!/^Bearer .+$/.test(headers.authorization ?? '')) return refusal(401, 'Incorrect API key.');
	if (method !== 'POST' || path !== '/v1/chat/completions') return refusal(404, 'Unknown request.');
	const request = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
	if (request.model !== modelName)
		return refusal(404, `The model ${String(request.model)} is unknown.`);
	if (request.stream === true) return refusal(400, 'This model does not stream.');
	const unpaired = unpairedToolMessage(listOf(request.messages));
	if (unpaired !== undefined) return refusal(400, unpaired);
	const turn = turns[bodies.length] ?? { says: 'Done.' };
	bodies.push(request);
	return 'status' in turn ? refusal(turn.status, 'Simulated.') : completion(turn, bodies.length);
}

/** A message with the role "tool" must answer a preceding message with "tool_calls". */
function unpairedToolMessage(messages: readonly Record<string, unknown>[]): string | undefined {
	const called = new Set<unknown>();
	for (const message of messages) {
		for (const { id } of listOf(message.tool_calls)) called.add(id);
		if (message.role === 'tool' && !called.delete(message.tool_call_id)) {
			return `No tool was called with the id ${String(message.tool_call_id)}.`;
		}
	}
	return called.size === 0 ? undefined : 'A tool call has no answer.';
}

function completion(turn: Exclude<Turn, { status: number }>, count: number): Answer {
	const calls = 'calls' in turn ? turn.calls : [];
	const message = {
		role: 'assistant',
		content: 'says' in turn ? turn.says : null,
		refusal: null,
		...(calls.length === 0
			? {}
			: {
					tool_calls: calls.map((call, index) => ({
						id: `call_${String(count)}_${String(index)}`,
						type: 'function',
						function: { name: call.name, arguments: JSON.stringify(call.arguments) },
					})),
				}),
	};
	return reply(200, {
		id: `chatcmpl-${String(count)}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: modelName,
		choices: [
			{
				index: 0,
				message,
				logprobs: null,
				finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	});
}

function refusal(status: number, message: string): Answer {
	return reply(status, {
		error: { message, type: 'invalid_request_error', param: null, code: null },
	});
}

function reply(status: number, body: object): Answer {
	const headers = { 'content-type': 'application/json' };
	return { delivery: 'whole', reply: { status, headers, body: JSON.stringify(body) } };
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
	return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

/** A message's content is a text, or a list of parts. */
function textOf(content: unknown): string {
	if (typeof content === 'string') return content;
	return listOf(content)
		.map(({ text }) => String(text))
		.join('');
}
