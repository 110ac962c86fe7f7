import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { openTestLine, testFailed, testPassed } from '../shared/wire/credentialCheck';
import { isInvalid } from '../shared/wire/invalid';
import { decodeLinks } from './originate/decode';
import { encodeGetLinks } from './originate/encode';
import { iovox } from './vendor';

/** Signs in and asks for one link. Rings nobody. */
export async function testIovoxApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const line = openTestLine(this, iovox, data);
	if (isInvalid(line)) return testFailed(line.invalid.join(' '));
	const answer = await line.ask(encodeGetLinks(1, 1));
	const reply = 'what' in answer ? answer : decodeLinks(answer);
	return 'what' in reply ? testFailed(`${reply.what} ${reply.advice}`) : testPassed('Signed in');
}
