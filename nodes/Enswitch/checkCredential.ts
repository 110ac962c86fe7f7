import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { openTestLine, testFailed, testPassed } from '../shared/wire/credentialCheck';
import { isInvalid } from '../shared/wire/invalid';
import { readReply } from './originate/decode';
import { encodeRequest } from './originate/encode';
import { enswitch } from './vendor';

/** Signs in and rings nobody. https://integrics.com/enswitch/guides/4.4/en/dev/json/user/login/ */
export async function testEnswitchApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const line = openTestLine(this, enswitch, data);
	if (isInvalid(line)) return testFailed(line.invalid.join(' '));
	const answer = await line.ask(encodeRequest('user/login', {}));
	const reply = 'what' in answer ? answer : readReply(answer);
	if ('what' in reply) return testFailed(`${reply.what} ${reply.advice}`);
	if ('unreadable' in reply) {
		return testFailed(
			`Something answered, but not Enswitch: ${reply.unreadable}. Check Base URL in the credential.`,
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
