import type { Ending } from '../../shared/calling/contract/found';
import { done, type Step } from '../../shared/wire/exchange/conversation';
import type { AsteriskReference } from '../reference';
import { explainReply, isNoChannel, otherReply } from '../reply';
import { encodeHangUp } from '../request';

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#hangup */
export function end({ callId }: AsteriskReference): Step<Ending> {
	return {
		kind: 'ask',
		request: encodeHangUp(callId),
		next(response) {
			const outcome = { callId, details: {} };
			if (isNoChannel(response)) {
				return done({ kind: 'ending', outcome: { ...outcome, status: 'not_found' } });
			}
			if (response.status === 204) {
				return done({ kind: 'ending', outcome: { ...outcome, status: 'hung_up' } });
			}
			return done(
				explainReply(response) ?? otherReply(response, 'it is not the reply to a hangup'),
			);
		},
	};
}
