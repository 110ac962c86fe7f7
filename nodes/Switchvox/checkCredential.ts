import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import {
	openUnsaved,
	testFailed,
	testPassed,
	type UnsavedConnection,
} from '../shared/wire/credentialCheck';
import { type Explanation, isExplanation } from '../shared/wire/explanation';
import type { HttpResponse } from '../shared/wire/http';
import { isInvalid } from '../shared/wire/invalid';
import { isUnreadable } from '../shared/wire/unreadable';
import { describeErrors, readReply } from './reply';
import { encodeRequest } from './request';
import { type Challenge, challengeRequest, chooseChallenge, readAuthentication } from './signIn';
import { switchvox } from './vendor';

/** Signs in and asks a harmless question. Rings nobody; works for administrators and for extension users. */
export async function testSwitchvoxApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const line = openUnsaved(this, switchvox, data);
	if (isInvalid(line)) return testFailed(line.texts.join(' '));
	// Also with Basic: a refusal before any sign-in comes from access rules, not from a wrong password.
	const answer = await line.askUnsigned(challengeRequest);
	const challenge = chooseChallenge(answer, readAuthentication(data));
	if (typeof challenge !== 'string') return testFailed(`${challenge.what} ${challenge.advice}`);

	const admin = await askMethod(line, challenge, 'switchvox.info.getSoftwareVersion');
	if (admin === 'accepted') return testPassed('Signed in as an administrator');
	if (typeof admin === 'string') return testFailed(admin);
	const user = await askMethod(line, challenge, 'switchvox.users.getMyInfo');
	if (user === 'accepted') return testPassed('Signed in as an extension user');
	if (typeof user === 'string') return testFailed(user);
	return testFailed(
		`The sign-in works, but this account may use neither the Admin API (${admin.denied}) nor the User API (${user.denied}). Check its rights in Switchvox.`,
	);
}

/** `denied`: signed in, and the method is not for this account. A mere text says why there is no sign-in. */
type Verdict = 'accepted' | { readonly denied: string } | string;

async function askMethod(
	line: UnsavedConnection,
	challenge: Challenge,
	method: string,
): Promise<Verdict> {
	const request = encodeRequest(method, []);
	if (isInvalid(request)) return request.texts.join(' ');
	return judge(await line.ask(request, challenge));
}

function judge(answer: HttpResponse | Explanation): Verdict {
	const reply = isExplanation(answer) ? answer : readReply(answer);
	if (isExplanation(reply)) return `${reply.what} ${reply.advice}`;
	if (isUnreadable(reply)) {
		return `Something answered, but not Switchvox: ${reply.why}. Check Base URL in the credential.`;
	}
	return reply.errors.length === 0 ? 'accepted' : { denied: describeErrors(reply.errors) };
}
