import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What the simulators of this process served between two moments. */
export interface Traffic {
	readonly requests: number;
	/** The most connections that were open at the same time; n8n opens one for each request. */
	readonly mostAtOnce: number;
	/** The most requests that were waiting for their answer at the same time. */
	readonly mostAnswering: number;
	/** How long a request was being answered, on average: the simulator's own share of a call. */
	readonly millisecondsEach: number;
}

/** Watches every HTTP server of this process, from the head of a request to the end of its answer. */
export async function watchTraffic<T>(
	work: () => Promise<T>,
): Promise<{ readonly result: T; readonly traffic: Traffic }> {
	const open = new Map<IncomingMessage, number>();
	let connections = 0;
	let requests = 0;
	let mostAtOnce = 0;
	let mostAnswering = 0;
	let milliseconds = 0;
	const started = (message: unknown) => {
		const { request } = message as { readonly request: IncomingMessage };
		open.set(request, performance.now());
		requests += 1;
		mostAnswering = Math.max(mostAnswering, open.size);
	};
	const connected = (message: unknown) => {
		const { socket } = message as { readonly socket: Socket };
		connections += 1;
		mostAtOnce = Math.max(mostAtOnce, connections);
		socket.once('close', () => (connections -= 1));
	};
	const finished = (message: unknown) => {
		const { request } = message as { readonly request: IncomingMessage };
		milliseconds += performance.now() - (open.get(request) ?? performance.now());
		open.delete(request);
	};
	subscribe('net.server.socket', connected);
	subscribe('http.server.request.start', started);
	subscribe('http.server.response.finish', finished);
	try {
		const result = await work();
		return {
			result,
			traffic: { requests, mostAtOnce, mostAnswering, millisecondsEach: milliseconds / requests },
		};
	} finally {
		unsubscribe('net.server.socket', connected);
		unsubscribe('http.server.request.start', started);
		unsubscribe('http.server.response.finish', finished);
	}
}
