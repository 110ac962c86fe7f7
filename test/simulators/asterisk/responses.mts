import type { HttpReply } from '../server.mts';

const headers = { 'cache-control': 'no-cache, no-store', 'content-type': 'application/json' };

export function json(status: number, value: unknown): HttpReply {
	return { status, headers, body: JSON.stringify(value) };
}

export const noContent: HttpReply = { status: 204, body: '' };

/** What ARI says is wrong. */
export function refused(status: number, message: string): HttpReply {
	return json(status, { message });
}

export const allocationFailed = json(500, { error: 'Allocation failed' });

/** The answer of the web server that ARI is a part of. */
export function webPage(status: number): HttpReply {
	return {
		status,
		headers: { 'content-type': 'text/html' },
		body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${String(status)} Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n</body></html>\n`,
	};
}
