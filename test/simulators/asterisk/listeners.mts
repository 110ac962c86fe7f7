/** The listeners that get the events of the simulated Asterisk. The test sends the messages, which were recorded. */
import type { HttpReply } from '../server.mts';
import type { WebSocketPeer } from '../webSocket.mts';
import { json, refused } from './responses.mts';

export interface Listeners {
	/** The names of the applications that are connected. */
	names(): readonly string[];
	/** Sends a message to all of them. */
	send(message: string): void;
	/** Ends all their connections. */
	cut(): void;
	/** Their connections stay open, but Asterisk has forgotten them. */
	forget(): void;
	/** Asterisk keeps their connections, but nothing gets through. */
	freeze(): void;
}

export interface OwnListeners extends Listeners {
	add(name: string, peer: WebSocketPeer): void;
	/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Applications_REST_API/ */
	answer(name: string | undefined): HttpReply;
}

export function createListeners(): OwnListeners {
	const peers = new Map<string, WebSocketPeer>();
	const application = (name: string) => ({
		name,
		...{ channel_ids: ['__AST_CHANNEL_ALL_TOPIC'], bridge_ids: ['__AST_BRIDGE_ALL_TOPIC'] },
		...{ endpoint_ids: [], device_names: [], events_allowed: [], events_disallowed: [] },
	});
	const all = () => [...peers.values()];
	return {
		names: () => [...peers.keys()],
		send: (message) => {
			for (const peer of all()) peer.send(message);
		},
		cut: () => {
			for (const peer of all()) peer.cut();
		},
		forget: () => {
			for (const peer of all()) peer.freeze();
			peers.clear();
		},
		freeze: () => {
			for (const peer of all()) peer.freeze();
		},
		add(name, peer) {
			const before = peers.get(name);
			peers.set(name, peer);
			// It stays open, but gets nothing.
			before?.send(JSON.stringify({ type: 'ApplicationReplaced', application: name }));
			void peer.closed.then(() => {
				if (peers.get(name) === peer) peers.delete(name);
			});
		},
		answer(name) {
			if (name === undefined) return json(200, [...peers.keys()].map(application));
			return peers.has(name) ? json(200, application(name)) : refused(404, 'Application not found');
		},
	};
}
