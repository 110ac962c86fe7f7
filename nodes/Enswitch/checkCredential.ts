import type { INodeCredentialTestResult } from 'n8n-workflow';

import { done } from '../shared/wire/exchange/conversation';
import {
	credentialTest,
	notTheVendor,
	testFailed,
	testPassed,
} from '../shared/wire/exchange/credentialCheck';
import { type Explanation, isExplanation } from '../shared/wire/reply/explanation';
import type { HttpResponse } from '../shared/wire/reply/http';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { readReply } from './reply';
import { encodeRequest } from './request';
import { enswitch } from './vendor';

/** Signs in. Nothing rings. https://integrics.com/enswitch/guides/4.4/en/dev/json/user/login/ */
export const testEnswitchApi = credentialTest(enswitch, {
	kind: 'ask',
	request: encodeRequest('user/login', {}),
	next: (response) => done(judge(response)),
});

function judge(response: HttpResponse): INodeCredentialTestResult | Explanation {
	const reply = readReply(response);
	if (isExplanation(reply)) return reply;
	if (isUnreadable(reply)) return notTheVendor(enswitch, reply.why);
	const { verdict, entries } = reply;
	if (verdict === 'accepted') return testPassed('Signed in');
	const refusedWith = (wanted: string) =>
		verdict === 'refused' && entries.every(({ code }) => code === wanted);
	// The function needs the privilege "user", which placing calls does not; a wrong password is 401.
	if (refusedWith('402')) {
		return testPassed('Signed in; the role of this user may not read more than that');
	}
	return testFailed(
		refusedWith('401')
			? 'Enswitch refused the sign-in (401). Check user name and password.'
			: 'Enswitch answered the sign-in with a code that is not documented for it. Check Base URL in the credential, and that Enswitch is running as it should.',
	);
}
