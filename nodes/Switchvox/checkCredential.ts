import { done } from '../shared/wire/exchange/conversation';
import {
	type CredentialCheck,
	credentialTest,
	notTheVendor,
	testFailed,
	testPassed,
} from '../shared/wire/exchange/credentialCheck';
import { isExplanation } from '../shared/wire/reply/explanation';
import { isInvalid } from '../shared/wire/text/invalid';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { describeErrors, readReply } from './reply';
import { encodeRequest } from './request';
import { switchvox } from './vendor';

/** Signs in and asks something harmless, as an administrator or as an extension user. Nothing rings. */
export const testSwitchvoxApi = credentialTest(
	switchvox,
	ask('switchvox.info.getSoftwareVersion', 'an administrator', (admin) =>
		ask('switchvox.users.getMyInfo', 'an extension user', (user) =>
			done(
				testFailed(
					`The sign-in works, but this account may use neither the Admin API (${admin}) nor the User API (${user}). Check its rights in Switchvox.`,
				),
			),
		),
	),
);

/** Calls a method that only this kind of account may use. `otherwise` continues if the sign-in worked but the account may not. */
function ask(
	method: string,
	account: string,
	otherwise: (denial: string) => CredentialCheck,
): CredentialCheck {
	const request = encodeRequest(method, []);
	if (isInvalid(request)) return done(testFailed(request.texts.join(' ')));
	return {
		kind: 'ask',
		request,
		next(response) {
			const reply = readReply(response);
			if (isExplanation(reply)) return done(reply);
			if (isUnreadable(reply)) return done(notTheVendor(switchvox, reply.why));
			return reply.errors.length === 0
				? done(testPassed(`Signed in as ${account}`))
				: otherwise(describeErrors(reply.errors));
		},
	};
}
