import { until } from '../until.mts';
import type { N8nClient } from './client.mts';

const limitMs = 60_000;

/** The frames that n8n sends to a chat besides messages. */
const heartbeat = 'n8n|heartbeat';
const goesOn = 'n8n|continue';

/** Without a browser's name, n8n takes a request for a link preview, which must not press a button. */
const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36';

export interface ChatMessage {
	readonly text: string;
	readonly buttons: readonly { readonly text: string; readonly link: string }[];
}

/** The editor's chat with a workflow whose chat trigger uses response nodes. */
export interface Chat {
	readonly executionId: string;
	/** The next unread message. */
	readonly next: () => Promise<ChatMessage>;
	/** Presses a button of a message. */
	readonly press: (message: ChatMessage, label: string) => Promise<void>;
	readonly close: () => void;
}

function read(data: string): ChatMessage {
	if (!data.startsWith('{')) return { text: data, buttons: [] };
	const { text, buttons } = JSON.parse(data) as ChatMessage;
	return { text, buttons };
}

async function press({ buttons }: ChatMessage, label: string): Promise<void> {
	const button = buttons.find(({ text }) => text === label);
	if (!button) throw new Error(`There is no button "${label}".`);
	// The execution is put to sleep after the message, and takes no answer before that.
	await until(async () => {
		const response = await fetch(button.link, {
			headers: { 'user-agent': browser },
			signal: AbortSignal.timeout(limitMs),
		});
		return response.ok;
	});
}

/** Sends the first message. */
export async function openChat(
	client: N8nClient,
	workflowId: string,
	triggerName: string,
	chatInput: string,
): Promise<Chat> {
	const sessionId = crypto.randomUUID();
	const { executionId, resumeToken = '' } = await client.startChat(workflowId, triggerName, {
		sessionId,
		chatInput,
	});
	const query = new URLSearchParams({ sessionId, executionId, token: resumeToken });
	const socket = new WebSocket(`${client.url.replace(/^http/, 'ws')}/chat?${query.toString()}`);
	const unread: ChatMessage[] = [];
	socket.addEventListener('message', ({ data }) => {
		const text = String(data);
		if (text === heartbeat) socket.send(`${heartbeat}-ack`);
		else if (text !== goesOn) unread.push(read(text));
	});
	return {
		executionId,
		next: async () => {
			await until(() => unread.length > 0);
			return unread.shift() as ChatMessage;
		},
		press,
		close: () => {
			socket.close();
		},
	};
}
