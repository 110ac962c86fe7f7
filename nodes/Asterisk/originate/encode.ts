import type { HttpRequest } from '../../shared/wire/reply/http';
import { headers, pathOf } from '../request';
import type { AsteriskCall } from './read';

/**
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#originatewithid
 * All parameters go into the body, as the documentation allows, because addresses end up in logs.
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
	return {
		method: 'POST',
		path: `/ari/${pathOf(call.callId)}`,
		headers,
		body: JSON.stringify(body),
	};
}
