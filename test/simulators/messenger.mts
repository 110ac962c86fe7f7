import { startServer } from './server.mts';

export interface MessengerSimulator {
	/** To be entered as Base URL. */
	readonly url: string;
	/** The texts that arrived, in order. */
	readonly messages: readonly string[];
	/** The addresses behind the buttons of the last message, by their labels. */
	readonly buttons: () => Readonly<Record<string, string>>;
	readonly close: () => Promise<void>;
}

interface Message {
	readonly text?: unknown;
	readonly reply_markup?: {
		readonly inline_keyboard?: readonly (readonly { text: string; url?: string }[])[];
	};
}

/** Telegram's API for bots, as far as a message with buttons goes. https://core.telegram.org/bots/api#sendmessage */
export async function startMessenger(): Promise<MessengerSimulator> {
	const messages: string[] = [];
	let buttons: Record<string, string> = {};
	const server = await startServer({
		tls: false,
		redact: ({ body }) => ({ path: '', headers: {}, body }),
		handle: ({ method, path, body }) => {
			const known = method === 'POST' && /^\/bot[^/]+\/sendMessage$/.test(path);
			const reply = known
				? { ok: true, result: { message_id: messages.length + 1, chat: { id: 1 } } }
				: { ok: false, error_code: 404, description: 'Not Found' };
			if (known) {
				const { text, reply_markup: markup } = JSON.parse(body.toString('utf8')) as Message;
				messages.push(String(text));
				const all = (markup?.inline_keyboard ?? []).flat();
				buttons = Object.fromEntries(all.map((button) => [button.text, button.url ?? '']));
			}
			const headers = { 'content-type': 'application/json' };
			return Promise.resolve({
				delivery: 'whole',
				reply: { status: known ? 200 : 404, headers, body: JSON.stringify(reply) },
			});
		},
	});
	return { url: server.url, messages, buttons: () => buttons, close: server.close };
}
