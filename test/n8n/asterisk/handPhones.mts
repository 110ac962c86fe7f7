/** SIP phones that people pick up with a click: as much of RFC 3261 as a phone needs that only receives calls. */
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import { once } from 'node:events';

export type HandManner = 'byHand' | 'answers' | 'busy' | 'offline';

/** A call at one phone. */
export interface PhoneCall {
	/** The Call-ID of SIP. */
	readonly id: string;
	/** As it was dialed. */
	readonly number: string;
	readonly caller: { readonly name: string; readonly number: string };
	readonly state: 'ringing' | 'answered' | 'ended';
	/** Milliseconds since 1970, when the state came about. */
	readonly since: number;
}

/** The phones at one port. Every number that is called there is a phone. */
export interface HandPhones {
	readonly port: number;
	/** Each that is live now. */
	readonly calls: () => readonly PhoneCall[];
	readonly mannerOf: (number: string) => HandManner;
	readonly setManner: (number: string, manner: HandManner) => void;
	/** What phones do unless set otherwise. */
	readonly setOthers: (manner: HandManner) => void;
	/** Whether that was possible. */
	readonly pickUp: (id: string) => boolean;
	readonly reject: (id: string) => boolean;
	readonly hangUp: (id: string) => boolean;
	readonly onChange: (listener: (call: PhoneCall) => void) => () => void;
	readonly stop: () => Promise<void>;
}

interface Dialog {
	call: PhoneCall;
	readonly invite: Message;
	readonly from: RemoteInfo;
	readonly tag: string;
	/** The last reply to the INVITE, for whoever sends it again. */
	reply: string;
}

interface Message {
	readonly start: string;
	/** By their names in lower case; of those that come several times, the lines. */
	readonly headers: ReadonlyMap<string, readonly string[]>;
}

const answersAfterMs = 50;
const resendMs = 500;
const resends = 10;

export async function startHandPhones(): Promise<HandPhones> {
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const { port } = socket.address();
	const dialogs = new Map<string, Dialog>();
	const manners = new Map<string, HandManner>();
	const listeners = new Set<(call: PhoneCall) => void>();
	/** Calls to phones that were off: they are sent again for a while, and do not ring when the phone is back. */
	const missed = new Set<string>();
	const timers = new Set<NodeJS.Timeout>();
	let others: HandManner = 'answers';

	const send = (text: string, to: RemoteInfo) => {
		socket.send(text, to.port, to.address);
	};
	const later = (ms: number, run: () => void) => {
		const timer = setTimeout(() => {
			timers.delete(timer);
			run();
		}, ms);
		timers.add(timer);
	};
	const mannerOf = (number: string) => manners.get(number) ?? others;
	const answer = (dialog: Dialog, status: string, body = '') => {
		dialog.reply = replyTo(dialog.invite, status, { tag: dialog.tag, port, body });
		send(dialog.reply, dialog.from);
	};
	const become = (dialog: Dialog, state: PhoneCall['state']) => {
		dialog.call = { ...dialog.call, state, since: Date.now() };
		if (state === 'ended') later(resendMs * resends, () => dialogs.delete(dialog.call.id));
		for (const listener of listeners) listener(dialog.call);
	};
	/** A final reply is sent until its ACK has come. */
	const insist = (dialog: Dialog, left = resends) => {
		later(resendMs, () => {
			if (dialog.reply === '' || left === 0) return;
			send(dialog.reply, dialog.from);
			insist(dialog, left - 1);
		});
	};
	const end = (dialog: Dialog, status: string) => {
		answer(dialog, status);
		insist(dialog);
		become(dialog, 'ended');
	};
	const pickUp = (id: string): boolean => {
		const dialog = dialogs.get(id);
		if (dialog?.call.state !== 'ringing') return false;
		answer(dialog, '200 OK', sdp);
		insist(dialog);
		become(dialog, 'answered');
		return true;
	};
	const ring = (message: Message, from: RemoteInfo, id: string) => {
		const number = numberIn(message.start);
		const manner = mannerOf(number);
		if (manner === 'offline') missed.add(id);
		if (missed.has(id)) return;
		const dialog: Dialog = {
			call: { id, number, caller: callerOf(message), state: 'ringing', since: Date.now() },
			invite: message,
			from,
			tag: randomUUID(),
			reply: '',
		};
		dialogs.set(id, dialog);
		if (manner === 'busy') {
			end(dialog, '486 Busy Here');
			return;
		}
		answer(dialog, '180 Ringing');
		become(dialog, 'ringing');
		if (manner === 'answers') later(answersAfterMs, () => pickUp(id));
	};
	const receive = (message: Message, from: RemoteInfo) => {
		const id = first(message, 'call-id');
		const dialog = dialogs.get(id);
		const [method] = message.start.split(' ');
		switch (method) {
			case 'INVITE':
				if (dialog === undefined) ring(message, from, id);
				else if (dialog.reply !== '') send(dialog.reply, from);
				return;
			case 'ACK':
				if (dialog !== undefined && dialog.call.state !== 'ringing') dialog.reply = '';
				return;
			case 'CANCEL':
				send(replyTo(message, '200 OK', { tag: dialog?.tag ?? '', port }), from);
				if (dialog?.call.state === 'ringing') end(dialog, '487 Request Terminated');
				return;
			case 'BYE':
				send(replyTo(message, '200 OK', { tag: '', port }), from);
				if (dialog?.call.state === 'answered') become(dialog, 'ended');
				return;
			case 'OPTIONS':
				send(replyTo(message, '200 OK', { tag: randomUUID(), port }), from);
				return;
			default:
			// A reply to a BYE of ours asks for nothing.
		}
	};
	socket.on('message', (data, from) => {
		receive(parse(data.toString('utf8')), from);
	});
	return {
		port,
		calls: () =>
			[...dialogs.values()].map(({ call }) => call).filter(({ state }) => state !== 'ended'),
		mannerOf,
		setManner: (number, manner) => {
			manners.set(number, manner);
		},
		setOthers: (manner) => {
			others = manner;
			for (const [number, own] of manners) {
				if (own === 'byHand' || own === 'answers') manners.set(number, manner);
			}
		},
		pickUp,
		reject: (id) => {
			const dialog = dialogs.get(id);
			if (dialog?.call.state !== 'ringing') return false;
			end(dialog, '603 Decline');
			return true;
		},
		hangUp: (id) => {
			const dialog = dialogs.get(id);
			if (dialog?.call.state !== 'answered') return false;
			send(byeOf(dialog, port), dialog.from);
			become(dialog, 'ended');
			return true;
		},
		onChange: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		stop: async () => {
			for (const timer of timers) clearTimeout(timer);
			const closed = once(socket, 'close');
			socket.close();
			await closed;
		},
	};
}

function parse(text: string): Message {
	const [head = ''] = text.split('\r\n\r\n', 1);
	const [start = '', ...lines] = head.split('\r\n');
	const headers = new Map<string, string[]>();
	for (const line of lines) {
		const [, name = '', value = ''] = /^([\w-]+)\s*:\s*(.*)$/.exec(line) ?? [];
		const key = name.toLowerCase();
		headers.set(key, [...(headers.get(key) ?? []), value]);
	}
	return { start, headers };
}

function first({ headers }: Message, name: string): string {
	return headers.get(name)?.[0] ?? '';
}

function numberIn(start: string): string {
	const [, number = ''] = /^\w+ sip:([^@\s;]+)@/.exec(start) ?? [];
	return decodeURIComponent(number);
}

function callerOf(message: Message): PhoneCall['caller'] {
	const [, name = '', number = ''] =
		/^(?:"([^"]*)" ?)?<sip:([^@>]*)@/.exec(first(message, 'from')) ?? [];
	return { name, number };
}

interface Own {
	/** Empty: the request has one. */
	readonly tag: string;
	readonly port: number;
	readonly body?: string;
}

/** https://www.rfc-editor.org/rfc/rfc3261#section-8.2.6 */
function replyTo(request: Message, status: string, { tag, port, body = '' }: Own): string {
	const to = first(request, 'to');
	return written(
		[
			`SIP/2.0 ${status}`,
			...(request.headers.get('via') ?? []).map((via) => `Via: ${via}`),
			`From: ${first(request, 'from')}`,
			`To: ${tag === '' || to.includes(';tag=') ? to : `${to};tag=${tag}`}`,
			`Call-ID: ${first(request, 'call-id')}`,
			`CSeq: ${first(request, 'cseq')}`,
			`Contact: <sip:127.0.0.1:${String(port)}>`,
		],
		body,
	);
}

/** Sent by the side that was called, so it goes to the From of the other side. */
function byeOf({ invite, tag }: Dialog, port: number): string {
	const [, contact = ''] = /<?(sip:[^>;\s]+)/.exec(first(invite, 'contact')) ?? [];
	return written([
		`BYE ${contact} SIP/2.0`,
		`Via: SIP/2.0/UDP 127.0.0.1:${String(port)};branch=z9hG4bK${randomUUID()}`,
		'Max-Forwards: 70',
		`From: ${first(invite, 'to')};tag=${tag}`,
		`To: ${first(invite, 'from')}`,
		`Call-ID: ${first(invite, 'call-id')}`,
		'CSeq: 1 BYE',
	]);
}

function written(head: readonly string[], body = ''): string {
	const type = body === '' ? [] : ['Content-Type: application/sdp'];
	return [...head, ...type, `Content-Length: ${String(body.length)}`, '', body].join('\r\n');
}

/** A phone that sends no sound and receives none. */
const sdp = [
	'v=0',
	'o=phone 1 1 IN IP4 127.0.0.1',
	's=-',
	'c=IN IP4 127.0.0.1',
	't=0 0',
	'm=audio 9 RTP/AVP 0',
	'a=rtpmap:0 PCMU/8000',
	'',
].join('\r\n');
