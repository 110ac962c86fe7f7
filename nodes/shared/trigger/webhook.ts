import type {
	IDataObject,
	IHookFunctions,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { eventNames, type Push, type Pushed } from '../calling/events';
import { toNodeError } from '../calling/failure';
import { failedInput } from '../calling/outcome';
import type { Vendor } from '../calling/vendor';
import type { JsonObject } from '../wire/http';
import { type Invalid, isInvalid } from '../wire/invalid';
import { parseJson } from '../wire/json';
import { isUnreadable } from '../wire/unreadable';
import { isRecord, reasonOf, toText } from '../wire/values';
import { type Allowed, readAllowed } from './addresses';
import { eventJson } from './item';
import { logOf } from './log';
import { type EventMemory, eventMemory } from './memory';
import { setUpPage } from './page';

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
		const received = readPush(context);
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
		const wanted: unknown = context.getNodeParameter('events', eventNames);
		if (noted === undefined || !Array.isArray(wanted) || !wanted.includes(noted.event)) {
			return handled;
		}
		const { includeResponse = true } = optionsOf(context);
		const json = eventJson(vendor.id, noted, receivedAt, includeResponse !== false);
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
	| { readonly kind: 'push'; readonly push: Push }
	| { readonly kind: 'refused'; readonly status: 400 | 403 | 413; readonly why: string };

function refused(status: 400 | 403 | 413, why: string): Received {
	return { kind: 'refused', status, why };
}

function readPush(context: IWebhookFunctions): Received {
	const request = context.getRequestObject() as unknown as Request;
	const allowed = allowedOf(context);
	if (isInvalid(allowed)) return refused(403, allowed.texts.join(' '));
	if (!allowed.has(request.ip)) {
		return refused(403, `its address ${request.ip ?? ''} is not in Allowed Addresses`);
	}
	const size = request.rawBody?.length ?? 0;
	if (size > mostBytes) return refused(413, `it has ${size} bytes, more than ${mostBytes}`);
	const body = bodyOf(request);
	if (body === undefined) return refused(400, 'its body has no fields that can be read');
	return { kind: 'push', push: { query: textsOf(request.query), body } };
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
	return fields ?? Object.fromEntries(new URLSearchParams(text));
}

function memoryFor(context: IWebhookFunctions): EventMemory {
	const key = JSON.stringify([context.getWorkflow().id, context.getNode().id, context.getMode()]);
	const memory = memories.get(key) ?? eventMemory();
	memories.set(key, memory);
	return memory;
}

function optionsOf(context: IWebhookFunctions | IHookFunctions): IDataObject {
	const options: unknown = context.getNodeParameter('options', {});
	return isRecord(options) ? (options as IDataObject) : {};
}

function allowedOf(context: IWebhookFunctions | IHookFunctions): Allowed | Invalid {
	return readAllowed(toText(optionsOf(context).allowedAddresses));
}

/** Checks the form before n8n publishes the workflow, and throws if it cannot be used. */
export function checkForm(context: IHookFunctions): true {
	const allowed = allowedOf(context);
	if (!isInvalid(allowed)) return true;
	const failure = failedInput(allowed, 'Correct the option Allowed Addresses.', 'listens');
	throw toNodeError(context.getNode(), failure, 0, {});
}
