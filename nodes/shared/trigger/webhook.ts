import type { IHookFunctions, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { eventNames, type Push, type Pushed } from '../calling/contract/events';
import { failedInput } from '../calling/contract/outcome';
import type { Vendor } from '../calling/contract/vendor';
import { type Invalid, invalid, isInvalid } from '../wire/text/invalid';
import { type JsonObject, parseJson } from '../wire/text/json';
import { isUnreadable } from '../wire/text/unreadable';
import { isRecord, reasonOf, toText } from '../wire/text/values';
import { type Allowed, readAllowed } from './addresses';
import { eventJson } from './item';
import { logOf } from './log';
import { type EventMemory, eventMemory } from './memory';
import { setUpPage } from './page';
import { startError } from './startError';

/** Far more than any event of a call has. */
const mostBytes = 64 * 1024;

/** The parts of n8n's request and response that are used here. */
interface Request {
	readonly ip?: string;
	readonly query: Readonly<Record<string, unknown>>;
	readonly body?: unknown;
	/** Absent for a request without a body. */
	readonly rawBody?: Buffer;
}
interface Response {
	status(code: number): Response;
	set(headers: Readonly<Record<string, string>>): Response;
	end(body?: string): unknown;
}

/** By workflow, node and mode: a workflow that is published does not know what a test of it has seen. */
const memories = new Map<string, EventMemory>();

/**
 * Receives one request. The phone system is answered first, whatever the workflow does then. It never throws: n8n would
 * start the workflow with an empty item.
 */
export async function receive(
	context: IWebhookFunctions,
	vendor: Pick<Vendor, 'id' | 'displayName'>,
	events: Pushed,
): Promise<IWebhookResponseData> {
	const response = context.getResponseObject() as unknown as Response;
	const handled = { noWebhookResponse: true } as const;
	const log = logOf(context, vendor);
	try {
		if (context.getWebhookName() === 'setup') {
			const address = context.getNodeWebhookUrl('default') ?? '';
			const headers = { 'Content-Type': 'text/html; charset=utf-8', ...pageOnly };
			response
				.status(200)
				.set(headers)
				.end(setUpPage(vendor, events, address));
			return await Promise.resolve(handled);
		}
		const settings = readSettings(context);
		const received = isInvalid(settings)
			? refused(403, settings.texts.join(' '))
			: readPush(context, settings);
		if (received.kind === 'refused') {
			response.status(received.status).end();
			log.warn(`refused a request: ${received.why}`);
			return handled;
		}
		response.status(200).set({ 'Content-Type': events.reply.type }).end(events.reply.body);
		const receivedAt = new Date().toISOString();
		const event = events.read(received.push);
		if (event.kind === 'ignored') {
			log.info(`ignored a request: ${event.why}`);
			return handled;
		}
		const noted = memoryFor(context).note(event, receivedAt);
		const { wanted, includeResponse } = received.settings;
		if (noted === undefined || !wanted.includes(noted.event)) return handled;
		// It ends a test in the editor, and a person can send the same one for the next test.
		if (context.getMode() === 'manual') memories.delete(memoryKey(context));
		const json = eventJson(vendor.id, noted, receivedAt, includeResponse);
		return { ...handled, workflowData: [[{ json }]] };
	} catch (error) {
		log.warn(`could not read a request (${reasonOf(error)})`);
		try {
			response.status(500).end();
		} catch {
			// It is answered already.
		}
		return handled;
	}
}

/** A page without scripts, which no other page may show. */
const pageOnly = {
	'Cache-Control': 'no-store',
	'Content-Security-Policy':
		"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
	'Referrer-Policy': 'no-referrer',
};

type Received =
	| { readonly kind: 'push'; readonly push: Push; readonly settings: Settings }
	| { readonly kind: 'refused'; readonly status: 400 | 403 | 413; readonly why: string };

function refused(status: 400 | 403 | 413, why: string): Received {
	return { kind: 'refused', status, why };
}

function readPush(context: IWebhookFunctions, settings: Settings): Received {
	const request = context.getRequestObject() as unknown as Request;
	if (!settings.allowed.has(request.ip)) {
		return refused(403, `its address ${request.ip ?? ''} is not in Allowed Addresses`);
	}
	const size = request.rawBody?.length ?? 0;
	if (size > mostBytes) return refused(413, `it has ${size} bytes, more than ${mostBytes}`);
	const body = bodyOf(request);
	if (body === undefined) return refused(400, 'its body has no fields that can be read');
	return { kind: 'push', push: { query: textsOf(request.query), body }, settings };
}

/** The first text of each parameter. */
function textsOf(query: Request['query']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(query).map(([name, value]) => [
			name,
			toText(Array.isArray(value) ? value[0] : value),
		]),
	);
}

/** The fields of the body, whatever its Content-Type says: some phone systems send another one. */
function bodyOf({ body, rawBody }: Request): JsonObject | undefined {
	const text = rawBody?.toString('utf8').trim() ?? '';
	if (text === '') return {};
	if (text.startsWith('{')) {
		const parsed = parseJson(text);
		return !isUnreadable(parsed) && isRecord(parsed.value)
			? (parsed.value as JsonObject)
			: undefined;
	}
	if (!text.includes('=')) return undefined;
	// n8n may have read it already, as a form with another encoding.
	const fields = isRecord(body) && Object.keys(body).length > 0 ? textsOf(body) : undefined;
	return fields ?? formOf(text);
}

/** The first text of each field. */
function formOf(text: string): JsonObject {
	const fields = new Map<string, string>();
	for (const [name, value] of new URLSearchParams(text)) {
		if (!fields.has(name)) fields.set(name, value);
	}
	return Object.fromEntries(fields);
}

function memoryKey(context: IWebhookFunctions): string {
	return JSON.stringify([context.getWorkflow().id, context.getNode().id, context.getMode()]);
}

function memoryFor(context: IWebhookFunctions): EventMemory {
	const key = memoryKey(context);
	const memory = memories.get(key) ?? eventMemory();
	memories.set(key, memory);
	return memory;
}

/** The form of a trigger. */
interface Settings {
	readonly allowed: Allowed;
	/** The events that start the workflow. */
	readonly wanted: readonly unknown[];
	readonly includeResponse: boolean;
}

/** `Invalid` if the form cannot be read; no request is accepted then. */
function readSettings(context: IWebhookFunctions | IHookFunctions): Settings | Invalid {
	const wanted: unknown = context.getNodeParameter('events', eventNames);
	if (!Array.isArray(wanted) || wanted.length === 0) {
		return invalid('Events has no event. Choose at least one.');
	}
	const options: unknown = context.getNodeParameter('options', {});
	if (!isRecord(options)) return invalid('The options of the trigger cannot be read.');
	const allowed = readAllowed(options.allowedAddresses);
	if (isInvalid(allowed)) return allowed;
	return { allowed, wanted, includeResponse: options.includeResponse !== false };
}

/** The `webhookMethods` of a trigger whose address a person enters in the phone system: there is nothing to register. */
export const enteredByHand = {
	default: {
		async checkExists(): Promise<boolean> {
			return await Promise.resolve(false);
		},
		async create(this: IHookFunctions): Promise<boolean> {
			return await Promise.resolve(checkForm(this));
		},
		async delete(): Promise<boolean> {
			return await Promise.resolve(true);
		},
	},
};

/** Checks the form before n8n publishes the workflow, and throws if it cannot be used. */
export function checkForm(context: IHookFunctions): true {
	const settings = readSettings(context);
	if (!isInvalid(settings)) return true;
	const failure = failedInput(settings, 'Correct the form of the trigger.', 'listens');
	throw startError(context.getNode(), failure);
}
