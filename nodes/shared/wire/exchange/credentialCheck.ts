import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IHttpRequestOptions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { explainInvalid, type Explanation, isExplanation } from '../reply/explanation';
import type { HttpRequest } from '../reply/http';
import { readAddress } from '../signIn/address';
import { authenticate, transportOptions } from '../signIn/authenticate';
import type { Service } from '../signIn/service';
import { askForSession } from '../signIn/signIn';
import { isInvalid } from '../text/invalid';
import { converse, type Step } from './conversation';
import { exchange } from './exchange';

/** Nothing rings during a test, so a phone system answers at once. */
const timeoutSeconds = 20;

/** A harmless question to the vendor, and what its answer says about the credential. */
export type CredentialCheck = Step<INodeCredentialTestResult | Explanation>;

/**
 * The test of a credential, as n8n calls it. Requests are signed as those of the saved credential are. A vendor that issues
 * sessions is asked for one first, whatever the credential says: a refusal then cannot be about the password.
 */
export function credentialTest(service: Service, check: CredentialCheck) {
	return async function (
		this: ICredentialTestFunctions,
		{ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>,
	): Promise<INodeCredentialTestResult> {
		const found = await runCheck(this, service, data, check);
		return isExplanation(found) ? testFailed(`${found.what} ${found.advice}`) : found;
	};
}

/** A credential test has only n8n's older request helper. */
async function runCheck(
	{ helpers }: ICredentialTestFunctions,
	service: Service,
	credential: ICredentialDataDecryptedObject,
	check: CredentialCheck,
): Promise<INodeCredentialTestResult | Explanation> {
	const address = readAddress(credential, service);
	if (isInvalid(address)) return explainInvalid(address);
	const { baseUrl } = address;
	const { displayName: vendorName, causeAdvice } = service;
	const sendBy =
		(prepare: (options: IHttpRequestOptions) => Promise<IHttpRequestOptions>) =>
		async (request: HttpRequest, seconds = timeoutSeconds) =>
			await exchange(
				async ({ url, method, headers, body, timeout }) => {
					const prepared = await prepare({ url, method, headers, body, timeout });
					const response: unknown = await helpers.request({
						...prepared,
						uri: url,
						json: false,
						resolveWithFullResponse: true,
						simple: false,
						useStream: true,
					});
					return response;
				},
				request,
				{ vendorName, baseUrl, timeoutSeconds: seconds, causeAdvice },
			);
	const sendUnsigned = sendBy((options) =>
		Promise.resolve({ ...options, ...transportOptions(address) }),
	);
	const session = await askForSession(service.signIn, credential, baseUrl, sendUnsigned);
	if (isExplanation(session)) return session;
	const sendSigned = sendBy((options) =>
		authenticate(service, credential, options, () => Promise.resolve(session.value)),
	);
	return await converse(check, sendSigned);
}

export function testPassed(message: string): INodeCredentialTestResult {
	return { status: 'OK', message };
}

export function testFailed(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}

/** Another server answered, or a web page. */
export function notTheVendor({ displayName }: Service, why: string): INodeCredentialTestResult {
	return testFailed(
		`Something answered, but not ${displayName}: ${why}. Check Base URL in the credential.`,
	);
}
