import { done } from '../shared/wire/exchange/conversation';
import {
	type CredentialCheck,
	credentialTest,
	testFailed,
	testPassed,
} from '../shared/wire/exchange/credentialCheck';
import { member, parseJson, textOf } from '../shared/wire/text/json';
import { isUnreadable } from '../shared/wire/text/unreadable';
import { explainReply, statusAdvice } from './reply';
import { encodeNoCall, encodeQuestion } from './request';
import { asterisk } from './vendor';

/**
 * Signs in, asks for the version, and checks that this user may place calls. Nothing rings: the call it asks for has no phone.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_API/#getinfo
 */
export const testAsteriskApi = credentialTest(asterisk, {
	kind: 'ask',
	request: encodeQuestion('asterisk/info?only=system'),
	next(response) {
		const explanation = explainReply(response);
		if (explanation !== undefined) return done(explanation);
		const version = versionIn(response.body);
		return version === undefined
			? done(testFailed(`Something answered, but not ARI. ${statusAdvice[404] ?? ''}`))
			: checkRights(version);
	},
});

function checkRights(version: string): CredentialCheck {
	return {
		kind: 'ask',
		request: encodeNoCall(),
		next: ({ status }) =>
			done(
				status === 403
					? testFailed(`The sign-in works. ${statusAdvice[403] ?? ''}`)
					: testPassed(`Signed in to Asterisk ${version}`),
			),
	};
}

function versionIn(body: string): string | undefined {
	const parsed = parseJson(body);
	const system = isUnreadable(parsed) ? undefined : member(parsed.value, 'system');
	return /^[\w.-]+/.exec(textOf(member(system, 'version')) ?? '')?.[0];
}
