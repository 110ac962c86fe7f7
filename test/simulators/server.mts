import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Certificate, type CertificateKind, makeCertificate } from './certificate.mts';
import { acceptWebSocket } from './webSocket.mts';
import type { WebSocketPeer } from './webSocket.mts';

const address = '127.0.0.1';

export interface HttpRequest {
	readonly method: string;
	/** The request target as sent, with its query. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

export interface HttpReply {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: string | Buffer;
}

/** How a request is answered: with a whole reply, with part of one, or not at all. */
export type Answer =
	/** `drip` and `flood` send the headers and then an endless body: slowly, or as fast as the client reads it. */
	| { readonly delivery: 'whole' | 'halfThenReset' | 'drip' | 'flood'; readonly reply: HttpReply }
	/** `never` leaves the socket open, `cut` destroys it. */
	| { readonly delivery: 'never' | 'cut' };

export interface RecordedRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** The status that was sent; null until then. */
	readonly status: number | null;
}

/** The parts of a request that can contain secrets. */
export type Redactable = Pick<RecordedRequest, 'path' | 'headers' | 'body'>;

export interface ServerOptions {
	readonly port?: number;
	readonly tls?: boolean;
	readonly certificate?: CertificateKind;
	readonly redact: (request: Redactable) => Redactable;
	readonly handle: (request: HttpRequest) => Promise<Answer>;
	/** Answers a request for a WebSocket: refuses it, or takes what it gets when it is open. */
	readonly upgrade?: (request: HttpRequest) => HttpReply | ((peer: WebSocketPeer) => void);
}

export interface SimulatorServer {
	readonly url: string;
	readonly port: number;
	readonly caCertificate: string;
	readonly requests: readonly RecordedRequest[];
	/** How many bytes of endless bodies clients have read. */
	readonly flooded: () => number;
	/** Closes every new connection during the TLS handshake. */
	cutHandshakes(): void;
	/** Clears the recorded requests and destroys the sockets of those that are still waiting for an answer. */
	forget(): void;
	/** Closes every connection and accepts no new ones: clients get "connection refused". */
	refuse(): Promise<void>;
	/** Accepts no new connections; open ones still get their answers. */
	refuseNew(): void;
	listenAgain(): Promise<void>;
	close(): Promise<void>;
}

const certificates = new Map<CertificateKind, Promise<Certificate>>();

/** One of each kind for all servers of a process, because generating a key pair takes a while. */
function certificateOf(kind: CertificateKind): Promise<Certificate> {
	const certificate = certificates.get(kind) ?? makeCertificate(kind);
	certificates.set(kind, certificate);
	return certificate;
}

/** An HTTP or HTTPS server on 127.0.0.1 that records its requests and can close any connection. */
export async function startServer(options: ServerOptions): Promise<SimulatorServer> {
	const tls = options.tls ?? true;
	const made = tls ? await certificateOf(options.certificate ?? 'selfSigned') : null;
	const recorder = createRecorder(options);
	const server = made
		? createHttpsServer({ cert: made.certificate, key: made.key }, recorder.listener)
		: createHttpServer(recorder.listener);
	const sockets = trackSockets(server, tls);
	server.on('upgrade', recorder.upgrade);
	if (made)
		server.prependListener('connection', (socket: Socket) => {
			if (cutsHandshakes) socket.destroy();
		});
	let cutsHandshakes = false;
	const port = await listen(server, options.port ?? 0);

	const refuse = async () => {
		const closed = stopListening(server);
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return {
		url: `${tls ? 'https' : 'http'}://${address}:${String(port)}`,
		port,
		caCertificate: made?.certificate ?? '',
		requests: recorder.requests,
		flooded: recorder.flooded,
		cutHandshakes: () => {
			cutsHandshakes = true;
		},
		forget: recorder.forget,
		refuse,
		refuseNew: () => {
			server.close();
		},
		listenAgain: async () => {
			if (!server.listening) await listen(server, port);
		},
		close: refuse,
	};
}

function createRecorder(options: Pick<ServerOptions, 'redact' | 'handle' | 'upgrade'>) {
	const requests: RecordedRequest[] = [];
	const unanswered = new Set<ServerResponse>();
	let flooded = 0;

	const record = (message: IncomingMessage) => {
		const headers = joinHeaders(message);
		const path = message.url ?? '';
		const method = message.method ?? '';
		const recorded = { method, ...options.redact({ path, headers, body: '' }), status: null };
		const entry: { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] } = recorded;
		requests.push(entry);
		return { entry, method, path, headers };
	};
	const upgrade = (message: IncomingMessage, socket: Duplex) => {
		const { entry, ...request } = record(message);
		const answer = options.upgrade?.({ ...request, body: Buffer.alloc(0) }) ?? notUpgraded;
		entry.status = typeof answer === 'function' ? 101 : answer.status;
		if (typeof answer === 'function') {
			answer(acceptWebSocket(socket, request.headers['sec-websocket-key'] ?? ''));
		} else {
			const { status, body } = answer;
			socket.end(
				`HTTP/1.1 ${String(status)} No\r\nContent-Length: ${String(body.length)}\r\nConnection: close\r\n\r\n${String(body)}`,
			);
		}
	};

	const serve = async (message: IncomingMessage, response: ServerResponse) => {
		const { entry, method, path, headers } = record(message);
		const body = await readBody(message);
		entry.body = options.redact({ path, headers, body: body.toString('utf8') }).body;
		const answer = await options.handle({ method, path, headers, body });
		await deliver(answer, response, {
			sent: (status) => (entry.status = status),
			flooded: (bytes) => (flooded += bytes),
		});
	};

	const listener: RequestListener = (message, response) => {
		unanswered.add(response);
		response.once('close', () => unanswered.delete(response));
		// If the client is gone or the handler has thrown, there is nothing to send.
		serve(message, response).catch(() => response.destroy());
	};
	const forget = () => {
		requests.length = 0;
		for (const response of unanswered) response.destroy();
	};
	return { requests, listener, upgrade, forget, flooded: () => flooded };
}

const notUpgraded: HttpReply = { status: 426, body: '' };

/** The progress of an answer while it is sent. */
interface DeliveryLog {
	readonly sent: (status: number) => void;
	readonly flooded: (bytes: number) => void;
}

async function deliver(
	answer: Answer,
	response: ServerResponse,
	{ sent, flooded }: DeliveryLog,
): Promise<void> {
	if (response.destroyed) return;
	if (!('reply' in answer)) {
		if (answer.delivery === 'cut') response.destroy();
		return;
	}
	const { status, headers, body } = answer.reply;
	const bytes = Buffer.from(body);
	sent(status);
	if (answer.delivery === 'drip' || answer.delivery === 'flood') {
		response.writeHead(status, headers);
		if (answer.delivery === 'drip') drip(response);
		else flood(response, flooded);
		return;
	}
	response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
	if (answer.delivery === 'whole') {
		response.end(bytes);
		return;
	}
	await new Promise<void>((resolve) => {
		response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
			resolve();
		});
	});
	response.destroy();
}

function drip(response: ServerResponse): void {
	response.flushHeaders();
	const timer = setInterval(() => response.write(' '), 250);
	response.once('close', () => {
		clearInterval(timer);
	});
}

const floodChunk = Buffer.alloc(64 * 1024, 'x');

function flood(response: ServerResponse, taken: (bytes: number) => void): void {
	const pour = () => {
		if (response.destroyed) return;
		response.write(floodChunk, (error) => {
			if (error) return;
			taken(floodChunk.length);
			// Later, so that the rest of the process gets its turn.
			setImmediate(pour);
		});
	};
	pour();
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of message) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

function joinHeaders(message: IncomingMessage): Record<string, string> {
	const joined: Record<string, string> = {};
	for (const [name, value] of Object.entries(message.headers)) {
		joined[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
	}
	return joined;
}

function trackSockets(server: Server, tls: boolean): ReadonlySet<Socket> {
	const sockets = new Set<Socket>();
	const track = (socket: Socket) => {
		sockets.add(socket);
		// A client can reset the connection at any time, for example when it rejects the certificate.
		socket.on('error', () => socket.destroy());
		socket.once('close', () => sockets.delete(socket));
	};
	server.on('connection', track);
	if (tls) server.on('secureConnection', track);
	return sockets;
}

async function listen(server: Server, port: number): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, address, () => {
			server.off('error', reject);
			resolve();
		});
	});
	return (server.address() as AddressInfo).port;
}

async function stopListening(server: Server): Promise<void> {
	if (!server.listening) return;
	await new Promise<void>((resolve) => {
		server.close(() => {
			resolve();
		});
	});
}
