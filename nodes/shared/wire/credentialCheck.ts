import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readAddress, tlsOptions } from './address';
import { exchange } from './exchange';
import { type Explanation, isExplanation } from './explanation';
import type { HttpRequest, HttpResponse } from './http';
import { type Invalid, isInvalid } from './invalid';
import type { Service } from './service';

/** Nothing rings for a test; a phone system answers it at once. */
const timeoutSeconds = 20;

/** A way to the service for the test of a credential. An `Explanation` means that no response came. */
export interface UnsavedConnection {
	/** Signs a request in and sends it. */
	ask(request: HttpRequest, ticket?: string): Promise<HttpResponse | Explanation>;
	/** Sends a request as it is. */
	askUnsigned(request: HttpRequest): Promise<HttpResponse | Explanation>;
}

/** A credential test has n8n's older request helper only. A credential whose address cannot be read gives `Invalid`. */
export function openUnsaved(
	{ helpers }: ICredentialTestFunctions,
	service: Service,
	credential: ICredentialDataDecryptedObject,
): UnsavedConnection | Invalid {
	const address = readAddress(credential, service);
	if (isInvalid(address)) return address;
	const { baseUrl } = address;
	const askUnsigned = async (request: HttpRequest) =>
		await exchange(
			async ({ url, method, headers, body, timeout }) => {
				const response: unknown = await helpers.request({
					uri: url,
					method,
					headers,
					body,
					timeout,
					...tlsOptions(address),
					followRedirect: false,
					json: false,
					resolveWithFullResponse: true,
					simple: false,
					useStream: true,
				});
				return response;
			},
			request,
			{
				vendorName: service.displayName,
				baseUrl,
				timeoutSeconds,
				causeAdvice: service.causeAdvice,
			},
		);
	return {
		askUnsigned,
		async ask(request, ticket = '') {
			const { pathname, search } = new URL(baseUrl + request.path);
			const signed = service.signIn.sign(request, credential, { ticket, uri: pathname + search });
			return isExplanation(signed) ? signed : await askUnsigned(signed);
		},
	};
}

export function testPassed(message: string): INodeCredentialTestResult {
	return { status: 'OK', message };
}

export function testFailed(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
