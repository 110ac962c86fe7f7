import type { HttpRequest } from '../../shared/wire/http';
import type { AsteriskCall } from './read';

const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };

/**
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#originatewithid
 * All parameters go in the body, where the document allows them: an address gets into logs.
 */
export function encode(call: AsteriskCall): HttpRequest {
	const { endpoint, extension, context, priority, callerId, timeoutSeconds, variables } = call;
	const body = {
		endpoint,
		extension,
		context,
		priority,
		callerId,
		timeout: timeoutSeconds,
		...(Object.keys(variables).length === 0 ? {} : { variables }),
	};
	return { method: 'POST', path: pathOf(call), headers, body: JSON.stringify(body) };
}

/** Whether the call is there. https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#get */
export function encodeLookUp(call: AsteriskCall): HttpRequest {
	return encodeQuestion(pathOf(call).slice('/ari/'.length));
}

/** A request that changes nothing; its path is what stands behind /ari/. */
export function encodeQuestion(path: string): HttpRequest {
	return { method: 'GET', path: `/ari/${path}`, headers: { Accept: 'application/json' } };
}

/** A call without a phone to ring: ARI says no to it, and how it does shows who may place calls. */
export function encodeNoCall(): HttpRequest {
	return { method: 'POST', path: '/ari/channels', headers, body: '{}' };
}

function pathOf({ callId }: AsteriskCall): string {
	return `/ari/channels/${encodeURIComponent(callId)}`;
}
