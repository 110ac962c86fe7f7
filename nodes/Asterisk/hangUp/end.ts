import type { Ending } from '../../shared/calling/found';
import { done, type Step } from '../../shared/wire/conversation';
import type { AsteriskReference } from '../reference';
import { explainReply, isNoChannel } from '../reply';
import { encodeHangUp } from '../request';

/** https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/#hangup */
export function end({ callId }: AsteriskReference): Step<Ending> {
	return {
		kind: 'ask',
		request: encodeHangUp(callId),
		next(response) {
			const explanation = isNoChannel(response) ? undefined : explainReply(response);
			if (explanation !== undefined) return done(explanation);
			const status = isNoChannel(response) ? 'not_found' : 'hung_up';
			return done({ kind: 'ending', outcome: { status, callId, details: {} } });
		},
	};
}
