import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import { connect } from '../calling/access';
import { eventNames, type Listening, type Streamed } from '../calling/contract/events';
import { type Failed, isFailed, troubleTo } from '../calling/contract/outcome';
import type { Vendor } from '../calling/contract/vendor';
import type { Connection } from '../wire/exchange/connection';
import { converse } from '../wire/exchange/conversation';
import { pause } from '../wire/exchange/pause';
import { explain, type Explanation, isExplanation } from '../wire/reply/explanation';
import { explainError } from '../wire/reply/noAnswer';
import { isRecord, reasonOf } from '../wire/text/values';
import { eventJson } from './item';
import { logOf } from './log';
import { startError } from './startError';

/** For the answer to a question, and for a WebSocket to open. */
const replySeconds = 10;
/** Between two tries to connect again: each is twice as long as the one before. */
const firstPauseSeconds = 1;
const longestPauseSeconds = 60;
/** The pauses grow until a connection has lasted this long: one that is accepted and closed at once would be opened each second. */
const lastingSeconds = 60;
/** A connection can be dead and look open, so the phone system is asked whether it has it. */
const askEverySeconds = 30;
/** After this many questions without an answer, the connection counts as dead. */
const mostUnanswered = 2;
/** How long n8n waits for the end of a connection that it closes. */
const closeSeconds = 2;

/** An open WebSocket. */
interface Stream {
	readonly kind: 'stream';
	/** Resolves when either side has closed it. */
	readonly ended: Promise<Ending>;
	close(): void;
}

/** `replaced`: another listener of the same name has taken over. */
type Ending = 'lost' | 'replaced';

/**
 * Listens until n8n ends the trigger, and connects again whenever it has to. It throws if it cannot begin: n8n then does not
 * publish the workflow, or tries again later.
 */
export async function listen(
	context: ITriggerFunctions,
	vendor: Vendor,
	events: Streamed,
): Promise<ITriggerResponse> {
	const closing = new AbortController();
	const { signal } = closing;
	const open = async (unless?: 'taken') =>
		await openStream(context, vendor, events, { signal, unless });
	const first = await open();
	if (isFailed(first)) throw startError(context.getNode(), first);
	const kept = keep(first, { context, vendor, events, signal, open });
	return {
		closeFunction: async () => {
			closing.abort();
			await Promise.race([kept, pause(closeSeconds * 1000)]);
		},
	};
}

interface Listener {
	readonly context: ITriggerFunctions;
	readonly vendor: Vendor;
	readonly events: Streamed;
	/** Aborted when n8n ends the trigger. */
	readonly signal: AbortSignal;
	open(unless?: 'taken'): Promise<Stream | Failed>;
}

/** Keeps a connection open: it opens a new one in place of each that is lost. */
async function keep(first: Stream, listener: Listener): Promise<void> {
	const { context, vendor, signal } = listener;
	const log = logOf(context, vendor);
	const pauses = growingPauses();
	let stream = first;
	for (;;) {
		const openedAt = Date.now();
		const ending = await endOf(stream, listener);
		stream.close();
		if (Date.now() - openedAt >= lastingSeconds * 1000) pauses.beginAgain();
		if (signal.aborted) {
			await stream.ended;
			return;
		}
		const lostAt = Date.now();
		log.warn(
			ending === 'replaced'
				? 'was replaced: another n8n is listening with the same workflow. It gets the events now'
				: 'lost its connection. Events that happen until it is back are lost',
		);
		const next = await openAgain(ending, listener, pauses);
		if (next === undefined) return;
		stream = next;
		const seconds = Math.round((Date.now() - lostAt) / 1000);
		log.info(`is connected again. No event came for ${seconds} seconds`);
	}
}

/** Resolves when the connection has ended, or is dead, or n8n ends the trigger. */
async function endOf(
	stream: Stream,
	{ context, vendor, events, signal }: Listener,
): Promise<Ending> {
	for (let unanswered = 0; unanswered < mostUnanswered; ) {
		const ending = await Promise.race([stream.ended, pause(askEverySeconds * 1000, signal)]);
		if (ending !== undefined) return ending;
		if (signal.aborted) return 'lost';
		const connection = await connect(context, vendor, 'listens');
		const answer = isFailed(connection) ? undefined : await ask(connection, context, events);
		if (answer?.kind === 'listening') {
			if (!answer.is) return 'lost';
			unanswered = 0;
		} else if (answer?.status !== 'refused') unanswered += 1;
	}
	return 'lost';
}

type GrowingPauses = ReturnType<typeof growingPauses>;

function growingPauses() {
	let next = firstPauseSeconds;
	return {
		nextSeconds(): number {
			const seconds = next;
			next = Math.min(2 * next, longestPauseSeconds);
			return seconds;
		},
		beginAgain(): void {
			next = firstPauseSeconds;
		},
	};
}

/** Undefined if n8n ends the trigger. */
async function openAgain(
	after: Ending,
	{ context, vendor, signal, open }: Listener,
	pauses: GrowingPauses,
): Promise<Stream | undefined> {
	let said = '';
	for (;;) {
		await pause(pauses.nextSeconds() * 1000, signal);
		if (signal.aborted) return undefined;
		// Otherwise, two listeners would replace each other forever.
		const opened = await open(after === 'replaced' ? 'taken' : undefined);
		if (!isFailed(opened)) return opened;
		// Only a refusal is news: that there is no answer is why the connection was lost.
		if (opened.status === 'refused' && opened.message !== said) {
			said = opened.message;
			logOf(context, vendor).warn(`cannot connect again. ${said} ${opened.advice}`);
		}
	}
}

interface Opening {
	readonly signal: AbortSignal;
	/** Whether to give up if somebody listens under this name. */
	readonly unless?: 'taken' | undefined;
}

async function openStream(
	context: ITriggerFunctions,
	vendor: Vendor,
	events: Streamed,
	{ signal, unless }: Opening,
): Promise<Stream | Failed> {
	const failed = (explanation: Explanation) => troubleTo('listens', explanation);
	if (typeof WebSocket === 'undefined') return failed(tooOld);
	const connection = await connect(context, vendor, 'listens');
	if (isFailed(connection)) return connection;
	try {
		// The WebSocket of Node.js does not say why it is refused.
		const answer = await ask(connection, context, events);
		if (isExplanation(answer)) return failed(answer);
		if (unless === 'taken' && answer.is) return failed(taken);
		const path = events.path(listenerOf(context));
		const headers = await connection.headersFor(path);
		if (isExplanation(headers)) return failed(headers);
		const url = connection.baseUrl.replace(/^http/, 'ws') + path;
		const stream = await openSocket(url, headers, messagesTo(context, vendor, events, signal));
		if (stream === undefined) return failed(await whyNotOpen(vendor, connection.baseUrl));
		if (signal.aborted) stream.close();
		return stream;
	} catch (error) {
		const { baseUrl } = connection;
		const sending = { vendorName: vendor.displayName, baseUrl, timeoutSeconds: replySeconds };
		return failed(explainError(error, sending));
	}
}

async function ask(
	connection: Connection,
	context: ITriggerFunctions,
	events: Streamed,
): Promise<Listening | Explanation> {
	return await converse(events.ask(listenerOf(context)), (request) =>
		connection.send(request, replySeconds),
	);
}

/** A test in the editor has a name of its own, so that it does not take the place of the published workflow. */
function listenerOf(context: ITriggerFunctions): string {
	const { id = 'new' } = context.getWorkflow();
	const test = context.getMode() === 'manual' ? '-test' : '';
	return `n8n-${id}-${context.getNode().id}${test}`;
}

/** Handles the messages of one connection. Never throws. */
function messagesTo(
	context: ITriggerFunctions,
	vendor: Vendor,
	events: Streamed,
	signal: AbortSignal,
): (message: unknown) => Ending | undefined {
	const log = logOf(context, vendor);
	const wanted: unknown = context.getNodeParameter('events', eventNames);
	const options: unknown = context.getNodeParameter('options', {});
	const withResponse = !isRecord(options) || options.includeResponse !== false;
	const read = events.reader();
	return (message) => {
		if (signal.aborted) return undefined;
		try {
			const event = read(typeof message === 'string' ? message : '');
			if (event === undefined) return undefined;
			if (event.kind === 'replaced') return 'replaced';
			if (event.kind === 'ignored') {
				log.warn(`ignored a message: ${event.why}`);
			} else if (Array.isArray(wanted) && wanted.includes(event.event)) {
				const json = eventJson(vendor.id, event, new Date().toISOString(), withResponse);
				context.emit([[{ json }]]);
			}
		} catch (error) {
			log.warn(`could not read a message (${reasonOf(error)})`);
		}
		return undefined;
	};
}

/** Undefined if it does not open in time. */
async function openSocket(
	url: string,
	headers: Readonly<Record<string, string>>,
	onMessage: (message: unknown) => Ending | undefined,
): Promise<Stream | undefined> {
	const socket = new WebSocket(url, { headers });
	let ending: Ending = 'lost';
	const ended = new Promise<Ending>((resolve) => {
		socket.addEventListener('close', () => resolve(ending));
	});
	const opened = new Promise<true>((resolve) => {
		socket.addEventListener('open', () => resolve(true));
	});
	socket.addEventListener('message', ({ data }: { readonly data: unknown }) => {
		if (onMessage(data) !== 'replaced') return;
		ending = 'replaced';
		// Asterisk leaves it open, without any messages.
		close();
	});
	const close = () => socket.close();
	const first = await Promise.race([opened, ended, pause(replySeconds * 1000)]);
	if (first === true) return { kind: 'stream', ended, close };
	close();
	return undefined;
}

/** The phone system has answered, but no WebSocket opens. Asks in the way that Node.js does for one, without a secret. */
async function whyNotOpen(vendor: Vendor, baseUrl: string): Promise<Explanation> {
	const { displayName: vendorName } = vendor;
	try {
		const signal = AbortSignal.timeout(replySeconds * 1000);
		const answer = await fetch(baseUrl, { redirect: 'manual', signal });
		await answer.body?.cancel();
		return explain(
			'refused',
			'vendor_refused',
			`${vendorName} answers at ${baseUrl}, but no WebSocket can be opened there.`,
			'If there is a reverse proxy in between, let it pass WebSockets.',
		);
	} catch (error) {
		const why = explainError(error, { vendorName, baseUrl, timeoutSeconds: replySeconds });
		return why.reason === 'certificate' ? { ...why, ...untrusted(baseUrl) } : why;
	}
}

function untrusted(baseUrl: string): Pick<Explanation, 'what' | 'advice'> {
	return {
		what: `Node.js itself has to trust the certificate of ${baseUrl} (NODE_EXTRA_CA_CERTS).`,
		advice:
			'CA Certificate and Ignore SSL Issues in the credential have no effect on a WebSocket. Set NODE_EXTRA_CA_CERTS in n8n to a file with the certificate, or with that of its authority, and restart n8n. If the certificate names another host, use that name in Base URL. Inside a network that you trust, an address with http:// works, too.',
	};
}

const tooOld = explain(
	'not_sent',
	'invalid_settings',
	'This version of Node.js has no WebSocket.',
	'Run n8n on Node.js 22 or later.',
);

const taken = explain(
	'not_sent',
	'invalid_settings',
	'Another n8n is listening with the same workflow.',
	'Unpublish the workflow in one of them.',
);
