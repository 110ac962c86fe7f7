import { done } from '../shared/wire/exchange/conversation';
import { credentialTest, testPassed } from '../shared/wire/exchange/credentialCheck';
import { isExplanation } from '../shared/wire/reply/explanation';
import { encodeGetLinks } from './links';
import { readResults } from './results';
import { iovox } from './vendor';

/** Signs in and asks for one link. Nothing rings. */
export const testIovoxApi = credentialTest(iovox, {
	kind: 'ask',
	request: encodeGetLinks(1, 1),
	next(response) {
		const links = readResults(response);
		return done(isExplanation(links) ? links : testPassed('Signed in'));
	},
});
