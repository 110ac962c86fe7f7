import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { openUnsaved, testFailed, testPassed } from '../shared/wire/credentialCheck';
import { isExplanation } from '../shared/wire/explanation';
import { isInvalid } from '../shared/wire/invalid';
import { isUnreadable } from '../shared/wire/unreadable';
import { readReply } from './reply';
import { encodeRequest } from './request';
import { enswitch } from './vendor';

/** Signs in and rings nobody. https://integrics.com/enswitch/guides/4.4/en/dev/json/user/login/ */
export async function testEnswitchApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const line = openUnsaved(this, enswitch, data);
	if (isInvalid(line)) return testFailed(line.texts.join(' '));
	const answer = await line.ask(encodeRequest('user/login', {}));
	const reply = isExplanation(answer) ? answer : readReply(answer);
	if (isExplanation(reply)) return testFailed(`${reply.what} ${reply.advice}`);
	if (isUnreadable(reply)) {
		return testFailed(
			`Something answered, but not Enswitch: ${reply.why}. Check Base URL in the credential.`,
		);
	}
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
