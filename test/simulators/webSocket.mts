/** The server's side of a WebSocket (RFC 6455), for a server that sends texts and reads none. */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';

export interface WebSocketPeer {
	send(text: string): void;
	/** Ends the connection without a closing message. */
	cut(): void;
	/** Never answers again, not even a goodbye, and leaves the connection open: as behind a firewall that has forgotten it. */
	freeze(): void;
	readonly closed: Promise<void>;
}

const operations = { text: 1, close: 8, ping: 9, pong: 10 } as const;
const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers a request for a WebSocket that has this key. */
export function acceptWebSocket(socket: Duplex, key: string): WebSocketPeer {
	const accept = createHash('sha1').update(`${key}${keySuffix}`).digest('base64');
	socket.write(
		[
			...['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'],
			...[`Sec-WebSocket-Accept: ${accept}`, '', ''],
		].join('\r\n'),
	);
	let frozen = false;
	const write = (operation: number, payload: Buffer) => {
		if (!frozen && socket.writable) socket.write(frameOf(operation, payload));
	};
	let received = Buffer.alloc(0);
	socket.on('data', (data: Buffer) => {
		received = Buffer.concat([received, data]);
		for (let frame = readFrame(received); frame; frame = readFrame(received)) {
			received = received.subarray(frame.length);
			if (frame.operation === operations.ping) write(operations.pong, frame.payload);
			if (frame.operation !== operations.close) continue;
			write(operations.close, frame.payload);
			if (!frozen) socket.end();
		}
	});
	const closed = new Promise<void>((resolve) => {
		socket.once('close', () => {
			resolve();
		});
	});
	return {
		send: (text) => {
			write(operations.text, Buffer.from(text));
		},
		cut: () => {
			socket.destroy();
		},
		freeze: () => {
			frozen = true;
		},
		closed,
	};
}

function frameOf(operation: number, payload: Buffer): Buffer {
	const { length } = payload;
	const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
	head[0] = 0x80 | operation;
	head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
	if (head.length === 4) head.writeUInt16BE(length, 2);
	if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
	return Buffer.concat([head, payload]);
}

interface Frame {
	readonly operation: number;
	readonly payload: Buffer;
	/** Of the whole frame. */
	readonly length: number;
}

/** A client masks what it sends; its frames are short. */
function readFrame(bytes: Buffer): Frame | undefined {
	const size = (bytes[1] ?? 0) & 0x7f;
	const length = 2 + 4 + size;
	if (bytes.length < length) return undefined;
	const mask = bytes.subarray(2, 6);
	const payload = bytes.subarray(6, length).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
	return { operation: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload), length };
}
