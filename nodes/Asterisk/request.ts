import type { HttpRequest } from '../shared/wire/reply/http';

export const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };

/** A request that changes nothing; `path` is relative to /ari/. */
export function encodeQuestion(path: string): HttpRequest {
	return { method: 'GET', path: `/ari/${path}`, headers: { Accept: 'application/json' } };
}

/** Relative to /ari/. */
export function pathOf(callId: string): string {
	return `channels/${encodeURIComponent(callId)}`;
}

export function encodeHangUp(callId: string): HttpRequest {
	return {
		method: 'DELETE',
		path: `/ari/${pathOf(callId)}`,
		headers: { Accept: 'application/json' },
	};
}

/** A call without a phone. ARI refuses it, and the way it does shows whether the user may place calls. */
export function encodeNoCall(): HttpRequest {
	return { method: 'POST', path: '/ari/channels', headers, body: '{}' };
}
