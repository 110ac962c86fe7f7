import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { openUnsaved, testFailed, testPassed } from '../shared/wire/credentialCheck';
import { type Explanation, isExplanation } from '../shared/wire/explanation';
import { isInvalid } from '../shared/wire/invalid';
import { member, parseJson, textOf } from '../shared/wire/json';
import { isUnreadable } from '../shared/wire/unreadable';
import { explainReply, statusAdvice } from './originate/decode';
import { encodeNoCall, encodeQuestion } from './originate/encode';
import { asterisk } from './vendor';

/**
 * Signs in, asks who it is, and whether this user may place calls. Rings nobody: what it asks for is a call without a phone.
 * https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Asterisk_REST_API/#getinfo
 */
export async function testAsteriskApi(
	this: ICredentialTestFunctions,
	{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
): Promise<INodeCredentialTestResult> {
	const connection = openUnsaved(this, asterisk, data);
	if (isInvalid(connection)) return testFailed(connection.texts.join(' '));
	const answer = await connection.ask(encodeQuestion('asterisk/info?only=system'));
	const explanation = isExplanation(answer) ? answer : explainReply(answer);
	if (explanation !== undefined) return failedBy(explanation);
	const version = isExplanation(answer) ? undefined : versionIn(answer.body);
	if (version === undefined) {
		return testFailed(`Something answered, but not ARI. ${statusAdvice[404] ?? ''}`);
	}
	const refusal = await connection.ask(encodeNoCall());
	if (isExplanation(refusal)) return failedBy(refusal);
	if (refusal.status === 403) {
		return testFailed(`The sign-in works. ${statusAdvice[403] ?? ''}`);
	}
	return testPassed(`Signed in to Asterisk ${version}`);
}

function failedBy({ what, advice }: Explanation): INodeCredentialTestResult {
	return testFailed(`${what} ${advice}`);
}

function versionIn(body: string): string | undefined {
	const parsed = parseJson(body);
	const system = isUnreadable(parsed) ? undefined : member(parsed.value, 'system');
	return /^[\w.-]+/.exec(textOf(member(system, 'version')) ?? '')?.[0];
}
