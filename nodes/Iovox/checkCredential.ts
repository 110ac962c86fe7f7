import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { openUnsaved, testFailed, testPassed } from '../shared/wire/credentialCheck';
import { isExplanation } from '../shared/wire/explanation';
import { isInvalid } from '../shared/wire/invalid';
import { decodeLinks, encodeGetLinks } from './links';
import { iovox } from './vendor';

/** Signs in and asks for one link. Rings nobody. */
export async function testIovoxApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const line = openUnsaved(this, iovox, data);
	if (isInvalid(line)) return testFailed(line.texts.join(' '));
	const answer = await line.ask(encodeGetLinks(1, 1));
	const reply = isExplanation(answer) ? answer : decodeLinks(answer);
	return isExplanation(reply)
		? testFailed(`${reply.what} ${reply.advice}`)
		: testPassed('Signed in');
}
