/** The wall of phones: a page on loopback that shows which phones ring, and where people pick them up. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readAction, readOthers } from './view.mts';
import type { WallSystem, WallView } from './view.mts';

export interface Wall {
	readonly url: string;
	/** What phones do that nobody set to busy or offline; at first they answer by themselves. */
	readonly setOthers: (does: WallView['others']) => void;
	readonly close: () => Promise<void>;
}

const address = '127.0.0.1';
const longestAction = 4096;
const heartbeatMs = 15_000;

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
	'/': ['page.html', 'text/html; charset=utf-8'],
	'/page.css': ['page.css', 'text/css; charset=utf-8'],
	'/page.js': ['page.js', 'text/javascript; charset=utf-8'],
};

/** Nothing of this page comes from elsewhere, and no other page shows it or reads from it. */
const guarded = {
	'content-security-policy':
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

/** `editorUrl` is where n8n is. */
export async function startWall(systems: readonly WallSystem[], editorUrl: string): Promise<Wall> {
	let others: WallView['others'] = 'answers';
	const watchers = new Set<ServerResponse>();
	let isDue = false;

	const state = () => {
		const view: WallView = { editorUrl, others, systems: systems.map((one) => one.show()) };
		return `data: ${JSON.stringify(view)}\n\n`;
	};
	/** What changes at once is shown at once. */
	const changed = () => {
		if (isDue) return;
		isDue = true;
		setImmediate(() => {
			isDue = false;
			const text = state();
			for (const watcher of watchers) watcher.write(text);
		});
	};
	const setOthers = (does: WallView['others']) => {
		others = does;
		for (const system of systems) system.setOthers(does);
		changed();
	};
	const watch = (response: ServerResponse) => {
		response.writeHead(200, { ...guarded, 'content-type': 'text/event-stream' });
		response.write(`retry: 1000\n${state()}`);
		watchers.add(response);
		response.once('close', () => watchers.delete(response));
	};
	const act = (text: string): number => {
		const does = readOthers(text);
		if (does !== undefined) {
			setOthers(does);
			return 204;
		}
		const read = readAction(text);
		const system = systems.find(({ id }) => id === read?.system);
		if (read === undefined || system === undefined) return 400;
		return system.act(read.action) ? 204 : 409;
	};

	const ends = systems.map((system) => system.onChange(changed));
	const heartbeat = setInterval(() => {
		for (const watcher of watchers) watcher.write(': still here\n\n');
	}, heartbeatMs);
	heartbeat.unref();

	const serve = async (request: IncomingMessage, response: ServerResponse) => {
		const end = (status: number) => response.writeHead(status, guarded).end();
		// Another name than its own means that somebody made a name of the web lead here.
		if (request.headers.host !== host) {
			end(421);
			return;
		}
		if (request.url === '/actions') {
			end(await actionStatus(request, url, act));
			return;
		}
		if (request.method !== 'GET') {
			end(405);
			return;
		}
		if (request.url === '/events') {
			watch(response);
			return;
		}
		const [name, type] = files[request.url ?? ''] ?? [];
		if (name === undefined || type === undefined) {
			end(404);
			return;
		}
		const body = await readFile(join(import.meta.dirname, name));
		response.writeHead(200, { ...guarded, 'content-type': type }).end(body);
	};
	const server = createServer((request, response) => {
		serve(request, response).catch(() => response.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, address, resolve);
	});
	const host = `${address}:${String((server.address() as AddressInfo).port)}`;
	const url = `http://${host}`;
	return {
		url,
		setOthers,
		close: async () => {
			for (const end of ends) end();
			clearInterval(heartbeat);
			const closed = new Promise((resolve) => server.close(resolve));
			server.closeAllConnections();
			await closed;
		},
	};
}

/** Only the page itself may act: a page from elsewhere has another origin, and a form another type of content. */
async function actionStatus(
	request: IncomingMessage,
	origin: string,
	act: (text: string) => number,
): Promise<number> {
	const { method, headers } = request;
	if (method !== 'POST') return 405;
	if (headers.origin !== origin) return 403;
	if (headers['content-type'] !== 'application/json') return 415;
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > longestAction) return 413;
		chunks.push(chunk);
	}
	return act(Buffer.concat(chunks).toString('utf8'));
}
