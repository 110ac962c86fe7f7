import type { HttpResponse } from '../../nodes/shared/wire/reply/http.ts';
import { jsonIn } from '../fixtures/json.mts';

/** The channel of the fixtures' calls: another one proves nothing of them. */
const ownId = '7b1c3e58-0000-4000-8000-000000000001';

/**
 * Whether a reply proves that Asterisk has the call, by the document and not by the decoder: its channel, with 200.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#originatewithid
 */
export function proves({ status, body }: HttpResponse): boolean {
	const { id, message, error } = Object(jsonIn(body)) as Readonly<Record<string, unknown>>;
	return status === 200 && id === ownId && !message && !error;
}

export const listReplies = [
	'[{"technology":"PJSIP","resource":"101","state":"online","channel_ids":[]},{"technology":"PJSIP","resource":"151","state":"offline","channel_ids":[]}]',
	'[]',
	'{"message":"Authentication required"}',
];
